//! The end of a run: one branch that holds the results of all its steps.

use super::repository::{failure, open_with, trailers};
use client::Home;
use model::ids::RunId;
use model::machine::RunReport;
use model::run::{ResultBranch, Run};
use model::task::{Task, TaskState};
use std::path::{Path, PathBuf};
use worktree::{FinishOutcome, Oid, Resolution};

/// The folder in which a person resolves why the results of a run do not merge.
pub(crate) fn conflict_place(home: &Home, run: &RunId) -> PathBuf {
    crate::path::canonical(&home.worktrees_path()).join(format!("{run}--conflict"))
}

/// Makes it, or a worktree at `place` in which a person resolves why it cannot be made.
pub(super) fn finish(run: &Run, tasks: &[Task], place: &Path) -> RunReport {
    match try_finish(run, tasks, place) {
        Ok(report) => report,
        Err(error) => RunReport::Failed(failure(&error)),
    }
}

fn try_finish(run: &Run, tasks: &[Task], place: &Path) -> worktree::Result<RunReport> {
    let repo = open_with(&run.repo, &run.environment)?;
    let mut leaves = leaves(run, tasks)
        .iter()
        .map(|commit| Oid::parse(commit))
        .collect::<worktree::Result<Vec<_>>>()?;
    if leaves.is_empty() {
        return Ok(RunReport::Finished(None));
    }
    let title = if run.workflow.name.is_empty() {
        &run.workflow.id
    } else {
        &run.workflow.name
    };
    let message = format!("Merge the steps of `{title}`\n\n{}", trailers(run, None));
    let base = Oid::parse(&run.base)?;
    let identity = repo.identity()?;
    let name = run.id.as_str();
    if place.exists()
        && let Some(merged) = repo.merged_so_far(place)?
    {
        // Results that conflicted before the ones at hand are in it as they were resolved.
        leaves.insert(0, merged);
    }
    let conflict = match repo.finish_run(name, &base, &leaves, &identity, &message)? {
        FinishOutcome::Done(branch) => return Ok(finished(branch)),
        FinishOutcome::Conflict(conflict) => conflict,
    };
    let paths = conflict
        .paths
        .iter()
        .map(|path| path.path.display().to_string());
    let paths: Vec<String> = paths.collect();
    if !place.exists() {
        let branch = repo.step_branch(name, "result--conflict")?;
        repo.add_conflict_worktree(place, &branch, &conflict, &identity)?;
        return Ok(RunReport::Conflict(paths));
    }
    let resolution = Resolution {
        worktree: place,
        conflict: &conflict,
        settled: &[],
        exclude: &[],
        message: &message,
    };
    let merged = match repo.resolved_base(&resolution, &identity) {
        Ok(merged) => merged,
        Err(worktree::Error::StillConflicted { .. }) => return Ok(RunReport::Conflict(paths)),
        Err(error) => return Err(error),
    };
    let all: Vec<Oid> = std::iter::once(merged).chain(leaves).collect();
    repo.remove_worktree(place, &format!("{name}/result--conflict"))?;
    Ok(
        match repo.finish_run(name, &base, &all, &identity, &message)? {
            FinishOutcome::Done(branch) => finished(branch),
            FinishOutcome::Conflict(conflict) => {
                let branch = repo.step_branch(name, "result--conflict")?;
                repo.add_conflict_worktree(place, &branch, &conflict, &identity)?;
                let paths = conflict
                    .paths
                    .iter()
                    .map(|path| path.path.display().to_string());
                RunReport::Conflict(paths.collect())
            }
        },
    )
}

fn finished(branch: worktree::ResultBranch) -> RunReport {
    RunReport::Finished(Some(ResultBranch {
        name: branch.name,
        commit: branch.commit.to_string(),
    }))
}

/// Results that no other step builds on, in file order.
fn leaves(run: &Run, tasks: &[Task]) -> Vec<String> {
    let commit = |task: &Task| {
        let done = matches!(task.state, TaskState::Completed { .. });
        task.product.commit.clone().filter(|_| done)
    };
    let mut covered = vec![false; tasks.len()];
    for (task, step) in tasks.iter().zip(&run.workflow.steps) {
        let mut open = if commit(task).is_some() {
            step.needs.clone()
        } else {
            Vec::new()
        };
        while let Some(index) = open.pop() {
            if let (Some(seen), Some(step)) =
                (covered.get_mut(index), run.workflow.steps.get(index))
                && !std::mem::replace(seen, true)
            {
                open.extend(&step.needs);
            }
        }
    }
    let mut leaves: Vec<String> = Vec::new();
    for (task, covered) in tasks.iter().zip(covered) {
        if let Some(commit) = commit(task).filter(|commit| !covered && !leaves.contains(commit)) {
            leaves.push(commit);
        }
    }
    leaves
}
