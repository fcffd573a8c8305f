//! Moving files of the hand-off out of the worktree, before it starts and when it ends.

use super::names::CURSOR_DIR;
use super::place::Root;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

/// What is copied at most when a rename cannot do (another file system).
const MAX_COPY: u64 = 64 << 20;

/// Each place where one of these names may lie, relative to the worktree.
pub(super) fn places(names: &[String]) -> Vec<String> {
    let root = names.iter().cloned();
    let cursor = names.iter().map(|name| format!("{CURSOR_DIR}/{name}"));
    root.chain(cursor).collect()
}

/// Whatever lies at this place: not followed where it is a symlink, nothing where the way to it
/// leaves the worktree.
pub(super) fn find(root: &Root, place: &str) -> Option<(PathBuf, fs::Metadata)> {
    let path = root.resolve_folder(place).ok()?;
    let meta = fs::symlink_metadata(&path).ok()?;
    Some((path, meta))
}

/// Moves a file, symlink or (on the same file system) folder to a free name in `folder`.
/// Gives the name it got there.
pub(super) fn move_into(from: &Path, folder: &Path, name: &str) -> io::Result<String> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let name = free_name(folder, name);
    let to = folder.join(&name);
    match fs::rename(from, &to) {
        Ok(()) => Ok(name),
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            copy(from, &to)?;
            fs::remove_file(from)?;
            Ok(name)
        }
        Err(error) => Err(error),
    }
}

fn free_name(folder: &Path, name: &str) -> String {
    let taken = |candidate: &String| fs::symlink_metadata(folder.join(candidate)).is_ok();
    std::iter::once(name.to_owned())
        .chain((1..10_000).map(|n| format!("{name}.{n}")))
        .find(|candidate| !taken(candidate))
        .unwrap_or_else(|| name.to_owned())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let meta = fs::symlink_metadata(from)?;
    if meta.is_symlink() {
        return symlink(fs::read_link(from)?, to);
    }
    if !meta.is_file() {
        return Err(io::Error::other("it is not a regular file; remove it"));
    }
    if meta.len() > MAX_COPY {
        return Err(io::Error::other("it is larger than 64 MiB; remove it"));
    }
    fs::copy(from, to).map(drop)
}
