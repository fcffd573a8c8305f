//! The state machine: what is known, what may happen to it, and what follows.
//!
//! [`State::handle`] takes one input, decides, and applies what it decided; [`State::plan`] lets queued tasks
//! take free slots. Both write into a [`Turn`]: what was touched (to be stored), the public events, and the
//! effects to start once all of it is on disk. Nothing here does anything; the engine acts.

mod again;
mod apply;
mod beside;
mod book;
mod branch;
mod build;
mod decide;
mod ends;
mod evict;
mod flight;
mod gate;
mod index;
mod overlap;
mod plan;
mod queue;
mod report;
mod retry;
mod scope;
mod settle;
mod state;
mod turn;

pub use build::{NewRun, NewTask};
pub use overlap::Watched;
pub use report::{PrepareFailure, Report, RunReport, Verified};
pub use state::State;
pub use turn::{Effect, EventDraft, Turn};

#[cfg(test)]
mod tests;

use crate::ids::{RunId, TaskId};
use crate::run::Run;
use crate::task::{StopReason, Task};

/// What can happen to the state.
#[derive(Debug, Clone)]
pub enum Input {
    /// Somebody wants something.
    Command(Command),
    /// The attempt with this number of this task reports.
    Report {
        /// The task.
        task: TaskId,
        /// The attempt's number: a report of an older one is dropped.
        attempt: u32,
        /// What it reports.
        report: Report,
    },
    /// The end of a run was worked on.
    Run {
        /// The run.
        run: RunId,
        /// What came of it.
        report: RunReport,
    },
    /// Time has passed.
    Tick,
}

/// What somebody can want.
#[derive(Debug, Clone)]
pub enum Command {
    /// A new run with its tasks, made by [`NewRun::build`].
    CreateRun(Box<Run>, Vec<Task>),
    /// A new task without run, made by [`NewTask::build`].
    CreateTask(Box<Task>),
    /// Stop a run.
    CancelRun(RunId),
    /// Stop a task (a step's task too).
    CancelTask(TaskId),
    /// Go on with all of a run that has not completed.
    Resume(RunId),
    /// Try the failed steps again, or one step and what follows from it.
    Retry(RunId, Option<String>),
    /// Try an ended task without run again.
    RetryTask(TaskId),
    /// Take an unverified step as completed.
    Accept(RunId, String),
    /// Another number of slots.
    Scale(u32),
    /// Start nothing new, for this reason; or start things again.
    Pause(Option<String>),
    /// Start nothing new until the machine is fit for it again, for this reason. A person's pause is another matter.
    Hold(Option<String>),
    /// End all attempts, for this reason.
    StopAll(StopReason),
}

/// Why a command was not followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is no such thing.
    #[error("{0}")]
    NotFound(String),
    /// Not in this state.
    #[error("{message}")]
    Refused {
        /// What speaks against it.
        message: String,
        /// What to do instead.
        hint: Option<String>,
    },
}

impl Rejection {
    fn refused(message: impl Into<String>, hint: Option<&str>) -> Self {
        Self::Refused {
            message: message.into(),
            hint: hint.map(str::to_owned),
        }
    }
}
