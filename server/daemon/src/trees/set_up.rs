//! What is still to be done in new worktrees, and what was done.

use super::record::Seat;
use super::{Plan, Trees};
use std::path::Path;
use std::sync::PoisonError;
use worktree::Repo;

impl Trees {
    /// Remembers what is still to be done in a new worktree.
    pub(crate) fn await_set_up(&self, worktree: &Path, plan: &Plan) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.insert(worktree.to_owned(), plan.clone());
    }

    /// The commands that are to be run in a new worktree; none where there are none.
    pub(crate) fn pending(&self, worktree: &Path) -> Option<String> {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = pending.get(worktree)?;
        (!plan.commands.is_empty()).then(|| plan.script())
    }

    /// Notes that setup is done: what it put there may stay when the tree is used again.
    pub(crate) fn set_up_done(&self, repo: &Repo, worktree: &Path) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let plan = pending.remove(worktree);
        drop(pending);
        let Some(print) = plan.and_then(|plan| plan.print().cloned()) else {
            return;
        };
        self.change(worktree, |record, seat| {
            let seat = Seat(seat.to_owned());
            let Some(reuse) = &mut record.reuse else {
                return;
            };
            match repo.remember_set_up(worktree, &seat.index(), &seat.set_up()) {
                Ok(()) => reuse.set_up = Some(print),
                Err(error) => tracing::info!(%error, "setup is to be done again"),
            }
        });
    }
}
