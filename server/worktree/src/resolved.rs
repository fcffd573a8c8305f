//! What is left of a conflict once it is resolved. The merge is kept for the run's life, so that nobody is asked for
//! it twice when what follows fails; what was saved of the worktree goes where the merge has all of it, so that
//! the list of saved work names only what can still be missed.

use std::path::Path;

use crate::add::read_note;
use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::refs::{RESOLVED, safe};
use crate::repo::Repo;
use crate::salvage::SalvageRef;

/// A conflict that was resolved in a worktree of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The merge of both sides, as it was resolved. No ref holds it yet.
    pub merge: Oid,
    /// The commit with the markers from which the worktree was made: nobody's work, and both sides make it again.
    pub conflicted: Oid,
}

impl Repo {
    /// Keeps the merge for one part of a run (a step, or the results of all) until the run is forgotten.
    ///
    /// # Errors
    /// [`Error::BadName`].
    pub fn keep_resolved(&self, run: &str, part: &str, resolved: &Resolved) -> Result<()> {
        let name = format!("{RESOLVED}{}/{}", safe(run)?, safe(part)?);
        let call = self.git("update-ref");
        call.args([&name, resolved.merge.as_str()]).run().map(drop)
    }

    /// The merge that was kept, if it is one of these parents: it has no commit of a step that is in none of
    /// them, as it has where a step was done again.
    ///
    /// # Errors
    /// [`Error::BadName`].
    pub fn kept_resolved(&self, run: &str, part: &str, parents: &[Oid]) -> Result<Option<Oid>> {
        let name = format!("{RESOLVED}{}/{}", safe(run)?, safe(part)?);
        let Some(merge) = self.resolve_ref(&name)? else {
            return Ok(None);
        };
        let without = parents.iter().map(|parent| format!("^{parent}"));
        let call = self
            .git("rev-list")
            .args(["--max-parents=1", "--max-count=1", merge.as_str()])
            .args(without);
        Ok(call.run()?.is_empty().then_some(merge))
    }

    /// The commit and the branch of a worktree of ours as they were noted when it was made, also where somebody
    /// deleted its folder since.
    pub fn noted_at(&self, path: &Path) -> Option<(Oid, String)> {
        read_note(&self.admin_dir_for(path)?)
    }

    /// Forgets the merges that were kept for a run.
    pub(crate) fn forget_merges(&self, run: &str) -> Result<()> {
        for (name, commit) in self.refs_below(&format!("{RESOLVED}{}/", safe(run)?))? {
            self.delete_ref(&name, &commit)?;
        }
        Ok(())
    }

    /// Forgets what was saved when the worktree and the branch of a conflict went, where nobody can miss it: it is
    /// the commit with the markers, or all of it is in the merge (each commit that it adds has the merge's own
    /// files). Returns what stays; while no other ref holds the merge, that is all that is in it.
    pub fn forget_saved(
        &self,
        conflicted: &Oid,
        merge: Option<&Oid>,
        saved: Vec<SalvageRef>,
    ) -> Result<Vec<SalvageRef>> {
        let names: Vec<&str> = saved.iter().map(|one| one.name.as_str()).collect();
        let merge = match merge {
            Some(merge) if !saved.is_empty() && self.is_kept_by_other(merge, &names)? => {
                Some(merge)
            }
            _ => None,
        };
        let mut stays = Vec::new();
        for one in saved {
            if self.adds_nothing(&one.commit, conflicted, merge)? {
                match self.drop_salvage(&one) {
                    Ok(()) | Err(Error::RefMoved { .. }) => continue,
                    Err(error) => return Err(error),
                }
            }
            stays.push(one);
        }
        Ok(stays)
    }

    fn adds_nothing(&self, saved: &Oid, conflicted: &Oid, merge: Option<&Oid>) -> Result<bool> {
        let tree = merge.map(|merge| self.tree_of(merge)).transpose()?;
        let without = std::iter::once(conflicted).chain(merge);
        let call = self
            .git("rev-list")
            .args(["--no-commit-header", "--format=%T", saved.as_str()])
            .args(without.map(|commit| format!("^{commit}")));
        let trees = bytes::lossy(&call.run()?);
        let mut trees = trees.lines();
        Ok(trees.all(|one| tree.as_ref().is_some_and(|tree| one == tree.as_str())))
    }
}
