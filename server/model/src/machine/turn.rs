//! What one or several inputs led to, before anything of it is done.

use crate::ids::{RunId, StepId, TaskId};
use crate::task::StopReason;
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// Collected over a batch of inputs; the engine stores it as one transaction.
#[derive(Debug, Default)]
#[must_use = "what was decided has to be stored, told and done"]
pub struct Turn {
    /// Runs with a new value.
    pub runs: BTreeSet<RunId>,
    /// Tasks with a new value.
    pub tasks: BTreeSet<TaskId>,
    /// Public events, in order.
    pub events: Vec<EventDraft>,
    /// What to do once it is stored, in order.
    pub effects: Vec<Effect>,
}

/// A public event without its place in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDraft {
    /// When.
    pub at: Timestamp,
    /// `run.<status>`, `step.<status>`, …
    pub kind: String,
    /// The run it is about.
    pub run: Option<RunId>,
    /// The step it is about.
    pub step: Option<StepId>,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// The attempt's number.
    pub attempt: Option<u32>,
    /// One line for people.
    pub message: String,
}

/// Something to do. Each is a function of the state it was caused by, so that after a restart the
/// same effects follow from what was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Choose the back end, make the worktree.
    Prepare(TaskId),
    /// Start the supervisor, or write the hand-off files.
    Launch(TaskId),
    /// End the attempt under way.
    Stop(TaskId, StopReason),
    /// Look at what the attempt left.
    Verify(TaskId),
    /// Let go of the worktree.
    Release(TaskId),
    /// Make the result branch and the summary.
    Finish(RunId),
}

impl Turn {
    /// Whether nothing came of it.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
            && self.tasks.is_empty()
            && self.events.is_empty()
            && self.effects.is_empty()
    }
}
