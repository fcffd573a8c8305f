//! The wall clock, and times as people and programs read them.

use jiff::Timestamp as Jiff;
use model::time::Timestamp;

/// The system's wall clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl engine::ports::Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(Jiff::now().as_millisecond())
    }
}

/// Now.
pub(crate) fn now() -> Timestamp {
    Timestamp(Jiff::now().as_millisecond())
}

/// RFC 3339 in UTC with milliseconds.
pub(crate) fn text(at: Timestamp) -> String {
    let at = Jiff::from_millisecond(at.0).unwrap_or(Jiff::UNIX_EPOCH);
    format!("{at:.3}")
}

/// The moment that an RFC 3339 text names.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    text.parse::<Jiff>()
        .ok()
        .map(|at| Timestamp(at.as_millisecond()))
}

/// As [`text`], for a moment that may not have come.
pub(crate) fn maybe(at: Option<Timestamp>) -> Option<String> {
    at.map(text)
}
