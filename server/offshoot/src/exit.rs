//! What the program's exit code says: the one place where a status becomes a number.

use protocol::Error;
use protocol::run::Run;
use protocol::task::Task;

/// An exit code of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exit(pub(crate) u8);

impl Exit {
    /// Done.
    pub(crate) const DONE: Self = Self(0);
    /// The run, step or task failed.
    pub(crate) const FAILED: Self = Self(1);
    /// The input is invalid.
    pub(crate) const INVALID: Self = Self(2);
    /// It waits for a person.
    pub(crate) const NEEDS_INPUT: Self = Self(4);
    /// Something is not well.
    pub(crate) const UNHEALTHY: Self = Self(5);
    /// A person stopped it.
    pub(crate) const CANCELLED: Self = Self(130);

    /// How a run that is not followed any more stands.
    pub(crate) fn of_run(run: &Run) -> Self {
        match run.status.as_str() {
            "failed" => Self::FAILED,
            "needs_input" => Self::NEEDS_INPUT,
            "cancelled" => Self::CANCELLED,
            _ => Self::DONE,
        }
    }

    /// How a task that is not followed any more stands.
    pub(crate) fn of_task(task: &Task) -> Self {
        match task.status.as_str() {
            "failed" | "dependency_failed" => Self::FAILED,
            "cancelled" => Self::CANCELLED,
            "blocked" if task.error.is_some() => Self::NEEDS_INPUT,
            _ => Self::DONE,
        }
    }

    /// Of an error that stands alone.
    pub(crate) fn of_error(error: &Error) -> Self {
        Self(error.kind.exit_code())
    }
}
