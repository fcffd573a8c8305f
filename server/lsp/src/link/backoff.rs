//! Pauses between attempts to reach the daemon.

use std::time::Duration;

/// After the first failure.
const FIRST: Duration = Duration::from_millis(100);
/// While a daemon has to be started: each attempt is a process.
const LONGEST: Duration = Duration::from_secs(30);
/// While it is only looked for: a look is one system call.
const LONGEST_LOOK: Duration = Duration::from_secs(2);

/// Doubles with each failure.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The next pause. `looking`: no process is started.
    pub(super) fn pause(&mut self, looking: bool) -> Duration {
        let longest = if looking { LONGEST_LOOK } else { LONGEST };
        let pause = FIRST.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        pause.min(longest)
    }

    /// It worked.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_start_again() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u128> = (0..4).map(|_| backoff.pause(false).as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800]);
        for _ in 0..100 {
            backoff.pause(false);
        }
        assert_eq!(backoff.pause(false), LONGEST);
        assert_eq!(backoff.pause(true), LONGEST_LOOK);
        backoff.reset();
        assert_eq!(backoff.pause(true), FIRST);
    }
}
