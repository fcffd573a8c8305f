//! What is kept of a change: the new values, and the public events it caused.

use crate::ids::{RunId, StepId, TaskId};
use crate::run::Run;
use crate::task::Task;
use crate::time::Timestamp;

/// A public, durable event. `seq` counts from 1 without gaps, across restarts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Place in the journal.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// `run.<status>`, `step.<status>`, `task.<status>`, `attempt.<status>`, `finding`, …
    pub kind: String,
    /// The run it is about.
    pub run: Option<RunId>,
    /// The step it is about.
    pub step: Option<StepId>,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// The attempt's number.
    pub attempt: Option<u32>,
    /// One line for people; may be empty.
    pub message: String,
}

/// One transaction: all of it is on disk, or nothing.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// New values of runs.
    pub runs: Vec<Run>,
    /// New values of tasks.
    pub tasks: Vec<Task>,
    /// Events, ascending by `seq`.
    pub events: Vec<Event>,
}

impl Batch {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.tasks.is_empty() && self.events.is_empty()
    }
}

/// What is loaded at start: everything that has not ended, with all tasks of its runs, and
/// what the open tasks wait for.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Runs that have not ended.
    pub runs: Vec<Run>,
    /// Their tasks, and submitted tasks that have not ended or are waited for.
    pub tasks: Vec<Task>,
    /// The highest `seq` in the journal; 0 when it is empty.
    pub last_seq: u64,
}
