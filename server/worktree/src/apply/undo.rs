//! Taking an applied result back.
//!
//! `refs/offshoot/undo/<run>` is a commit whose tree holds two folders: `before` and `after`, the
//! files that were touched, byte for byte. Its parent is the undo of an earlier `apply` of that run.

use std::path::PathBuf;

use super::raw::RawFiles;
use super::replace::Replacement;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::refs::{UNDO, safe};
use crate::repo::{Identity, Repo};

impl Repo {
    /// Puts the files back as they were before the run's last [`Repo::apply`]. Returns their paths.
    ///
    /// # Errors
    /// [`Error::ChangedSince`] with the files that somebody changed after it, and nothing done;
    /// [`Error::NoSuchRef`] when nothing was applied.
    pub fn undo(&self, run: &str) -> Result<Vec<PathBuf>> {
        let name = format!("{UNDO}{}", safe(run)?);
        let commit = self
            .resolve_ref(&name)?
            .ok_or_else(|| Error::no_ref(&name))?;
        let (before, after) = (self.part(&commit, "before")?, self.part(&commit, "after")?);
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
        self.drop_undo(run, &commit)?;
        drop(space);
        self.clear_spaces();
        Ok(paths)
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
        let name = format!("{UNDO}{}", safe(run)?);
        let under = |folder: &str, files: &RawFiles| -> RawFiles {
            files
                .iter()
                .map(|(path, file)| (PathBuf::from(folder).join(path), file.clone()))
                .collect()
        };
        let mut both = under("before", before);
        both.extend(under("after", after));
        let tree = self.write_raw_tree(&both)?;
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
