//! Waiting for a condition, with a limit. Tests never sleep for a number.

use std::time::{Duration, Instant};

/// The usual limit: far above what anything takes on a loaded machine, because a limit that is met by
/// chance makes a test that fails by chance.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Between two looks at a condition.
const PERIOD: Duration = Duration::from_millis(5);

/// Looks until there is something to see, and returns it.
///
/// # Panics
///
/// After `limit`, naming `what`.
#[track_caller]
pub fn wait_until<T>(what: &str, limit: Duration, look: impl FnMut() -> Option<T>) -> T {
    poll(limit, look).unwrap_or_else(|| panic!("waited {limit:?} in vain for {what}"))
}

/// The same, but not seeing it is an answer too.
pub fn poll<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(seen) = look() {
            return Some(seen);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(PERIOD);
    }
}
