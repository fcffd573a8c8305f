//! Taking an applied result back.
//!
//! `refs/offshoot/undo/<run>` is a commit whose tree holds two folders: `before` and `after`, the
//! files that were touched, byte for byte; or, where a branch was moved, the file `moved`, which says
//! from where to where. Its parent is the undo of an earlier `apply` of that run.

mod moved;

use std::path::PathBuf;

pub(super) use moved::Moved;

use super::raw::RawFiles;
use super::replace::Replacement;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::raw_diff::Change;
use crate::refs::{UNDO, safe};
use crate::repo::{Identity, Repo};

/// What taking back did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// What that changed.
    pub changes: Vec<Change>,
    /// The branch that was moved back, or `HEAD`; `None` where files were put back.
    pub branch: Option<String>,
}

impl Repo {
    /// Takes the run's last [`Repo::apply`], [`Repo::apply_commit`] or [`Repo::apply_into`] back.
    ///
    /// # Errors
    /// [`Error::ChangedSince`] with the files that somebody changed after it,
    /// [`Error::BranchWentOn`], [`Error::CheckedOut`], each with nothing done; [`Error::BranchGone`];
    /// [`Error::NotApplied`].
    pub fn undo(&self, run: &str) -> Result<Undone> {
        let name = format!("{UNDO}{}", safe(run)?);
        let commit = self.resolve_ref(&name)?.ok_or_else(|| Error::NotApplied {
            run: run.to_owned(),
        })?;
        let undone = match self.read_move(&commit)? {
            Some(moved) => self.move_back(moved),
            None => self.put_files_back(&commit),
        };
        if matches!(undone, Err(Error::BranchGone { .. })) {
            // It will not come back: what was applied before must not wait for it.
            self.drop_undo(run, &commit)?;
        }
        let undone = undone?;
        self.drop_undo(run, &commit)?;
        Ok(undone)
    }

    fn put_files_back(&self, commit: &Oid) -> Result<Undone> {
        let (before, after) = (self.part(commit, "before")?, self.part(commit, "after")?);
        let mut paths: Vec<PathBuf> = before.keys().chain(after.keys()).cloned().collect();
        paths.sort();
        paths.dedup();
        let interrupted = self.was_interrupted();
        let space = self.space_for_copies()?;
        let (ready, aside) = (space.path().join("ready"), space.path().join("aside"));
        let replacement = Replacement::of(self.root(), &ready, &aside, paths.clone());
        let now = self.read_raw(self.root(), &paths)?;
        // After an apply that was killed, a file may still be as it was, or be on its way.
        let halfway = |path: &PathBuf| {
            interrupted && (now.get(path) == before.get(path) || !now.contains_key(path))
        };
        let untouched = |path: &&PathBuf| now.get(*path) == after.get(*path) || halfway(path);
        let changed: Vec<PathBuf> = paths
            .iter()
            .filter(|path| !untouched(path))
            .cloned()
            .collect();
        if !changed.is_empty() {
            return Err(Error::ChangedSince { paths: changed });
        }
        self.write_raw(&before, &ready)?;
        replacement.run()?;
        drop(space);
        self.clear_spaces();
        let changes = paths.into_iter().map(|path| {
            let mode = |files: &RawFiles| {
                let mode = files.get(&path).map(|(mode, _)| mode.as_str());
                mode.and_then(|mode| u32::from_str_radix(mode, 8).ok())
            };
            Change::put(path.clone(), mode(&after), mode(&before))
        });
        Ok(Undone {
            changes: changes.collect(),
            branch: None,
        })
    }

    /// Whether there is something to undo for a run.
    pub fn can_undo(&self, run: &str) -> Result<bool> {
        Ok(self
            .resolve_ref(&format!("{UNDO}{}", safe(run)?))?
            .is_some())
    }

    /// An empty folder is no entry of a tree.
    fn part(&self, commit: &Oid, name: &str) -> Result<RawFiles> {
        match self.resolve_with_git(&format!("{commit}:{name}"))? {
            Some(tree) => self.raw_tree(tree.as_str()),
            None => Ok(RawFiles::new()),
        }
    }

    pub(super) fn keep_undo(&self, run: &str, before: &RawFiles, after: &RawFiles) -> Result<Oid> {
        let under = |folder: &str, files: &RawFiles| -> RawFiles {
            files
                .iter()
                .map(|(path, file)| (PathBuf::from(folder).join(path), file.clone()))
                .collect()
        };
        let mut both = under("before", before);
        both.extend(under("after", after));
        self.keep_undo_of(run, &both)
    }

    /// Puts undo information on top of what there is of earlier ones.
    pub(super) fn keep_undo_of(&self, run: &str, files: &RawFiles) -> Result<Oid> {
        let name = format!("{UNDO}{}", safe(run)?);
        let tree = self.write_raw_tree(files)?;
        let earlier = self.resolve_ref(&name)?;
        let parents: Vec<&Oid> = earlier.iter().collect();
        let who = Identity {
            name: "offshoot".into(),
            email: "offshoot@localhost".into(),
            fallback: true,
        };
        let commit = self.commit_tree(
            &tree,
            &parents,
            &format!("Undo information of {run}\n"),
            &who,
        )?;
        self.move_ref(&name, &commit, earlier.as_ref())?;
        Ok(commit)
    }

    /// Goes back to the undo information before this one, if there is any.
    pub(super) fn drop_undo(&self, run: &str, commit: &Oid) -> Result<()> {
        let name = format!("{UNDO}{}", safe(run)?);
        match self.resolve_with_git(&format!("{commit}^"))? {
            Some(earlier) => self.move_ref(&name, &earlier, Some(commit)),
            None => self.delete_ref(&name, commit),
        }
    }
}
