//! The daemon itself: hello, status, pool, stop.

use super::Session;
use crate::core::{Core, Ending, engine_error};
use crate::shutdown;
use model::backend::Backend;
use model::machine::Command;
use model::task::TaskState;
use protocol::config::RepoRef;
use protocol::daemon::{
    Empty, Enforcement, HandOff, HandOffs, Hello, HelloParams, Pool, Queue, Reloaded, Scale,
    Status, Stop, Stopping,
};
use protocol::{Error, ErrorKind};
use std::path::Path;

/// Never more slots than this.
const MOST_SLOTS: u32 = 256;

pub(super) async fn hello(_: &Session, _: HelloParams) -> Result<Hello, Error> {
    Ok(Hello {
        version: crate::VERSION.to_owned(),
        protocol: protocol::PROTOCOL_VERSION,
        pid: std::process::id(),
    })
}

pub(super) async fn status(session: &Session, _: Empty) -> Result<Status, Error> {
    let core = &session.core;
    let mut problems = core.notices.clone();
    problems.extend(core.engine.problem().await.map_err(engine_error)?);
    problems.extend(core.wiring.worktrees.trees.problems());
    let counts = core
        .store()
        .with(|store| store.counts())
        .await
        .unwrap_or_default();
    let minute_ago = model::time::Timestamp(crate::clock::now().0 - 60_000);
    let recent = core
        .store()
        .with(move |store| store.ended_since(minute_ago));
    let recent = recent.await.unwrap_or_default();
    Ok(Status {
        pid: std::process::id(),
        version: crate::VERSION.to_owned(),
        uptime_s: core.began.elapsed().as_secs(),
        mode: if core.options.development {
            "development"
        } else {
            "production"
        }
        .to_owned(),
        socket: core.home.socket_path().display().to_string(),
        pool: pool_of(core).await?,
        queue: queue(core, &counts).await?,
        enforcement: enforcement(),
        rss_bytes: resident_bytes(),
        tasks_per_minute: u32::try_from(recent).unwrap_or(u32::MAX),
        hand_off: hand_offs(core).await?,
        problems,
    })
}

async fn queue(core: &Core, counts: &[store::Count]) -> Result<Queue, Error> {
    let mut queue = Queue::default();
    for count in counts {
        let to = match count.status.as_str() {
            "queued" | "scheduled" => &mut queue.queued,
            "running" => &mut queue.running,
            "blocked" => &mut queue.blocked,
            "retry_wait" => &mut queue.retry_wait,
            "completed" => &mut queue.completed,
            "failed" | "dependency_failed" => &mut queue.failed,
            _ => continue,
        };
        *to += count.tasks;
        if count.status == "queued" {
            let name = crate::convert::priority_name(count.priority).to_owned();
            *queue.by_priority.entry(name).or_default() += count.tasks;
            *queue
                .by_tenant
                .entry(count.tenant.display().to_string())
                .or_default() += count.tasks;
        }
    }
    let oldest = core.engine.look(|state| {
        let since = state.tasks().filter_map(|task| match task.state {
            TaskState::Queued { since } => Some(since),
            _ => None,
        });
        since.min()
    });
    let oldest = oldest.await.map_err(engine_error)?;
    queue.oldest_s = oldest.map_or(0, |oldest| crate::clock::now().since(oldest).as_secs());
    Ok(queue)
}

/// What holds here is what a supervisor finds when it starts; this asks the same questions.
fn enforcement() -> Enforcement {
    Enforcement {
        tree: agents::supervise::mechanism().as_str().to_owned(),
        memory: "rss".to_owned(),
        cpu: "none".to_owned(),
        writes: "none".to_owned(),
    }
}

fn resident_bytes() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = pages
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0);
    pages * u64::try_from(rustix::param::page_size()).unwrap_or(4096)
}

async fn hand_offs(core: &Core) -> Result<HandOffs, Error> {
    let open = core.engine.look(|state| {
        let open = state.tasks().filter(|task| {
            task.active()
                .is_some_and(|attempt| matches!(attempt.backend, Backend::File { .. }))
        });
        open.map(|task| {
            let folder = task
                .worktree
                .as_ref()
                .map_or(Path::new(""), |worktree| &worktree.path);
            HandOff {
                run_id: task
                    .run
                    .as_ref()
                    .map_or_else(String::new, |(run, _)| run.to_string()),
                step_id: task.step.id.to_string(),
                command_file: folder
                    .join(".cursor-skill-command.txt")
                    .display()
                    .to_string(),
            }
        })
        .collect::<Vec<_>>()
    });
    Ok(HandOffs {
        waiting: open.await.map_err(engine_error)?,
    })
}

async fn pool_of(core: &Core) -> Result<Pool, Error> {
    let (size, busy, reason) = core
        .engine
        .look(|state| {
            let (size, busy, reason) = state.pool();
            (size, busy, reason.map(str::to_owned))
        })
        .await
        .map_err(engine_error)?;
    Ok(Pool {
        size,
        min: 1,
        max: MOST_SLOTS,
        busy,
        idle: size.saturating_sub(busy),
        paused: reason.is_some(),
        reason,
    })
}

pub(super) async fn pool(session: &Session, _: Empty) -> Result<Pool, Error> {
    pool_of(&session.core).await
}

pub(super) async fn scale(session: &Session, params: Scale) -> Result<Pool, Error> {
    if params.size == 0 || params.size > MOST_SLOTS {
        let message = format!("a pool has 1 to {MOST_SLOTS} slots, not {}", params.size);
        return Err(Error::new(ErrorKind::InvalidInput, message)
            .hint("to start nothing new: `offshoot pool pause`"));
    }
    session
        .core
        .engine
        .command(Command::Scale(params.size))
        .await
        .map_err(engine_error)?;
    pool_of(&session.core).await
}

pub(super) async fn pause(session: &Session, _: Empty) -> Result<Pool, Error> {
    let reason = Some("paused by a person".to_owned());
    session
        .core
        .engine
        .command(Command::Pause(reason))
        .await
        .map_err(engine_error)?;
    pool_of(&session.core).await
}

pub(super) async fn resume(session: &Session, _: Empty) -> Result<Pool, Error> {
    session
        .core
        .engine
        .command(Command::Pause(None))
        .await
        .map_err(engine_error)?;
    pool_of(&session.core).await
}

pub(super) async fn stop(session: &Session, params: Stop) -> Result<Stopping, Error> {
    let stopping = shutdown::stop(&session.core, params.leave_running).await?;
    session.core.ending.send_replace(Ending::Ends);
    Ok(stopping)
}

pub(super) async fn hand_over(session: &Session, params: HelloParams) -> Result<Stopping, Error> {
    if !shutdown::is_newer(&params.version, crate::VERSION) {
        let message = format!(
            "version {} is not newer than {}: nothing is handed over",
            params.version,
            crate::VERSION
        );
        return Err(Error::new(ErrorKind::Refused, message));
    }
    let stopping = shutdown::stop(&session.core, true).await?;
    session.core.ending.send_replace(Ending::Ends);
    Ok(stopping)
}

pub(super) async fn reload(session: &Session, params: RepoRef) -> Result<Reloaded, Error> {
    let core = &session.core;
    let mut repos = core.tenants.repositories();
    if let Some(folder) = &params.repo
        && let Ok(root) = core.root(folder).await
        && !repos.contains(&root)
    {
        repos.push(root);
    }
    let machine = core.tenants.load(None);
    let mut loaded = vec![(None, std::sync::Arc::clone(&machine))];
    loaded.extend(repos.into_iter().map(|repo| {
        let settings = core.tenants.load(Some(&repo));
        (Some(repo), settings)
    }));
    core.engine
        .set_machine(core.options.machine(machine.machine.clone()))
        .await;
    core.wiring.worktrees.trees.look_now();
    let mut reloaded = Reloaded::default();
    for (repo, settings) in loaded {
        reloaded.files.extend(
            settings
                .files
                .iter()
                .filter(|file| file.exists())
                .map(|file| file.display().to_string()),
        );
        reloaded
            .diagnostics
            .extend(settings.diagnostics.iter().map(crate::tenants::diagnostic));
        if let Some(repo) = repo {
            core.engine
                .set_tenant(repo, std::sync::Arc::new(settings.tenant.clone()))
                .await;
        }
    }
    reloaded.files.sort();
    reloaded.files.dedup();
    reloaded.diagnostics.dedup();
    Ok(reloaded)
}
