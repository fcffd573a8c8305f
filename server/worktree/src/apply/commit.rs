//! A result as a commit: on what is checked out, or on another branch without a checkout.
//!
//! Where the branch has the run's base, that is a merge commit. Where it has not (it was rebased,
//! or the base held what was uncommitted), a merge would bring along what the user threw away: then
//! the run's changes alone become a plain commit. So do parts of a result.

use std::fs;
use std::path::{Path, PathBuf};

use super::undo::Moved;
use super::{Clash, ClashReason};
use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::raw_diff::{Change, Renames};
use crate::repo::{Identity, Repo};

/// A result that is to be committed.
#[derive(Debug, Clone, Copy)]
pub struct Landing<'a> {
    /// The run.
    pub run: &'a str,
    /// The commit that the run started from.
    pub base: &'a Oid,
    /// Its result.
    pub result: &'a Oid,
    /// Only these files, or files below these folders; empty: all.
    pub only: &'a [PathBuf],
    /// The message of the commit.
    pub message: &'a str,
    /// Who commits.
    pub who: &'a Identity,
}

/// What committing a result did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum LandOutcome {
    /// The branch has it now.
    Landed(Landed),
    /// These files stand against it; nothing was done.
    Clashes(Vec<Clash>),
}

/// A result that a branch has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// The short name of the branch; `None` for a detached HEAD.
    pub branch: Option<String>,
    /// Its new tip; the old one where it had the result already.
    pub commit: Oid,
    /// What that changed, renames detected.
    pub changes: Vec<Change>,
    /// Whether the commit is a merge.
    pub merge: bool,
}

/// A commit that nothing points at yet.
struct Made {
    commit: Oid,
    merge: bool,
}

impl Repo {
    /// `apply --commit`: commits the result onto what is checked out. Untracked files stay.
    ///
    /// # Errors
    /// [`Error::Dirty`] where tracked files have uncommitted changes; [`Error::Unfinished`] in the
    /// middle of a merge or a rebase; [`Error::NotChanged`].
    pub fn apply_commit(&self, landing: &Landing<'_>) -> Result<LandOutcome> {
        let head = self.head()?;
        if let Some(operation) = crate::unfinished::operation(self.git_dir()) {
            return Err(Error::Unfinished { operation });
        }
        let dirty = self.dirty_tracked_paths()?;
        if !dirty.is_empty() {
            return Err(Error::Dirty { paths: dirty });
        }
        let old = head.commit;
        let made = match self.commit_on(&old, landing)? {
            Ok(made) => made,
            Err(clashes) => return Ok(LandOutcome::Clashes(clashes)),
        };
        let in_the_way = self.untracked_in_the_way(&old, &made.commit)?;
        if !in_the_way.is_empty() {
            return Ok(LandOutcome::Clashes(in_the_way));
        }
        if made.commit != old {
            self.fast_forward(&made.commit)?;
        }
        self.landed(landing, head.branch, old, made)
    }

    /// `apply --into`: commits the result onto a branch that is not checked out anywhere.
    ///
    /// # Errors
    /// [`Error::CheckedOut`] and [`Error::CheckedOutHere`], [`Error::NoSuchBranch`], [`Error::NotChanged`]; [`Error::RefMoved`] when
    /// somebody else was faster.
    pub fn apply_into(&self, branch: &str, landing: &Landing<'_>) -> Result<LandOutcome> {
        let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch);
        let name = format!("refs/heads/{branch}");
        let named = || branch.to_owned();
        if self.head_branch(self.git_dir())?.as_deref() == Some(branch) {
            return Err(Error::CheckedOutHere { branch: named() });
        }
        let missing = || Error::NoSuchBranch { branch: named() };
        let old = self.resolve_ref(&name)?.ok_or_else(missing)?;
        self.refuse_checked_out(std::slice::from_ref(&name))?;
        let made = match self.commit_on(&old, landing)? {
            Ok(made) => made,
            Err(clashes) => return Ok(LandOutcome::Clashes(clashes)),
        };
        if made.commit != old {
            self.move_ref(&name, &made.commit, Some(&old))?;
        }
        self.landed(landing, Some(named()), old, made)
    }

    /// Keeps what undoing needs, and tells what was done.
    fn landed(
        &self,
        landing: &Landing<'_>,
        branch: Option<String>,
        old: Oid,
        made: Made,
    ) -> Result<LandOutcome> {
        let Made { commit, merge } = made;
        let changes = self.changes(&old, &commit, Renames::Detect)?;
        if commit != old {
            let moved = Moved {
                branch: branch.clone(),
                old,
                new: commit.clone(),
            };
            self.keep_move(landing.run, &moved)?;
        }
        Ok(LandOutcome::Landed(Landed {
            branch,
            commit,
            changes,
            merge,
        }))
    }

    /// The commit that brings the result onto `old`; `old` itself where it is there already. The
    /// inner error is the list of clashes.
    fn commit_on(
        &self,
        old: &Oid,
        landing: &Landing<'_>,
    ) -> Result<std::result::Result<Made, Vec<Clash>>> {
        let (base, result) = (landing.base, landing.result);
        let there = |merge| Made {
            commit: old.clone(),
            merge,
        };
        if self.is_ancestor(result, old)? {
            return Ok(Ok(there(true)));
        }
        let merge = landing.only.is_empty() && self.is_ancestor(base, old)?;
        let merged = if merge {
            self.merge_trees(old, result)?
        } else {
            let theirs = match landing.only {
                [] => result.clone(),
                only => self.narrowed(base, result, only)?,
            };
            self.merge_against(base, &self.tree_of(old)?, &theirs)?
        };
        if !merged.conflicts.is_empty() {
            let clash = |path| Clash {
                path,
                reason: ClashReason::BothChanged,
            };
            return Ok(Err(merged.conflicts.into_iter().map(clash).collect()));
        }
        if self.tree_of(old)? == merged.tree {
            return Ok(Ok(there(merge)));
        }
        let parents: &[&Oid] = if merge { &[old, result] } else { &[old] };
        let commit = self.commit_tree(&merged.tree, parents, landing.message, landing.who)?;
        Ok(Ok(Made { commit, merge }))
    }

    /// git's own hand on the checkout: index, reflog and working tree become what the user expects,
    /// and a file that is ignored or untracked is not overwritten.
    fn fast_forward(&self, to: &Oid) -> Result<()> {
        let call = self.git("merge").args([
            "--ff-only",
            "--quiet",
            "--no-stat",
            "--no-autostash",
            "--no-verify-signatures",
            "--no-overwrite-ignore",
        ]);
        call.arg(to.as_str()).run().map(drop)
    }

    /// Files that git does not track where the commit has new ones.
    fn untracked_in_the_way(&self, old: &Oid, new: &Oid) -> Result<Vec<Clash>> {
        let changes = self.changes(old, new, Renames::Split)?;
        let added = changes.iter().filter(|change| change.old_mode == 0);
        let there = added.filter(|change| {
            let meta = fs::symlink_metadata(self.root().join(&change.path));
            meta.is_ok_and(|meta| !meta.is_dir()) && !self.makes_room(&changes, &change.path)
        });
        let mut found = self.folders_in_the_way(&changes)?;
        found.extend(there.map(|change| Clash {
            path: change.path.clone(),
            reason: ClashReason::Untracked,
        }));
        Ok(found)
    }

    /// Whether the path leads through a link that goes with the same commit.
    fn makes_room(&self, changes: &[Change], path: &Path) -> bool {
        changes.iter().any(|change| {
            change.new_mode == 0 && path != change.path && path.starts_with(&change.path)
        })
    }

    /// Tracked files with uncommitted changes, staged or not.
    fn dirty_tracked_paths(&self) -> Result<Vec<PathBuf>> {
        let output = self
            .git("status")
            .args([
                "--porcelain=v1",
                "-z",
                "--no-renames",
                "--untracked-files=no",
            ])
            .run()?;
        Ok(bytes::fields(&output)
            .filter_map(|entry| entry.get(3..))
            .map(bytes::path)
            .collect())
    }
}
