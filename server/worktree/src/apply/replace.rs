//! Replacing files of the working tree: from copies that are ready, all of them or none.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::plan::Plan;
use crate::artifacts::parents_stay;
use crate::bytes;
use crate::error::{Error, Result};
use crate::index::TempIndex;
use crate::repo::Repo;

const SPACE: &str = "offshoot-apply-";

/// What shows that a file was written: device, inode, size, change time. `None`: no file is there
/// (a folder may be).
type Stamp = Option<(u64, u64, u64, i64, i64)>;

fn stamp(path: &Path) -> Stamp {
    let meta = fs::symlink_metadata(path)
        .ok()
        .filter(|meta| !meta.is_dir())?;
    Some((
        meta.dev(),
        meta.ino(),
        meta.size(),
        meta.ctime(),
        meta.ctime_nsec(),
    ))
}

/// Files of `root` that are to become those below `ready`, or to go where there are none.
#[derive(Debug)]
pub(super) struct Replacement<'a> {
    pub(super) root: &'a Path,
    /// On the same file system as `root`.
    pub(super) ready: &'a Path,
    /// Where the old ones are put until all is done; on the same file system too.
    pub(super) aside: &'a Path,
    files: Vec<(PathBuf, Stamp)>,
}

impl Repo {
    /// Writes a plan: prepare, keep what undoing needs, replace.
    pub(crate) fn carry_out(&self, run: &str, plan: &Plan) -> Result<()> {
        if plan.changes.is_empty() {
            return Ok(());
        }
        let paths = Self::paths_of(&plan.changes);
        let space = self.space_for_copies()?;
        let (ready, aside) = (space.path().join("ready"), space.path().join("aside"));
        let replacement = Replacement::of(self.root(), &ready, &aside, paths.clone());
        self.refuse_changed(plan)?;
        self.check_out_to(plan, &ready)?;
        let (before, after) = (
            self.read_raw(self.root(), &paths)?,
            self.read_raw(&ready, &paths)?,
        );
        let undo = self.keep_undo(run, &before, &after)?;
        replacement.run().inspect_err(|_| {
            let _ = self.drop_undo(run, &undo);
        })
    }

    /// A folder beside the repository's own files: nearly always on the checkout's file system.
    pub(super) fn space_for_copies(&self) -> Result<tempfile::TempDir> {
        let make = |folder: &Path| tempfile::Builder::new().prefix(SPACE).tempdir_in(folder);
        make(self.git_dir()).map_err(|e| Error::io("make a folder in", self.git_dir(), e))
    }

    /// Whether an earlier apply or undo was killed in the middle, so that files may be missing.
    pub(super) fn was_interrupted(&self) -> bool {
        !self.spaces().is_empty()
    }

    fn spaces(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.git_dir()).into_iter().flatten().flatten();
        let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(SPACE));
        ours.map(|entry| entry.path()).collect()
    }

    /// Removes what killed ones left behind; all of it is in the undo ref.
    pub(super) fn clear_spaces(&self) {
        for space in self.spaces() {
            let _ = fs::remove_dir_all(space);
        }
    }

    /// The merged files with the filters and line ends that a checkout gives them.
    fn check_out_to(&self, plan: &Plan, folder: &Path) -> Result<()> {
        let index = TempIndex::empty()?;
        self.git("read-tree")
            .index(index.path())
            .arg(plan.merged.as_str())
            .run()?;
        let mut names = Vec::new();
        for change in plan.changes.iter().filter(|change| change.new_mode != 0) {
            names.extend_from_slice(bytes::of(&change.path));
            names.push(0);
        }
        let mut prefix = std::ffi::OsString::from("--prefix=");
        prefix.push(folder);
        prefix.push("/");
        let call = self
            .git("checkout-index")
            .index(index.path())
            .args(["-z", "--stdin"])
            .arg(prefix);
        call.input(names).run().map(drop)
    }
}

impl<'a> Replacement<'a> {
    /// Looks at the files as they are now; whatever is written from here on is noticed.
    pub(super) fn of(
        root: &'a Path,
        ready: &'a Path,
        aside: &'a Path,
        paths: Vec<PathBuf>,
    ) -> Self {
        let files = paths
            .into_iter()
            .map(|path| (stamp(&root.join(&path)), path))
            .map(|(stamp, path)| (path, stamp));
        Self {
            root,
            ready,
            aside,
            files: files.collect(),
        }
    }

    /// Replaces them. When one fails, those already replaced are put back.
    pub(super) fn run(&self) -> Result<()> {
        let mut moved_aside = Vec::new();
        let mut placed = Vec::new();
        let done = self
            .take_aside(&mut moved_aside)
            .and_then(|()| self.place(&mut placed));
        if let Err(error) = done {
            self.put_back(&moved_aside, &placed);
            return Err(error);
        }
        Ok(())
    }

    /// All old files first: a file may have to make room for a folder, and the other way round.
    fn take_aside(&self, done: &mut Vec<PathBuf>) -> Result<()> {
        for (path, before) in &self.files {
            let full = self.root.join(path);
            if !parents_stay(self.root, path) || stamp(&full) != *before {
                return Err(Error::ChangedSince {
                    paths: vec![path.clone()],
                });
            }
            if before.is_some() {
                rename(&full, &self.aside.join(path))?;
                done.push(path.clone());
            }
        }
        for path in done.iter() {
            if !self.ready.join(path).exists() {
                remove_empty_parents(self.root, path);
            }
        }
        Ok(())
    }

    fn place(&self, done: &mut Vec<PathBuf>) -> Result<()> {
        for (path, _) in &self.files {
            let (ready, full) = (self.ready.join(path), self.root.join(path));
            if fs::symlink_metadata(&ready).is_err() {
                continue;
            }
            // A folder whose files went aside makes room; anything else came in the last moment.
            let free = match fs::symlink_metadata(&full) {
                Ok(meta) => meta.is_dir() && remove_empty_folders(&full).is_ok(),
                Err(_) => true,
            };
            if !free {
                return Err(Error::ChangedSince {
                    paths: vec![path.clone()],
                });
            }
            keep_permissions(&self.aside.join(path), &ready);
            rename(&ready, &full)?;
            done.push(path.clone());
        }
        Ok(())
    }

    fn put_back(&self, moved_aside: &[PathBuf], placed: &[PathBuf]) {
        for path in placed {
            let _ = fs::remove_file(self.root.join(path));
            remove_empty_parents(self.root, path);
        }
        for path in moved_aside {
            if let Err(error) = rename(&self.aside.join(path), &self.root.join(path)) {
                tracing::error!(path = %path.display(), %error, "a file could not be put back; it is in the undo ref");
            }
        }
    }
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    let parent = to.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).map_err(|e| Error::io("make", parent, e))?;
    match fs::rename(from, to) {
        Err(e) if e.kind() == ErrorKind::CrossesDevices => {
            copy_over(from, to).map_err(|e| Error::io("write", to, e))
        }
        other => other.map_err(|e| Error::io("write", to, e)),
    }
}

/// For a checkout whose `.git` lies on another device.
fn copy_over(from: &Path, to: &Path) -> std::io::Result<()> {
    if fs::symlink_metadata(from)?.is_symlink() {
        std::os::unix::fs::symlink(fs::read_link(from)?, to)?;
    } else {
        fs::copy(from, to)?;
    }
    fs::remove_file(from)
}

/// A file that only its owner may read stays so; the executable bit is the result's.
fn keep_permissions(old: &Path, new: &Path) {
    let mode = |path: &Path| {
        fs::symlink_metadata(path)
            .ok()
            .filter(|m| m.is_file())
            .map(|m| m.permissions().mode() & 0o7777)
    };
    if let (Some(old), Some(now)) = (mode(old), mode(new)) {
        let plain = old & !0o111;
        let bits = if now & 0o100 == 0 {
            plain
        } else {
            plain | (plain & 0o444) >> 2
        };
        let _ = fs::set_permissions(new, fs::Permissions::from_mode(bits));
    }
}

fn remove_empty_parents(root: &Path, path: &Path) {
    for folder in path
        .ancestors()
        .skip(1)
        .filter(|p| !p.as_os_str().is_empty())
    {
        if fs::remove_dir(root.join(folder)).is_err() {
            return;
        }
    }
}

/// Removes a folder that holds nothing but empty folders.
fn remove_empty_folders(path: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(path)? {
        remove_empty_folders(&entry?.path())?;
    }
    fs::remove_dir(path)
}
