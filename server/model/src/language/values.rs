//! Values that stand as text in workflow and settings files: spans of time, sizes, priorities.

use std::time::Duration;

/// Longer spans are slips of the pen, and would overflow clocks.
const MAX_SPAN: Duration = Duration::from_secs(366 * 24 * 3600);

const SPANS: [(&str, f64); 5] = [
    ("ms", 0.001),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
];

/// Decimal units as drives are sold, binary ones as memory is; a bare letter is binary, as in
/// `docker run --memory 512m`.
const SIZES: [(&str, u64); 14] = [
    ("", 1),
    ("b", 1),
    ("k", 1 << 10),
    ("ki", 1 << 10),
    ("kib", 1 << 10),
    ("kb", 1_000),
    ("m", 1 << 20),
    ("mi", 1 << 20),
    ("mib", 1 << 20),
    ("mb", 1_000_000),
    ("g", 1 << 30),
    ("gi", 1 << 30),
    ("gib", 1 << 30),
    ("gb", 1_000_000_000),
];

/// The names of priorities.
pub const PRIORITIES: [(&str, u8); 4] =
    [("critical", 90), ("high", 70), ("medium", 50), ("low", 30)];

/// A span of time: a number of seconds, or numbers with units (`500ms`, `90s`, `5m`, `1h30m`,
/// `2d`). At most 366 days.
pub fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if let Some(seconds) = number(rest) {
        return bounded(seconds);
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (amount, after) = rest.split_at(digits);
        let letters = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let (_, seconds) = SPANS.into_iter().find(|(name, _)| *name == unit)?;
        total += number(amount)? * seconds;
        rest = after.trim_start();
    }
    (!text.trim().is_empty()).then(|| bounded(total))?
}

fn bounded(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|span| *span <= MAX_SPAN)
}

/// A size in bytes: `512MB` (decimal), `800MiB`, `1Gi`, `1G` (binary), `4096`.
pub fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (amount, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let (_, factor) = SIZES.into_iter().find(|(name, _)| *name == unit)?;
    if let Ok(whole) = amount.parse::<u64>() {
        return whole.checked_mul(factor);
    }
    let fraction = number(amount)?;
    // Sizes with a fraction are below 2^53 in all that is meant seriously.
    format!("{:.0}", fraction * f64::from(u32::try_from(factor).ok()?))
        .parse()
        .ok()
}

/// A priority: 0 to 100, or a name.
pub fn priority(text: &str) -> Option<u8> {
    let named = PRIORITIES
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text.trim()));
    named
        .map(|(_, value)| value)
        .or_else(|| text.trim().parse().ok().filter(|value| *value <= 100))
}

/// A number as people write it; nothing signed, infinite or with an exponent.
fn number(text: &str) -> Option<f64> {
    let plain = text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time() {
        for (text, expected) in [
            ("90", Some(90_000)),
            ("1.5", Some(1_500)),
            ("90s", Some(90_000)),
            ("5m", Some(300_000)),
            ("1h30m", Some(5_400_000)),
            ("1h 30m", Some(5_400_000)),
            ("500ms", Some(500)),
            ("0", Some(0)),
            ("2d", Some(172_800_000)),
            ("", None),
            ("5 minutes", None),
            ("-5", None),
            ("m", None),
            ("1h30", None),
            ("1e9", None),
            ("99999999999999999999999999d", None),
            ("inf", None),
        ] {
            assert_eq!(
                duration(text).map(|span| span.as_millis()),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn sizes() {
        for (text, expected) in [
            ("512MB", Some(512_000_000)),
            ("1GB", Some(1_000_000_000)),
            ("1Gi", Some(1 << 30)),
            ("800MiB", Some(800 << 20)),
            ("1.5 GiB", Some(3 << 29)),
            ("64k", Some(65_536)),
            ("4096", Some(4096)),
            ("", None),
            ("MB", None),
            ("1TBB", None),
            ("-1MB", None),
            ("99999999999999999999GB", None),
            ("1.2.3MB", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
    }

    #[test]
    fn priorities() {
        for (text, expected) in [
            ("high", Some(70)),
            ("Critical", Some(90)),
            ("0", Some(0)),
            ("100", Some(100)),
            ("101", None),
            ("x", None),
        ] {
            assert_eq!(priority(text), expected, "{text}");
        }
    }
}
