//! Many worktrees: twenty made at once, fifty listed, fifty removed while somebody asks for something else.

use super::worktree::repository;
use crate::Options;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;
use client::Api;
use protocol::config::RepoRef;
use protocol::daemon::Empty;
use protocol::event::Event;
use protocol::worktree::PruneParams;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use support::{LIMIT, Repo, wait_until};

const AT_ONCE: usize = 20;
const FILES: usize = 40_000;
const WHAT_START: &str = "`step.preparing` of the first to `step.running` of the last of 20 steps started at once on 40 000 files";
const WHAT_LIST: &str = "`worktree.list` of 50 worktrees";
const WHAT_PRUNE: &str =
    "`daemon.status` while 50 worktrees of 5 000 files are pruned, and deleted in the background";

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let mut figures = Vec::new();
    if options.wants("start-20") {
        figures.push(start(options));
    }
    if options.wants("list-50") || options.wants("prune-50") {
        figures.extend(fifty(options));
    }
    figures
}

/// Steps that fail: their worktrees stay, so that nothing is removed meanwhile.
fn workflow(steps: usize) -> String {
    let steps = (0..steps).map(|step| format!("  - {{id: s{step}, needs: [], run: \"false\"}}\n"));
    format!("steps:\n{}", steps.collect::<String>())
}

fn start(options: &Options) -> Figure {
    let world = World::new(u32::try_from(AT_ONCE).unwrap_or(20));
    let steps = options.n(AT_ONCE, 5);
    let repo = repository::of(&world, FILES, &workflow(steps));
    let log = world.path("git-calls");
    let real = real_git();
    let wrapper = format!(
        "echo \"$*\" >> {}\nexec {} \"$@\"",
        log.display(),
        real.display()
    );
    world.sandbox().script("git", &wrapper);
    let (daemon, client, _) = world.start();
    let mut events = world.events();
    let run = world.block(client.run_start(world.run(&repo.path, "w.yaml")));
    let is = |event: &Event, kind: &str| {
        event.run_id.as_ref() == Some(&run.run_id) && event.kind == kind
    };
    let calls = || {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        text.lines().count()
    };
    let began = world.next(&mut events.1, |event| is(event, "step.preparing"));
    let before = calls();
    let mut last = began;
    for _ in 0..steps {
        last = world.next(&mut events.1, |event| is(event, "step.running"));
    }
    let each = (calls() - before) as f64 / steps as f64;
    world.next(&mut events.1, |event| is(event, "run.failed"));
    let daemon_log = world.sandbox().state().join("daemon.log");
    let text = std::fs::read_to_string(daemon_log).unwrap_or_default();
    let locks = text.lines().filter(|line| line.contains(".lock")).count();
    drop((events, client));
    daemon.stop();
    let took = (last - began).as_secs_f64() * 1_000.0;
    Figure::one("start-20", WHAT_START, "ms", took)
        .at_most("git processes per worktree", each, 2.0, "")
        .at_most("lock errors", locks as f64, 0.0, "")
        .with("steps", steps)
}

fn real_git() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).map(|folder| folder.join("git"));
    folders.find(|git| git.is_file()).expect("git on the PATH")
}

fn fifty(options: &Options) -> Vec<Figure> {
    let count = options.n(50, 10);
    let world = World::new(4);
    let repo = repository::of(&world, 5_000, &workflow(count));
    let (daemon, client, _) = world.start();
    let mut events = world.events();
    let run = world.block(client.run_start(world.run(&repo.path, "w.yaml")));
    world.next(&mut events.1, |event| {
        event.run_id.as_ref() == Some(&run.run_id) && event.kind == "run.failed"
    });
    drop(events);
    let of_repo = || RepoRef {
        repo: Some(text(&repo)),
    };
    let list = || world.block(client.worktree_list(of_repo()));
    wait_until("all sizes", LIMIT, || {
        let all = list().worktrees;
        (all.len() == count && all.iter().all(|one| one.bytes.is_some())).then_some(())
    });
    let mut listed = Samples::default();
    for _ in 0..options.n(50, 10) {
        let began = Instant::now();
        list();
        listed.push_ms(began.elapsed());
    }
    let asked = while_pruning(&world, &repo, &client);
    drop(client);
    daemon.stop();
    vec![
        Figure::new("list-50", WHAT_LIST, "ms", listed)
            .percentile_at_most(99, 50.0)
            .with("worktrees", count),
        Figure::new("prune-50", WHAT_PRUNE, "ms", asked)
            .percentile_at_most(99, 50.0)
            .with("worktrees", count),
    ]
}

fn while_pruning(world: &World, repo: &Repo<'_>, client: &client::Client) -> Samples {
    let (done, state) = (AtomicBool::new(false), world.sandbox().state());
    let home = client::Home::new(&state);
    let params = PruneParams {
        repo: Some(text(repo)),
        all: true,
        gone: false,
    };
    let folders = || {
        let entries = std::fs::read_dir(state.join("worktrees"))
            .into_iter()
            .flatten();
        entries
            .flatten()
            .filter(|entry| entry.file_name() != ".offshoot-warm")
            .count()
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let runtime = runtime.expect("a runtime");
            runtime.block_on(async {
                let other = client::connect(&home).await.expect("a connection");
                let pruned = other
                    .worktree_prune(params)
                    .await
                    .expect("worktrees pruned");
                assert!(!pruned.removed.is_empty());
            });
            wait_until("their folders to be gone", LIMIT, || {
                (folders() == 0).then_some(())
            });
            done.store(true, Ordering::Release);
        });
        let mut asked = Samples::default();
        while !done.load(Ordering::Acquire) {
            let began = Instant::now();
            world.block(client.daemon_status(Empty {}));
            asked.push_ms(began.elapsed());
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        asked
    })
}

fn text(repo: &Repo<'_>) -> String {
    repo.path.to_string_lossy().into_owned()
}
