//! What a new worktree gets beside its commit, and taking it back where that fails.

use super::repository::failure;
use crate::trees::{Plan, Trees};
use engine::Job;
use model::failure::{Failure, FailureClass};
use model::machine::PrepareFailure;
use std::path::Path;
use std::time::Duration;
use worktree::{LargeFiles, Repo, Unfilled};

/// Puts into a new worktree what git leaves out of one: submodules and, where settings say so, large files. Returns
/// the submodules that it has to do without.
pub(super) fn fill(
    repo: &Repo,
    job: &Job,
    made: &worktree::Worktree,
) -> worktree::Result<Vec<Unfilled>> {
    let unfilled = repo.fill_submodules(made)?;
    let large = match job.settings.large_files {
        model::settings::LargeFiles::Pointers => LargeFiles::Pointers,
        model::settings::LargeFiles::Local => LargeFiles::Local,
        model::settings::LargeFiles::Pull => LargeFiles::Pull,
    };
    repo.bring_large_files(made, large)?;
    Ok(unfilled)
}

/// Lays into a new worktree what is laid into all of them, and leases its ports.
pub(super) fn furnish(
    repo: &Repo,
    job: &Job,
    made: &worktree::Worktree,
    plan: &Plan,
    set_up: bool,
    trees: &Trees,
) -> Result<(), PrepareFailure> {
    let fail =
        |message: String| PrepareFailure::Failed(Failure::new(FailureClass::Worktree, message));
    if !set_up && !plan.is_nothing() {
        let within = job.settings.worktrees.timeout;
        let laying = trees.laying(job.task.id.as_str(), within);
        let laid = repo.lay_included(&made.path, &plan.include, &|| laying.may_go_on());
        let laid = laid.map_err(|error| {
            PrepareFailure::Failed(not_laid(&error, laying.is_stopped(), within))
        })?;
        for (path, why) in &laid.left_out {
            tracing::info!(path = %path.display(), why, "left out of a worktree");
        }
        trees.change(&made.path, |record, _| {
            record.laid = laid.tops;
            record.not_ignored = laid.not_ignored;
        });
        trees.await_set_up(&made.path, plan);
    }
    let names = &job.settings.worktrees.ports;
    if !names.is_empty() && trees.lease(&made.path, names).is_none() {
        let message = format!(
            "no {} free ports could be leased to its worktree",
            names.len()
        );
        return Err(fail(message));
    }
    Ok(())
}

/// The failure where not all could be laid. Another attempt would find as much to lay.
fn not_laid(error: &worktree::Error, stopped: bool, within: Duration) -> Failure {
    match error {
        worktree::Error::LaidInPart { .. } if stopped => {
            Failure::new(FailureClass::Interrupted, error.to_string())
        }
        worktree::Error::LaidInPart { .. } => Failure::new(
            FailureClass::Worktree,
            format!(
                "{error}: it took longer than the {} s of offshoot.worktrees.timeout; \
                 copy less (`.worktreeinclude`, `copy`), or link what is large",
                within.as_secs_f64()
            ),
        )
        .retryable(Some(false)),
        worktree::Error::TooManyLaid { .. } => failure(error).retryable(Some(false)),
        _ => failure(error),
    }
}

/// Takes back a worktree in which nobody has worked yet.
pub(super) fn unmake(repo: &Repo, job: &Job, path: &Path, trees: &Trees) {
    // The branch of one that runs again has what it left before.
    let with_branch = job.task.back.is_none();
    match repo.take_back(path, with_branch) {
        Ok(folder) => folder.into_iter().for_each(|folder| trees.delete(folder)),
        Err(error) => tracing::warn!(%error, "a worktree that could not be set up stays"),
    }
    trees.forget(path);
}

/// Whether a worktree lies in the repository, as those of hand-offs do: an editor may have it open.
pub(super) fn in_repository(job: &Job, path: &Path) -> bool {
    path.starts_with(&job.task.tenant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stopped_is_told_from_what_took_too_long() {
        let told = |stopped| {
            let error = worktree::Error::LaidInPart { bytes: 12_000_000 };
            not_laid(&error, stopped, Duration::from_secs(90))
        };
        let stopped = told(true);
        assert_eq!(stopped.class, FailureClass::Interrupted);
        assert!(!stopped.for_good);
        let late = told(false);
        assert_eq!(late.class, FailureClass::Worktree);
        assert!(late.for_good);
        assert_eq!(
            late.message,
            "ignored files were laid into its worktree only in part (12 MB): it took longer than the 90 s of \
             offshoot.worktrees.timeout; copy less (`.worktreeinclude`, `copy`), or link what is large"
        );
    }
}
