//! The forms in which programs say what is wrong and where, line by line.

use super::line::{Place, number, place};
use crate::finding::Severity;

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'t> {
    /// `src/a.c:3:5: error: expected ';'` and its relatives.
    Problem(Problem<'t>),
    /// rustc and cargo: `error[E0308]: mismatched types`; the place comes below.
    Header(Severity, &'t str, &'t str),
    /// rustc: `  --> src/a.rs:3:5`.
    Arrow(Place<'t>),
    /// eslint: `  3:5  error  message  rule`, below the name of the file.
    Row(Row<'t>),
    /// `Traceback (most recent call last):`.
    Traceback,
    /// pytest: `E       assert 1 == 2`.
    Assertion(&'t str),
    /// Rust: `thread 'main' panicked at src/main.rs:3:5:`.
    Panic(Place<'t>),
    /// Nothing of the kind.
    Nothing,
}

/// A problem on one line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem<'t> {
    pub(super) place: Place<'t>,
    pub(super) severity: Severity,
    pub(super) is_note: bool,
    pub(super) code: &'t str,
    pub(super) message: &'t str,
    /// The program, where the form tells.
    pub(super) source: Option<&'static str>,
}

/// A problem whose file was named before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'t> {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) severity: Severity,
    pub(super) code: &'t str,
    pub(super) message: &'t str,
}

pub(super) fn read(line: &str) -> Said<'_> {
    let text = line.trim_start();
    if text == "Traceback (most recent call last):" {
        return Said::Traceback;
    }
    if let Some(rest) = text.strip_prefix("--> ") {
        return place(rest).map_or(Said::Nothing, |(place, _)| Said::Arrow(place));
    }
    if let Some((_, rest)) = text
        .split_once("' panicked at ")
        .filter(|_| text.starts_with("thread '"))
    {
        return place(rest).map_or(Said::Nothing, |(place, _)| Said::Panic(place));
    }
    if let Some((_, rest)) = text
        .split_once(") panicked at ")
        .filter(|_| text.starts_with("thread '"))
    {
        return place(rest).map_or(Said::Nothing, |(place, _)| Said::Panic(place));
    }
    if let Some(rest) = line.strip_prefix("E   ") {
        return Said::Assertion(rest.trim());
    }
    if let Some(row) = row(line) {
        return Said::Row(row);
    }
    if let Some((severity, code, message)) = header(line) {
        return Said::Header(severity, code, message);
    }
    problem(text).map_or(Said::Nothing, Said::Problem)
}

/// `  File "a.py", line 3, in f`
pub(super) fn frame(line: &str) -> Option<(&str, u32)> {
    let rest = line.trim_start().strip_prefix("File \"")?;
    let (path, rest) = rest.split_once("\", line ")?;
    Some((path, number(rest)?.0))
}

fn header(line: &str) -> Option<(Severity, &str, &str)> {
    let (word, message) = line.split_once(": ")?;
    let (word, code) = match word.split_once('[') {
        Some((word, code)) => (word, code.strip_suffix(']')?),
        None => (word, ""),
    };
    let severity = match word {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        _ => return None,
    };
    Some((severity, code, message))
}

fn row(line: &str) -> Option<Row<'_>> {
    let text = line.strip_prefix("  ")?.trim_start();
    let (row, rest) = number(text)?;
    let (column, rest) = number(rest.strip_prefix(':')?)?;
    let rest = rest.strip_prefix("  ")?.trim_start();
    let (word, rest) = rest.split_once("  ")?;
    let severity = match word {
        "error" => Severity::Error,
        "warning" | "warn" => Severity::Warning,
        _ => return None,
    };
    let rest = rest.trim();
    let (message, code) = match rest.rsplit_once("  ") {
        Some((message, code)) if !code.contains(' ') => (message.trim_end(), code),
        _ => (rest, ""),
    };
    Some(Row {
        line: row,
        column,
        severity,
        code,
        message,
    })
}

fn problem(text: &str) -> Option<Problem<'_>> {
    // Maven: `[ERROR] /a/B.java:[3,5] cannot find symbol`.
    let (tagged, text) = match text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    {
        Some((tag, rest)) => (Severity::of(tag), rest),
        None => (None, text),
    };
    let (place, rest) = place(text)?;
    let rest = rest.trim_start_matches([':', ',']).trim_start();
    let rest = rest.strip_prefix("- ").unwrap_or(rest);
    let (word, code, message) = severity(rest);
    let is_note = matches!(word, Some("note" | "info" | "help"));
    let severity = word.and_then(Severity::of).or(tagged);
    let (code, message) = match code {
        Some(code) => (code, message),
        None => suffix(message)
            .or_else(|| prefix(message))
            .unwrap_or(("", message)),
    };
    if message.trim().is_empty() {
        return None;
    }
    Some(Problem {
        place,
        severity: severity.unwrap_or(Severity::Error),
        is_note,
        code,
        message: message.trim(),
        source: source(code),
    })
}

/// `error: `, `fatal error: `, `error TS2304: `, `warning[x]: ` at the beginning: word, code and what follows.
fn severity(text: &str) -> (Option<&str>, Option<&str>, &str) {
    let words = ["fatal error", "error", "warning", "note", "info", "help"];
    let of = |word: &'static str| {
        let start = text.get(..word.len())?;
        start
            .eq_ignore_ascii_case(word)
            .then(|| (word, text.get(word.len()..).unwrap_or_default()))
    };
    let Some((word, rest)) = words.into_iter().find_map(of) else {
        return (None, None, text);
    };
    if let Some(message) = rest.strip_prefix(':') {
        return (Some(word), None, message.trim_start());
    }
    let coded = rest
        .strip_prefix([' ', '['])
        .and_then(|rest| rest.split_once(':'));
    match coded {
        Some((code, message)) if is_code(code.trim_end_matches(']')) => (
            Some(word),
            Some(code.trim_end_matches(']')),
            message.trim_start(),
        ),
        _ => (None, None, text),
    }
}

/// `message [-Wunused]`, `message  [name-defined]`, `message [Error/no-undef]`
fn suffix(message: &str) -> Option<(&str, &str)> {
    let (rest, code) = message.trim_end().strip_suffix(']')?.rsplit_once(" [")?;
    let code = code.strip_prefix("-W").unwrap_or(code);
    let code = code
        .strip_prefix("Error/")
        .or(code.strip_prefix("Warning/"))
        .unwrap_or(code);
    is_code(code).then_some((code, rest.trim_end()))
}

/// `E501 line too long`
fn prefix(message: &str) -> Option<(&str, &str)> {
    let (code, rest) = message.split_once(' ')?;
    let code = code.trim_end_matches(':');
    let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let is_one = digits.len() < code.len() && !digits.is_empty();
    (is_one && digits.bytes().all(|byte| byte.is_ascii_digit()) && code.len() <= 10)
        .then_some((code, rest))
}

fn is_code(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_/@.+=".contains(c);
    !text.is_empty() && text.len() <= 80 && text.chars().all(plain)
}

fn source(code: &str) -> Option<&'static str> {
    let digits = code.strip_prefix("TS")?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some("tsc")
}
