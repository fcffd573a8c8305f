//! Whether the files that a step declared are there, and copies of those that git ignores.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Field, Note};
use crate::artifacts::{Source, StoredArtifact, copy, parents_stay};
use crate::bytes;
use crate::error::Result;
use crate::oid::Oid;

/// A declared path and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// As declared.
    pub path: String,
    /// What became of it.
    pub status: CreatedStatus,
    /// When it was last written (for a folder: the youngest file at its top level); `None` when missing.
    pub modified: Option<SystemTime>,
}

/// What became of a declared path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreatedStatus {
    /// It is not there, or an empty folder.
    Missing,
    /// It is there as it was in the base.
    Unchanged,
    /// It was not in the base.
    New,
    /// It differs from the base.
    Changed,
    /// It is there, and git ignores it: no comparison is possible but by time. A copy was stored.
    Ignored,
    /// It is there, but cannot be committed or stored: a hand-off file, part of a nested
    /// repository, neither file nor folder, or too big.
    NotTaken,
    /// It is no path inside the worktree.
    Outside,
}

impl Field<'_> {
    pub(super) fn look_at_created(
        &mut self,
        tree: &Oid,
    ) -> Result<(Vec<Created>, Vec<StoredArtifact>)> {
        let base = self.repo.tree_of(&self.job.base)?;
        let (mut created, mut stored) = (Vec::new(), Vec::new());
        for declared in &self.job.creates {
            let path = clean(declared);
            let full = self.job.path.join(&path);
            let inside = bytes::stays_inside(&path) && parents_stay(&self.job.path, &path);
            let status = if inside {
                self.status(&path, &full, tree, &base, &mut stored)?
            } else {
                CreatedStatus::Outside
            };
            let modified = if inside { written_at(&full) } else { None };
            created.push(Created {
                path: declared.clone(),
                status,
                modified,
            });
        }
        Ok((created, stored))
    }

    fn status(
        &mut self,
        path: &Path,
        full: &Path,
        tree: &Oid,
        base: &Oid,
        stored: &mut Vec<StoredArtifact>,
    ) -> Result<CreatedStatus> {
        if is_missing(full) {
            return Ok(CreatedStatus::Missing);
        }
        let (now, before) = (
            self.repo.entry_at(tree, path)?,
            self.repo.entry_at(base, path)?,
        );
        match (now, before) {
            (Some(now), Some(before)) if now == before => Ok(CreatedStatus::Unchanged),
            (Some(_), Some(_)) => Ok(CreatedStatus::Changed),
            (Some(_), None) => Ok(CreatedStatus::New),
            (None, _) => self.store(path, full, stored),
        }
    }

    fn store(
        &mut self,
        path: &Path,
        full: &Path,
        stored: &mut Vec<StoredArtifact>,
    ) -> Result<CreatedStatus> {
        if !self.is_ignored(path)? {
            return Ok(CreatedStatus::NotTaken);
        }
        let store = &self.job.artifact_store;
        let target = store.join(path);
        // A copy from an earlier harvest of the same attempt is out of date.
        let _ = fs::remove_file(&target).or_else(|_| fs::remove_dir_all(&target));
        let from = Source {
            path: full,
            root: &self.job.path,
        };
        match copy(from, store, path, self.job.limits) {
            Ok(()) => {
                stored.push(StoredArtifact {
                    path: path.to_owned(),
                    stored: target,
                });
                Ok(CreatedStatus::Ignored)
            }
            Err(error) => {
                self.notes
                    .push(Note::NotStored(path.to_owned(), error.to_string()));
                Ok(CreatedStatus::NotTaken)
            }
        }
    }

    fn is_ignored(&self, path: &Path) -> Result<bool> {
        let git_dir = self.git_dir.as_deref().unwrap_or(self.repo.common_dir());
        let call = self
            .repo
            .git_at(git_dir, &self.job.path, "check-ignore")
            .args(["--quiet", "--no-index", "--"])
            .arg(path);
        let output = call.output()?;
        match output.code {
            Some(0) => Ok(!self.is_hand_off(path)),
            Some(1) => Ok(full_of_ignored(&self.job.path.join(path))),
            _ => Err(call.failed(&output)),
        }
    }

    /// Hand-off files are ignored by our own block in `info/exclude`; they are no artifacts.
    fn is_hand_off(&self, path: &Path) -> bool {
        let Some(name) = path.to_str() else {
            return false;
        };
        self.job
            .exclude
            .iter()
            .any(|glob| match glob.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == glob,
            })
    }
}

/// A folder that is not ignored itself but of which nothing was committed holds only ignored files.
fn full_of_ignored(path: &Path) -> bool {
    path.is_dir() && !path.join(".git").exists()
}

fn is_missing(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => {
            fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
        }
        Ok(_) => false,
        Err(_) => true,
    }
}

fn written_at(path: &Path) -> Option<SystemTime> {
    let own = fs::symlink_metadata(path).ok()?;
    let time = own.modified().ok();
    if !own.is_dir() {
        return time;
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let times = entries.filter_map(|entry| entry.metadata().ok()?.modified().ok());
    times.max().or(time)
}

/// `./docs/` and `docs` are the same.
fn clean(declared: &str) -> PathBuf {
    let path = Path::new(declared.trim());
    path.components()
        .filter(|c| *c != std::path::Component::CurDir)
        .collect()
}
