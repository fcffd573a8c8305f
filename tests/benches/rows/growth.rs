//! What 1 000 tasks leave behind in the daemon and in the system, 15 s after the last.

use crate::Options;
use crate::figure::{Figure, rounded};
use crate::usage::Usage;
use crate::world::{Daemon, World};
use client::{Api, Client};
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::LIMIT;

const IDLE: Duration = Duration::from_secs(15);
/// Threads that the first tasks needed end after 5 s without work.
const SETTLE: Duration = Duration::from_secs(6);

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let tasks = options.n(1_000, 200);
    let world = World::new(8);
    let (daemon, client, _) = world.start();
    // The first tasks load code and settings: what is measured is growth.
    submit(&world, &client, 20);
    let before = after(SETTLE, &daemon);
    submit(&world, &client, tasks);
    let after = after(IDLE, &daemon);
    let processes = world.sandbox().processes();
    let others: Vec<_> = processes
        .iter()
        .filter(|found| found.pid != daemon.pid())
        .collect();
    let groups = control_groups(Path::new("/sys/fs/cgroup"), &daemon);
    drop(client);
    daemon.stop();
    let left = others.len() + groups.len();
    let more = |after: usize, before: usize| after.saturating_sub(before) as f64;
    let growth = after.rss_mb - before.rss_mb;
    let what = "growth of the daemon's resident memory by 1 000 tasks, 15 s after the last; files, threads, processes, control groups";
    let figure = Figure::one("growth", what, "MB", growth)
        .at_most("memory", growth, 10.0, "MB")
        .at_most("open files", more(after.files, before.files), 0.0, "more")
        .at_most("threads", more(after.threads, before.threads), 0.0, "more")
        .at_most(
            "left over",
            left as f64,
            0.0,
            "processes and control groups",
        )
        .with("tasks", tasks)
        .with("memory_before_mb", rounded(before.rss_mb))
        .with("memory_after_mb", rounded(after.rss_mb));
    vec![figure]
}

fn submit(world: &World, client: &Client, tasks: usize) {
    for _ in 0..tasks {
        world.block(client.task_submit(world.task(&["true"])));
    }
    world.idle(client, LIMIT * 3);
}

fn after(span: Duration, daemon: &Daemon) -> Usage {
    std::thread::sleep(span);
    Usage::of(daemon.pid())
}

/// Control groups of attempts below the daemon's own.
fn control_groups(mount: &Path, daemon: &Daemon) -> Vec<PathBuf> {
    let path =
        std::fs::read_to_string(format!("/proc/{}/cgroup", daemon.pid())).unwrap_or_default();
    let own = path
        .lines()
        .find_map(|line| line.strip_prefix("0::/"))
        .unwrap_or_default();
    let entries = std::fs::read_dir(mount.join(own))
        .into_iter()
        .flatten()
        .flatten();
    let ours = entries.filter(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with("offshoot-t-")
    });
    ours.map(|entry| entry.path()).collect()
}
