//! One file: as a commit has it, or as it lies below a folder. No symbolic link is followed, so
//! that what is read belongs to that tree and to nothing else; a link's content is its target.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::repo::Repo;

/// What is found at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAt {
    /// Nothing, or no file.
    Missing,
    /// A file larger than what was asked for, with its size.
    TooLarge(u64),
    /// Its bytes.
    Content(Vec<u8>),
}

impl Repo {
    /// The file that a commit has at a path, if it has no more than `most` bytes.
    ///
    /// # Errors
    /// [`Error::NoSuchRef`] where there is no such commit.
    pub fn file_at(&self, commit: &Oid, path: &Path, most: u64) -> Result<FileAt> {
        if !bytes::stays_inside(path) {
            return Ok(FileAt::Missing);
        }
        let tree = self.tree_of(commit)?;
        let Some(entry) = self.entry_at(&tree, path)? else {
            return Ok(FileAt::Missing);
        };
        match self.blob(&entry, most) {
            Some(found) => Ok(found),
            None => self.blob_with_git(&entry, most),
        }
    }

    /// With libgit2; none where that cannot read the repository or does not have the object.
    fn blob(&self, entry: &Oid, most: u64) -> Option<FileAt> {
        let id = git2::Oid::from_str(entry.as_str()).ok()?;
        let repo = self.reader()?;
        let (size, kind) = repo.odb().ok()?.read_header(id).ok()?;
        if kind != git2::ObjectType::Blob {
            return Some(FileAt::Missing);
        }
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        if size > most {
            return Some(FileAt::TooLarge(size));
        }
        let blob = repo.find_blob(id).ok()?;
        Some(FileAt::Content(blob.content().to_vec()))
    }

    /// The entry of a submodule names a commit that is not here: that is no file either.
    pub(crate) fn blob_with_git(&self, entry: &Oid, most: u64) -> Result<FileAt> {
        let call = self.git("cat-file").args(["-t", entry.as_str()]);
        if bytes::line(&call.output()?.stdout) != b"blob" {
            return Ok(FileAt::Missing);
        }
        let size = self.git("cat-file").args(["-s", entry.as_str()]).run()?;
        let size: u64 = bytes::lossy(bytes::line(&size)).parse().unwrap_or(u64::MAX);
        if size > most {
            return Ok(FileAt::TooLarge(size));
        }
        let call = self.git("cat-file").args(["blob", entry.as_str()]);
        Ok(FileAt::Content(call.run()?))
    }
}

/// The file that lies at a path below a folder, if it has no more than `most` bytes.
///
/// # Errors
/// Those of the disk; that there is no such file is none.
pub fn file_below(root: &Path, path: &Path, most: u64) -> Result<FileAt> {
    if !bytes::stays_inside(path) {
        return Ok(FileAt::Missing);
    }
    read_below(root, path, most).or_else(|errno| match errno {
        Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NAMETOOLONG | Errno::INVAL => {
            Ok(FileAt::Missing)
        }
        errno => Err(Error::io("reading", &root.join(path), errno.into())),
    })
}

fn read_below(root: &Path, path: &Path, most: u64) -> rustix::io::Result<FileAt> {
    let folder = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
    let mut at: OwnedFd = rustix::fs::openat(CWD, root, folder, Mode::empty())?;
    let mut names = path
        .components()
        .filter(|part| !matches!(part, Component::CurDir))
        .peekable();
    while let Some(name) = names.next() {
        if names.peek().is_some() {
            at = rustix::fs::openat(
                &at,
                name.as_os_str(),
                folder | OFlags::NOFOLLOW,
                Mode::empty(),
            )?;
            continue;
        }
        return read_entry(at.as_fd(), Path::new(name.as_os_str()), most);
    }
    Ok(FileAt::Missing)
}

fn read_entry(folder: impl AsFd, name: &Path, most: u64) -> rustix::io::Result<FileAt> {
    let stat = rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Symlink => {
            let target = rustix::fs::readlinkat(&folder, name, Vec::new())?;
            return Ok(FileAt::Content(target.into_bytes()));
        }
        FileType::RegularFile => {}
        _ => return Ok(FileAt::Missing),
    }
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file: File = rustix::fs::openat(&folder, name, flags, Mode::empty())?.into();
    let size = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
    if size > most {
        return Ok(FileAt::TooLarge(size));
    }
    let mut content = Vec::new();
    // It may grow while it is read.
    let read = file.take(most.saturating_add(1)).read_to_end(&mut content);
    let read = read.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    let read = u64::try_from(read).unwrap_or(u64::MAX);
    Ok(if read > most {
        FileAt::TooLarge(read)
    } else {
        FileAt::Content(content)
    })
}
