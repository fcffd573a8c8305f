//! Bringing a result into the user's working tree, uncommitted.
//!
//! Index and HEAD are not touched. The merge is three-way against the run's base and happens
//! among trees; only when it is clean are its files written, each from a copy that is ready on the
//! same file system, and all of them or none.

mod commit;
mod plan;
mod raw;
mod replace;
mod undo;

use std::path::PathBuf;

pub use commit::{LandOutcome, Landed, Landing};
pub use plan::{Clash, ClashReason};
pub use undo::Undone;

use crate::error::Result;
use crate::oid::Oid;
use crate::raw_diff::Change;
use crate::repo::Repo;

/// What applying did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ApplyOutcome {
    /// These files were (would be) written or deleted; empty when all was there already.
    Applied(Vec<Change>),
    /// These files stand against it; nothing was done.
    Clashes(Vec<Clash>),
}

/// How often to look again when files change while they are being looked at.
const ROUNDS: usize = 3;

impl Repo {
    /// What [`Repo::apply`] would do now.
    pub fn apply_check(&self, base: &Oid, result: &Oid) -> Result<ApplyOutcome> {
        Ok(match self.plan(base, result)? {
            Ok(plan) => ApplyOutcome::Applied(plan.changes),
            Err(clashes) => ApplyOutcome::Clashes(clashes),
        })
    }

    /// Brings the changes from `base` to `result` into the working tree. Every uncommitted edit
    /// is kept, or the clashes are listed and nothing is done. What was there before is kept
    /// under `refs/offshoot/undo/<run>`.
    ///
    /// # Errors
    /// Those of the disk, after which the files are as they were; [`crate::Error::ChangedSince`]
    /// when files keep changing meanwhile.
    pub fn apply(&self, run: &str, base: &Oid, result: &Oid) -> Result<ApplyOutcome> {
        let mut round = 1;
        loop {
            let plan = match self.plan(base, result)? {
                Ok(plan) => plan,
                Err(clashes) => return Ok(ApplyOutcome::Clashes(clashes)),
            };
            match self.carry_out(run, &plan) {
                Ok(()) => return Ok(ApplyOutcome::Applied(plan.changes)),
                Err(crate::Error::ChangedSince { .. }) if round < ROUNDS => round += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// The paths of the changes, in both directions: written ones and deleted ones.
    pub(crate) fn paths_of(changes: &[Change]) -> Vec<PathBuf> {
        changes.iter().map(|change| change.path.clone()).collect()
    }
}
