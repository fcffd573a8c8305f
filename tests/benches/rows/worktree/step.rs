//! A run of one step, timed.

use crate::world::World;
use client::{Api, Client};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use protocol::event::Event;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use support::{LIMIT, Repo};
use tokio::sync::mpsc::Receiver;

/// Times steps of one daemon.
pub(super) struct Stopwatch<'a> {
    world: &'a World,
    client: &'a Client,
    events: Receiver<Event>,
    /// When something appeared among the folders of attempts.
    attempts: mpsc::Receiver<Instant>,
    /// Ends with it.
    _held: (Client, RecommendedWatcher),
}

/// How long it took from `step.preparing`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Took {
    /// Until the folder of its attempt was made: the next thing that the daemon does when the worktree is ready,
    /// and journalled.
    pub(super) worktree: Duration,
    /// Until `step.running`: supervisor and agent are started.
    pub(super) whole: Duration,
}

impl<'a> Stopwatch<'a> {
    pub(super) fn new(world: &'a World, client: &'a Client) -> Self {
        let folder = world.sandbox().state().join("attempts");
        std::fs::create_dir_all(&folder).expect("the folder of attempts");
        let (appeared, attempts) = mpsc::channel();
        let notice = move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| event.kind.is_create()) {
                let _ = appeared.send(Instant::now());
            }
        };
        let mut watcher = notify::recommended_watcher(notice).expect("a watcher");
        let watched = watcher.watch(&folder, RecursiveMode::NonRecursive);
        watched.expect("the folder of attempts to be watched");
        let (connection, events) = world.events();
        Self {
            world,
            client,
            events,
            attempts,
            _held: (connection, watcher),
        }
    }

    /// Runs the workflow, whose one step makes the run end in this way.
    pub(super) fn run(&mut self, repo: &Repo<'_>, end: &str) -> Took {
        while self.attempts.try_recv().is_ok() {}
        let start = self.world.run(&repo.path, "w.yaml");
        let run = self.world.block(self.client.run_start(start));
        let mut next = |kind: &str| {
            let wanted =
                |event: &Event| event.run_id.as_ref() == Some(&run.run_id) && event.kind == kind;
            self.world.next(&mut self.events, wanted)
        };
        let began = next("step.preparing");
        let running = next("step.running");
        next(end);
        let ready = self.attempts.recv_timeout(LIMIT).expect("an attempt");
        Took {
            worktree: ready - began,
            whole: running - began,
        }
    }
}
