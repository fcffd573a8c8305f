//! What is done now and then: forget what is old, forget secrets of what has ended, read settings again.

use crate::core::{Core, Ending};
use model::run::{Run, RunState};
use model::task::Task;
use std::sync::Arc;
use std::time::Duration;
use store::Retention;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(600);

pub(crate) async fn run(core: Arc<Core>) {
    let mut ending = core.ending.subscribe();
    loop {
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            _ = ending.wait_for(|ending| *ending == Ending::Ends) => return,
        }
        forget_secrets(&core).await;
        forget_old(&core).await;
    }
}

pub(crate) async fn reload(core: &Arc<Core>) {
    let machine = core.tenants.load(None);
    core.engine
        .set_machine(core.options.machine(machine.machine.clone()))
        .await;
    core.wiring.worktrees.trees.look_now();
    for repo in core.tenants.repositories() {
        let settings = core.tenants.load(Some(&repo));
        core.engine
            .set_tenant(repo, Arc::new(settings.tenant.clone()))
            .await;
    }
}

async fn forget_secrets(core: &Core) {
    let open = core.engine.look(|state| {
        let runs = state.runs().map(|run| run.id.to_string());
        let tasks = state.tasks().map(|task| task.id.to_string());
        runs.chain(tasks).collect::<std::collections::HashSet<_>>()
    });
    if let Ok(open) = open.await {
        core.secrets.keep_only(|owner| open.contains(owner));
    }
}

/// Removes ended runs beyond what is kept: worktrees and step branches first, then folders, then rows.
/// A result branch is the user's: it stays.
async fn forget_old(core: &Core) {
    let machine = core.tenants.machine();
    let before =
        crate::clock::now().0 - i64::try_from(machine.retention.as_millis()).unwrap_or(i64::MAX);
    let retention = Retention::new(model::time::Timestamp(before), machine.retention_runs);
    let look = move |store: &mut store::Store| {
        let old = store.prunable(&retention)?;
        let runs = old
            .runs
            .iter()
            .map(|id| store.run(id))
            .collect::<Result<Vec<_>, _>>()?;
        let tasks = old
            .tasks
            .iter()
            .map(|id| store.task(id))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((
            old,
            runs.into_iter().flatten().collect::<Vec<_>>(),
            tasks.into_iter().flatten().collect::<Vec<_>>(),
        ))
    };
    let Ok((old, runs, tasks)) = core.store().with(look).await else {
        return;
    };
    if old.runs.is_empty() && old.tasks.is_empty() {
        return;
    }
    // What somebody has open is kept until it is closed.
    let looked = tokio::task::spawn_blocking(move || by_open(runs)).await;
    let Ok((runs, open)) = looked else { return };
    let mut old = old;
    old.runs.retain(|id| !open.contains(id));
    for (run, tasks) in &runs {
        forget_run(core, run.clone(), tasks.clone()).await;
    }
    let attempts = runs.iter().flat_map(|(_, tasks)| tasks).chain(&tasks);
    let folders: Vec<_> = attempts.flat_map(|task| folders(core, task)).collect();
    let removed = tokio::task::spawn_blocking(move || {
        folders.iter().for_each(|folder| {
            let _ = std::fs::remove_dir_all(folder);
        });
    });
    let _ = removed.await;
    let forget = move |store: &mut store::Store| store.forget(&old, retention.keep_events);
    if let Err(error) = core.store().with(forget).await {
        tracing::warn!(%error, "old runs could not be forgotten");
    }
}

/// Runs that can be forgotten, and those with a worktree that somebody has open.
fn by_open(runs: Vec<(Run, Vec<Task>)>) -> (Vec<(Run, Vec<Task>)>, Vec<model::ids::RunId>) {
    let is_open = |tasks: &[Task]| {
        let mut made = tasks.iter().filter_map(|task| task.worktree.as_ref());
        made.any(|made| worktree::seen_in(&made.path).is_some())
    };
    let (open, closed): (Vec<_>, Vec<_>) = runs.into_iter().partition(|(_, tasks)| is_open(tasks));
    let open = open.into_iter().map(|(run, _)| run.id);
    (closed, open.collect())
}

async fn forget_run(core: &Core, run: Run, tasks: Vec<Task>) {
    if !matches!(run.state, RunState::Ended { .. }) {
        return;
    }
    for warning in crate::ports::tear_down_all(core, &run, &tasks).await {
        tracing::warn!(run = %run.id, warning, "teardown of an old worktree");
    }
    let trees = Arc::clone(&core.wiring.worktrees.trees);
    let place = crate::ports::conflict_place(&core.home, &run.id);
    let done = core
        .git(move || {
            let repo = crate::ports::open_with(&run.repo, &run.environment)?;
            crate::api::remove_worktrees(&repo, &run, &tasks, &place, &trees)?;
            repo.prune_refs(run.id.as_str())
        })
        .await;
    if let Err(error) = done {
        tracing::info!(%error, "git keeps something of an old run");
    }
}

fn folders(core: &Core, task: &Task) -> Vec<std::path::PathBuf> {
    let ids = task
        .attempts
        .iter()
        .map(|attempt| task.id.attempt(attempt.number));
    ids.flat_map(|id| {
        let folder = core.attempts().join(id.as_str());
        let exchange = core.attempts().join(format!("{id}.io"));
        let artifacts = core.home.artifacts_path().join(id.as_str());
        [folder, exchange, artifacts]
    })
    .collect()
}
