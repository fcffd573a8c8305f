//! Times and durations as people read them: local time, few digits.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// `0.4s`, `42s`, `3m 05s`, `1h 02m`, `2d 03h`.
pub(crate) fn duration(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0..10 => format!("{}.{}s", seconds, ms % 1000 / 100),
        10..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {:02}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// Milliseconds from a time of the wire to `now`; none where it cannot be read.
pub(crate) fn since(time: &str, now: Timestamp) -> Option<u64> {
    let passed = now.duration_since(time.parse::<Timestamp>().ok()?);
    u64::try_from(passed.max(SignedDuration::ZERO).as_millis()).ok()
}

/// `just now`, `5 min ago`, `3 h ago`, else the local date and time.
pub(crate) fn ago(time: &str, now: Timestamp) -> String {
    let Some(ms) = since(time, now) else {
        return time.to_owned();
    };
    match ms / 60_000 {
        0 => "just now".to_owned(),
        minutes @ 1..60 => format!("{minutes} min ago"),
        minutes @ 60..1440 => format!("{} h ago", minutes / 60),
        _ => local(time),
    }
}

/// Date and time where the reader is.
pub(crate) fn local(time: &str) -> String {
    match time.parse::<Timestamp>() {
        Ok(timestamp) => {
            let zoned = timestamp.to_zoned(TimeZone::system());
            zoned.strftime("%Y-%m-%d %H:%M").to_string()
        }
        Err(_) => time.to_owned(),
    }
}

/// `12.3 MB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{count} B")
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, singular: &str) -> String {
    if number == 1 {
        format!("1 {singular}")
    } else if let Some(stem) = singular.strip_suffix("ry") {
        format!("{number} {stem}ries")
    } else {
        format!("{number} {singular}s")
    }
}
