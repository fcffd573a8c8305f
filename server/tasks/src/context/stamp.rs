//! Times as the knowledge base stores them: what is read, and what is written.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A stored time. Others write `…+00:00Z`, which is no ISO time, or one without a zone, which is UTC.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let bare = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    if let Ok(at) = bare.parse::<Timestamp>() {
        return Some(at);
    }
    let civil = bare.parse::<DateTime>().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A time as it is written: `2026-11-20T09:58:27.470750Z`.
pub(crate) fn text(at: Timestamp) -> String {
    format!("{at:.6}")
}

/// So many days later; the end of time where there are not so many.
pub(crate) fn after_days(at: Timestamp, days: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_hours(days.saturating_mul(24)))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::{parse, text};

    #[test]
    fn all_forms_are_read() {
        let expected = "2026-11-20T09:58:27.470750Z";
        for form in [
            expected,
            "2026-11-20T09:58:27.470750+00:00Z",
            "2026-11-20T09:58:27.470750+00:00",
            "2026-11-20T10:58:27.470750+01:00",
            "2026-11-20T09:58:27.470750",
            " 2026-11-20 09:58:27.470750 ",
        ] {
            assert_eq!(parse(form).map(text).as_deref(), Some(expected), "{form}");
        }
        let day = parse("2026-11-20").map(text);
        assert_eq!(day.as_deref(), Some("2026-11-20T00:00:00.000000Z"));
        for form in ["", "Z", "yesterday", "2026-13-40T00:00:00Z", "N/A"] {
            assert_eq!(parse(form), None, "{form}");
        }
    }
}
