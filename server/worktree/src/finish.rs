//! The end of a run: one branch that holds every step.

use crate::base::{BaseOutcome, Conflict};
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::refs::alternatives;
use crate::repo::{Identity, Repo};

/// The branch with a run's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultBranch {
    /// Its short name; with `-2`, `-3`… where the usual one was taken by something else.
    pub name: String,
    /// Where it points.
    pub commit: Oid,
}

/// Whether the steps' results could be brought together.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum FinishOutcome {
    /// They could.
    Done(ResultBranch),
    /// They could not; no branch was made or moved.
    Conflict(Box<Conflict>),
}

impl Repo {
    /// Merges the results of the run's last steps, in file order, and points the result branch at
    /// the merge. Without any leaf (nothing changed) the branch lies at the base. Finishing a run
    /// again moves its branch forward, never to the side.
    pub fn finish_run(
        &self,
        run: &str,
        base: &Oid,
        leaves: &[Oid],
        who: &Identity,
        message: &str,
    ) -> Result<FinishOutcome> {
        let mut parents = vec![base.clone()];
        parents.extend_from_slice(leaves);
        let commit = match self.base_of(&parents, who, message)? {
            BaseOutcome::Clean(base) => base.commit,
            BaseOutcome::Conflict(conflict) => return Ok(FinishOutcome::Conflict(conflict)),
        };
        let wanted = self.result_branch(run)?;
        for name in alternatives(&wanted) {
            let full = format!("refs/heads/{name}");
            let old = self.resolve_ref(&full)?;
            if let Some(old) = &old
                && !self.is_ancestor(old, &commit)?
            {
                continue;
            }
            match self.move_ref(&full, &commit, old.as_ref()) {
                Ok(()) => return Ok(FinishOutcome::Done(ResultBranch { name, commit })),
                Err(Error::RefMoved { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::BadName { name: wanted })
    }
}
