//! Lengths of time as people write them: seconds as a number, or `90s`, `5m`, `1h30m`, `30d`.

/// Ten years: beyond this a clock overflows sooner or later, and nobody means it.
pub(crate) const LONGEST: f64 = 3650.0 * 86_400.0;

const UNITS: [(&str, f64); 5] = [
    ("ms", 0.001),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
];

/// Seconds of a text; none when it is not a length of time.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(seconds) = number(text) {
        return Some(seconds);
    }
    let mut rest = text;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let value = number(&rest[..digits])?;
        rest = &rest[digits..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let (_, factor) = UNITS.iter().find(|(unit, _)| *unit == &rest[..end])?;
        sum += value * factor;
        rest = rest[end..].trim_start();
    }
    (!text.is_empty()).then_some(sum)
}

/// Only digits and a point: `f64` would also take `inf`, `nan` and `1e9`.
fn number(text: &str) -> Option<f64> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    (plain && !text.is_empty())
        .then(|| text.parse().ok())
        .flatten()
}

/// The shortest exact text: `1h30m`, `90s` as `1m30s`, `0.5s`.
pub(crate) fn show(seconds: f64) -> String {
    if seconds.fract() != 0.0 || seconds < 1.0 {
        return format!("{seconds}s");
    }
    let mut rest = seconds;
    let mut text = String::new();
    for (unit, size) in UNITS.iter().rev().filter(|(_, size)| *size >= 1.0) {
        let count = (rest / size).floor();
        if count > 0.0 {
            text.push_str(&format!("{count}{unit}"));
            rest -= count * size;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{parse, show};

    #[test]
    fn reads_and_shows() {
        for (text, expected) in [
            ("90", Some(90.0)),
            ("0.5", Some(0.5)),
            ("90s", Some(90.0)),
            ("5m", Some(300.0)),
            ("1h30m", Some(5400.0)),
            ("1h 30m", Some(5400.0)),
            ("500ms", Some(0.5)),
            ("30d", Some(2_592_000.0)),
            ("", None),
            ("s", None),
            ("5", Some(5.0)),
            ("5x", None),
            ("1h30", None),
            ("-5s", None),
            ("inf", None),
            ("1e9", None),
            ("1.2.3s", None),
        ] {
            assert_eq!(parse(text), expected, "{text:?}");
        }
        for (seconds, expected) in [
            (3600.0, "1h"),
            (5400.0, "1h30m"),
            (90.0, "1m30s"),
            (2_592_000.0, "30d"),
            (0.5, "0.5s"),
            (0.0, "0s"),
        ] {
            assert_eq!(show(seconds), expected);
        }
    }
}
