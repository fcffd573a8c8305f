//! From nothing to a daemon that answers, and out again.

use crate::core::{Core, Ending};
use crate::environments::Environments;
use crate::lock::DaemonLock;
use crate::ports::{AgentPort, Common, StoreThread, Wiring, WorktreePort};
use crate::secrets::Secrets;
use crate::tenants::Tenants;
use crate::{Options, api, listen, logging};
use client::Home;
use engine::Start;
use model::journal::Loaded;
use model::run::Run;
use model::settings::TenantSettings;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{broadcast, watch};

/// Why the daemon could not be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("{0}")]
    Store(#[from] store::Error),
    #[error("cannot use the state folder {folder}: {source}")]
    Io {
        folder: PathBuf,
        source: std::io::Error,
    },
}

/// Runs the daemon until it ends.
pub(crate) fn run(home: Home, options: Options) -> ExitCode {
    // A session of its own: the end of the terminal or the editor is not ours.
    if !options.development {
        let _ = rustix::process::setsid();
    }
    if let Err(error) = home.create() {
        last_words(&error);
        return ExitCode::from(3);
    }
    logging::init(&home, &options);
    match begin(home, options) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("the daemon cannot start: {error}");
            ExitCode::from(3)
        }
    }
}

/// Before there is a log: whoever started the daemon reads its stderr.
#[expect(clippy::print_stderr, reason = "there is no log yet")]
fn last_words(error: &protocol::Error) {
    eprintln!("the daemon cannot start: {error}");
}

fn begin(home: Home, options: Options) -> Result<ExitCode, StartError> {
    let io = |source| StartError::Io {
        folder: home.root().to_owned(),
        source,
    };
    for folder in [
        home.attempts_path(),
        home.worktrees_path(),
        home.artifacts_path(),
    ] {
        std::fs::create_dir_all(folder).map_err(io)?;
    }
    let Some(lock) = DaemonLock::take(&home).map_err(io)? else {
        tracing::debug!("another daemon holds the lock");
        return Ok(ExitCode::SUCCESS);
    };
    crate::orphans::clear(&home);
    let opened = store::Store::open(&home.database_path())?;
    let mut notices = Vec::new();
    if let Some(aside) = &opened.set_aside {
        tracing::warn!("{aside}");
        notices.push(aside.to_string());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(32)
        .thread_stack_size(1 << 20)
        .thread_keep_alive(Duration::from_secs(5))
        .enable_all()
        .build()
        .map_err(io)?;
    let code = runtime.block_on(live(home, options, opened.store, notices));
    // Blocking work that is left (git) is not waited for: the next start reconciles it.
    runtime.shutdown_timeout(Duration::from_millis(500));
    drop(lock);
    code
}

async fn live(
    home: Home,
    options: Options,
    store: store::Store,
    notices: Vec<String>,
) -> Result<ExitCode, StartError> {
    let io = |source| StartError::Io {
        folder: home.root().to_owned(),
        source,
    };
    let tenants = Tenants::new();
    let secrets = Arc::new(Secrets::default());
    let snapshot = store.load()?;
    for unreadable in &snapshot.unreadable {
        tracing::warn!("{unreadable}");
    }
    let worktrees = WorktreePort::new(home.clone());
    let trees = Arc::clone(&worktrees.trees);
    let wiring = Arc::new(Wiring {
        store: StoreThread::start(store).map_err(io)?,
        worktrees,
        agents: AgentPort {
            common: Common {
                home: home.clone(),
                program: options.program.clone(),
                trees,
                supervisors: Default::default(),
            },
            secrets: Arc::clone(&secrets),
            hand_offs: Default::default(),
        },
    });
    let machine = options.machine(tenants.machine());
    let settings = settings_of(&snapshot.loaded, &tenants);
    crate::ports::end_leftovers(&home, &snapshot.loaded.tasks).await;
    reconcile(&home, &wiring, &snapshot.loaded).await;
    let idle_exit = machine.idle_exit.filter(|_| !options.development);
    let start = Start {
        loaded: snapshot.loaded,
        machine,
        tenants: settings,
        paused: None,
    };
    let engine = engine::start(Arc::clone(&wiring), start);
    let core = Arc::new(Core {
        engine,
        wiring,
        tenants,
        environments: Environments::default(),
        secrets,
        options,
        began: Instant::now(),
        ending: watch::Sender::new(Ending::Runs),
        notices,
        idle_exit,
        findings: broadcast::Sender::new(64),
        home,
    });
    let listener = listen::bind(&core.home).map_err(|source| StartError::Io {
        folder: core.home.socket_path().to_owned(),
        source,
    })?;
    tracing::info!(version = crate::VERSION, pid = std::process::id(), "ready");
    tokio::spawn(on_signals(Arc::clone(&core)));
    tokio::spawn(crate::upkeep::run(Arc::clone(&core)));
    tokio::spawn(crate::overlap::run(Arc::clone(&core)));
    tokio::spawn(crate::trees::governor::run(Arc::clone(&core)));
    listen::accept(Arc::clone(&core), listener).await;
    let _ = std::fs::remove_file(core.home.socket_path());
    // Sessions write their last answers.
    tokio::time::sleep(Duration::from_millis(50)).await;
    tracing::info!("ended");
    Ok(ExitCode::SUCCESS)
}

fn settings_of(loaded: &Loaded, tenants: &Tenants) -> Vec<(PathBuf, Arc<TenantSettings>)> {
    let roots: std::collections::BTreeSet<&PathBuf> =
        loaded.tasks.iter().map(|task| &task.tenant).collect();
    roots
        .into_iter()
        .map(|root| {
            (
                root.clone(),
                Arc::new(tenants.load(Some(root)).tenant.clone()),
            )
        })
        .collect()
}

/// Worktrees that an earlier daemon made and nobody owns, in repositories with open work.
async fn reconcile(home: &Home, wiring: &Wiring, loaded: &Loaded) {
    let mut repositories: BTreeMap<PathBuf, &Run> = BTreeMap::new();
    for run in &loaded.runs {
        repositories.insert(run.repo.clone(), run);
    }
    let mut owned_by_steps = Vec::new();
    for (root, run) in repositories {
        let owned = loaded.tasks.iter().filter(|task| task.tenant == root);
        let expected: Vec<PathBuf> = owned
            .filter_map(|task| task.worktree.as_ref())
            .map(|worktree| worktree.path.clone())
            .collect();
        let (roots, environment) = (api::roots(home, &root), Arc::clone(&run.environment));
        let ended = wiring.store.ended_worktrees(&root).await;
        let open = loaded.runs.iter().filter(|run| run.repo == root);
        let conflicts = open.map(|run| crate::ports::conflict_place(home, &run.id));
        let all: Vec<PathBuf> = expected.into_iter().chain(ended).chain(conflicts).collect();
        owned_by_steps.extend(all.iter().cloned());
        let work = move || crate::ports::open_with(&root, &environment)?.reconcile(&all, &roots);
        match wiring.worktrees.blocking(work).await {
            Ok(Ok(done)) => {
                if !done.removed.is_empty() {
                    tracing::info!(?done, "orphaned worktrees were removed");
                }
                let trees = &wiring.worktrees.trees;
                done.rubbish
                    .into_iter()
                    .for_each(|folder| trees.delete(folder));
            }
            Ok(Err(error)) => tracing::warn!(%error, "worktrees could not be reconciled"),
            Err(failure) => tracing::warn!(
                failure = failure.message,
                "worktrees could not be reconciled"
            ),
        }
    }
    wiring.worktrees.trees.keep_only(&owned_by_steps);
}

/// TERM and INT end the daemon and leave the attempts to the next one; HUP reads the settings again.
async fn on_signals(core: Arc<Core>) {
    let (Ok(mut term), Ok(mut int), Ok(mut hup)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
        signal(SignalKind::hangup()),
    ) else {
        return;
    };
    loop {
        tokio::select! {
            _ = term.recv() => break,
            _ = int.recv() => break,
            _ = hup.recv() => crate::upkeep::reload(&core).await,
        }
    }
    if let Err(error) = crate::shutdown::stop(&core, true).await {
        tracing::warn!(%error, "ending without the engine's word");
    }
    core.ending.send_replace(Ending::Ends);
}
