//! What a hand-off tells: signals while it waits, and its end.

use model::failure::FailureClass;
use std::time::Duration;

/// How a hand-off ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandOffEnd {
    /// Somebody or something said that it is done. Not yet verified.
    Completed {
        /// By what.
        via: Via,
        /// Artifacts that were named, relative to the worktree, inside it, existing or not.
        artifacts: Vec<String>,
        /// What the agent wants to have said.
        output: Option<String>,
    },
    /// It failed.
    Failed {
        /// `exit` when the agent said so, `worktree` when there is nothing left to work in.
        class: FailureClass,
        /// One sentence for people.
        message: String,
        /// The agent's own code.
        code: Option<String>,
        /// What the agent thinks of another attempt.
        retryable: Option<bool>,
    },
    /// It was cancelled.
    Cancelled {
        /// By whom.
        by: By,
        /// One sentence for people.
        message: String,
        /// What the agent thinks of another attempt.
        retryable: Option<bool>,
    },
    /// The time is over.
    TimedOut {
        /// Whose time.
        by: By,
        /// One sentence for people: what is missing.
        message: String,
        /// What the agent thinks of another attempt.
        retryable: Option<bool>,
    },
}

/// What said that the step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// The status file.
    Status,
    /// A DONE marker.
    Marker,
    /// `.skill-completed.txt`.
    CompletedFile,
    /// All expected artifacts, new or changed, and stable.
    Artifacts,
}

/// Who ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The agent, by its status.
    Agent,
    /// The engine: a cancel, or the attempt's wall clock.
    Engine,
}

/// What is worth telling while a hand-off waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// An agent has taken it (once).
    PickedUp,
    /// How far the agent is; coalesced, the newest counts.
    Progress {
        /// 0 to 100.
        percentage: Option<u8>,
        /// One line; may be empty.
        message: String,
    },
    /// Nobody has taken it for this long (once).
    NotPickedUp {
        /// Since the command was written.
        after: Duration,
    },
    /// Something is there that cannot be used (once for each cause).
    Warning {
        /// One sentence for people.
        text: String,
    },
}
