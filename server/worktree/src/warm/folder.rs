//! A folder of a warm tree: opened without following a link, and made what a new one is.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, Mode, OFlags, openat};

/// Opens a folder that is none of a link, also one that its owner closed.
pub(super) fn open_folder(parent: impl AsFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let open = || openat(parent.as_fd(), name, flags, Mode::empty());
    match open() {
        Err(rustix::io::Errno::ACCESS) => {
            // Not a link: a link would have been refused before its rights were looked at.
            rustix::fs::chmodat(parent.as_fd(), name, Mode::RWXU, AtFlags::empty())?;
            Ok(open()?)
        }
        other => Ok(other?),
    }
}

/// Gives a folder the permissions that a new one has. One of another user, or with marks that a new one has not, is
/// an error.
pub(super) fn make_right(folder: &OwnedFd, owner: u32, mode: u32) -> io::Result<()> {
    let stat = rustix::fs::fstat(folder)?;
    if stat.st_uid != owner {
        return Err(io::Error::other("a folder of it belongs to another user"));
    }
    if stat.st_mode & 0o7777 != mode {
        rustix::fs::fchmod(folder, Mode::from_raw_mode(mode))?;
    }
    let mut names = [0_u8; 1024];
    // Access rules and marks that a new folder would not have.
    match rustix::fs::flistxattr(folder, &mut names) {
        Ok(length) if !harmless(&names[..length]) => {
            Err(io::Error::other("a folder of it has extended attributes"))
        }
        Ok(_) | Err(rustix::io::Errno::NOTSUP) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Names that systems put on every folder by themselves.
fn harmless(names: &[u8]) -> bool {
    let mut names = names.split(|b| *b == 0).filter(|name| !name.is_empty());
    names.all(|name| name.starts_with(b"security.") || name.starts_with(b"btrfs."))
}
