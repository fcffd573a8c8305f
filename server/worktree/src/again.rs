//! A worktree for a step that runs again: on the branch it has, moved forward, so that what it left
//! before stays in that branch's history.

use crate::add::{AddWorktree, Worktree, claim_folder};
use crate::error::Result;
use crate::repo::Repo;

impl Repo {
    /// Makes a worktree on the branch that `job` names, moved forward to the base. Where the base does not
    /// contain that branch, or it cannot be taken (somebody has it checked out), a new branch is made as
    /// [`Repo::add_worktree`] does: nothing is forced. When this fails, the branch is where it was.
    pub fn add_worktree_again(&self, job: &AddWorktree) -> Result<Worktree> {
        let name = format!("refs/heads/{}", job.branch);
        let old = match self.resolve_ref(&name)? {
            Some(old) if self.is_ancestor(&old, &job.base)? => old,
            _ => return self.add_worktree(job),
        };
        let path = claim_folder(&job.path)?;
        let made = self
            .move_ref(&name, &job.base, Some(&old))
            .and_then(|()| self.check_out(&path, &job.branch, &job.base));
        made.or_else(|_| {
            self.unmake_folder(&path);
            let _ = self.move_ref(&name, &old, Some(&job.base));
            self.add_worktree(job)
        })
    }
}
