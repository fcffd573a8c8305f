//! Removing worktrees that nobody needs.

use super::{by_owner, repo_of, roots, runs};
use crate::api::{Session, results};
use crate::trees::{Evicted, Record};
use model::ids::{RunId, TaskId};
use model::run::{Run, RunState};
use model::task::Task;
use protocol::Error;
use protocol::worktree::{Left, PruneParams, Pruned};
use std::path::PathBuf;
use std::sync::Arc;

pub(in crate::api) async fn prune(session: &Session, params: PruneParams) -> Result<Pruned, Error> {
    if params.gone {
        return left_behind(session).await;
    }
    let repo = repo_of(params.repo.as_ref())?;
    let repo = session.core.own_repository(repo).await?;
    let runs = runs(session, repo.root()).await?;
    let keep_before = crate::clock::now().0
        - i64::try_from(session.core.tenants.machine().retention.as_millis()).unwrap_or(i64::MAX);
    let roots = roots(&session.core.home, repo.root());
    let expected = expected(&session.core.home, &runs);
    let trees = Arc::clone(&session.core.wiring.worktrees.trees);
    let (all, home) = (params.all, session.core.home.clone());
    let goes = move |run: &Run| {
        let ended = run.ended_at();
        ended.is_some_and(|at| all || at.0 < keep_before)
    };
    let look = move || {
        let going = runs.into_iter().filter(|(run, _)| goes(run));
        Ok(going.map(without_open).collect::<Vec<_>>())
    };
    let going = session.core.git(look).await?;
    let mut warnings = Vec::new();
    for (run, tasks, _) in &going {
        warnings.extend(crate::ports::tear_down_all(&session.core, run, tasks).await);
    }
    session
        .core
        .git(move || {
            let mut pruned = Pruned {
                warnings,
                ..Pruned::default()
            };
            for (run, tasks, open) in going {
                pruned.left.extend(open);
                let paths = tasks.iter().filter_map(|task| task.worktree.as_ref());
                let there = paths.filter(|worktree| worktree.path.exists());
                pruned
                    .removed
                    .extend(there.map(|worktree| worktree.path.display().to_string()));
                let place = crate::ports::conflict_place(&home, &run.id);
                let resolving = repo.noted_at(&place).map(|_| place.display().to_string());
                pruned.removed.extend(resolving);
                pruned.salvaged.extend(results::remove_worktrees(
                    &repo, &run, &tasks, &place, &trees,
                )?);
            }
            let reconciled = repo.reconcile(&expected, &roots)?;
            pruned.removed.extend(
                reconciled
                    .removed
                    .iter()
                    .map(|path| path.display().to_string()),
            );
            pruned
                .salvaged
                .extend(reconciled.salvaged.into_iter().map(|saved| saved.name));
            pruned
                .left
                .extend(by_owner(&repo)?.1.into_iter().map(|(found, owner)| Left {
                    path: found.path.display().to_string(),
                    reason: format!(
                        "it belongs to the state folder {}: prune it with that as OFFSHOOT_HOME",
                        owner.display()
                    ),
                }));
            let failed = reconciled.failed.into_iter();
            pruned.left.extend(failed.map(|(path, reason)| Left {
                path: path.display().to_string(),
                reason,
            }));
            let rubbish = reconciled.rubbish.into_iter();
            rubbish.for_each(|folder| trees.delete(folder));
            if all {
                let warm = trees.warm().into_iter();
                for (id, _, path) in warm.filter(|(_, record, _)| record.repo == repo.root()) {
                    let path = path.display().to_string();
                    match trees.evict(&id) {
                        Evicted::Gone => pruned.removed.push(path),
                        Evicted::Open(reason) => pruned.left.push(Left { path, reason }),
                        Evicted::Taken => {}
                    }
                }
            }
            Ok(pruned)
        })
        .await
}

/// A run with those of its tasks whose worktrees nobody has open, and the worktrees that somebody has.
fn without_open((run, tasks): (Run, Vec<Task>)) -> (Run, Vec<Task>, Vec<Left>) {
    let (mut left, mut closed) = (Vec::new(), Vec::new());
    for task in tasks {
        let path = task.worktree.as_ref().map(|made| made.path.clone());
        match path
            .as_deref()
            .and_then(|path| Some((path, worktree::seen_in(path)?)))
        {
            Some((path, reason)) => left.push(Left {
                path: path.display().to_string(),
                reason,
            }),
            None => closed.push(task),
        }
    }
    (run, closed, left)
}

/// Worktrees that tasks still own, and those in which a person resolves a conflict of results.
fn expected(home: &client::Home, runs: &[(Run, Vec<Task>)]) -> Vec<PathBuf> {
    let tasks = runs.iter().flat_map(|(_, tasks)| tasks);
    let owned = tasks.filter_map(|task| task.worktree.as_ref());
    let owned = owned.map(|worktree| worktree.path.clone());
    let open = runs.iter().map(|(run, _)| run);
    let open = open.filter(|run| !matches!(run.state, RunState::Ended { .. }));
    let conflicts = open.map(|run| crate::ports::conflict_place(home, &run.id));
    owned.chain(conflicts).collect()
}

/// Removes worktrees whose repository is not there any more. What is in them cannot be saved: there is
/// nothing to save it in.
async fn left_behind(session: &Session) -> Result<Pruned, Error> {
    let trees = &session.core.wiring.worktrees.trees;
    let mut pruned = Pruned::default();
    for record in trees.left_behind() {
        let path = record.worktree.display().to_string();
        match throw_out(session, record, &mut pruned.warnings).await? {
            Ok(()) => pruned.removed.push(path),
            Err(reason) => pruned.left.push(Left { path, reason }),
        }
    }
    trees.look_now();
    Ok(pruned)
}

/// Removes one of them after its teardown; the inner error says why it stays.
async fn throw_out(
    session: &Session,
    record: Record,
    warnings: &mut Vec<String>,
) -> Result<Result<(), String>, Error> {
    let core = &session.core;
    let owner = owner(session, &record).await?;
    if let Some((run, _)) = owner.as_ref().filter(|(run, _)| run.ended_at().is_none()) {
        let way_out = format!("`offshoot workflow cancel {}` ends it", run.id);
        return Ok(Err(format!("its run has not ended: {way_out}")));
    }
    let path = record.worktree;
    let looked = path.clone();
    if let Some(who) = core.git(move || Ok(worktree::seen_in(&looked))).await? {
        return Ok(Err(who));
    }
    if let Some((run, task)) = owner {
        warnings.extend(crate::ports::tear_down_all(core, &run, &[task]).await);
    }
    let trees = Arc::clone(&core.wiring.worktrees.trees);
    core.git(move || Ok(trees.throw_out(&path))).await
}

/// The run and the step that a worktree is of; none once they are forgotten.
async fn owner(session: &Session, record: &Record) -> Result<Option<(Run, Task)>, Error> {
    let Some(run) = record.run.clone().map(RunId::new) else {
        return Ok(None);
    };
    let task = TaskId::new(record.task.clone());
    let find = move |store: &mut store::Store| store.run(&run);
    let found = session.core.store().with(find).await?;
    Ok(found.and_then(|(run, tasks)| {
        let task = tasks.into_iter().find(|one| one.id == task)?;
        Some((run, task))
    }))
}
