//! The ports: they note what is asked of them, and hold what was stored against it.

use engine::Job;
use engine::ports::{
    Agents, Clock, Harvest, Ports, Printed, Reporter, Store, StoreError, Worktrees,
};
use model::attempt::{AttemptEnd, Phase};
use model::backend::Backend;
use model::diagnostic::Severity;
use model::failure::Failure;
use model::finding::Finding;
use model::ids::{AttemptId, RunId, TaskId};
use model::journal::{Batch, Event, Loaded};
use model::machine::{PrepareFailure, Report, RunReport};
use model::run::{ResultBranch, Run};
use model::task::{StopReason, Task, Worktree};
use model::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, Semaphore};

/// All ports in one.
pub(crate) struct Fake {
    inner: Mutex<Inner>,
    /// A commit takes one permit, where there is a limit.
    commits: Semaphore,
    began: tokio::time::Instant,
}

/// What the fakes know.
#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) runs: BTreeMap<RunId, Run>,
    pub(crate) tasks: BTreeMap<TaskId, Task>,
    pub(crate) events: Vec<Event>,
    /// Sizes of the batches that were stored, in tasks.
    pub(crate) batches: Vec<usize>,
    /// Commits that fail from now on.
    pub(crate) failing: u32,
    /// Reads that fail from now on.
    pub(crate) unreadable: u32,
    /// Work that panics, by its name in the log; each once.
    pub(crate) panics: BTreeSet<String>,
    /// Attempts that do not end by themselves.
    pub(crate) held: bool,
    /// Words to stop that nobody hears.
    pub(crate) deaf: u32,
    log: Vec<String>,
    alive: HashMap<AttemptId, Arc<Notify>>,
    told_to_stop: BTreeSet<AttemptId>,
}

impl Inner {
    pub(crate) fn status(&self, id: &TaskId) -> &'static str {
        self.tasks
            .get(id)
            .map_or("unknown", |task| match &task.run {
                Some(_) => task.step_status(),
                None => task.task_status(),
            })
    }

    /// What has not ended, with all tasks of its runs.
    pub(crate) fn open(&self) -> Loaded {
        let open = |run: &&Run| run.ended_at().is_none();
        let runs: Vec<Run> = self.runs.values().filter(open).cloned().collect();
        let wanted = |task: &&Task| match &task.run {
            Some((run, _)) => runs.iter().any(|open| open.id == *run),
            None => !task.is_ended(),
        };
        let tasks = self.tasks.values().filter(wanted).cloned().collect();
        let last_seq = self.events.last().map_or(0, |event| event.seq);
        Loaded {
            runs,
            tasks,
            last_seq,
        }
    }
}

impl Fake {
    pub(crate) fn new() -> Self {
        Self {
            inner: Mutex::default(),
            commits: Semaphore::new(Semaphore::MAX_PERMITS),
            began: tokio::time::Instant::now(),
        }
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.inner.lock().expect("no panic under the lock"))
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.with(|inner| inner.log.clone())
    }

    pub(crate) fn count(&self, line: &str) -> usize {
        self.log().iter().filter(|other| *other == line).count()
    }

    /// From here on commits wait.
    pub(crate) fn hold_commits(&self) {
        self.commits.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn let_commits(&self) {
        self.commits.add_permits(10_000);
    }

    /// Ends an attempt that is held.
    pub(crate) fn end(&self, attempt: &str) {
        let attempt = AttemptId::new(attempt);
        let end = self.with(|inner| inner.alive.get(&attempt).cloned());
        end.expect("an attempt at work").notify_one();
    }

    /// Notes work, and that what it follows from is stored.
    fn note(&self, what: &str, job: &Job, phases: &[&str]) {
        let panics = self.with(|inner| {
            let line = format!("{what} {}", job.attempt());
            let stored = inner.tasks.get(&job.task.id).expect("stored before");
            let stored = stored
                .active()
                .map_or("none", |attempt| match attempt.phase {
                    Phase::Preparing => "preparing",
                    Phase::Starting => "starting",
                    Phase::Running { .. } => "running",
                    Phase::Verifying { .. } => "verifying",
                    Phase::Ended { .. } => "ended",
                });
            assert!(phases.contains(&stored), "{line} while {stored} is stored");
            inner.log.push(line.clone());
            inner.panics.remove(&line)
        });
        assert!(!panics, "this panic is part of a test");
    }

    async fn work(&self, job: &Job, reporter: &Reporter) {
        let attempt = job.attempt();
        let (end, held) = self.with(|inner| {
            let end = inner.alive.entry(attempt.clone()).or_default();
            (Arc::clone(end), inner.held)
        });
        if held {
            end.notified().await;
        }
        let stopped = self.with(|inner| {
            inner.alive.remove(&attempt);
            inner.told_to_stop.contains(&attempt)
        });
        let end = AttemptEnd {
            stopped,
            ..AttemptEnd::default()
        };
        reporter.report(Report::Ended(end)).await;
    }
}

impl Store for Fake {
    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.commits.acquire().await.expect("open").forget();
        self.with(|inner| {
            if inner.failing > 0 {
                inner.failing -= 1;
                return Err(full());
            }
            inner.batches.push(batch.tasks.len());
            for event in batch.events {
                let last = inner.events.last().map_or(0, |event| event.seq);
                assert_eq!(event.seq, last + 1, "events without gaps");
                inner.events.push(event);
            }
            inner
                .runs
                .extend(batch.runs.into_iter().map(|run| (run.id.clone(), run)));
            inner
                .tasks
                .extend(batch.tasks.into_iter().map(|task| (task.id.clone(), task)));
            Ok(())
        })
    }

    async fn load(&self) -> Result<Loaded, StoreError> {
        self.with(|inner| {
            if inner.unreadable > 0 {
                inner.unreadable -= 1;
                return Err(full());
            }
            Ok(inner.open())
        })
    }

    async fn run(&self, id: &RunId) -> Result<Option<(Run, Vec<Task>)>, StoreError> {
        Ok(self.with(|inner| {
            let run = inner.runs.get(id)?.clone();
            let tasks = run.tasks.iter().map(|id| inner.tasks[id].clone()).collect();
            Some((run, tasks))
        }))
    }

    async fn task(&self, id: &TaskId) -> Result<Option<Task>, StoreError> {
        Ok(self.with(|inner| inner.tasks.get(id).cloned()))
    }
}

pub(crate) fn full() -> StoreError {
    StoreError {
        message: "the disk is full".to_owned(),
    }
}

impl Worktrees for Fake {
    async fn make(&self, job: &Job, _: &Backend) -> Result<Worktree, PrepareFailure> {
        self.note("make", job, &["preparing"]);
        Ok(Worktree {
            path: Path::new("/worktrees").join(job.task.id.as_str()),
            branch: "branch".to_owned(),
            base: "base".to_owned(),
        })
    }

    async fn harvest(&self, job: &Job, _: bool) -> Result<Harvest, Failure> {
        self.note("harvest", job, &["verifying"]);
        Ok(Harvest {
            commit: format!("commit of {}", job.attempt()),
            branch: "branch".to_owned(),
            ..Harvest::default()
        })
    }

    async fn release(&self, job: &Job) -> Result<(), Failure> {
        self.note("release", job, &["none"]);
        Ok(())
    }

    async fn finish(&self, run: &Run, _: &[Task]) -> RunReport {
        let line = format!("finish {}", run.id);
        self.with(|inner| inner.log.push(line));
        RunReport::Finished(Some(ResultBranch {
            name: format!("offshoot/{}", run.id),
            commit: "tip".to_owned(),
        }))
    }
}

impl Agents for Fake {
    fn available(&self, _: &Job, _: &Backend) -> Result<(), String> {
        Ok(())
    }

    fn missing_secrets(&self, _: &Job, _: &Backend) -> Vec<String> {
        Vec::new()
    }

    async fn launch(&self, job: Job, reporter: Reporter) {
        self.note("launch", &job, &["starting"]);
        reporter.report(Report::Started { pid: Some(7) }).await;
        self.work(&job, &reporter).await;
    }

    async fn adopt(&self, job: Job, reporter: Reporter) {
        self.note("adopt", &job, &["starting", "running"]);
        // The watch of the daemon before is gone: a new one.
        let watch = |inner: &mut Inner| {
            let end = inner.alive.get_mut(&job.attempt());
            end.map(|end| *end = Arc::default()).is_some()
        };
        if !self.with(watch) {
            return reporter.report(Report::Interrupted).await;
        }
        reporter.report(Report::Started { pid: Some(7) }).await;
        self.work(&job, &reporter).await;
    }

    async fn stop(&self, job: &Job, _: StopReason) {
        self.note("stop", job, &["running", "verifying"]);
        let attempt = job.attempt();
        let end = self.with(|inner| {
            if inner.deaf > 0 {
                inner.deaf -= 1;
                return None;
            }
            inner.told_to_stop.insert(attempt.clone());
            inner.alive.get(&attempt).cloned()
        });
        if let Some(end) = end {
            end.notify_one();
        }
    }

    async fn check(&self, job: &Job, _: &str) -> Result<(), Failure> {
        self.note("check", job, &["verifying"]);
        Ok(())
    }

    async fn spotted(&self, job: &Job, of: Printed) -> Vec<Finding> {
        let code = format!("{}-{of:?}", job.task.step.id);
        vec![Finding::new(&code, Severity::Error, "spotted")]
    }

    async fn collect(&self, _: &Job) -> Vec<(String, String)> {
        Vec::new()
    }
}

impl Clock for Fake {
    fn now(&self) -> Timestamp {
        Timestamp(1_000_000).plus(self.began.elapsed())
    }
}

impl Ports for Fake {
    type Store = Self;
    type Worktrees = Self;
    type Agents = Self;
    type Clock = Self;

    fn store(&self) -> &Self {
        self
    }

    fn worktrees(&self) -> &Self {
        self
    }

    fn agents(&self) -> &Self {
        self
    }

    fn clock(&self) -> &Self {
        self
    }
}
