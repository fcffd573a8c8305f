//! Worktrees of steps, and what was saved of removed ones.

mod prune;

pub(super) use prune::prune;

use super::Session;
use crate::trees::{Record, Trees};
use model::run::{Run, RunState};
use model::task::{Need, Task, TaskState};
use model::time::Timestamp;
use protocol::config::RepoRef;
use protocol::worktree::{RestoreParams, Restored, Salvage, Worktree, WorktreeList};
use protocol::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use worktree::{Registered, Repo};

/// All runs of a repository that the store knows, with their tasks.
async fn runs(session: &Session, root: &Path) -> Result<Vec<(Run, Vec<Task>)>, Error> {
    let filter = store::RunFilter {
        repo: Some(root.to_owned()),
        limit: 1000,
        ..store::RunFilter::default()
    };
    session
        .core
        .store()
        .with(move |store| {
            let ids = store
                .runs(&filter)?
                .items
                .into_iter()
                .map(|line| line.run.id);
            let runs = ids
                .map(|id| store.run(&id))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(runs.into_iter().flatten().collect())
        })
        .await
}

fn repo_of(params: Option<&String>) -> Result<&String, Error> {
    params.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "name a folder in a repository"))
}

pub(super) async fn list(session: &Session, params: RepoRef) -> Result<WorktreeList, Error> {
    let core = &session.core;
    let repo = core.own_repository(repo_of(params.repo.as_ref())?).await?;
    let root = repo.root().to_owned();
    let look = move || {
        let (ours, foreign) = by_owner(&repo)?;
        Ok((ours, foreign, repo.list_salvage()?))
    };
    let (registered, foreign, salvaged) = core.git(look).await?;
    let trees = &core.wiring.worktrees.trees;
    let mut worktrees = Vec::with_capacity(registered.len());
    let mut unknown = Vec::new();
    for found in registered {
        match trees.record_of(&found.path) {
            Some(record) => {
                let task = model::ids::TaskId::new(record.task.clone());
                let task = core.store().with(move |store| store.task(&task)).await?;
                let state = state_of(task.as_ref().filter(|task| owns(task, &found.path)));
                worktrees.push(noted(&record, found.branch, state, trees));
            }
            None => unknown.push(found),
        }
    }
    if !unknown.is_empty() {
        // Those that resolve conflicts, and what earlier versions made.
        let runs = runs(session, &root).await?;
        let described = unknown.into_iter();
        worktrees.extend(described.map(|found| {
            let (of, bytes) = (
                Use::of(&found.path, &core.home, &runs),
                trees.size(&found.path),
            );
            describe(&found.path, found.branch, of, bytes)
        }));
    }
    worktrees.extend(foreign.into_iter().map(|(found, owner)| Worktree {
        path: found.path.display().to_string(),
        branch: found.branch,
        state: "foreign".to_owned(),
        owner: Some(owner.display().to_string()),
        bytes: trees.size(&found.path),
        ..Worktree::default()
    }));
    let warm = trees
        .warm()
        .into_iter()
        .filter(|(_, record, _)| record.repo == root);
    worktrees.extend(warm.map(|(_, record, path)| warm_tree(&record, &path)));
    worktrees.sort_by(|a, b| (rank(a), &a.path).cmp(&(rank(b), &b.path)));
    let salvaged = salvaged.into_iter().map(|saved| Salvage {
        name: saved.name,
        commit: saved.commit.to_string(),
    });
    Ok(WorktreeList {
        worktrees,
        salvaged: salvaged.collect(),
    })
}

/// A worktree of another state folder, and that folder.
type Foreign = (Registered, PathBuf);

/// Our worktrees of a repository, and those of other state folders with these.
fn by_owner(repo: &Repo) -> worktree::Result<(Vec<Registered>, Vec<Foreign>)> {
    let (mut ours, mut foreign) = (Vec::new(), Vec::new());
    for found in repo.worktrees()? {
        match repo.other_owner(&found).map(Path::to_owned) {
            Some(owner) => foreign.push((found, owner)),
            None => ours.push(found),
        }
    }
    Ok((ours, foreign))
}

/// Warm ones come last, as they are nobody's; before them those of others.
fn rank(worktree: &Worktree) -> usize {
    match worktree.state.as_str() {
        "warm" => 2,
        "foreign" => 1,
        _ => 0,
    }
}

fn owns(task: &Task, path: &Path) -> bool {
    let owned = task.worktree.as_ref();
    // While it is being made the task does not have it yet.
    owned.is_some_and(|worktree| worktree.path == path) || task.active().is_some()
}

fn state_of(owner: Option<&Task>) -> &'static str {
    match owner {
        None => "orphan",
        Some(task) if task.is_ended() => "kept",
        Some(_) => "active",
    }
}

fn noted(record: &Record, branch: Option<String>, state: &str, trees: &Trees) -> Worktree {
    Worktree {
        path: record.worktree.display().to_string(),
        owner: None,
        branch,
        state: state.to_owned(),
        run_id: record.run.clone(),
        step_id: Some(record.step.clone()),
        bytes: trees.size(&record.worktree),
        since: Some(crate::clock::text(Timestamp(record.since))),
        ports: crate::convert::ports(&record.ports),
    }
}

fn warm_tree(record: &Record, path: &Path) -> Worktree {
    Worktree {
        path: path.display().to_string(),
        state: "warm".to_owned(),
        bytes: record.bytes,
        since: Some(crate::clock::text(Timestamp(record.since))),
        ..Worktree::default()
    }
}

/// One that is not noted: a conflict is resolved there, or an earlier version made it.
fn describe(
    path: &Path,
    branch: Option<String>,
    found: Option<Use<'_>>,
    bytes: Option<u64>,
) -> Worktree {
    let step = found.as_ref().and_then(|found| found.task);
    let since = found.as_ref().and_then(|found| found.since);
    Worktree {
        path: path.display().to_string(),
        branch,
        state: found
            .as_ref()
            .map_or("orphan", |found| found.state)
            .to_owned(),
        run_id: found.as_ref().map(|found| found.run.id.to_string()),
        step_id: step.map(|task| task.step.id.to_string()),
        bytes,
        since: since.map(crate::clock::text),
        ..Worktree::default()
    }
}

/// What a worktree serves.
struct Use<'a> {
    run: &'a Run,
    /// The step; none where the results of all of them are merged.
    task: Option<&'a Task>,
    state: &'static str,
    since: Option<Timestamp>,
}

impl<'a> Use<'a> {
    fn of(path: &Path, home: &client::Home, runs: &'a [(Run, Vec<Task>)]) -> Option<Self> {
        runs.iter().find_map(|(run, tasks)| {
            let owns = |task: &&Task| (task.worktree.as_ref()).is_some_and(|own| own.path == path);
            match (tasks.iter().find(owns), &run.state) {
                (Some(task), _) => Some(Self::of_step(run, task)),
                (None, RunState::Conflicted { since, .. })
                    if crate::ports::conflict_place(home, &run.id) == path =>
                {
                    Some(Self {
                        run,
                        task: None,
                        state: "conflict",
                        since: Some(*since),
                    })
                }
                _ => None,
            }
        })
    }

    fn of_step(run: &'a Run, task: &'a Task) -> Self {
        let (state, since) = match &task.state {
            TaskState::NeedsInput {
                since,
                need: Need::Conflict { .. },
            } => ("conflict", Some(*since)),
            _ if !task.is_ended() || run.ended_at().is_none() => ("active", None),
            _ => ("kept", task.ended_at()),
        };
        Self {
            run,
            task: Some(task),
            state,
            since,
        }
    }
}

/// Folders below which our worktrees of a repository lie.
pub(crate) fn roots(home: &client::Home, root: &Path) -> Vec<PathBuf> {
    [home.worktrees_path(), root.join(".tapps-agents/worktrees")]
        .map(|path| crate::path::canonical(&path))
        .into()
}

pub(super) async fn restore(session: &Session, params: RestoreParams) -> Result<Restored, Error> {
    let repo = session.core.own_repository(&params.repo).await?;
    let path = PathBuf::from(&params.path);
    let refused = match (path.is_absolute(), path.exists()) {
        (false, _) => Some("is no absolute path"),
        (true, true) => Some("is there already: name a folder that is not"),
        (true, false) => None,
    };
    if let Some(why) = refused {
        let message = format!("{} {why}", path.display());
        return Err(Error::new(ErrorKind::InvalidInput, message));
    }
    let saved = params.name.clone();
    let made = session
        .core
        .git(move || repo.restore(&params.name, &path))
        .await
        .map_err(|error| match error.kind {
            ErrorKind::NotFound => Error::new(error.kind, format!("nothing is saved as {saved}"))
                .hint("`offshoot worktree list` names what is"),
            _ => error,
        })?;
    Ok(Restored {
        path: made.path.display().to_string(),
        branch: Some(made.branch),
    })
}
