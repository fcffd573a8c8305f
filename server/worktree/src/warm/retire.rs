//! A worktree on its way out: to be used again, or to be thrown away later. Both are a rename, so
//! that whoever asks does not wait for thousands of files to go.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::index_file::{IndexFile, MODULE};
use super::occupants;
use super::set_up::SetUp;
use crate::add::{Worktree, write_new};
use crate::error::{Error, Result};
use crate::remove::set_aside;
use crate::repo::Repo;
use crate::salvage::SalvageRef;

/// A worktree that git has forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutAway {
    /// What was saved before, if there was anything.
    pub salvaged: Option<SalvageRef>,
    /// Its folder, where there was one: under `to`, or to be deleted by the caller.
    pub folder: Option<PathBuf>,
}

/// What has to be known of a worktree before an agent gets it, for its tree to be used again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Permissions of a new folder, from which those of files follow.
    pub folder_mode: u32,
}

/// Who is in a folder: a process that stands in it, has a file of it open or watches it. In words.
pub fn occupant(folder: &Path) -> Option<String> {
    occupants::occupant(folder)
}

impl Repo {
    /// As [`Repo::remove_worktree`], but the folder is renamed and not deleted: to `to` where that is
    /// given (it must not exist), else beside itself under a name that [`Repo::reconcile`] knows to be rubbish.
    ///
    /// # Errors
    /// Those of [`Repo::remove_worktree`].
    pub fn put_away(&self, path: &Path, salvage_name: &str, to: Option<&Path>) -> Result<PutAway> {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let git_dir = self.entry_of(&path)?;
        let salvaged = self.salvage(&path, salvage_name)?;
        let folder = match to {
            _ if !path.exists() => None,
            Some(to) => {
                fs::rename(&path, to).map_err(|e| Error::io("rename", &path, e))?;
                Some(to.to_owned())
            }
            None => Some(set_aside(&path)?),
        };
        if let Some(git_dir) = git_dir {
            self.forget_entry(&git_dir)?;
        }
        Ok(PutAway { salvaged, folder })
    }

    /// Takes back a worktree in which nobody has worked: nothing is saved, and its branch goes where that is
    /// wanted and it never moved. Its folder is renamed, for the caller to delete.
    ///
    /// # Errors
    /// [`Error::NotOurWorktree`].
    pub fn take_back(&self, path: &Path, with_branch: bool) -> Result<Option<PathBuf>> {
        let made = self.worktree_at(path)?;
        let folder = set_aside(&made.path).ok();
        match with_branch {
            true => self.unmake(&made.path, &made.branch, &made.base),
            false => self.unmake_folder(&made.path),
        }
        Ok(folder)
    }

    /// Remembers what a worktree's files are, right after they were checked out: a copy of the index
    /// at `index`. `None` where its tree cannot be used again (sparse, or with submodules).
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remember(&self, worktree: &Worktree, index: &Path) -> Result<Option<Remembered>> {
        let from = worktree.git_dir.join("index");
        let id_length = worktree.base.as_str().len() / 2;
        let read = IndexFile::read(&from, id_length).map_err(|e| Error::io("read", &from, e))?;
        let found = match read.and_then(|found| reusable(&found).map(|()| found)) {
            Ok(found) => found,
            Err(why) => {
                tracing::debug!(why, "a worktree that cannot be used again");
                return Ok(None);
            }
        };
        // With the time of now and not of the index: until now nobody but git had the files.
        write_new(index, found.bytes())?;
        let meta = fs::metadata(&worktree.path);
        let meta = meta.map_err(|e| Error::io("look at", &worktree.path, e))?;
        Ok(Some(Remembered {
            folder_mode: meta.mode() & 0o7777,
        }))
    }

    /// Notes at `to` what setup put into a worktree, right after it ran: everything that is not tracked.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn remember_set_up(&self, worktree: &Path, index: &Path, to: &Path) -> Result<()> {
        let id_length = self.head()?.commit.as_str().len() / 2;
        let read = IndexFile::read(index, id_length).map_err(|e| Error::io("read", index, e))?;
        let note = |index: &IndexFile| SetUp::of(worktree, index)?.write(to);
        match read {
            Ok(index) => {
                note(&index).map_err(|e| Error::io("note what setup put into", worktree, e))
            }
            Err(_) => Ok(()),
        }
    }
}

/// Whether a tree with this index can be used again; else why not.
pub(super) fn reusable(index: &IndexFile) -> std::result::Result<(), &'static str> {
    // What a submodule's folder has is its own repository's affair, which is not looked into.
    if index.entries.iter().any(|entry| entry.mode == MODULE) {
        return Err("it has submodules");
    }
    match index.tree() {
        Some(_) => Ok(()),
        None => Err("it does not say which tree it is of"),
    }
}
