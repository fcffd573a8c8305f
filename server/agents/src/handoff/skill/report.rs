//! The status file as our agent's side writes it: the structured form 1.0, with the nonce.

use super::SkillCommand;
use crate::handoff::error::Error;
use crate::handoff::files::{json, rfc3339};
use crate::handoff::place::{self, Root};
use model::time::Timestamp;
use serde::Serialize;
use std::path::Path;

/// How it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Taken, not begun.
    Pending,
    /// Under way.
    Running {
        /// 0 to 100.
        percentage: Option<u8>,
        /// Name of what is done now; may be empty.
        current_step: String,
        /// One line; may be empty.
        message: String,
    },
    /// Done.
    Completed {
        /// What was made, relative to the worktree.
        artifacts: Vec<String>,
        /// What there is to say; may be empty.
        output: String,
    },
    /// Not done.
    Failed {
        /// Why, one sentence.
        message: String,
        /// A word for programs, for example `spawn`.
        code: String,
        /// Whether another attempt makes sense.
        retryable: bool,
        /// What there is to say; may be empty.
        output: String,
    },
    /// Ended by a person.
    Cancelled {
        /// Why; may be empty.
        message: String,
    },
    /// The command's `timeout_seconds` are over.
    TimedOut {
        /// What was not done.
        message: String,
    },
}

/// One status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    /// How it goes.
    pub state: State,
    /// When the work began.
    pub started_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

#[derive(Serialize)]
struct Status<'a> {
    version: &'a str,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_id: Option<&'a str>,
    started_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifacts: Option<&'a [String]>,
    #[serde(skip_serializing_if = "str::is_empty")]
    output: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Trouble<'a>>,
    metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Progress<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    percentage: Option<u8>,
    current_step: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Trouble<'a> {
    message: &'a str,
    code: &'a str,
    retryable: bool,
    retry_count: u32,
}

#[derive(Serialize)]
struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step_id: Option<&'a str>,
    command: &'a str,
}

/// Writes the status file whole or not at all; a symlink of its name is replaced, not followed.
///
/// # Errors
/// When the worktree is gone or cannot be written.
pub fn write_status(
    worktree: &Path,
    command: &SkillCommand,
    update: &StatusUpdate,
) -> Result<(), Error> {
    let root = Root::open(worktree).map_err(Error::io("open the worktree", worktree))?;
    let path = root.path().join(&command.status_file);
    let text = json(&status(command, update));
    place::write_atomic(&path, &text, 0o600).map_err(Error::io("write", &path))?;
    Ok(())
}

fn status<'a>(command: &'a SkillCommand, update: &'a StatusUpdate) -> Status<'a> {
    let mut status = Status {
        version: "1.0",
        status: "pending",
        execution_id: command.execution_id.as_deref(),
        started_at: rfc3339(update.started_at),
        completed_at: None,
        progress: None,
        artifacts: None,
        output: "",
        error: None,
        metadata: Metadata {
            workflow_id: command.workflow_id.as_deref(),
            step_id: command.step_id.as_deref(),
            command: &command.command,
        },
    };
    let retry_count = command.attempt.saturating_sub(1);
    let trouble = |message, code, retryable| {
        Some(Trouble {
            message,
            code,
            retryable,
            retry_count,
        })
    };
    match &update.state {
        State::Pending => return status,
        State::Running {
            percentage,
            current_step,
            message,
        } => {
            status.status = "running";
            status.progress = Some(Progress {
                percentage: *percentage,
                current_step,
                message,
            });
            return status;
        }
        State::Completed { artifacts, output } => {
            status.status = "completed";
            status.artifacts = Some(artifacts);
            status.output = output;
        }
        State::Failed {
            message,
            code,
            retryable,
            output,
        } => {
            status.status = "failed";
            status.error = trouble(message, code, *retryable);
            status.output = output;
        }
        State::Cancelled { message } => {
            status.status = "cancelled";
            status.error = trouble(message, "cancelled", false);
        }
        State::TimedOut { message } => {
            status.status = "timeout";
            status.error = trouble(message, "timeout", true);
        }
    }
    status.completed_at = Some(rfc3339(update.now));
    status
}
