//! Removing a worktree, after what it holds was saved.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::add::{NOTE, OWNER, admin_dir, is_ours, not_ours, registered_path};
use crate::error::{Error, Result};
use crate::refs::alternatives;
use crate::repo::Repo;
use crate::salvage::SalvageRef;
use crate::warm::PutAway;

/// How folders on their way out are called; what a crash leaves of them is removed at the next start.
const TRASH: &str = ".offshoot-trash-";

/// The files of an entry by which it is known to be ours, and whose it is.
const MARKS: [&str; 4] = ["gitdir", "locked", NOTE, OWNER];

/// A worktree that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// What was saved before, if there was anything.
    pub salvaged: Option<SalvageRef>,
}

impl Repo {
    /// Saves what the worktree holds under `salvage_name`, then removes its folder and its entry
    /// in git. Its branch stays. A folder that is gone already leaves only the entry to remove;
    /// other worktrees' entries are not touched. That no process is at work in it is the caller's affair.
    ///
    /// # Errors
    /// [`Error::NotOurWorktree`] for a folder that offshoot did not make. When saving fails,
    /// nothing is removed.
    pub fn remove_worktree(&self, path: &Path, salvage_name: &str) -> Result<Removed> {
        // Renamed first: there is never a half-removed folder under its own name.
        let PutAway { salvaged, folder } = self.put_away(path, salvage_name, None)?;
        if let Some(folder) = folder {
            remove_folder(&folder)?;
        }
        Ok(Removed { salvaged })
    }

    /// The git folder of the worktree at this path; `None` when neither folder nor entry exist.
    pub(crate) fn entry_of(&self, path: &Path) -> Result<Option<PathBuf>> {
        let found = match admin_dir(path) {
            Ok(git_dir) if git_dir.starts_with(self.admin_root()) => Some(git_dir),
            Ok(_) => return Err(not_ours(path, "it belongs to another repository".into())),
            Err(_) => self.admin_dir_for(path),
        };
        match found {
            Some(git_dir) if is_ours(&git_dir) => Ok(Some(git_dir)),
            Some(_) => Err(not_ours(path, "offshoot did not make it".into())),
            None if !path.exists() => Ok(None),
            None if self.points_below_us(path) => Ok(None),
            // Empty: made, but we were killed before git got to it.
            None if fs::remove_dir(path).is_ok() => Ok(None),
            None => Err(not_ours(path, "git does not know it".into())),
        }
    }

    /// Whether the folder's `.git` file names an entry of this repository, though that is gone.
    pub(crate) fn points_below_us(&self, path: &Path) -> bool {
        let Ok(text) = fs::read(path.join(".git")) else {
            return false;
        };
        let target = crate::bytes::line(&text)
            .strip_prefix(b"gitdir: ")
            .map(crate::bytes::path);
        target.is_some_and(|target| target.parent() == Some(&self.admin_root()))
    }

    /// Removes one worktree's entry in git, as `git worktree remove` would.
    pub(crate) fn forget_entry(&self, git_dir: &Path) -> Result<()> {
        if let Some(folder) = registered_path(git_dir) {
            self.forget_submodules(&folder)?;
        }
        // In this order: half removed, it is still known to be ours, or names no worktree any more.
        let bulk = fs::read_dir(git_dir).into_iter().flatten().flatten();
        for entry in bulk.filter(|entry| !MARKS.iter().any(|mark| entry.file_name() == *mark)) {
            let path = entry.path();
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
        }
        let _ = fs::remove_file(git_dir.join("gitdir"));
        match fs::remove_dir_all(git_dir) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("remove", git_dir, e))
            }
            _ => {
                // git does not leave the folder behind when it is empty.
                let _ = fs::remove_dir(self.admin_root());
                Ok(())
            }
        }
    }
}

/// Whether a folder of this name is on its way out: [`set_aside`] gave it its name.
pub fn is_set_aside(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(TRASH.as_bytes())
}

/// Renames a folder beside itself, to a name that says that it is on its way out.
pub fn set_aside(path: &Path) -> Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().unwrap_or(Path::new("/"));
    for name in alternatives(&format!("{TRASH}{name}")) {
        let to = folder.join(name);
        if fs::symlink_metadata(&to).is_ok() {
            continue;
        }
        return match fs::rename(path, &to) {
            Ok(()) => Ok(to),
            Err(e) => Err(Error::io("rename", path, e)),
        };
    }
    Err(Error::BadName {
        name: name.into_owned(),
    })
}

/// Removes a folder with all that is in it, also what its owner made read-only.
pub fn remove_folder(path: &Path) -> Result<()> {
    for _ in 0..3 {
        match fs::remove_dir_all(path) {
            Ok(()) => return Ok(()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(_) => open_up(path),
        }
    }
    fs::remove_dir_all(path).map_err(|e| Error::io("remove", path, e))
}

/// Gives the owner all rights on every folder, from the top down.
fn open_up(path: &Path) {
    let open = |folder: &Path| fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    let _ = open(path);
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
}
