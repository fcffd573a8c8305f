//! What becomes of a run's result: look at it, take it, give it up.

use super::{Session, find};
use crate::convert;
use model::run::{Run, RunState};
use model::task::{Task, TaskState};
use protocol::results::{
    Applied, ApplyMode, ApplyParams, Diff, DiffParams, Discarded, FileChange, Summary,
};
use protocol::run::RunRef;
use protocol::{Error, ErrorKind};
use std::path::Path;
use worktree::{ApplyOutcome, Change, ChangeKind, DiffStat, Oid, Repo};

/// The longest patch that one answer holds.
const LONGEST: usize = 16 << 20;

pub(super) async fn summary(session: &Session, params: RunRef) -> Result<Summary, Error> {
    let (run, tasks) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
    let view = find::view_of(session, &run, &tasks);
    Ok(Summary {
        run_id: view.run_id.clone(),
        markdown: convert::summary(&view),
    })
}

pub(super) async fn diff(session: &Session, params: DiffParams) -> Result<Diff, Error> {
    let (run, tasks) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
    let (from, to) = match &params.step_id {
        Some(step) => of_step(&run, &tasks, step)?,
        None => (run.base.clone(), result(&run)?),
    };
    session
        .core
        .git(move || {
            let repo = crate::ports::open_with(&run.repo, &run.environment)?;
            let (from_oid, to_oid) = (Oid::parse(&from)?, Oid::parse(&to)?);
            let mut patch = repo.diff(&from_oid, &to_oid, &[])?;
            patch.truncate(LONGEST);
            let stats = repo.diff_stat(&from_oid, &to_oid)?;
            let changes = repo.changed_files(&from_oid, &to_oid)?;
            let files = changes
                .iter()
                .map(|change| file_change(change, &stats))
                .collect();
            Ok(Diff {
                from,
                to,
                patch: String::from_utf8_lossy(&patch).into_owned(),
                files,
            })
        })
        .await
}

/// A step's own changes: from the commit it started from to its result.
fn of_step(run: &Run, tasks: &[Task], step: &str) -> Result<(String, String), Error> {
    let not_found = |message: String| Error::new(ErrorKind::NotFound, message);
    let index = run.workflow.step_index(step);
    let task = index
        .and_then(|index| tasks.get(index))
        .ok_or_else(|| not_found(format!("run {} has no step `{step}`", run.id)))?;
    let commit = task.product.commit.clone();
    let to = commit.ok_or_else(|| {
        not_found(format!(
            "step `{step}` has no result yet: it is {}",
            task.step_status()
        ))
    })?;
    let base = task
        .product
        .base
        .clone()
        .or(task.worktree.as_ref().map(|worktree| worktree.base.clone()));
    Ok((
        base.filter(|base| !base.is_empty())
            .unwrap_or_else(|| run.base.clone()),
        to,
    ))
}

fn result(run: &Run) -> Result<String, Error> {
    match &run.state {
        RunState::Ended {
            result: Some(result),
            ..
        } => Ok(result.commit.clone()),
        RunState::Ended { result: None, .. } => Err(Error::new(
            ErrorKind::NotFound,
            format!("run {} has no result: no step of it completed", run.id),
        )),
        _ => Err(
            Error::new(ErrorKind::Refused, format!("run {} has not ended", run.id))
                .hint("name a step that has completed, or wait"),
        ),
    }
}

fn file_change(change: &Change, stats: &[DiffStat]) -> FileChange {
    let stat = stats.iter().find(|stat| stat.path == change.path);
    let lines = |lines: Option<u64>| lines.and_then(|lines| u32::try_from(lines).ok());
    let status = match change.kind {
        ChangeKind::Added => "added",
        ChangeKind::Deleted => "deleted",
        ChangeKind::Renamed => "renamed",
        ChangeKind::TypeChanged => "type",
        _ => "modified",
    };
    FileChange {
        path: change.path.display().to_string(),
        status: status.to_owned(),
        added: stat.and_then(|stat| lines(stat.added)),
        removed: stat.and_then(|stat| lines(stat.removed)),
    }
}

pub(super) async fn apply(session: &Session, params: ApplyParams) -> Result<Applied, Error> {
    let (run, _) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
    let id = run.id.to_string();
    let mode = params.mode;
    let to = if mode == ApplyMode::Undo {
        run.base.clone()
    } else {
        result(&run)?
    };
    let done = session
        .core
        .git(move || {
            let repo = crate::ports::open_with(&run.repo, &run.environment)?;
            let (base, to) = (Oid::parse(&run.base)?, Oid::parse(&to)?);
            let outcome = match mode {
                ApplyMode::Apply => repo.apply(run.id.as_str(), &base, &to)?,
                ApplyMode::Check => repo.apply_check(&base, &to)?,
                ApplyMode::Undo => {
                    let paths = repo.undo(run.id.as_str())?;
                    return Ok((paths.iter().map(|path| text(path)).collect(), Vec::new()));
                }
            };
            Ok(match outcome {
                ApplyOutcome::Applied(changes) => (
                    changes
                        .iter()
                        .map(|change| text(&change.path))
                        .collect::<Vec<_>>(),
                    Vec::new(),
                ),
                ApplyOutcome::Clashes(clashes) => (
                    Vec::new(),
                    clashes
                        .iter()
                        .map(|clash| text(&clash.path))
                        .collect::<Vec<_>>(),
                ),
            })
        })
        .await?;
    Ok(Applied {
        run_id: id,
        mode,
        changed: done.0,
        clashes: done.1,
    })
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

pub(super) async fn discard(session: &Session, params: RunRef) -> Result<Discarded, Error> {
    let (run, tasks) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
    if !matches!(run.state, RunState::Ended { .. }) {
        return Err(
            Error::new(ErrorKind::Refused, format!("run {} has not ended", run.id)).hint(format!(
                "cancel it first: `offshoot workflow cancel {}`",
                run.id
            )),
        );
    }
    let id = run.id.to_string();
    let done = session.core.git(move || give_up(&run, &tasks)).await?;
    Ok(Discarded {
        run_id: id,
        branches: done.0,
        salvaged: done.1,
    })
}

fn give_up(run: &Run, tasks: &[Task]) -> worktree::Result<(Vec<String>, Vec<String>)> {
    let repo = crate::ports::open_with(&run.repo, &run.environment)?;
    let mut saved = remove_worktrees(&repo, run, tasks)?;
    let result = match &run.state {
        RunState::Ended {
            result: Some(result),
            ..
        } => Some(result.name.as_str()),
        _ => None,
    };
    let discarded = repo.discard(run.id.as_str(), result)?;
    saved.extend(discarded.salvaged.into_iter().map(|salvage| salvage.name));
    Ok((discarded.branches, saved))
}

/// Removes what is left of a run's worktrees; what is only there is saved first.
pub(crate) fn remove_worktrees(
    repo: &Repo,
    run: &Run,
    tasks: &[Task],
) -> worktree::Result<Vec<String>> {
    let mut saved = Vec::new();
    for task in tasks
        .iter()
        .filter(|task| !matches!(task.state, TaskState::Active))
    {
        let Some(worktree) = &task.worktree else {
            continue;
        };
        let number = task.last_attempt().map_or(0, |attempt| attempt.number);
        let name = format!("{}/{}-{number}", run.id, task.step.id);
        let removed = repo.remove_worktree(&worktree.path, &name)?;
        saved.extend(removed.salvaged.map(|salvage| salvage.name));
    }
    Ok(saved)
}
