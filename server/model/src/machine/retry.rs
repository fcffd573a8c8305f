//! Whether a failed attempt is followed by another, and after what delay.

use crate::attempt::Attempt;
use crate::failure::FailureClass;
use crate::ids::AttemptId;
use crate::task::Task;
use std::time::Duration;

/// No delay is longer, seconds.
const LONGEST: f64 = 60.0;

/// The delay before the next attempt, or none when there is to be none. Called after the failed
/// attempt was entered into the task.
pub(super) fn next_delay(task: &Task, class: FailureClass) -> Option<Duration> {
    if !class.retryable() {
        return None;
    }
    let asked = task.policy.retry.map_or(0, |retry| retry.max_attempts.saturating_sub(1));
    let made = task.attempts.iter().filter(|attempt| attempt.counts()).count();
    let same = task.attempts.iter().filter(|attempt| attempt.counts() && attempt.class() == Some(class)).count();
    let by_class = usize::try_from(class.default_retries()).unwrap_or(0);
    let asked = usize::try_from(asked).unwrap_or(usize::MAX);
    if made > asked && same > by_class {
        return None;
    }
    let nth = if made <= asked { made } else { same };
    let number = task.attempts.last().map_or(1, |attempt: &Attempt| attempt.number);
    Some(delay(task, nth, &task.id.attempt(number)))
}

/// Delay before the retry with this number (from 1): initial, times the multiplier each time, at most
/// a minute, within ten percent of that. The jitter comes from the attempt's id, so that it is the
/// same after a restart.
fn delay(task: &Task, nth: usize, attempt: &AttemptId) -> Duration {
    let (initial, multiplier) =
        task.policy.retry.map_or((1.0, 2.0), |retry| (retry.initial_delay.as_secs_f64(), retry.backoff_multiplier));
    let exponent = i32::try_from(nth.saturating_sub(1)).unwrap_or(i32::MAX);
    let plain = (initial * multiplier.powi(exponent)).min(LONGEST);
    let jitter = f64::from(hash(attempt.as_str()) % 2001) / 10_000.0 - 0.1;
    Duration::try_from_secs_f64(plain * (1.0 + jitter)).unwrap_or(Duration::from_secs(60))
}

/// FNV-1a: small, stable across versions.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
