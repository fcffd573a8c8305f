//! Patterns of rules.

use regex::Regex;

/// A pattern; its text is a constant.
///
/// # Panics
/// Never: each is used by the examples of its rule, which a test runs.
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}
