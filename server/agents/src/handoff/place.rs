//! Reading and writing in a folder that an agent writes too: bounded, atomic, and never through a
//! symlink out of it. A FIFO or a device of a known name neither blocks nor feeds us.

use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::names::TEMP_PREFIX;

/// What a file was when it was looked at: enough to see that it is another one now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stamp {
    /// SHA-256 of the content (of the target's path for a symlink), hex.
    pub sha256: String,
    /// Last change of the content, nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Number of the inode.
    pub inode: u64,
}

/// What lies under a name.
#[derive(Debug)]
pub(super) enum Found {
    Absent,
    /// Something that is no regular file, or that cannot be read; why.
    Unusable(String),
    File(Vec<u8>, Stamp),
}

/// Why a path is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// Absolute and not below the root.
    Absolute,
    /// It has a `..`.
    Parent,
    /// A symlink on the way leads out.
    Symlink,
    /// Empty, the root itself, or with a NUL.
    NoPath,
}

impl Escape {
    /// As a fragment after "the path …".
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Absolute => "is absolute and leaves the worktree",
            Self::Parent => "contains `..`",
            Self::Symlink => "leaves the worktree through a symlink",
            Self::NoPath => "names no file",
        }
    }
}

/// A folder with its symlinks resolved.
#[derive(Debug, Clone)]
pub(super) struct Root(PathBuf);

impl Root {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let real = fs::canonicalize(path)?;
        if real.is_dir() {
            Ok(Self(real))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The real path of `relative`, which need not exist; its existing part lies in the root.
    pub(super) fn resolve(&self, relative: &str) -> Result<PathBuf, Escape> {
        let relative = confine(relative, &[&self.0])?;
        let full = self.0.join(&relative);
        let mut missing = Vec::new();
        let mut there = full.as_path();
        loop {
            match fs::canonicalize(there) {
                Ok(real) if !real.starts_with(&self.0) => return Err(Escape::Symlink),
                Ok(real) => {
                    return Ok(missing
                        .iter()
                        .rev()
                        .fold(real, |path, name| path.join(name)));
                }
                Err(_) => {
                    // A dangling link could be pointed anywhere after this look.
                    if fs::symlink_metadata(there).is_ok_and(|meta| meta.is_symlink()) {
                        return Err(Escape::Symlink);
                    }
                    let (Some(name), Some(parent)) = (there.file_name(), there.parent()) else {
                        return Err(Escape::NoPath);
                    };
                    missing.push(name);
                    there = parent;
                }
            }
        }
    }

    /// Reads a file of the root, `limit` bytes and one more at most.
    pub(super) fn read(&self, relative: &str, limit: usize) -> Found {
        // The usual case of every look costs one call.
        if fs::symlink_metadata(self.0.join(relative)).is_err_and(|error| is_absent(&error)) {
            return Found::Absent;
        }
        match self.resolve_folder(relative) {
            Ok(path) => read_file(&path, limit),
            Err(escape) => Found::Unusable(format!("the path {}", escape.as_str())),
        }
    }

    /// Like [`Root::resolve`], but the last component stays as written: it may be a symlink.
    pub(super) fn resolve_folder(&self, relative: &str) -> Result<PathBuf, Escape> {
        match relative.rsplit_once('/') {
            Some((folder, name)) => Ok(self.resolve(folder)?.join(name)),
            None => Ok(self.0.join(relative)),
        }
    }
}

/// The path relative to the root, judged by its text alone. An absolute path below one of the
/// root's spellings is taken as the relative one.
pub(super) fn confine(text: &str, roots: &[&Path]) -> Result<String, Escape> {
    if text.contains('\0') {
        return Err(Escape::NoPath);
    }
    let path = Path::new(text.trim());
    let path = if path.is_absolute() {
        let below = roots.iter().find_map(|root| path.strip_prefix(root).ok());
        below.ok_or(Escape::Absolute)?
    } else {
        path
    };
    let mut out = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => out.push(name.to_str().ok_or(Escape::NoPath)?),
            Component::CurDir => {}
            Component::ParentDir => return Err(Escape::Parent),
            Component::RootDir | Component::Prefix(_) => return Err(Escape::Absolute),
        }
    }
    if out.is_empty() {
        Err(Escape::NoPath)
    } else {
        Ok(out.join("/"))
    }
}

/// Opens without following a symlink and without waiting for the other end of a FIFO.
pub(super) fn open_plain(path: &Path) -> io::Result<(File, fs::Metadata)> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    let meta = file.metadata()?;
    if meta.is_file() {
        Ok((file, meta))
    } else {
        Err(io::Error::other("not a regular file"))
    }
}

/// Reads a regular file, `limit` bytes and one more at most.
pub(super) fn read_file(path: &Path, limit: usize) -> Found {
    let read = || -> io::Result<(Vec<u8>, Stamp)> {
        let (file, meta) = open_plain(path)?;
        let mut bytes = Vec::new();
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        file.take(most).read_to_end(&mut bytes)?;
        let stamp = stamp_of(&meta, &bytes);
        Ok((bytes, stamp))
    };
    match read() {
        Ok((bytes, stamp)) => Found::File(bytes, stamp),
        Err(error) if is_absent(&error) => Found::Absent,
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            Found::Unusable("it is a symlink, and those are not followed".to_owned())
        }
        Err(error) => Found::Unusable(error.to_string()),
    }
}

/// Whether the error says that nothing is there.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// SHA-256 as hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// Nanoseconds since 1970 of the last change of the content.
pub(super) fn mtime_ns(meta: &fs::Metadata) -> i64 {
    meta.mtime()
        .saturating_mul(1_000_000_000)
        .saturating_add(meta.mtime_nsec())
}

/// The stamp of a file with this content.
pub(super) fn stamp_of(meta: &fs::Metadata, content: &[u8]) -> Stamp {
    Stamp {
        sha256: sha256(content),
        mtime_ns: mtime_ns(meta),
        inode: meta.ino(),
    }
}

/// Writes a file whole or not at all: temporary file, sync, rename. A symlink of that name is
/// replaced. Gives the time of its last change.
pub(super) fn write_atomic(path: &Path, content: &[u8], mode: u32) -> io::Result<i64> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let temp = folder.join(format!("{TEMP_PREFIX}{}-{number}", std::process::id()));
    let written = write_new(&temp, content, mode).and_then(|mtime| {
        fs::rename(&temp, path)?;
        Ok(mtime)
    });
    if written.is_err() {
        let _ = fs::remove_file(&temp);
    }
    written
}

fn write_new(path: &Path, content: &[u8], mode: u32) -> io::Result<i64> {
    // A leftover of a dead process with our number is nobody's.
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)?;
    file.write_all(content)?;
    file.sync_data()?;
    file.metadata().map(|meta| mtime_ns(&meta))
}

#[cfg(test)]
mod tests;
