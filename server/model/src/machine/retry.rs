//! Whether a failed attempt is followed by another, and after what delay.

use crate::attempt::{Attempt, AttemptOutcome, Phase};
use crate::failure::{Failure, FailureClass};
use crate::ids::AttemptId;
use crate::task::Task;
use std::collections::HashMap;
use std::time::Duration;

/// No delay is longer, seconds.
const LONGEST: f64 = 60.0;

/// What follows a failed attempt.
#[must_use]
pub(super) enum Next {
    /// Another one, after this delay.
    Attempt(Duration),
    /// None would have followed anyway.
    Nothing,
    /// One was to follow, but it was said that it would end the same way.
    CalledOff,
}

/// What follows this failure. Called after the failed attempt was entered into the task.
pub(super) fn next(task: &Task, failure: &Failure) -> Next {
    match next_delay(task, failure.class) {
        Some(_) if failure.for_good => Next::CalledOff,
        Some(delay) => Next::Attempt(delay),
        None => Next::Nothing,
    }
}

fn next_delay(task: &Task, class: FailureClass) -> Option<Duration> {
    // A person started it, and sees it fail: only the step's own words bring it back unasked.
    let manual = task.last_attempt().is_some_and(Attempt::is_manual);
    if manual && task.step.retry.is_none() {
        return None;
    }
    let nth = standing(task, class)?;
    let number = task.attempts.last().map_or(1, |attempt| attempt.number);
    Some(delay(task, nth, &task.id.attempt(number)))
}

/// Attempts since a person last set the task going, as far as they count.
#[derive(Default)]
struct Series {
    /// All.
    made: u32,
    /// Those with the same class.
    by_class: HashMap<FailureClass, u32>,
}

/// Which retry is due (from 1) after the last attempt, which failed with this class. The series begins
/// anew where a person set the task going again: after a success, a cancel, or a failure that had no
/// retry left.
fn standing(task: &Task, class: FailureClass) -> Option<u32> {
    let asked = task
        .policy
        .retry
        .map_or(0, |retry| retry.max_attempts.saturating_sub(1));
    let mut series = Series::default();
    let (_, before) = task.attempts.split_last()?;
    for attempt in before {
        let Phase::Ended { outcome, .. } = &attempt.phase else {
            continue;
        };
        let over = match outcome {
            AttemptOutcome::Completed
            | AttemptOutcome::Unverified(_)
            | AttemptOutcome::Cancelled => true,
            AttemptOutcome::Failed(failure) => {
                series.count(failure.class, asked).is_none() || failure.for_good
            }
            AttemptOutcome::Interrupted if attempt.was_put_back() => false,
            AttemptOutcome::Interrupted => series.count(FailureClass::Interrupted, asked).is_none(),
            AttemptOutcome::Revoked => false,
        };
        if over {
            series = Series::default();
        }
    }
    series.count(class, asked)
}

impl Series {
    /// Counts one more failure: the number of the retry that follows, or none.
    fn count(&mut self, class: FailureClass, asked: u32) -> Option<u32> {
        let same = self.by_class.entry(class).or_default();
        *same += 1;
        // An interruption is not the task's doing: it only counts among its like.
        if class == FailureClass::Interrupted {
            return (*same <= asked.max(class.default_retries())).then_some(*same);
        }
        self.made += 1;
        if !class.retryable() {
            return None;
        }
        match self.made {
            made if made <= asked => Some(made),
            _ => (*same <= class.default_retries()).then_some(*same),
        }
    }
}

/// Delay before the retry with this number (from 1): initial, times the multiplier each time, at most
/// a minute, within ten percent of that. The jitter comes from the attempt's id, so that it is the
/// same after a restart.
fn delay(task: &Task, nth: u32, attempt: &AttemptId) -> Duration {
    let (initial, multiplier) = task.policy.retry.map_or((1.0, 2.0), |retry| {
        (retry.initial_delay.as_secs_f64(), retry.backoff_multiplier)
    });
    let exponent = i32::try_from(nth.saturating_sub(1)).unwrap_or(i32::MAX);
    let plain = (initial * multiplier.powi(exponent)).min(LONGEST);
    let jitter = f64::from(hash(attempt.as_str()) % 2001) / 10_000.0 - 0.1;
    Duration::try_from_secs_f64(plain * (1.0 + jitter)).unwrap_or(Duration::from_secs(60))
}

/// FNV-1a: small, stable across versions.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
