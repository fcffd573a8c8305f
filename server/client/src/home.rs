//! Where the user's state lies. The daemon and every surface find it the same way.

use crate::folder;
use protocol::{Error, ErrorKind};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A socket's path has 108 bytes on Linux and 104 on macOS, with the end mark.
const LONGEST_SOCKET: usize = 100;

/// The folder of the user's state: database, lock, socket, attempts, worktrees, artifact store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
    socket: PathBuf,
    /// The socket lies outside `root`, in this folder.
    socket_folder: Option<PathBuf>,
}

impl Home {
    /// `$OFFSHOOT_HOME`, else `$XDG_STATE_HOME/offshoot`, else `$HOME/.local/state/offshoot`.
    ///
    /// # Errors
    /// `invalid_input` where none of the three variables is set.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    pub(crate) fn from_variables(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let get = |name: &str| {
            get(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let root = get("OFFSHOOT_HOME")
            .or_else(|| Some(get("XDG_STATE_HOME")?.join("offshoot")))
            .or_else(|| Some(get("HOME")?.join(".local/state/offshoot")))
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidInput,
                    "there is no folder for the state: HOME is not set",
                )
                .hint("set OFFSHOOT_HOME")
            })?;
        let runtime = get("XDG_RUNTIME_DIR").filter(|folder| folder.is_absolute());
        Ok(Self::build(&root, runtime.as_deref()))
    }

    /// The state in this folder.
    pub fn new(root: &Path) -> Self {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        Self::build(
            root,
            runtime.as_deref().filter(|folder| folder.is_absolute()),
        )
    }

    fn build(root: &Path, runtime: Option<&Path>) -> Self {
        let root = folder::canonical(root);
        let near = root.join("daemon.sock");
        if near.as_os_str().len() <= LONGEST_SOCKET {
            return Self {
                root,
                socket: near,
                socket_folder: None,
            };
        }
        let folder = match runtime {
            Some(runtime) => runtime.join("offshoot"),
            None => {
                let uid = rustix::process::getuid().as_raw();
                std::env::temp_dir().join(format!("offshoot-{uid}"))
            }
        };
        Self {
            socket: folder.join(format!("{:016x}.sock", hash(root.as_os_str().as_bytes()))),
            socket_folder: Some(folder),
            root,
        }
    }

    /// Makes the folder, 0700, and the one of the socket.
    ///
    /// # Errors
    /// `storage` where that cannot be, or where the socket's folder is not this user's alone.
    pub fn create(&self) -> Result<(), Error> {
        folder::create(&self.root)?;
        if let Some(folder) = &self.socket_folder {
            folder::create(folder)?;
        }
        self.check_socket_folder()
    }

    /// Whether the socket may be trusted: a folder outside the state must be this user's alone.
    pub(crate) fn check_socket_folder(&self) -> Result<(), Error> {
        match &self.socket_folder {
            Some(folder) if folder.symlink_metadata().is_ok() => folder::check_private(folder),
            _ => Ok(()),
        }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the folder takes a few bytes: a disk may be full, or read-only.
    pub(crate) fn try_to_write(&self) -> Result<(), String> {
        let path = self.root.join(format!("room.{}", std::process::id()));
        let tried = write_page(&path);
        // What was begun goes again; where nothing could be made nothing is left.
        let _ = std::fs::remove_file(&path);
        tried.map_err(|error| {
            format!(
                "the folder `{}` cannot be written: {error}",
                self.root.display()
            )
        })
    }

    /// The daemon's socket.
    pub fn socket_path(&self) -> &Path {
        &self.socket
    }

    /// Locked by the daemon for as long as it lives.
    pub fn lock_path(&self) -> PathBuf {
        self.root.join("daemon.lock")
    }

    /// What the daemon writes about itself.
    pub fn log_path(&self) -> PathBuf {
        self.root.join("daemon.log")
    }

    /// Queue and journal.
    pub fn database_path(&self) -> PathBuf {
        self.root.join("offshoot.db")
    }

    /// One folder per attempt.
    pub fn attempts_path(&self) -> PathBuf {
        self.root.join("attempts")
    }

    /// Worktrees of steps.
    pub fn worktrees_path(&self) -> PathBuf {
        self.root.join("worktrees")
    }

    /// Artifacts that are not committed.
    pub fn artifacts_path(&self) -> PathBuf {
        self.root.join("artifacts")
    }
}

/// A block, because smaller files find room where no other does.
fn write_page(path: &Path) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).open(path)?;
    file.write_all(&[0; 4096])?;
    file.sync_all()
}

/// FNV-1a: short, and the same in every version; it only has to tell one user's homes apart.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
