//! The commit that a step starts from, what is asked of a person where its parents conflict, and making room for
//! the worktree of the next attempt.

use super::repository::{failure, run_name, trailers};
use crate::trees::Trees;
use engine::Job;
use model::ids::TaskId;
use model::machine::PrepareFailure;
use model::run::Run;
use model::task::{Need, Worktree};
use std::path::Path;
use worktree::{BaseOutcome, Conflict, Identity, Oid, Repo, Resolution, SalvageRef};

/// The commit to start from: the results of the parents merged, or the merge a person made of them.
pub(super) fn base(
    repo: &Repo,
    identity: &Identity,
    run: &Run,
    job: &Job,
    place: &Path,
    trees: &Trees,
) -> Result<Oid, PrepareFailure> {
    let failed = |error: worktree::Error| PrepareFailure::Failed(failure(&error));
    let commits = match job.parent_commits() {
        commits if commits.is_empty() => vec![run.base.clone()],
        commits => commits,
    };
    let mut parents = commits
        .iter()
        .map(|text| Oid::parse(text))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    let message = format!(
        "Merge the results that `{}` builds on\n\n{}",
        job.task.step.title,
        trailers(run, None)
    );
    let (run_id, step) = (run.id.as_str(), job.task.step.id.as_str());
    // What was resolved before: for parents that conflicted earlier, or before an attempt that failed.
    let kept = repo.kept_resolved(run_id, step, &parents);
    parents.splice(0..0, kept.map_err(failed)?);
    let mut resolving = job
        .task
        .worktree
        .as_ref()
        .filter(|worktree| worktree.branch.is_empty() && worktree.path.exists());
    loop {
        let conflict = match repo.base_of(&parents, identity, &message).map_err(failed)? {
            BaseOutcome::Clean(base) => return Ok(base.commit),
            BaseOutcome::Conflict(conflict) => conflict,
        };
        // One conflict is resolved in one worktree; where more parents follow, the next may come.
        let Some(worktree) = resolving.take() else {
            return Err(ask(repo, run, job, place, &conflict, identity, trees));
        };
        let exclude: Vec<String> = agents::handoff::FILES
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        let resolution = Resolution {
            worktree: &worktree.path,
            conflict: &conflict,
            settled: &[],
            exclude: &exclude,
            message: &message,
        };
        let resolved = match repo.resolved_base(&resolution, identity) {
            Ok(resolved) => resolved,
            Err(worktree::Error::StillConflicted { paths }) => {
                let mut open = conflict;
                open.paths.retain(|one| paths.contains(&one.path));
                return Err(needs(job, &open, &worktree.path));
            }
            Err(error) => return Err(failed(error)),
        };
        let kept = repo.keep_resolved(run_id, step, &resolved);
        kept.and_then(|()| clear(repo, job, worktree, trees, Some(&resolved.merge)))
            .map_err(failed)?;
        parents.insert(0, resolved.merge);
    }
}

/// Makes the worktree in which a person resolves a conflict.
fn ask(
    repo: &Repo,
    run: &Run,
    job: &Job,
    place: &Path,
    conflict: &Conflict,
    identity: &Identity,
    trees: &Trees,
) -> PrepareFailure {
    let name = place
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let path = place.with_file_name(format!("{name}--conflict"));
    // What is left of an earlier one, if somebody deleted its folder.
    let cleared = clear_conflict(repo, &path, &saved_as(job, number(job)), None, trees);
    let made = cleared
        .and_then(|_| repo.step_branch(run.id.as_str(), &format!("{}--conflict", job.task.step.id)))
        .and_then(|branch| repo.add_conflict_worktree(&path, &branch, conflict, identity));
    match made {
        Ok(made) => needs(job, conflict, &made.path),
        Err(error) => PrepareFailure::Failed(failure(&error)),
    }
}

fn needs(job: &Job, conflict: &Conflict, path: &Path) -> PrepareFailure {
    let index_of = |task: &TaskId| {
        let run = job.run.as_ref()?;
        run.tasks.iter().position(|id| id == task)
    };
    let touching = conflict.paths.iter().flat_map(|path| &path.parents);
    let mut steps: Vec<usize> = touching
        .filter_map(|parent| conflict.parents.get(*parent))
        .filter_map(|commit| {
            job.parents
                .iter()
                .find(|task| task.product.commit.as_deref() == Some(commit.as_str()))
        })
        .filter_map(|task| index_of(&task.id))
        .collect();
    steps.sort_unstable();
    steps.dedup();
    let paths = conflict
        .paths
        .iter()
        .map(|path| path.path.display().to_string())
        .collect();
    PrepareFailure::Needs(Need::Conflict {
        paths,
        steps,
        worktree: Some(path.to_owned()),
    })
}

pub(super) fn number(job: &Job) -> u32 {
    job.task.last_attempt().map_or(0, |attempt| attempt.number)
}

/// The name under which what only the worktree of an attempt holds is saved.
pub(super) fn saved_as(job: &Job, attempt: u32) -> String {
    format!("{}/{}-{attempt}", run_name(job), job.task.step.id)
}

/// Removes the worktree of an earlier attempt, and its branch, so that the next has the same name. `merge` is what
/// came of it where it was one in which a conflict was resolved.
pub(super) fn clear(
    repo: &Repo,
    job: &Job,
    earlier: &Worktree,
    trees: &Trees,
    merge: Option<&Oid>,
) -> worktree::Result<()> {
    let saved_as = saved_as(job, number(job).saturating_sub(1));
    if earlier.branch.is_empty() {
        return clear_conflict(repo, &earlier.path, &saved_as, merge, trees).map(drop);
    }
    trees.release(repo, &earlier.path, &saved_as, false)?;
    if job.task.back.is_some() {
        // The branch has what earlier rounds left: it goes on from there.
        return Ok(());
    }
    let name = format!("{}/{}-branch", run_name(job), job.task.step.id);
    repo.remove_branch(&earlier.branch, &name).map(drop)
}

/// Removes a worktree in which a conflict was to be resolved, and its branch. What was done there is saved first,
/// unless all of it is in the merge. Returns what was saved.
pub(crate) fn clear_conflict(
    repo: &Repo,
    place: &Path,
    salvage_name: &str,
    merge: Option<&Oid>,
    trees: &Trees,
) -> worktree::Result<Vec<SalvageRef>> {
    let noted = repo.noted_at(place);
    let mut saved: Vec<SalvageRef> = Vec::new();
    saved.extend(trees.release(repo, place, salvage_name, false)?);
    let Some((conflicted, branch)) = noted else {
        return Ok(saved);
    };
    saved.extend(repo.remove_branch(&branch, &format!("{salvage_name}-branch"))?);
    repo.forget_saved(&conflicted, merge, saved)
}
