//! How the attempt under way ends, and what becomes of its task.

use super::apply::{Change, Over};
use super::retry::{self, Next};
use crate::attempt::{AttemptEnd, AttemptOutcome, Phase};
use crate::failure::{Failure, FailureClass};
use crate::task::{StopReason, Task, TaskState};
use crate::time::Timestamp;

pub(super) fn vanished() -> AttemptOutcome {
    let message = "its supervisor died; what was left of it has been ended";
    AttemptOutcome::Failed(Failure::new(FailureClass::Supervisor, message))
}

/// The end of an attempt that left no word of its own. Where somebody wanted it to stop, it did.
pub(super) fn gone(task: &Task, outcome: AttemptOutcome, now: Timestamp) -> Change {
    let Some(reason) = task.stop else {
        return over(task, outcome, None, now);
    };
    let end = AttemptEnd {
        at: now,
        stopped: true,
        ..AttemptEnd::default()
    };
    over(task, stopped(reason), Some(end), now)
}

pub(super) fn stopped(reason: StopReason) -> AttemptOutcome {
    match reason {
        StopReason::Cancel => AttemptOutcome::Cancelled,
        StopReason::Requeue => AttemptOutcome::Interrupted,
    }
}

/// The end of the attempt under way, and what becomes of the task.
pub(super) fn over(
    task: &Task,
    outcome: AttemptOutcome,
    end: Option<AttemptEnd>,
    now: Timestamp,
) -> Change {
    let mut after = task.clone();
    if let Some(attempt) = after.attempts.last_mut() {
        attempt.phase = Phase::Ended {
            at: now,
            outcome: outcome.clone(),
            end: end.clone(),
        };
    }
    // A person's cancel is the end of an attempt that had not begun, too.
    let outcome = match outcome {
        AttemptOutcome::Revoked if task.stop == Some(StopReason::Cancel) => {
            AttemptOutcome::Cancelled
        }
        outcome => outcome,
    };
    let to = next_state(&after, &outcome, now);
    let over = Over {
        at: now,
        outcome,
        end,
        product: None,
        to,
        answer: None,
        back: None,
    };
    Change::AttemptOver(task.id.clone(), Box::new(over))
}

/// What becomes of a task after its attempt ended with this outcome.
fn next_state(task: &Task, outcome: &AttemptOutcome, now: Timestamp) -> TaskState {
    match outcome {
        AttemptOutcome::Completed => TaskState::Completed { at: now },
        AttemptOutcome::Unverified(failure) => TaskState::Unverified {
            at: now,
            failure: failure.clone(),
        },
        AttemptOutcome::Cancelled => TaskState::Cancelled { at: now },
        _ if task.stop == Some(StopReason::Cancel) => TaskState::Cancelled { at: now },
        AttemptOutcome::Revoked => TaskState::Queued { since: now },
        AttemptOutcome::Interrupted if task.stop == Some(StopReason::Requeue) => {
            TaskState::Queued { since: now }
        }
        AttemptOutcome::Interrupted => {
            let message = "the machine or the daemon went away under it";
            let failure = Failure::new(FailureClass::Interrupted, message);
            failed_or_again(task, failure, now)
        }
        AttemptOutcome::Failed(failure) => failed_or_again(task, failure.clone(), now),
    }
}

fn failed_or_again(task: &Task, failure: Failure, now: Timestamp) -> TaskState {
    match retry::next(task, &failure) {
        Next::Attempt(delay) => TaskState::RetryWait {
            until: now.plus(delay),
        },
        Next::Nothing => TaskState::Failed { at: now, failure },
        Next::CalledOff => {
            let why = "it is not tried again: another attempt would end the same way";
            let message = format!("{}; {why}", failure.message);
            let failure = Failure { message, ..failure };
            TaskState::Failed { at: now, failure }
        }
    }
}
