//! The end of a run: one branch that holds the results of all its steps.

use super::merging::clear_conflict;
use super::repository::{failure, open_with, trailers};
use crate::trees::Trees;
use client::Home;
use model::ids::RunId;
use model::machine::RunReport;
use model::run::{ResultBranch, Run};
use model::task::{Task, TaskState};
use std::path::{Path, PathBuf};
use worktree::{Conflict, FinishOutcome, Identity, Oid, Repo, Resolution};

/// The folder in which a person resolves why the results of a run do not merge.
pub(crate) fn conflict_place(home: &Home, run: &RunId) -> PathBuf {
    crate::path::canonical(&home.worktrees_path()).join(format!("{run}--conflict"))
}

/// Makes it, or a worktree at `place` in which a person resolves why it cannot be made.
pub(super) fn finish(run: &Run, tasks: &[Task], place: &Path, trees: &Trees) -> RunReport {
    match try_finish(run, tasks, place, trees) {
        Ok(report) => report,
        Err(error) => RunReport::Failed(failure(&error)),
    }
}

fn try_finish(
    run: &Run,
    tasks: &[Task],
    place: &Path,
    trees: &Trees,
) -> worktree::Result<RunReport> {
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
    // What was resolved before: for results that conflicted earlier, or for a step that then failed.
    let all: Vec<Oid> = std::iter::once(&base).chain(&leaves).cloned().collect();
    for part in run
        .workflow
        .steps
        .iter()
        .map(|step| step.id.as_str())
        .chain([PART])
    {
        leaves.splice(0..0, repo.kept_resolved(name, part, &all)?);
    }
    let conflict = match repo.finish_run(name, &base, &leaves, &identity, &message)? {
        FinishOutcome::Done(branch) => {
            if repo.noted_at(place).is_some() {
                // Given up: a step that was done since brought the results together.
                clear_conflict(&repo, place, &saved_as(name), None, trees)?;
            }
            return Ok(finished(branch));
        }
        FinishOutcome::Conflict(conflict) => conflict,
    };
    if !place.exists() {
        // What is left of an earlier one, if somebody deleted its folder.
        clear_conflict(&repo, place, &saved_as(name), None, trees)?;
        return ask(&repo, name, place, &conflict, &identity);
    }
    let resolution = Resolution {
        worktree: place,
        conflict: &conflict,
        settled: &[],
        exclude: &[],
        message: &message,
    };
    let resolved = match repo.resolved_base(&resolution, &identity) {
        Ok(resolved) => resolved,
        Err(worktree::Error::StillConflicted { paths }) => {
            return Ok(RunReport::Conflict(texts(paths.iter())));
        }
        Err(error) => return Err(error),
    };
    repo.keep_resolved(name, PART, &resolved)?;
    let merge = Some(&resolved.merge);
    clear_conflict(&repo, place, &saved_as(name), merge, trees)?;
    leaves.insert(0, resolved.merge);
    match repo.finish_run(name, &base, &leaves, &identity, &message)? {
        FinishOutcome::Done(branch) => Ok(finished(branch)),
        // The next result meets the resolution.
        FinishOutcome::Conflict(conflict) => ask(&repo, name, place, &conflict, &identity),
    }
}

/// Makes the worktree in which a person resolves a conflict.
fn ask(
    repo: &Repo,
    run: &str,
    place: &Path,
    conflict: &Conflict,
    identity: &Identity,
) -> worktree::Result<RunReport> {
    let branch = repo.step_branch(run, PART)?;
    repo.add_conflict_worktree(place, &branch, conflict, identity)?;
    let paths = conflict.paths.iter().map(|one| &one.path);
    Ok(RunReport::Conflict(texts(paths)))
}

/// The name under which what a person did in that worktree is saved.
pub(crate) fn saved_as(run: &str) -> String {
    format!("{run}/{PART}")
}

/// What merging the results is called, where refs of steps are.
const PART: &str = "result--conflict";

fn texts<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> Vec<String> {
    paths.map(|path| path.display().to_string()).collect()
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
