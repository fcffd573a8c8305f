//! The checkout in which a run's result is looked at, taken or given up: the one that it was started in; where that is
//! gone (a linked worktree that was removed, a repository that moved), the one of who asks.

use model::run::Run;
use std::path::Path;
use worktree::{Error, Oid, Repo};

/// `here` is a folder of who asks.
///
/// # Errors
/// [`Error::CheckoutGone`] where `here` is in no checkout of the same repository.
pub(super) fn of(run: &Run, here: Option<&str>) -> worktree::Result<Repo> {
    if run.repo.exists() {
        return crate::ports::open_with(&run.repo, &run.environment);
    }
    let open = |folder| crate::ports::open_with(Path::new(folder), &run.environment).ok();
    let base = Oid::parse(&run.base)?;
    let here = here.and_then(open);
    let here = here.filter(|repo| repo.still_there(&base).is_ok());
    here.ok_or_else(|| Error::CheckoutGone {
        path: run.repo.clone(),
    })
}
