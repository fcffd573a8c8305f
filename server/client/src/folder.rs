//! Folders that only their user may enter.

use protocol::{Error, ErrorKind};
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Makes the folder and its parents, the folder itself 0700. One that is there is left as it is.
pub(crate) fn create(path: &Path) -> Result<(), Error> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| unusable(path, &error))?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(unusable(path, &error)),
    }
}

/// Refuses a folder (in a place where others may make folders, too) that is not ours alone.
pub(crate) fn check_private(path: &Path) -> Result<(), Error> {
    let metadata = fs::symlink_metadata(path).map_err(|error| unusable(path, &error))?;
    let private = metadata.is_dir()
        && metadata.uid() == rustix::process::getuid().as_raw()
        && metadata.mode() & 0o077 == 0;
    if private {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Storage,
        format!("the folder `{}` is not this user's alone", path.display()),
    )
    .hint("remove it, or set OFFSHOOT_HOME to a shorter path"))
}

/// The path with all symbolic links resolved, as far as it exists: the same state is then always
/// called by the same name, whatever way led to it.
pub(crate) fn canonical(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    for ancestor in absolute.ancestors() {
        if let (Ok(real), Ok(rest)) = (ancestor.canonicalize(), absolute.strip_prefix(ancestor)) {
            // `join` of an empty path would add a separator.
            return if rest.as_os_str().is_empty() {
                real
            } else {
                real.join(rest)
            };
        }
    }
    absolute
}

fn unusable(path: &Path, error: &io::Error) -> Error {
    Error::new(
        ErrorKind::Storage,
        format!("the folder `{}` cannot be used: {error}", path.display()),
    )
    .hint("set OFFSHOOT_HOME to a folder on a local disk that this user can write")
}
