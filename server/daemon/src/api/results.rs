//! What becomes of a run's result: look at it, take it, give it up.

use super::{Session, checkout, find};
use crate::convert;
use crate::ports::{clear_conflict, conflict_saved_as};
use crate::trees::Trees;
use model::run::{Run, RunState};
use model::task::{Task, TaskState};
use protocol::results::{Diff, DiffParams, Discarded, FileChange, Summary};
use protocol::run::RunRef;
use protocol::{Error, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use worktree::{Change, ChangeKind, DiffStat, Oid, Repo};

/// The longest patch that one answer holds.
const LONGEST: usize = 16 << 20;

pub(super) async fn summary(session: &Session, params: RunRef) -> Result<Summary, Error> {
    let (run, tasks) = find::run(session, &params.run_id, params.repo.as_deref()).await?;
    let view = find::view_of(session, &run, &tasks).await;
    Ok(Summary {
        run_id: view.run_id.clone(),
        markdown: convert::summary(&view),
    })
}

pub(super) async fn diff(session: &Session, params: DiffParams) -> Result<Diff, Error> {
    let (run, tasks) = find::with_result(session, &params.run_id, params.repo.as_deref()).await?;
    let run_id = run.id.to_string();
    let part = match (&params.step_id, params.round) {
        (Some(step), round) => of_step(&run, &tasks, step, round)?,
        (None, Some(_)) => {
            let message = "a round is one of a step: name the step, too";
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        (None, None) => Part {
            from: run.base.clone(),
            to: find::result(&run)?,
            round: 1,
            rounds: 1,
        },
    };
    let Part {
        from,
        to,
        round,
        rounds,
    } = part;
    session
        .core
        .git(move || {
            let repo = checkout::of(&run, params.repo.as_deref())?;
            let (from_oid, to_oid) = (Oid::parse(&from)?, Oid::parse(&to)?);
            repo.still_there(&from_oid)?;
            repo.still_there(&to_oid)?;
            let mut patch = repo.diff(&from_oid, &to_oid, &[])?;
            patch.truncate(LONGEST);
            let stats = repo.diff_stat(&from_oid, &to_oid)?;
            let changes = repo.changed_files(&from_oid, &to_oid)?;
            let files = changes
                .iter()
                .map(|change| file_change(change, &stats))
                .collect();
            Ok(Diff {
                run_id,
                from,
                to,
                round,
                rounds,
                patch: String::from_utf8_lossy(&patch).into_owned(),
                files,
            })
        })
        .await
}

/// What a difference is between.
struct Part {
    from: String,
    to: String,
    /// The round of the step, and how many it has been through.
    round: u32,
    rounds: u32,
}

/// A step's own changes: from the commit it started from to its result, in its last round or another.
fn of_step(run: &Run, tasks: &[Task], step: &str, round: Option<u32>) -> Result<Part, Error> {
    let task = task_of(run, tasks, step)?;
    let over = task.rounds.len();
    let last = task.last_attempt().map(|attempt| attempt.number);
    // The product is of the last round that is over, or of the one that has begun since.
    let begun = last != task.rounds.last().map(|round| round.attempt);
    let rounds = u32::try_from(over + usize::from(begun || over == 0)).unwrap_or(u32::MAX);
    let wanted = match round {
        Some(round) => round,
        None if begun && over > 0 && task.product.commit.is_none() => rounds - 1,
        None => rounds,
    };
    if wanted < 1 || wanted > rounds {
        let message = format!("step `{step}` has no round {wanted}: the last is {rounds}");
        return Err(Error::new(ErrorKind::NotFound, message));
    }
    let index = usize::try_from(wanted - 1).unwrap_or(usize::MAX);
    let (from, to) = match task.rounds.get(index).filter(|_| wanted < rounds) {
        None => (Some(base_of(run, task)), task.product.commit.clone()),
        Some(earlier) => (earlier.base.clone(), earlier.commit.clone()),
    };
    match (from, to) {
        (_, None) if wanted == rounds => Err(no_result(step, task)),
        (Some(from), Some(to)) => Ok(Part {
            from,
            to,
            round: wanted,
            rounds,
        }),
        _ => {
            let message = format!("nothing is kept of round {wanted} of step `{step}`");
            Err(Error::new(ErrorKind::NotFound, message))
        }
    }
}

pub(super) fn task_of<'t>(run: &Run, tasks: &'t [Task], step: &str) -> Result<&'t Task, Error> {
    let index = run.workflow.step_index(step);
    let task = index.and_then(|index| tasks.get(index));
    let message = || format!("run {} has no step `{step}`", run.id);
    task.ok_or_else(|| Error::new(ErrorKind::NotFound, message()))
}

pub(super) fn no_result(step: &str, task: &Task) -> Error {
    let status = task.step_status();
    let message = format!("step `{step}` has no result yet: it is {status}");
    Error::new(ErrorKind::NotFound, message)
}

/// The commit that a step started from; that of the run where it has not begun.
pub(super) fn base_of(run: &Run, task: &Task) -> String {
    let made = task.worktree.as_ref().map(|worktree| worktree.base.clone());
    task.product
        .base
        .clone()
        .or(made)
        .filter(|base| !base.is_empty())
        .unwrap_or_else(|| run.base.clone())
}

pub(super) fn file_change(change: &Change, stats: &[DiffStat]) -> FileChange {
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
        from: change.from.as_ref().map(|from| from.display().to_string()),
        status: status.to_owned(),
        added: stat.and_then(|stat| lines(stat.added)),
        removed: stat.and_then(|stat| lines(stat.removed)),
    }
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
    let (discarded, repo) = (run.id.clone(), run.repo.clone());
    let trees = Arc::clone(&session.core.wiring.worktrees.trees);
    let warnings = crate::ports::tear_down_all(&session.core, &run, &tasks).await;
    let place = crate::ports::conflict_place(&session.core.home, &run.id);
    let work = move || {
        let repo = checkout::of(&run, params.repo.as_deref())?;
        give_up(&repo, &run, &tasks, &place, &trees)
    };
    let done = session.core.git(work).await?;
    let at = crate::clock::now();
    let remember = move |store: &mut store::Store| store.set_discarded(&discarded, at);
    session.core.store().with(remember).await?;
    session.core.findings_changed(repo, String::new());
    Ok(Discarded {
        run_id: id,
        branches: done.0,
        salvaged: done.1,
        warnings,
    })
}

fn give_up(
    repo: &Repo,
    run: &Run,
    tasks: &[Task],
    place: &Path,
    trees: &Trees,
) -> worktree::Result<(Vec<String>, Vec<String>)> {
    let mut saved = remove_worktrees(repo, run, tasks, place, trees)?;
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

/// Removes what is left of a run's worktrees; what is only there is saved first. `place` is where its results
/// were to be brought together by a person.
pub(crate) fn remove_worktrees(
    repo: &Repo,
    run: &Run,
    tasks: &[Task],
    place: &Path,
    trees: &Trees,
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
        if worktree.branch.is_empty() {
            // A conflict was to be resolved in it.
            saved.extend(clear_conflict(repo, &worktree.path, &name, None, trees)?);
        } else {
            saved.extend(trees.release(repo, &worktree.path, &name, false)?);
        }
    }
    if repo.noted_at(place).is_some() {
        let name = conflict_saved_as(run.id.as_str());
        saved.extend(clear_conflict(repo, place, &name, None, trees)?);
    }
    Ok(saved.into_iter().map(|salvage| salvage.name).collect())
}
