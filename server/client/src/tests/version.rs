//! Which daemon is used, replaced or refused.

use crate::version::{Fit, compare, fit};
use protocol::daemon::Hello;
use std::cmp::Ordering;

#[test]
fn versions_are_compared_by_number() {
    let check = |left, right, expected: Ordering| {
        assert_eq!(compare(left, right), expected, "{left} against {right}");
        assert_eq!(compare(right, left), expected.reverse());
    };
    check("1.2.3", "1.2.3", Ordering::Equal);
    check("1.2.3", "1.2.10", Ordering::Less);
    check("0.9.9", "1.0.0", Ordering::Less);
    check("1.0.0-rc.1", "1.0.0", Ordering::Less);
    check("1.0.0-alpha", "1.0.0-beta", Ordering::Less);
    check("1.0.0+build", "1.0.0", Ordering::Equal);
    check("nonsense", "0.0.0", Ordering::Equal);
}

#[test]
fn a_daemon_is_used_replaced_or_refused() {
    let check = |version: &str, protocol, expected| {
        let hello = Hello {
            version: version.to_owned(),
            protocol,
            pid: 1,
        };
        assert_eq!(fit(("0.5.0", 5), &hello), expected, "{version} {protocol}");
    };
    check("0.5.0", 5, Fit::Use);
    check("0.4.9", 5, Fit::HandOver);
    check("0.4.9", 1, Fit::HandOver);
    check("0.6.0", 6, Fit::Use);
    check("0.6.0", 7, Fit::TooNew);
    check("0.6.0", 4, Fit::Use);
    check("0.6.0", 3, Fit::TooOld);
}
