//! A long queue: its memory, submits beside it, recovery from `kill -9`, and working it off with nothing
//! lost and nothing done twice.

use crate::Options;
use crate::baseline::spawn_rate;
use crate::figure::{Figure, rounded};
use crate::samples::Samples;
use crate::usage::Usage;
use crate::world::{Daemon, World};
use client::{Api, Client};
use protocol::daemon::Empty;
use protocol::task::{TaskFilter, TaskRef, TaskSubmit};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use support::{LIMIT, wait_until};

const SLOTS: u32 = 8;
/// Requests under way while the queue is filled: a connection may have 64.
const AT_ONCE: usize = 32;
/// After the queue was filled, until its memory is looked at.
const SETTLE: Duration = Duration::from_secs(3);

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let mut load = Load::fill(options);
    let mut figures = vec![load.memory()];
    figures.push(load.submit(options.n(500, 100)));
    if options.wants("recovery") {
        figures.push(load.recovery(options.n(7, 3)));
    }
    if options.wants("throughput") {
        figures.push(load.throughput());
    }
    load.daemon.take().expect("a daemon").stop();
    figures
}

/// A daemon with all slots taken and a long queue. Every task of it leaves one line in one file.
struct Load {
    world: World,
    client: Client,
    daemon: Option<Daemon>,
    /// Tasks that hold the slots until they are cancelled.
    holders: Vec<String>,
    queued: usize,
    fill_rate: f64,
    empty: Usage,
}

impl Load {
    fn fill(options: &Options) -> Self {
        let world = World::new(SLOTS);
        let (daemon, client, _) = world.start();
        let hold = |_| {
            world
                .block(client.task_submit(world.task(&["sleep", "3600"])))
                .task_id
        };
        let holders = (0..SLOTS).map(hold).collect();
        wait_until("the slots to be taken", LIMIT, || {
            (world.block(client.daemon_status(Empty {})).pool.busy == SLOTS).then_some(())
        });
        let empty = Usage::of(daemon.pid());
        let queued = options.n(10_000, 2_000);
        let mut load = Self {
            world,
            client,
            daemon: Some(daemon),
            holders,
            queued: 0,
            fill_rate: 0.0,
            empty,
        };
        let began = Instant::now();
        for first in (0..queued).step_by(AT_ONCE) {
            let tasks = (first..queued.min(first + AT_ONCE))
                .map(|number| load.task(number))
                .collect();
            load.submit_all(tasks);
        }
        load.fill_rate = queued as f64 / began.elapsed().as_secs_f64();
        load.queued = queued;
        load
    }

    fn marks(&self) -> PathBuf {
        self.world.path("marks")
    }

    /// A line shorter than a pipe's buffer is appended as a whole.
    fn task(&self, number: usize) -> TaskSubmit {
        let script = format!("echo {number} >> '{}'", self.marks().display());
        self.world.task(&["/bin/sh", "-c", &script])
    }

    /// All at once over one connection.
    fn submit_all(&self, tasks: Vec<TaskSubmit>) {
        let client = self.client.clone();
        self.world.block(async move {
            let mut calls = tokio::task::JoinSet::new();
            for task in tasks {
                let client = client.clone();
                calls.spawn(async move { client.task_submit(task).await });
            }
            calls
                .join_all()
                .await
                .into_iter()
                .collect::<Result<Vec<_>, _>>()
        });
    }

    fn pid(&self) -> i32 {
        self.daemon.as_ref().expect("a daemon").pid()
    }

    fn memory(&self) -> Figure {
        std::thread::sleep(SETTLE);
        let usage = Usage::of(self.pid());
        let what = "resident memory of the daemon with 10 000 tasks queued and all slots taken";
        Figure::one("memory-queued", what, "MB", usage.rss_mb)
            .at_most("memory", usage.rss_mb, 60.0, "MB")
            .with("queued", self.queued)
            .with("own_mb", rounded(usage.own_mb))
            .with("before_mb", rounded(self.empty.rss_mb))
            .with("submits_per_s", rounded(self.fill_rate))
    }

    /// One after the other, so that each answer waits for its own write to disk.
    fn submit(&mut self, n: usize) -> Figure {
        let mut samples = Samples::default();
        for _ in 0..n {
            let task = self.task(self.queued);
            self.queued += 1;
            let began = Instant::now();
            self.world.block(self.client.task_submit(task));
            samples.push_ms(began.elapsed());
        }
        let what = "submit over the socket to its answer (on disk) while 10 000 are queued, all slots taken";
        Figure::new("submit-queued", what, "ms", samples)
            .against(
                "write and fsync of 4 KiB to a file of the same disk",
                self.bare_writes(n.min(100)),
            )
            .percentile_at_most(99, 20.0)
            .with("queued", self.queued)
    }

    fn bare_writes(&self, n: usize) -> Samples {
        use std::io::Write as _;
        let mut file = std::fs::File::create(self.world.path("bare")).expect("a file");
        let mut samples = Samples::default();
        for _ in 0..n {
            let began = Instant::now();
            file.write_all(&[0; 4096])
                .and_then(|()| file.sync_data())
                .expect("a write");
            samples.push_ms(began.elapsed());
        }
        samples
    }

    fn recovery(&mut self, n: usize) -> Figure {
        let mut samples = Samples::default();
        for _ in 0..n {
            self.daemon.take().expect("a daemon").kill();
            let (daemon, client, took) = self.world.start();
            self.daemon = Some(daemon);
            self.client = client;
            samples.push_ms(took);
            let status = self.world.block(self.client.daemon_status(Empty {}));
            assert_eq!(
                status.queue.queued, self.queued as u64,
                "the queue after kill -9"
            );
        }
        let what = "start to ready after kill -9 with 10 000 tasks queued and 8 running";
        Figure::new("recovery", what, "ms", samples)
            .percentile_at_most(50, 1_000.0)
            .with("queued", self.queued)
    }

    fn throughput(&mut self) -> Figure {
        let span = Duration::from_secs(if self.queued > 5_000 { 5 } else { 2 });
        let bare_before = spawn_rate(span);
        for holder in std::mem::take(&mut self.holders) {
            let holder = TaskRef {
                task_id: holder,
                ..TaskRef::default()
            };
            self.world.block(self.client.task_cancel(holder));
        }
        let began = Instant::now();
        self.world.idle(&self.client, LIMIT * 10);
        let rate = self.queued as f64 / began.elapsed().as_secs_f64();
        let bare = Samples::from_iter([bare_before, spawn_rate(span)]);
        let (lost, twice) = self.proof();
        // Of two spawns a task one is the supervisor's.
        let share = rate / (bare.median() / 2.0) * 100.0;
        let what = "no-op tasks per second, no worktree, 10 000 queued, 8 slots; each appends one line to one file";
        Figure::one("throughput", what, "tasks/s", rate)
            .against("`true` started and reaped on all cores, per second", bare)
            .ratio("percent of half the baseline", share)
            .at_least("percent", share, 25.0)
            .at_most("lost", lost as f64, 0.0, "")
            .at_most("done twice", twice as f64, 0.0, "")
            .with("tasks", self.queued)
    }

    /// Tasks without a line in the file, and lines beyond the first of a task. What the daemon lists of
    /// the newest must say the same.
    fn proof(&self) -> (usize, usize) {
        let text = std::fs::read_to_string(self.marks()).unwrap_or_default();
        let mut seen = vec![0_usize; self.queued];
        for line in text.lines() {
            let number: usize = line.parse().expect("a number in each line");
            seen[number] += 1;
        }
        let filter = TaskFilter {
            limit: Some(10_000),
            ..TaskFilter::default()
        };
        let listed = self.world.block(self.client.task_list(filter)).tasks;
        let odd = listed
            .iter()
            .filter(|task| task.status != "completed" || task.attempts.len() != 1);
        // The cancelled holders are among them where the whole queue was listed.
        let odd = odd
            .filter(|task| !task.command.starts_with("sleep"))
            .count();
        let twice = seen
            .iter()
            .map(|count| count.saturating_sub(1))
            .sum::<usize>();
        (
            seen.iter().filter(|count| **count == 0).count() + odd,
            twice,
        )
    }
}
