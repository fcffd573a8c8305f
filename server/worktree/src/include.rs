//! What is laid into a worktree beside its commit, from the main checkout: ignored files that people
//! name (`.env`), links to folders too heavy to copy, clones of folders where copies cost nothing.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use crate::artifacts::parents_stay;
use crate::bytes;
use crate::error::{Error, Result};
use crate::repo::Repo;

/// The file of patterns that several agents read, in the root of the main checkout.
pub const INCLUDE_FILE: &str = ".worktreeinclude";
/// Where worktrees of hand-offs lie: never part of another worktree.
const OWN_FOLDER: &str = ".tapps-agents";

/// Files and folders that are kept out of commits one by one. Each is an argument of git's more than once, and what
/// changed is compared with all of them.
const MOST_TOPS: usize = 1000;

/// A large file is copied in pieces of so many bytes, and it is asked after each whether to go on.
const PIECE: u64 = 16 << 20;

/// What is to be laid, relative to the main checkout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Include {
    /// Files that are copied.
    pub copy: Vec<PathBuf>,
    /// Paths that become links.
    pub link: Vec<PathBuf>,
    /// Paths that are copied where copies share their blocks.
    pub reflink: Vec<PathBuf>,
}

/// What was laid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Laid {
    /// The tops of it: files, links, and folders that were not there before. They are not to be committed.
    pub tops: Vec<PathBuf>,
    /// Those of them that git does not ignore in the worktree.
    pub not_ignored: Vec<PathBuf>,
    /// Paths that were asked for and left out, and why.
    pub left_out: Vec<(PathBuf, &'static str)>,
}

impl Repo {
    /// Files of this checkout that match a pattern (as `.gitignore` writes them; those of
    /// `.worktreeinclude` count too) *and* that git ignores: nothing tracked is ever laid twice.
    ///
    /// # Errors
    /// Those of git.
    pub fn included(&self, patterns: &[String]) -> Result<Vec<PathBuf>> {
        let file = self.root().join(INCLUDE_FILE);
        if patterns.is_empty() && !file.is_file() {
            return Ok(Vec::new());
        }
        let mut call = self.git("ls-files").args(["--others", "--ignored", "-z"]);
        if file.is_file() {
            call = call.arg("--exclude-from").arg(&file);
        }
        for pattern in patterns {
            call = call.arg("--exclude").arg(pattern);
        }
        let matched = call.run()?;
        let names = bytes::fields(&matched).filter(|name| !name.ends_with(b"/"));
        let names: Vec<PathBuf> = names
            .map(bytes::path)
            .filter(|path| !path.starts_with(OWN_FOLDER) && bytes::stays_inside(path))
            .collect();
        self.ignored_in(self.git_dir(), self.root(), &names)
    }

    /// Those of some paths that git ignores in a worktree.
    fn ignored_in(&self, git_dir: &Path, root: &Path, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let mut input = Vec::new();
        for path in paths {
            input.extend_from_slice(bytes::of(path));
            input.push(0);
        }
        let call = self.git_at(git_dir, root, "check-ignore");
        let call = call.args(["-z", "--stdin"]).input(input);
        let output = call.output()?;
        match output.code {
            Some(0 | 1) => Ok(bytes::fields(&output.stdout).map(bytes::path).collect()),
            _ => Err(call.failed(&output)),
        }
    }

    /// Lays things into a worktree of ours. What is there already stays as it is. Before each of them, and
    /// within large files, it is asked whether it may go on.
    ///
    /// # Errors
    /// [`Error::NotOurWorktree`]; [`Error::LaidInPart`] where it might not go on; those of the file system.
    pub fn lay_included(
        &self,
        worktree: &Path,
        include: &Include,
        may_go_on: &dyn Fn() -> bool,
    ) -> Result<Laid> {
        let at = self.worktree_at(worktree)?;
        let mut lay = Lay {
            from: self.root(),
            to: &at.path,
            tops: BTreeSet::new(),
            left_out: Vec::new(),
            clones: true,
            may_go_on,
            copied: 0,
        };
        for path in &include.link {
            lay.link(path)?;
        }
        for path in &include.reflink {
            lay.cloned(path)?;
        }
        for path in &include.copy {
            lay.file(path, true)?;
        }
        let (tops, left_out) = (lay.tops, lay.left_out);
        let tops: Vec<PathBuf> = tops.into_iter().collect();
        let ignored = self.ignored_in(&at.git_dir, &at.path, &tops)?;
        // A pattern may match many thousands.
        let ignored: HashSet<PathBuf> = ignored.into_iter().collect();
        let not_ignored = tops.iter().filter(|path| !ignored.contains(*path));
        Ok(Laid {
            not_ignored: not_ignored.cloned().collect(),
            tops,
            left_out,
        })
    }
}

struct Lay<'a> {
    from: &'a Path,
    to: &'a Path,
    tops: BTreeSet<PathBuf>,
    left_out: Vec<(PathBuf, &'static str)>,
    /// Copies share their blocks, as far as is known.
    clones: bool,
    may_go_on: &'a dyn Fn() -> bool,
    /// In bytes, where blocks are not shared.
    copied: u64,
}

impl Lay<'_> {
    fn go_on(&self) -> Result<()> {
        match (self.may_go_on)() {
            true => Ok(()),
            false => Err(Error::LaidInPart { bytes: self.copied }),
        }
    }

    /// Makes way for a path: none where it is there already, or a link would lead out of the worktree.
    fn place(&mut self, path: &Path) -> Result<Option<PathBuf>> {
        self.go_on()?;
        let to = self.to.join(path);
        if !parents_stay(self.to, path) || fs::symlink_metadata(&to).is_ok() {
            return Ok(None);
        }
        // The topmost folder that is not there, or the path itself.
        let missing = path
            .ancestors()
            .filter(|above| !above.as_os_str().is_empty());
        let missing = missing
            .filter(|above| fs::symlink_metadata(self.to.join(above)).is_err())
            .last();
        // What comes after the first of a new folder goes with that.
        if !path.ancestors().any(|above| self.tops.contains(above)) {
            self.tops.insert(missing.unwrap_or(path).to_owned());
            if self.tops.len() > MOST_TOPS {
                return Err(Error::TooManyLaid { most: MOST_TOPS });
            }
        }
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(|e| Error::io("make", parent, e))?;
        }
        Ok(Some(to))
    }

    fn link(&mut self, path: &Path) -> Result<()> {
        let from = self.from.join(path);
        if fs::symlink_metadata(&from).is_err() {
            self.left_out.push((path.to_owned(), "it is not there"));
            return Ok(());
        }
        let Some(to) = self.place(path)? else {
            return Ok(());
        };
        std::os::unix::fs::symlink(&from, &to).map_err(|e| Error::io("link", &to, e))
    }

    /// A folder or file whose copy shares its blocks; all of it, or nothing.
    fn cloned(&mut self, path: &Path) -> Result<()> {
        let from = self.from.join(path);
        if fs::symlink_metadata(&from).is_err() {
            self.left_out.push((path.to_owned(), "it is not there"));
            return Ok(());
        }
        if fs::symlink_metadata(self.to.join(path)).is_ok() {
            return Ok(());
        }
        for entry in WalkDir::new(&from).follow_links(false) {
            let entry = entry.map_err(|e| Error::io("read", &from, e.into()))?;
            let inner = entry.path().strip_prefix(self.from).unwrap_or(path);
            if entry.file_type().is_dir() {
                let to = self.place(inner)?;
                if let Some(to) = to {
                    fs::create_dir(&to).map_err(|e| Error::io("make", &to, e))?;
                }
            } else if !self.file(inner, false)? {
                let why = "the file system does not share the blocks of copies";
                self.left_out.push((path.to_owned(), why));
                self.tops.remove(path);
                let made = self.to.join(path);
                return match fs::remove_file(&made) {
                    Ok(()) => Ok(()),
                    Err(_) => crate::remove::remove_folder(&made),
                };
            }
        }
        Ok(())
    }

    /// Where a link of the checkout is to lead from a worktree: one that leads out of the checkout by a relative
    /// path means what is beside that, and not what is beside the worktree.
    fn target(&self, path: &Path, from: &Path) -> io::Result<PathBuf> {
        let target = fs::read_link(from)?;
        let below = path.parent().unwrap_or(Path::new("")).join(&target);
        let mut depth = 0_i32;
        let leaves = below.components().any(|component| {
            depth += match component {
                Component::ParentDir => -1,
                Component::CurDir => 0,
                _ => 1,
            };
            depth < 0
        });
        match leaves && target.is_relative() {
            true => Ok(self.from.join(below)),
            false => Ok(target),
        }
    }

    /// One file or link. False where it could only be copied block by block, and was not to be.
    fn file(&mut self, path: &Path, block_by_block: bool) -> Result<bool> {
        let from = self.from.join(path);
        let Ok(meta) = fs::symlink_metadata(&from) else {
            return Ok(true);
        };
        let kind = meta.file_type();
        // Sockets, pipes and devices are not copied.
        if !kind.is_file() && !kind.is_symlink() {
            return Ok(true);
        }
        let Some(to) = self.place(path)? else {
            return Ok(true);
        };
        if kind.is_symlink() {
            let target = self.target(path, &from);
            let made = target.and_then(|target| std::os::unix::fs::symlink(target, &to));
            return made.map(|()| true).map_err(|e| copying(&to, e));
        }
        self.copy(&from, &to, &meta, block_by_block)
    }

    fn copy(
        &mut self,
        from: &Path,
        to: &Path,
        meta: &fs::Metadata,
        block_by_block: bool,
    ) -> Result<bool> {
        if self.clones && clone_file(from, to, meta).is_ok() {
            return Ok(true);
        }
        // Where it cannot be done once it is not tried for each of thousands of files.
        self.clones = false;
        let _ = fs::remove_file(to);
        if !block_by_block {
            return Ok(false);
        }
        self.in_pieces(from, to, meta).map(|()| true)
    }

    fn in_pieces(&mut self, from: &Path, to: &Path, meta: &fs::Metadata) -> Result<()> {
        let mut source = File::open(from).map_err(|e| copying(to, e))?;
        let mut target = create(to, meta).map_err(|e| copying(to, e))?;
        loop {
            // Done by the kernel where it can.
            let copied = io::copy(&mut source.by_ref().take(PIECE), &mut target);
            let copied = copied.map_err(|e| copying(to, e))?;
            self.copied += copied;
            if copied < PIECE {
                return Ok(());
            }
            self.go_on()?;
        }
    }
}

fn copying(to: &Path, error: io::Error) -> Error {
    Error::io("copy to", to, error)
}

/// A new file that at no time is open to more people than the one it is made after.
fn create(path: &Path, meta: &fs::Metadata) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create_new(true)
        .mode(meta.mode())
        .open(path)?;
    file.set_permissions(meta.permissions())?;
    Ok(file)
}

/// A copy that shares the blocks of the original (btrfs, xfs, bcachefs).
#[cfg(target_os = "linux")]
fn clone_file(from: &Path, to: &Path, meta: &fs::Metadata) -> io::Result<()> {
    let source = File::open(from)?;
    let target = create(to, meta)?;
    rustix::fs::ioctl_ficlone(&target, &source)?;
    Ok(())
}

/// `std::fs::copy` clones by itself there.
#[cfg(not(target_os = "linux"))]
fn clone_file(from: &Path, to: &Path, _: &fs::Metadata) -> io::Result<()> {
    let _ = File::open(from)?;
    fs::copy(from, to).map(drop)
}
