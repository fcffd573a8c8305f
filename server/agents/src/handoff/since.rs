//! How long ago something was, across a restart of the daemon: on the monotonic clock while the
//! machine is the same boot (a sleeping laptop does not time out), else by the time of day.

use model::time::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A moment in this boot of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// Which boot; empty where the system does not tell.
    pub boot_id: String,
    /// Milliseconds on the monotonic clock of that boot.
    pub monotonic_ms: u64,
}

impl Since {
    /// This moment.
    pub(super) fn now() -> Self {
        Self {
            boot_id: boot_id(),
            monotonic_ms: monotonic_ms(),
        }
    }

    /// The span from this moment (`at` by the time of day) to now.
    pub(super) fn elapsed(&self, at: Timestamp, now: Timestamp) -> Duration {
        let current = Self::now();
        if !self.boot_id.is_empty() && self.boot_id == current.boot_id {
            Duration::from_millis(current.monotonic_ms.saturating_sub(self.monotonic_ms))
        } else {
            now.since(at)
        }
    }
}

fn monotonic_ms() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds
        .saturating_mul(1000)
        .saturating_add(u64::try_from(time.tv_nsec / 1_000_000).unwrap_or(0))
}

/// Linux tells; elsewhere the time of day has to do after a restart.
fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_boot_counts_by_the_time_of_day() {
        let other = Since {
            boot_id: "another".to_owned(),
            monotonic_ms: 0,
        };
        let span = other.elapsed(Timestamp(1_000), Timestamp(4_000));
        assert_eq!(span, Duration::from_secs(3));
    }

    #[test]
    fn this_boot_counts_monotonically() {
        if boot_id().is_empty() {
            return;
        }
        let span = Since::now().elapsed(Timestamp(0), Timestamp(1_000_000_000));
        assert!(span < Duration::from_secs(5), "{span:?}");
    }
}
