//! A sandbox with a daemon in it, and a client of the daemon in this process.
#![expect(
    clippy::disallowed_methods,
    reason = "the benchmark starts what it measures"
)]

use crate::guard;
use client::{Api, Client, Home};
use protocol::daemon::Empty;
use protocol::event::{Event, Subscribe};
use protocol::run::{Origin, RunStart};
use protocol::task::{Task, TaskRef, TaskSubmit};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use support::{LIMIT, Sandbox};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::Receiver;

/// Worlds that are over. Their files stay until the last row was measured: some file systems make new files
/// slowly while many were deleted in the minutes before.
static OVER: Mutex<Vec<Sandbox>> = Mutex::new(Vec::new());

/// Removes the files of all worlds that are over when it is dropped, also after a panic.
pub(crate) struct Clear;

impl Drop for Clear {
    fn drop(&mut self) {
        OVER.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// One row's surroundings. Dropping it stops the daemon and proves that no process is left.
pub(crate) struct World {
    /// There until it is dropped.
    sandbox: Option<Sandbox>,
    runtime: Runtime,
    program: PathBuf,
    environment: BTreeMap<String, String>,
}

impl World {
    /// A world whose daemon will have this many slots.
    pub(crate) fn new(slots: u32) -> Self {
        let own = std::env::current_exe().expect("the benchmark's own path");
        let program = own.with_file_name("offshoot");
        assert!(program.is_file(), "{} is not built", program.display());
        let sandbox = Sandbox::below(guard::folder(), &program);
        sandbox.user_settings(&format!("offshoot:\n  pool_size: {slots}\n"));
        let environment = sandbox.environment().into_iter();
        let text = |(name, value): (String, PathBuf)| (name, value.to_string_lossy().into_owned());
        Self {
            environment: environment.map(text).collect(),
            sandbox: Some(sandbox),
            runtime: runtime(),
            program,
        }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.sandbox().path(relative)
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().expect("a world that is not over")
    }

    /// A program in this world, its output thrown away.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(&self.environment)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// The product in this world.
    pub(crate) fn offshoot(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(&self.program, &self.path("home"));
        command.args(arguments);
        command
    }

    /// Runs something of the client.
    pub(crate) fn block<T>(&self, work: impl Future<Output = Result<T, protocol::Error>>) -> T {
        self.runtime
            .block_on(work)
            .unwrap_or_else(|error| panic!("the daemon says: {error}"))
    }

    /// Starts the daemon as a client does, in the foreground of this process, and waits until it answers.
    /// How long that took is measured from before its process was made.
    pub(crate) fn start(&self) -> (Daemon, Client, Duration) {
        let home = Home::new(&self.sandbox().state());
        let began = Instant::now();
        let child = self.offshoot(&["daemon"]).spawn().expect("a daemon");
        let client = loop {
            match self.runtime.block_on(client::connect(&home)) {
                Ok(client) => break client,
                Err(error) => assert!(began.elapsed() < LIMIT, "no daemon: {error}"),
            }
            std::thread::sleep(Duration::from_micros(500));
        };
        (Daemon(child), client, began.elapsed())
    }

    /// A task that runs where it was submitted.
    pub(crate) fn task(&self, argv: &[&str]) -> TaskSubmit {
        TaskSubmit {
            folder: self.path("home").to_string_lossy().into_owned(),
            command: argv.iter().map(|argument| (*argument).to_owned()).collect(),
            worktree: false,
            environment: self.environment.clone(),
            origin: Origin::Cli,
            ..TaskSubmit::default()
        }
    }

    /// A run of a workflow file of a repository.
    pub(crate) fn run(&self, repo: &Path, file: &str) -> RunStart {
        RunStart {
            repo: repo.to_string_lossy().into_owned(),
            file: repo.join(file).to_string_lossy().into_owned(),
            auto: true,
            environment: self.environment.clone(),
            origin: Origin::Cli,
            ..RunStart::default()
        }
    }

    /// Waits until a task has ended.
    pub(crate) fn ended(&self, client: &Client, id: &str) -> Task {
        let began = Instant::now();
        loop {
            let wanted = TaskRef {
                task_id: id.to_owned(),
                ..TaskRef::default()
            };
            let task = self.block(client.task_show(wanted));
            if task.ended_at.is_some() {
                return task;
            }
            assert!(began.elapsed() < LIMIT, "a task does not end: {task:?}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until nothing is queued and nothing runs.
    pub(crate) fn idle(&self, client: &Client, limit: Duration) {
        let began = Instant::now();
        loop {
            let status = self.block(client.daemon_status(Empty {}));
            if status.queue.queued + status.queue.running == 0 && status.pool.busy == 0 {
                return;
            }
            assert!(
                began.elapsed() < limit,
                "the queue does not drain: {:?}",
                status.queue
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// All events from now on, on a connection of their own.
    pub(crate) fn events(&self) -> (Client, Receiver<Event>) {
        let home = Home::new(&self.sandbox().state());
        let client = self.block(client::connect(&home));
        let events = client.events();
        self.block(client.events_subscribe(Subscribe::default()));
        (client, events)
    }

    /// Waits for an event, and says when it came.
    pub(crate) fn next(
        &self,
        events: &mut Receiver<Event>,
        wanted: impl Fn(&Event) -> bool,
    ) -> Instant {
        let look = async {
            while let Some(event) = events.recv().await {
                if wanted(&event) {
                    return Some(Instant::now());
                }
            }
            None
        };
        // Eight hundred thousand files take minutes on a disk that has just had as many deleted.
        let limited = async { tokio::time::timeout(10 * LIMIT, look).await };
        self.runtime
            .block_on(limited)
            .ok()
            .flatten()
            .expect("an event in time")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let Some(mut sandbox) = self.sandbox.take() else {
            return;
        };
        sandbox.end();
        OVER.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sandbox);
    }
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The daemon's process; reaped when dropped, and killed where it was not asked to end.
pub(crate) struct Daemon(Child);

impl Daemon {
    pub(crate) fn pid(&self) -> i32 {
        self.0.id() as i32
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.0.kill().expect("a daemon to kill");
        self.0.wait().expect("its end");
    }

    /// TERM, and waits for the end.
    pub(crate) fn stop(mut self) {
        support::process::signal(self.pid(), nix::sys::signal::Signal::SIGTERM);
        self.0.wait().expect("its end");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
