//! The end of an agent to the completion of its step: in a worktree of 100 files, its result committed.
#![expect(
    clippy::disallowed_methods,
    reason = "the benchmark plays an agent that writes files"
)]

use crate::Options;
use crate::fifo::Fifo;
use crate::figure::Figure;
use crate::samples::Samples;
use crate::world::World;
use client::{Api, Client};
use protocol::event::Event;
use protocol::run::{Run, RunRef, RunStart};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{LIMIT, Repo, wait_until};
use tokio::sync::mpsc::Receiver;

const HAND_OFF: &str =
    "steps:\n  - id: write\n    agent: writer\n    action: write\n    backend: file\n";
const STATUS: &str = r#"{"status": "completed"}"#;

pub(super) fn measure(options: &Options) -> Vec<Figure> {
    let world = World::new(4);
    let fifo = Fifo::new(world.path("fifo"));
    let repo = repository(&world, &fifo);
    let (daemon, client, _) = world.start();
    let mut bed = Bed {
        events: world.events(),
        world: &world,
        client: &client,
        repo: &repo,
    };
    let mut figures = Vec::new();
    let n = options.n(60, 15);
    if options.wants("exit-completed") {
        let what =
            "the last action of a `run:` step to `step.completed`; worktree of 100 files, no check";
        figures.push(bed.compare("exit-completed", what, n, |bed| bed.by_exit(&fifo)));
    }
    if options.wants("status-completed") {
        let what =
            "the status file of a hand-off to `step.completed`; worktree of 100 files, no check";
        figures.push(bed.compare("status-completed", what, n, Bed::by_status));
    }
    drop(bed);
    drop(client);
    daemon.stop();
    figures
}

fn repository<'a>(world: &'a World, fifo: &Fifo) -> Repo<'a> {
    let repo = world.sandbox().repo(&[("hand_off.yaml", HAND_OFF)]);
    let shell = format!(
        "steps:\n  - id: write\n    run: |\n      echo result > out.txt\n      {}\n",
        fifo.command()
    );
    repo.write("shell.yaml", &shell);
    for file in 2..100 {
        repo.write(
            &format!("src/{}/file_{file}.txt", file % 7),
            &format!("{file}\n").repeat(50),
        );
    }
    repo.commit("the rest", &[]);
    repo
}

/// What both figures need.
struct Bed<'a> {
    world: &'a World,
    client: &'a Client,
    repo: &'a Repo<'a>,
    events: (Client, Receiver<Event>),
}

impl Bed<'_> {
    fn compare(
        &mut self,
        name: &'static str,
        what: &'static str,
        n: usize,
        once: impl Fn(&mut Self) -> Duration,
    ) -> Figure {
        let (mut samples, mut by_hand) = (Samples::default(), Samples::default());
        for round in 0..n + 2 {
            let (ours, theirs) = (once(self), self.by_git(name, round));
            if round >= 2 {
                samples.push_ms(ours);
                by_hand.push_ms(theirs);
            }
        }
        Figure::new(name, what, "ms", samples)
            .against(
                "`git add --all` and `git commit` of the same change",
                by_hand,
            )
            .percentile_at_most(50, 15.0)
    }

    fn start(&self, file: &str) -> Run {
        let start = RunStart {
            ..self.world.run(&self.repo.path, file)
        };
        self.world.block(self.client.run_start(start))
    }

    /// The step's end, and then that of the whole run, so that the next one starts from rest.
    fn completed(&mut self, run: &Run) -> Instant {
        let of_run = |event: &Event| event.run_id.as_ref() == Some(&run.run_id);
        let events = &mut self.events.1;
        let at = self.world.next(events, |event| {
            of_run(event) && event.kind == "step.completed"
        });
        self.world.next(events, |event| {
            of_run(event) && event.kind == "run.completed"
        });
        at
    }

    fn by_exit(&mut self, fifo: &Fifo) -> Duration {
        let run = self.start("shell.yaml");
        let exited = fifo.wait();
        self.completed(&run) - exited
    }

    fn by_status(&mut self) -> Duration {
        let run = self.start("hand_off.yaml");
        let worktree = wait_until("the hand-off", LIMIT, || self.handed_off(&run.run_id));
        fs::write(worktree.join("out.txt"), "result\n").expect("a result");
        let (temporary, status) = (
            worktree.join("status.tmp"),
            worktree.join(".cursor-skill-status.json"),
        );
        fs::write(&temporary, STATUS).expect("a status");
        let written = Instant::now();
        fs::rename(temporary, status).expect("the status in its place");
        self.completed(&run) - written
    }

    /// The worktree, once the command file is in it.
    fn handed_off(&self, run: &str) -> Option<PathBuf> {
        let wanted = RunRef {
            run_id: run.to_owned(),
            repo: None,
        };
        let run = self.world.block(self.client.run_show(wanted));
        let worktree = PathBuf::from(run.steps.first()?.worktree.as_ref()?);
        worktree
            .join(".cursor-skill-command.txt")
            .exists()
            .then_some(worktree)
    }

    /// The same change committed in a worktree by hand.
    fn by_git(&self, name: &str, round: usize) -> Duration {
        let folder = self.world.path("by-hand");
        let place = folder.to_string_lossy();
        // One for all: removing it each time would slow down what comes after on some file systems.
        if !folder.exists() {
            self.repo
                .git(&["worktree", "add", "--quiet", "--detach", &place]);
        }
        fs::write(folder.join("out.txt"), format!("{name} {round}\n")).expect("a result");
        let began = Instant::now();
        self.git(&folder, &["add", "--all"]);
        self.git(&folder, &["commit", "--quiet", "--message", "by hand"]);
        began.elapsed()
    }

    fn git(&self, folder: &Path, arguments: &[&str]) {
        let status = self
            .world
            .command("git", folder)
            .args(arguments)
            .status()
            .expect("git");
        assert!(status.success(), "git {arguments:?}: {status}");
    }
}
