//! An attempt: one try at a task, by one back end.

use crate::backend::{Backend, PassedOver};
use crate::failure::{Failure, FailureClass};
use crate::time::Timestamp;

/// One try.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// Who does it.
    pub backend: Backend,
    /// Who was passed over, and why.
    pub passed_over: Vec<PassedOver>,
    /// When it was begun.
    pub started_at: Timestamp,
    /// How far it is.
    pub phase: Phase,
}

/// How far an attempt is.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// Its worktree is being made.
    Preparing,
    /// Its supervisor is being started, or its hand-off files are being written.
    Starting,
    /// It works.
    Running {
        /// Since when.
        since: Timestamp,
        /// Process id of the supervisor, for people; none for a hand-off.
        pid: Option<u32>,
    },
    /// It reported its end; what it did is being looked at.
    Verifying {
        /// What it reported.
        end: AttemptEnd,
    },
    /// It is over.
    Ended {
        /// When.
        at: Timestamp,
        /// With what.
        outcome: AttemptOutcome,
        /// What it reported, where it got that far.
        end: Option<AttemptEnd>,
    },
}

/// With what an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// Verified success.
    Completed,
    /// A failure.
    Failed(Failure),
    /// A person stopped it.
    Cancelled,
    /// The daemon, the supervisor or the machine went away under it.
    Interrupted,
    /// It was called dead before it could begin.
    Revoked,
    /// Success was reported; the promise was not kept.
    Unverified(Failure),
}

/// What the back end reported at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttemptEnd {
    /// When.
    pub at: Timestamp,
    /// Why it did not succeed; none = a terminal success.
    pub failure: Option<Failure>,
    /// It ended because somebody stopped it.
    pub stopped: bool,
    /// The program's exit code, where there is one.
    pub exit_code: Option<i32>,
    /// Resident memory at its peak, bytes.
    pub peak_rss_bytes: u64,
    /// Processor time, milliseconds.
    pub cpu_ms: u64,
    /// Processes that were still there after the main one ended: `pid name`.
    pub leaked_processes: Vec<String>,
    /// Files the agent says it made, relative to the worktree.
    pub artifacts: Vec<String>,
}

impl Attempt {
    /// Status word.
    pub fn status(&self) -> &'static str {
        match &self.phase {
            Phase::Preparing | Phase::Starting => "starting",
            Phase::Running { .. } => "running",
            Phase::Verifying { .. } => "verifying",
            Phase::Ended { outcome, .. } => outcome.as_str(),
        }
    }

    /// What it reported at its end.
    pub fn end(&self) -> Option<&AttemptEnd> {
        match &self.phase {
            Phase::Verifying { end } => Some(end),
            Phase::Ended { end, .. } => end.as_ref(),
            _ => None,
        }
    }

    /// Its failure, where it has one.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.phase {
            Phase::Ended {
                outcome: AttemptOutcome::Failed(failure) | AttemptOutcome::Unverified(failure),
                ..
            } => Some(failure),
            _ => None,
        }
    }

    /// When it ended.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Ended { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// A hand-off that waits for a person to start the agent.
    pub fn is_manual(&self) -> bool {
        matches!(self.backend, Backend::File { manual: true })
    }

    /// Whether the daemon stopped it and put its task back into the queue: that counts as no try.
    pub fn was_put_back(&self) -> bool {
        let Phase::Ended { outcome, end, .. } = &self.phase else {
            return false;
        };
        let stopped = |end: &AttemptEnd| end.stopped && end.failure.is_none();
        *outcome == AttemptOutcome::Interrupted && end.as_ref().is_some_and(stopped)
    }

    /// The class of its failure; an interruption has one too.
    pub fn class(&self) -> Option<FailureClass> {
        match &self.phase {
            Phase::Ended {
                outcome: AttemptOutcome::Interrupted,
                ..
            } => Some(FailureClass::Interrupted),
            _ => self.failure().map(|failure| failure.class),
        }
    }
}

impl AttemptOutcome {
    /// Status word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
            Self::Revoked => "revoked",
            Self::Unverified(_) => "unverified",
        }
    }
}
