//! Going over a tree that an agent had, against the index of its checkout: everything that is not
//! what was checked out goes, whatever git would say about it. What stays is the same inode with
//! the same times to the nanosecond; the time of its last change cannot be set by a program.
//!
//! Nothing of the agent is asked: not its index, not its `.git`, not what it calls ignored.

use std::ffi::OsStr;
use std::io;
use std::num::NonZero;
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};
use rustix::fs::{AtFlags, Dir, FileType, Stat, statat, unlinkat};

use super::folder::{make_right, open_folder};
use super::index_file::{Entry, IndexFile, MODULE, Moment, Stamp};
use super::set_up::SetUp;
use crate::remove::remove_folder;

/// More than these only wait for each other.
const MOST_THREADS: usize = 8;

/// The threads that go over trees: made for the first, and kept.
fn pool() -> io::Result<&'static ThreadPool> {
    static POOL: OnceLock<ThreadPool> = OnceLock::new();
    if let Some(pool) = POOL.get() {
        return Ok(pool);
    }
    let cores = std::thread::available_parallelism().map_or(2, NonZero::get);
    let pool = ThreadPoolBuilder::new().num_threads(cores.min(MOST_THREADS));
    let pool = pool.thread_name(|n| format!("sweep-{n}")).build();
    let pool = pool.map_err(io::Error::other)?;
    Ok(POOL.get_or_init(|| pool))
}

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

/// A sweep under way: folders are gone over side by side, for a core waits for memory most of the time.
struct Walk<'a> {
    job: &'a Sweep<'a>,
    owner: u32,
    intact: Vec<AtomicBool>,
    set_up: AtomicBool,
    removed: AtomicUsize,
    /// Files of setup that are as they were.
    met: AtomicUsize,
    failed: Mutex<Option<io::Error>>,
}

/// A folder that is being gone over.
struct Folder {
    above: Option<Arc<Folder>>,
    folder: OwnedFd,
    /// Its path, and a `/` but for the root.
    path: Vec<u8>,
    tracked: Range<usize>,
    /// Something in it stays, or it does so empty.
    stays: AtomicBool,
    /// Itself, until it is read, and folders in it that are not done.
    open: AtomicUsize,
}

impl Sweep<'_> {
    /// Does it. An error is a doubt: the tree is not to be used.
    pub(crate) fn run(&self) -> io::Result<Swept> {
        let count = self.index.entries.len();
        let walk = Walk {
            job: self,
            owner: rustix::process::geteuid().as_raw(),
            intact: (0..count).map(|_| AtomicBool::new(false)).collect(),
            set_up: AtomicBool::new(true),
            removed: AtomicUsize::new(0),
            met: AtomicUsize::new(0),
            failed: Mutex::new(None),
        };
        let folder = open_folder(rustix::fs::CWD, self.root.as_os_str())?;
        walk.make_right(&folder)?;
        let root = Arc::new(Folder {
            above: None,
            folder,
            path: Vec::new(),
            tracked: 0..count,
            stays: AtomicBool::new(true),
            open: AtomicUsize::new(1),
        });
        pool()?.scope(|scope| walk.go_over(scope, root));
        walk.done()
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

/// What is to be done about one name of a folder.
enum Found {
    Stays,
    Goes,
    /// To be gone over: these are the entries in it.
    Folder(Range<usize>),
}

impl Walk<'_> {
    fn done(self) -> io::Result<Swept> {
        let failed = self.failed.into_inner();
        if let Some(error) = failed.unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let whole = self.met.into_inner() == self.job.set_up.len();
        let intact = self.intact.into_iter().map(AtomicBool::into_inner);
        Ok(Swept {
            intact: intact.collect(),
            set_up: self.set_up.into_inner() && whole,
            removed: self.removed.into_inner(),
        })
    }

    fn setup_is_not_whole(&self) {
        self.set_up.store(false, Ordering::Relaxed);
    }

    /// One folder; those in it are given to whoever has time.
    fn go_over<'s>(&'s self, scope: &rayon::Scope<'s>, folder: Arc<Folder>) {
        let gone_over = self
            .each_name(scope, &folder)
            .and_then(|()| self.close(&folder));
        if let Err(error) = gone_over {
            self.fail(error);
        }
    }

    fn fail(&self, error: io::Error) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get_or_insert(error);
    }

    fn each_name<'s>(&'s self, scope: &rayon::Scope<'s>, folder: &Arc<Folder>) -> io::Result<()> {
        let children = self.job.children(folder.path.len(), folder.tracked.clone());
        let mut names = Vec::new();
        for found in Dir::read_from(&folder.folder)? {
            let found = found?;
            let name = found.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(name.to_vec());
            }
        }
        for name in names {
            let stat = match statat(&folder.folder, &*name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => stat,
                Err(rustix::io::Errno::NOENT) => continue,
                Err(error) => return Err(error.into()),
            };
            let tracked = children.binary_search_by(|(known, _)| known.cmp(&&*name));
            let tracked = tracked.ok().map(|at| children[at].1.clone());
            let path = [&*folder.path, &*name].concat();
            match self.look_at(folder, &name, &path, &stat, tracked)? {
                Found::Stays => folder.stays.store(true, Ordering::Relaxed),
                Found::Goes => self.remove(folder, &path, FileType::from_raw_mode(stat.st_mode))?,
                Found::Folder(tracked) => {
                    folder.open.fetch_add(1, Ordering::Relaxed);
                    let above = Arc::clone(folder);
                    scope.spawn(move |scope| match self.go_in(above, &name, path, tracked) {
                        Ok(inner) => self.go_over(scope, inner),
                        Err(error) => self.fail(error),
                    });
                }
            }
        }
        Ok(())
    }

    /// One name.
    fn look_at(
        &self,
        folder: &Folder,
        name: &[u8],
        path: &[u8],
        stat: &Stat,
        tracked: Option<Tracked>,
    ) -> io::Result<Found> {
        let kind = FileType::from_raw_mode(stat.st_mode);
        let stays = match tracked {
            Some(Tracked::File(at)) => self.tracked_file(folder, name, at, stat, kind)?,
            Some(Tracked::Folder(range)) if kind == FileType::Directory => {
                return Ok(Found::Folder(range));
            }
            Some(Tracked::Folder(_)) => false,
            // The agent's word on which repository this is has no weight.
            None if path == b".git" => false,
            None if kind == FileType::Directory && self.job.set_up.folder(path).is_some() => {
                let nothing = self.intact.len();
                return Ok(Found::Folder(nothing..nothing));
            }
            None if self.job.set_up.has_file(path) => {
                let same = self.job.set_up.is_same(path, stat.st_mode, &stamp_of(stat));
                self.met.fetch_add(usize::from(same), Ordering::Relaxed);
                if !same {
                    self.setup_is_not_whole();
                }
                same
            }
            None => false,
        };
        Ok(if stays { Found::Stays } else { Found::Goes })
    }

    fn go_in(
        &self,
        above: Arc<Folder>,
        name: &[u8],
        mut path: Vec<u8>,
        tracked: Range<usize>,
    ) -> io::Result<Arc<Folder>> {
        let folder = open_folder(&above.folder, OsStr::from_bytes(name))?;
        let made_by_setup = self.job.set_up.folder(&path);
        match made_by_setup {
            Some(mode) if rustix::fs::fstat(&folder)?.st_mode & 0o7777 != mode => {
                self.setup_is_not_whole();
            }
            Some(_) => {}
            None => self.make_right(&folder)?,
        }
        path.push(b'/');
        Ok(Arc::new(Folder {
            above: Some(above),
            folder,
            path,
            tracked,
            stays: AtomicBool::new(made_by_setup.is_some()),
            open: AtomicUsize::new(1),
        }))
    }

    /// Something of a folder is done. With the last of it the folder is, and goes where nothing in it stays.
    fn close(&self, folder: &Arc<Folder>) -> io::Result<()> {
        let mut folder = folder;
        while folder.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            let Some(above) = &folder.above else { break };
            if folder.stays.load(Ordering::Relaxed) {
                above.stays.store(true, Ordering::Relaxed);
            } else {
                let path = folder.path.strip_suffix(b"/").unwrap_or_default();
                self.remove(above, path, FileType::Directory)?;
            }
            folder = above;
        }
        Ok(())
    }

    fn tracked_file(
        &self,
        folder: &Folder,
        name: &[u8],
        at: usize,
        stat: &Stat,
        kind: FileType,
    ) -> io::Result<bool> {
        let entry = &self.job.index.entries[at];
        let intact = if entry.mode == MODULE {
            kind == FileType::Directory && {
                // A submodule that nobody filled is an empty folder.
                let inner = open_folder(&folder.folder, OsStr::from_bytes(name))?;
                self.make_right(&inner)?;
                Dir::read_from(&inner)?
                    .filter_map(Result::ok)
                    .all(|found| matches!(found.file_name().to_bytes(), b"." | b".."))
            }
        } else {
            self.is_intact(entry, stat, kind)
        };
        self.intact[at].store(intact, Ordering::Relaxed);
        Ok(intact)
    }

    fn is_intact(&self, entry: &Entry, stat: &Stat, kind: FileType) -> bool {
        let stamp = &entry.stamp;
        // A file system without nanoseconds says too little; so does one whose clock has not gone on
        // since the index was written.
        let tellable = stamp.changed.1 != 0 && stamp.changed < self.job.written;
        kind == entry.kind() && tellable && stamp_of(stat) == *stamp
    }

    fn make_right(&self, folder: &OwnedFd) -> io::Result<()> {
        make_right(folder, self.owner, self.job.folder_mode)
    }

    /// Removes what is directly in a folder.
    fn remove(&self, folder: &Folder, path: &[u8], kind: FileType) -> io::Result<()> {
        self.removed.fetch_add(1, Ordering::Relaxed);
        if kind == FileType::Directory {
            let whole: PathBuf = self.job.root.join(OsStr::from_bytes(path));
            return remove_folder(&whole).map_err(io::Error::other);
        }
        let name = &path[folder.path.len()..];
        Ok(unlinkat(&folder.folder, name, AtFlags::empty())?)
    }
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
