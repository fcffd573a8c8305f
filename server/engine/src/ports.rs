//! What the engine needs from outside, as traits. The daemon wires them.

use crate::handle::Happening;
use crate::job::Job;
use model::backend::Backend;
use model::built_in::BuiltIn;
use model::failure::Failure;
use model::finding::Finding;
use model::ids::{RunId, TaskId};
use model::journal::{Batch, Loaded};
use model::machine::{PrepareFailure, Report, RunReport};
use model::run::Run;
use model::score::Scores;
use model::task::{ArtifactRef, StopReason, Task, Worktree};
use model::time::Timestamp;
use model::verdict::Created;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{broadcast, mpsc};

/// A failure of the store: nothing of the batch was kept.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the state could not be stored: {message}")]
pub struct StoreError {
    /// What happened and what to do.
    pub message: String,
}

/// The durable state.
pub trait Store: Send + Sync + 'static {
    /// Keeps a batch: all of it, or nothing.
    fn commit(&self, batch: Batch) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Everything that has not ended.
    fn load(&self) -> impl Future<Output = Result<Loaded, StoreError>> + Send;
    /// One run with its tasks, ended or not.
    fn run(
        &self,
        id: &RunId,
    ) -> impl Future<Output = Result<Option<(Run, Vec<Task>)>, StoreError>> + Send;
    /// One task, ended or not.
    fn task(&self, id: &TaskId) -> impl Future<Output = Result<Option<Task>, StoreError>> + Send;
}

/// What an attempt left in its worktree.
#[derive(Debug, Clone, Default)]
pub struct Harvest {
    /// The commit that holds the result (the base where nothing changed).
    pub commit: String,
    /// The step's branch.
    pub branch: String,
    /// Each declared file.
    pub created: Vec<(String, Created)>,
    /// Files worth keeping track of.
    pub artifacts: Vec<ArtifactRef>,
    /// Artifacts that do not validate: path and problem.
    pub invalid: Vec<(String, String)>,
    /// Files that the result changes, no more than [`model::overlap::MOST_FILES`].
    pub changed: Vec<String>,
    /// What was noticed.
    pub findings: Vec<Finding>,
    /// Scores that the attempt wrote, where its step is scored.
    pub scores: Option<Scores>,
    /// Why a built-in task did not succeed, in its own words.
    pub said: Option<Failure>,
}

/// Git.
pub trait Worktrees: Send + Sync + 'static {
    /// Makes the worktree of an attempt, from the results of its parents.
    fn make(
        &self,
        job: &Job,
        backend: &Backend,
    ) -> impl Future<Output = Result<Worktree, PrepareFailure>> + Send;
    /// Hears how setup of a new worktree ended; one that could not be set up is taken back.
    fn was_set_up(&self, job: &Job, well: bool) -> impl Future<Output = ()> + Send {
        let _ = (job, well);
        async {}
    }
    /// Takes in what an attempt left. `keep` is false for one that failed: then only findings matter.
    fn harvest(
        &self,
        job: &Job,
        keep: bool,
    ) -> impl Future<Output = Result<Harvest, Failure>> + Send;
    /// The same for an attempt that has no worktree: nothing is committed.
    fn look(&self, job: &Job) -> impl Future<Output = Result<Harvest, Failure>> + Send {
        let _ = job;
        async { Ok(Harvest::default()) }
    }
    /// Removes the worktree of a task; what is not in a commit is saved first.
    fn release(&self, job: &Job) -> impl Future<Output = Result<(), Failure>> + Send;
    /// Makes the result branch of a run and its summary.
    fn finish(&self, run: &Run, tasks: &[Task]) -> impl Future<Output = RunReport> + Send;
}

/// Processes and hand-offs.
pub trait Agents: Send + Sync + 'static {
    /// Whether a back end can be started here; the error says why not.
    fn available(&self, job: &Job, backend: &Backend) -> Result<(), String>;
    /// Names of secret variables that a back end needs and nobody has given.
    fn missing_secrets(&self, job: &Job, backend: &Backend) -> Vec<String>;
    /// Starts the attempt. It reports its start and its end by itself.
    fn launch(&self, job: Job, reporter: Reporter) -> impl Future<Output = ()> + Send;
    /// Takes over an attempt that an earlier daemon started; it reports as if it had been launched here.
    fn adopt(&self, job: Job, reporter: Reporter) -> impl Future<Output = ()> + Send;
    /// Asks the attempt under way to end; its end is reported as always.
    fn stop(&self, job: &Job, reason: StopReason) -> impl Future<Output = ()> + Send;
    /// Sets up the worktree that the job was just given.
    fn set_up(&self, job: &Job) -> impl Future<Output = Result<(), Failure>> + Send {
        let _ = job;
        async { Ok(()) }
    }
    /// Does the built-in task from whose artifact an agent goes on. What goes wrong with it is said in that
    /// artifact, and where there is none the attempt fails for it in the end.
    fn ground(&self, job: &Job, task: &'static BuiltIn) -> impl Future<Output = ()> + Send {
        let _ = (job, task);
        async {}
    }
    /// Takes what an agent added into the artifact of the built-in task before it, and says what came of that.
    fn take_in(
        &self,
        job: &Job,
        task: &'static BuiltIn,
    ) -> impl Future<Output = Vec<Finding>> + Send {
        let _ = (job, task);
        async { Vec::new() }
    }
    /// Undoes what setup did outside the worktree, before that goes.
    fn tear_down(&self, job: &Job) -> impl Future<Output = ()> + Send {
        let _ = job;
        async {}
    }
    /// Runs a `check` in the attempt's folder.
    fn check(&self, job: &Job, script: &str) -> impl Future<Output = Result<(), Failure>> + Send;
    /// Findings in what the attempt printed, or its check: called where that failed.
    fn spotted(&self, job: &Job, of: Printed) -> impl Future<Output = Vec<Finding>> + Send;
    /// Takes hand-off files out of the folder, and reads what the attempt put into its output file.
    fn collect(&self, job: &Job) -> impl Future<Output = Vec<(String, String)>> + Send;
}

/// What was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printed {
    /// By the attempt itself.
    Attempt,
    /// By its check.
    Check,
}

/// The wall clock.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// All ports together.
pub trait Ports: Send + Sync + 'static {
    /// The durable state.
    type Store: Store;
    /// Git.
    type Worktrees: Worktrees;
    /// Processes and hand-offs.
    type Agents: Agents;
    /// The wall clock.
    type Clock: Clock;
    /// The durable state.
    fn store(&self) -> &Self::Store;
    /// Git.
    fn worktrees(&self) -> &Self::Worktrees;
    /// Processes and hand-offs.
    fn agents(&self) -> &Self::Agents;
    /// The wall clock.
    fn clock(&self) -> &Self::Clock;
}

/// How an attempt reports.
#[derive(Debug, Clone)]
pub struct Reporter {
    task: TaskId,
    attempt: u32,
    mailbox: mpsc::Sender<crate::actor::Message>,
    happenings: broadcast::Sender<Happening>,
    /// An end was reported: nobody has to look after the attempt any more.
    ended: Arc<AtomicBool>,
}

impl Reporter {
    pub(crate) fn new(
        task: TaskId,
        attempt: u32,
        mailbox: mpsc::Sender<crate::actor::Message>,
        happenings: broadcast::Sender<Happening>,
    ) -> Self {
        Self {
            task,
            attempt,
            mailbox,
            happenings,
            ended: Arc::default(),
        }
    }

    /// Reports. Once the engine has gone nobody listens any more: what matters is on disk.
    pub async fn report(&self, report: Report) {
        let ends = matches!(
            report,
            Report::NotStarted(_) | Report::Ended(_) | Report::Vanished | Report::Interrupted
        );
        let message = crate::actor::Message::Report {
            task: self.task.clone(),
            attempt: self.attempt,
            report,
        };
        let _ = self.mailbox.send(message).await;
        if ends {
            self.ended.store(true, Ordering::Release);
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Tells something that is not kept: a line of output, progress.
    pub fn signal(&self, kind: SignalKind, message: String) {
        let signal = Signal {
            task: self.task.clone(),
            attempt: self.attempt,
            kind,
            message,
        };
        let _ = self.happenings.send(Happening::Signal(signal));
    }
}

/// Something that is told and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// The task.
    pub task: TaskId,
    /// The attempt's number.
    pub attempt: u32,
    /// What it is.
    pub kind: SignalKind,
    /// One line.
    pub message: String,
}

/// What a signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalKind {
    /// The last line of output.
    Line,
    /// Progress in percent, where known.
    Progress(Option<u8>),
    /// Nobody picked the hand-off up.
    NotPickedUp,
    /// Something odd about the hand-off.
    Warning,
}
