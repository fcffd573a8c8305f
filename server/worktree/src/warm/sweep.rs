//! Going over a tree that an agent had, against the index of its checkout: everything that is not
//! what was checked out goes, whatever git would say about it. What stays is the same inode with
//! the same times to the nanosecond; the time of its last change cannot be set by a program.
//!
//! Nothing of the agent is asked: not its index, not its `.git`, not what it calls ignored.

use std::ffi::OsStr;
use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, openat, statat, unlinkat};

use super::index_file::{Entry, IndexFile, MODULE, Moment, Stamp};
use super::set_up::SetUp;
use crate::remove::remove_folder;

/// What is to be compared with what.
pub(crate) struct Sweep<'a> {
    pub(crate) root: &'a Path,
    pub(crate) index: &'a IndexFile,
    /// When it was remembered. What changed in that tick of the clock or later is not trusted.
    pub(crate) written: Moment,
    /// What setup put there, and may stay.
    pub(crate) set_up: &'a SetUp,
    /// Permissions of a new folder.
    pub(crate) folder_mode: u32,
}

/// What was found, and is so now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Swept {
    /// For each entry of the index whether its file is still what was checked out. The others are gone.
    pub(crate) intact: Vec<bool>,
    /// All that setup put there is still as it was.
    pub(crate) set_up: bool,
    /// Files and folders that were removed.
    pub(crate) removed: usize,
}

struct Walk<'a> {
    job: &'a Sweep<'a>,
    owner: u32,
    swept: Swept,
    /// Files of setup that are as they were.
    met: usize,
}

impl Sweep<'_> {
    /// Does it. An error is a doubt: the tree is not to be used.
    pub(crate) fn run(&self) -> io::Result<Swept> {
        let mut walk = Walk {
            job: self,
            owner: rustix::process::geteuid().as_raw(),
            swept: Swept {
                intact: vec![false; self.index.entries.len()],
                set_up: true,
                removed: 0,
            },
            met: 0,
        };
        let root = open_folder(rustix::fs::CWD, self.root.as_os_str())?;
        walk.right_mode(&root)?;
        walk.folder(&root, &mut Vec::new(), 0..self.index.entries.len())?;
        walk.swept.set_up &= walk.met == self.set_up.len();
        Ok(walk.swept)
    }

    /// What lies directly in a folder whose path has this length: names and what they are, by name.
    fn children(&self, prefix: usize, tracked: Range<usize>) -> Vec<(&[u8], Tracked)> {
        let index = self.index;
        let mut children: Vec<(&[u8], Tracked)> = Vec::new();
        for at in tracked {
            let rest = &index.name(&index.entries[at])[prefix..];
            let Some(slash) = rest.iter().position(|b| *b == b'/') else {
                children.push((rest, Tracked::File(at)));
                continue;
            };
            match children.last_mut() {
                Some((name, Tracked::Folder(range))) if *name == &rest[..slash] => {
                    range.end = at + 1;
                }
                _ => children.push((&rest[..slash], Tracked::Folder(at..at + 1))),
            }
        }
        // git sorts a folder as if its name ended in `/`.
        children.sort_by_key(|(name, _)| *name);
        children
    }
}

/// What the index has at one name of a folder.
#[derive(Debug, Clone)]
enum Tracked {
    File(usize),
    Folder(Range<usize>),
}

impl Walk<'_> {
    /// One folder, whose tracked files are these entries. Says whether anything is left in it.
    fn folder(
        &mut self,
        folder: &OwnedFd,
        path: &mut Vec<u8>,
        tracked: Range<usize>,
    ) -> io::Result<bool> {
        let job = self.job;
        let children = job.children(path.len(), tracked);
        let mut left = false;
        let mut names = Vec::new();
        for found in Dir::read_from(folder)? {
            let found = found?;
            let name = found.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(name.to_vec());
            }
        }
        for name in names {
            let stat = match statat(folder, &*name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(rustix::io::Errno::NOENT) => continue,
                Err(error) => return Err(error.into()),
            };
            let tracked = children.binary_search_by(|(known, _)| known.cmp(&&*name));
            let tracked = tracked.ok().map(|at| children[at].1.clone());
            let length = path.len();
            path.extend_from_slice(&name);
            let stays = self.look_at(folder, &name, path, &stat, tracked)?;
            path.truncate(length);
            left |= stays;
        }
        Ok(left)
    }

    /// One name. Says whether it stays.
    fn look_at(
        &mut self,
        folder: &OwnedFd,
        name: &[u8],
        path: &mut Vec<u8>,
        stat: &Stat,
        tracked: Option<Tracked>,
    ) -> io::Result<bool> {
        let kind = FileType::from_raw_mode(stat.st_mode);
        let stays = match tracked {
            Some(Tracked::File(at)) => self.tracked_file(folder, name, at, stat, kind)?,
            Some(Tracked::Folder(range)) if kind == FileType::Directory => {
                self.go_in(folder, name, path, range)?
            }
            Some(Tracked::Folder(_)) => false,
            // The agent's word on which repository this is has no weight.
            None if path == b".git" => false,
            None if kind == FileType::Directory && self.job.set_up.folder(path).is_some() => {
                let nothing = self.swept.intact.len();
                self.go_in(folder, name, path, nothing..nothing)?
            }
            None if self.job.set_up.has_file(path) => {
                let same = self.job.set_up.is_same(path, stat.st_mode, &stamp_of(stat));
                self.met += usize::from(same);
                self.swept.set_up &= same;
                same
            }
            None => false,
        };
        if !stays {
            self.remove(folder, name, path, kind)?;
        }
        Ok(stays)
    }

    fn go_in(
        &mut self,
        folder: &OwnedFd,
        name: &[u8],
        path: &mut Vec<u8>,
        tracked: Range<usize>,
    ) -> io::Result<bool> {
        let inner = open_folder(folder, OsStr::from_bytes(name))?;
        let made_by_setup = self.job.set_up.folder(path);
        match made_by_setup {
            Some(mode) => {
                self.swept.set_up &= rustix::fs::fstat(&inner)?.st_mode & 0o7777 == mode;
            }
            None => self.right_mode(&inner)?,
        }
        path.push(b'/');
        let left = self.folder(&inner, path, tracked)?;
        path.pop();
        Ok(left || made_by_setup.is_some())
    }

    fn tracked_file(
        &mut self,
        folder: &OwnedFd,
        name: &[u8],
        at: usize,
        stat: &Stat,
        kind: FileType,
    ) -> io::Result<bool> {
        let entry = &self.job.index.entries[at];
        let intact = if entry.mode == MODULE {
            kind == FileType::Directory && {
                // A submodule that nobody filled is an empty folder.
                let inner = open_folder(folder, OsStr::from_bytes(name))?;
                self.right_mode(&inner)?;
                Dir::read_from(&inner)?
                    .filter_map(Result::ok)
                    .all(|found| matches!(found.file_name().to_bytes(), b"." | b".."))
            }
        } else {
            self.is_intact(entry, stat, kind)
        };
        self.swept.intact[at] = intact;
        Ok(intact)
    }

    fn is_intact(&self, entry: &Entry, stat: &Stat, kind: FileType) -> bool {
        let stamp = &entry.stamp;
        // A file system without nanoseconds says too little; so does one whose clock has not gone on
        // since the index was written.
        let tellable = stamp.changed.1 != 0 && stamp.changed < self.job.written;
        kind == entry.kind() && tellable && stamp_of(stat) == *stamp
    }

    fn remove(
        &mut self,
        folder: &OwnedFd,
        name: &[u8],
        path: &[u8],
        kind: FileType,
    ) -> io::Result<()> {
        self.swept.removed += 1;
        if kind == FileType::Directory {
            let whole: PathBuf = self.job.root.join(OsStr::from_bytes(path));
            return remove_folder(&whole).map_err(io::Error::other);
        }
        Ok(unlinkat(folder, name, AtFlags::empty())?)
    }

    /// A folder has the permissions that a new one has, and is ours.
    fn right_mode(&self, folder: &OwnedFd) -> io::Result<()> {
        let stat = rustix::fs::fstat(folder)?;
        if stat.st_uid != self.owner {
            return Err(io::Error::other("a folder of it belongs to another user"));
        }
        if stat.st_mode & 0o7777 != self.job.folder_mode {
            rustix::fs::fchmod(folder, Mode::from_raw_mode(self.job.folder_mode))?;
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
}

/// Opens a folder that is none of a link, also one that its owner closed.
fn open_folder(parent: impl AsFd, name: &OsStr) -> io::Result<OwnedFd> {
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

/// Names that systems put on every folder by themselves.
fn harmless(names: &[u8]) -> bool {
    let mut names = names.split(|b| *b == 0).filter(|name| !name.is_empty());
    names.all(|name| name.starts_with(b"security.") || name.starts_with(b"btrfs."))
}

/// What `lstat` said, cut as git cuts it.
pub(crate) fn stamp_of(stat: &Stat) -> Stamp {
    // Cut to 32 bits as git does; the types of the fields differ between systems.
    let cut = |number: i64| number as u32;
    let low = |number: u64| number as u32;
    Stamp {
        changed: (cut(stat.st_ctime), low(stat.st_ctime_nsec)),
        modified: (cut(stat.st_mtime), low(stat.st_mtime_nsec)),
        device: low(stat.st_dev),
        inode: low(stat.st_ino),
        owner: stat.st_uid,
        group: stat.st_gid,
        size: cut(stat.st_size),
    }
}
