//! Runs and tasks by id, by prefix, or the newest.

use super::Session;
use crate::convert::{self, RunView};
use model::ids::{RunId, TaskId};
use model::run::{Run, RunState};
use model::task::Task;
use protocol::{Error, ErrorKind};
use std::collections::HashMap;
use store::RunFilter;

/// A run by id or unique prefix; an empty id is the newest run of the repository.
pub(super) async fn run(
    session: &Session,
    id: &str,
    repo: Option<&str>,
) -> Result<(Run, Vec<Task>), Error> {
    let id = if id.is_empty() {
        newest(session, repo).await?
    } else {
        run_id(session, id, repo).await?
    };
    let wanted = id.clone();
    let found = session
        .core
        .store()
        .with(move |store| store.run(&wanted))
        .await?;
    found.ok_or_else(|| no_run(id.as_str()))
}

/// A run whose result is asked for. An empty id is the newest run of the repository, where a person could mean no
/// other: it has a result, was not given up, and nothing younger or still at work stands beside it.
pub(super) async fn with_result(
    session: &Session,
    id: &str,
    repo: Option<&str>,
) -> Result<(Run, Vec<Task>), Error> {
    let (newest, tasks) = run(session, id, repo).await?;
    if !id.is_empty() {
        return Ok((newest, tasks));
    }
    let (filter, wanted) = (of_repo(newest.repo.clone(), 50), newest.id.clone());
    let look = move |store: &mut store::Store| {
        let others = store.runs(&filter)?.items.into_iter().map(|line| line.run);
        let others: Vec<Run> = others.filter(|run| run.id != wanted).collect();
        Ok((others, store.is_discarded(&wanted)?))
    };
    let (others, given_up) = session.core.store().with(look).await?;
    match unclear(&newest, given_up, &others) {
        None => Ok((newest, tasks)),
        Some(why) => Err(Error::new(
            ErrorKind::InvalidInput,
            format!("it is not clear which run is meant: {why}"),
        )
        .hint("name one: `offshoot workflow list` shows them")),
    }
}

/// Why the newest run may not be the one that is meant.
fn unclear(newest: &Run, given_up: bool, others: &[Run]) -> Option<String> {
    let id = &newest.id;
    let Some(ended) = newest.ended_at() else {
        return Some(format!("the newest, {id}, has not ended"));
    };
    if given_up {
        return Some(format!("the newest, {id}, was discarded"));
    }
    if result(newest).is_err() {
        return Some(format!("the newest, {id}, has no result"));
    }
    let at_work = others.iter().find(|run| run.ended_at().is_none());
    if let Some(other) = at_work {
        return Some(format!("{} has not ended", other.id));
    }
    let later = others.iter().find(|run| run.ended_at() > Some(ended));
    later.map(|other| format!("{} began before {id} and ended after it", other.id))
}

/// The commit of a run's result.
pub(super) fn result(run: &Run) -> Result<String, Error> {
    match &run.state {
        RunState::Ended {
            result: Some(result),
            ..
        } => Ok(result.commit.clone()),
        RunState::Ended { result: None, .. } => Err(Error::new(
            ErrorKind::NotFound,
            format!("run {} has no result: no step of it completed", run.id),
        )),
        RunState::Conflicted { paths, .. } => {
            let (id, paths) = (&run.id, paths.join(", "));
            let message = format!("the results of run {id} do not merge yet: {paths}");
            let hint = format!("`offshoot workflow show {id}` says where to resolve that");
            Err(Error::new(ErrorKind::Refused, message).hint(hint))
        }
        _ => Err(
            Error::new(ErrorKind::Refused, format!("run {} has not ended", run.id))
                .hint("name a step that has completed, or wait"),
        ),
    }
}

fn of_repo(root: std::path::PathBuf, limit: u32) -> RunFilter {
    RunFilter {
        repo: Some(root),
        limit,
        ..RunFilter::default()
    }
}

/// The view of a run.
pub(super) async fn view(session: &Session, id: &RunId) -> Result<protocol::run::Run, Error> {
    let (run, tasks) = run(session, id.as_str(), None).await?;
    Ok(view_of(session, &run, &tasks).await)
}

/// With what the engine alone knows of a run that has not ended.
pub(super) async fn view_of(session: &Session, run: &Run, tasks: &[Task]) -> protocol::run::Run {
    let attempts = session.core.attempts();
    let open = tasks.iter().filter(|task| !task.is_ended());
    let open: Vec<TaskId> = match run.ended_at() {
        None => open.map(|task| task.id.clone()).collect(),
        Some(_) => Vec::new(),
    };
    let overlaps = if open.is_empty() {
        HashMap::new()
    } else {
        let look = move |state: &model::machine::State| {
            let notes = open.into_iter();
            notes
                .filter_map(|id| Some((id.clone(), state.overlap_note(&id)?)))
                .collect()
        };
        session.core.engine.look(look).await.unwrap_or_default()
    };
    convert::run(&RunView {
        run,
        tasks,
        attempts: &attempts,
        overlaps: &overlaps,
        trees: &session.core.wiring.worktrees.trees,
        now: crate::clock::now(),
    })
}

/// A task by id or unique prefix.
pub(super) async fn task(session: &Session, id: &str) -> Result<Task, Error> {
    let prefix = id.to_owned();
    let found = session
        .core
        .store()
        .with(move |store| store.find_task(&prefix))
        .await?;
    let id = one(found, id, |id: &TaskId| id.as_str().to_owned(), "task")?;
    let wanted = id.clone();
    let found = session
        .core
        .store()
        .with(move |store| store.task(&wanted))
        .await?;
    found.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("no task {id}"))
            .hint("see `offshoot background list`")
    })
}

/// The run that an id or prefix means; where it fits several, the one of this repository.
async fn run_id(session: &Session, id: &str, repo: Option<&str>) -> Result<RunId, Error> {
    let prefix = id.to_owned();
    let mut found = session
        .core
        .store()
        .with(move |store| store.find_run(&prefix))
        .await?;
    if found.len() > 1
        && let Some(folder) = repo
        && let Ok(root) = session.core.root(folder).await
    {
        let all = found.clone();
        let here = session.core.store().with(move |store| {
            let runs = all.into_iter().map(|id| store.run(&id));
            let runs = runs.collect::<Result<Vec<_>, _>>()?.into_iter().flatten();
            Ok(runs
                .filter(|(run, _)| run.repo == root)
                .map(|(run, _)| run.id)
                .collect::<Vec<_>>())
        });
        let here = here.await?;
        if !here.is_empty() {
            found = here;
        }
    }
    one(found, id, |id: &RunId| id.as_str().to_owned(), "run")
}

async fn newest(session: &Session, repo: Option<&str>) -> Result<RunId, Error> {
    let Some(repo) = repo else {
        return Err(Error::new(ErrorKind::InvalidInput, "no run is named")
            .hint("see `offshoot workflow list`"));
    };
    let filter = of_repo(session.core.root(repo).await?, 1);
    let page = session
        .core
        .store()
        .with(move |store| store.runs(&filter))
        .await?;
    page.items
        .into_iter()
        .next()
        .map(|line| line.run.id)
        .ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "this repository has no runs")
                .hint("start one: `offshoot run FILE`")
        })
}

fn no_run(id: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("no run {id}")).hint("see `offshoot workflow list`")
}

fn one<T: Clone>(
    found: Vec<T>,
    wanted: &str,
    text: impl Fn(&T) -> String,
    what: &str,
) -> Result<T, Error> {
    if let Some(exact) = found.iter().find(|id| text(id) == wanted) {
        return Ok(exact.clone());
    }
    match found.as_slice() {
        [only] => Ok(only.clone()),
        [] if what == "run" => Err(no_run(wanted)),
        [] => Err(
            Error::new(ErrorKind::NotFound, format!("no {what} {wanted}"))
                .hint("see `offshoot background list`"),
        ),
        several => {
            let names: Vec<String> = several.iter().map(text).collect();
            Err(Error::new(
                ErrorKind::InvalidInput,
                format!("`{wanted}` could be any of {}", names.join(", ")),
            ))
        }
    }
}
