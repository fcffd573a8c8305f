//! Which of two versions is newer, and what to do with a daemon of another version.

use protocol::daemon::Hello;
use std::cmp::Ordering;

/// What to do with a daemon that answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Talk to it.
    Use,
    /// It is older than this program: ask it to make room.
    HandOver,
    /// It is newer and speaks what this program does not.
    TooNew,
    /// It is older and speaks what this program does not.
    TooOld,
}

/// Decides. `ours` is this program's version and protocol.
pub(crate) fn fit(ours: (&str, u32), daemon: &Hello) -> Fit {
    match compare(&daemon.version, ours.0) {
        Ordering::Less => Fit::HandOver,
        _ if daemon.protocol.abs_diff(ours.1) <= 1 => Fit::Use,
        _ if daemon.protocol < ours.1 => Fit::TooOld,
        _ => Fit::TooNew,
    }
}

/// Compares `1.2.3` and `1.2.3-pre`: numbers part by part, a pre-release before its release,
/// pre-releases by their text. Parts that are no numbers count as 0.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    let (left_numbers, left_pre) = parts(left);
    let (right_numbers, right_pre) = parts(right);
    left_numbers
        .cmp(&right_numbers)
        .then_with(|| match (left_pre, right_pre) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(left), Some(right)) => left.cmp(right),
        })
}

fn parts(version: &str) -> ([u64; 3], Option<&str>) {
    let version = version
        .split_once('+')
        .map_or(version, |(before, _)| before);
    let (numbers, pre) = match version.split_once('-') {
        Some((numbers, pre)) => (numbers, Some(pre)),
        None => (version, None),
    };
    let mut parsed = [0; 3];
    for (place, number) in parsed.iter_mut().zip(numbers.split('.')) {
        *place = number.parse().unwrap_or(0);
    }
    (parsed, pre)
}
