//! One YAML text, parsed within bounds, and its problems of form with their places.

use super::places::{Places, scan};
use model::diagnostic::{Diagnostic, Position, Severity};
use serde_yaml::{Mapping, Value as Yaml};
use std::ops::Range;

/// Far above any settings file; what is larger is something else.
pub const MOST_BYTES: usize = 1024 * 1024;

/// What to do about a file that cannot be read.
const IN_PLACE: &str = "settings files are UTF-8 text that you can read";

/// serde_yaml refuses at this depth too, but only after reading all the text, in time that grows with the square
/// of the brackets that are open: 100 000 of them would hold the daemon up for half a minute.
const MOST_BRACKETS: usize = 128;

/// A text that could be parsed.
#[derive(Debug)]
pub struct Document {
    /// The top level as written, merges (`<<`) not applied.
    pub written: Yaml,
    /// The top level with merges applied.
    pub root: Mapping,
    /// Where everything stands.
    pub places: Places,
}

/// That a file cannot be read as a text of settings. `what` goes on after `the file`.
pub fn unreadable(what: &str) -> Diagnostic {
    let message = format!("the file {what}");
    Diagnostic::new(start(), "unreadable", Severity::Error, message).with_hint(IN_PLACE)
}

/// That the file is UTF-8 only up to a byte.
pub fn not_utf8(bytes: &[u8], valid: usize) -> Diagnostic {
    let good = String::from_utf8_lossy(&bytes[..valid]);
    let line = good.matches('\n').count();
    let column = good.rsplit('\n').next().unwrap_or_default().chars().count();
    let message = "the file is not UTF-8 from here on";
    Diagnostic::new(at(line, column), "unreadable", Severity::Error, message).with_hint(IN_PLACE)
}

/// Parses a text. All that is wrong with its form comes back at once.
///
/// # Errors
/// Its problems, each with its place; all of them are errors.
pub fn parse(text: &str) -> Result<Document, Vec<Diagnostic>> {
    if text.len() > MOST_BYTES {
        let what = "is larger than 1 MiB, too large for settings";
        return Err(vec![unreadable(what)]);
    }
    // A byte order mark is not part of the text, and must not count as a column.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(line) = too_deep(text) {
        let message = "brackets are nested too deeply";
        return Err(vec![Diagnostic::new(
            at(line, 0),
            "syntax",
            Severity::Error,
            message,
        )]);
    }
    let written: Yaml = serde_yaml::from_str(text).map_err(|error| not_yaml(text, &error))?;
    let mut merged = written.clone();
    merged.apply_merge().map_err(|error| {
        vec![Diagnostic::new(
            start(),
            "syntax",
            Severity::Error,
            error.to_string(),
        )]
    })?;
    let root = match merged {
        Yaml::Null => Mapping::new(),
        Yaml::Mapping(root) => root,
        _ => {
            let message = "the file must be a mapping of sections";
            return Err(vec![Diagnostic::new(
                start(),
                "type",
                Severity::Error,
                message,
            )]);
        }
    };
    Ok(Document {
        written,
        root,
        places: scan(text),
    })
}

/// The line where too many brackets are open. Those in quotes and comments count: that many do not occur there either.
fn too_deep(text: &str) -> Option<usize> {
    let (mut open, mut line) = (0_usize, 0);
    for c in text.bytes() {
        match c {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            b'\n' => line += 1,
            _ => {}
        }
        if open > MOST_BRACKETS {
            return Some(line);
        }
    }
    None
}

fn not_yaml(text: &str, error: &serde_yaml::Error) -> Vec<Diagnostic> {
    let message = error.to_string();
    if message.contains("duplicate entry") {
        // serde_yaml names the start of the mapping; the second key is what people look for.
        let places = scan(text);
        let twice: Vec<_> = places
            .duplicates
            .iter()
            .map(|(path, at)| {
                let message = format!("`{}` stands twice", path.join("."));
                Diagnostic::new(
                    places.positions(at),
                    "duplicate-key",
                    Severity::Error,
                    message,
                )
                .with_hint("keep one of them")
            })
            .collect();
        if !twice.is_empty() {
            return twice;
        }
    }
    let place = error.location().map_or_else(start, |place| {
        at(
            place.line().saturating_sub(1),
            place.column().saturating_sub(1),
        )
    });
    let line = text
        .lines()
        .nth(place.start.line as usize)
        .unwrap_or_default();
    let indent = &line[..line.len() - line.trim_start().len()];
    let found = Diagnostic::new(place, "syntax", Severity::Error, without_place(&message));
    vec![if indent.contains('\t') {
        found.with_hint("indent with spaces: YAML allows no tabs there")
    } else {
        found
    }]
}

/// The parser puts the place into the message, where it would stand twice.
fn without_place(message: &str) -> String {
    let Some(start) = message.find(" at line ") else {
        return message.to_owned();
    };
    let rest = &message[start + " at line ".len()..];
    let end = rest
        .find(|c: char| !c.is_ascii_digit() && !" column".contains(c))
        .unwrap_or(rest.len());
    format!("{}{}", &message[..start], &rest[end..])
}

/// The first character of a file: the place of problems that have no other.
pub fn start() -> Range<Position> {
    at(0, 0)
}

fn at(line: usize, column: usize) -> Range<Position> {
    let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX - 1);
    let (line, column) = (narrow(line), narrow(column));
    Position { line, column }..Position {
        line,
        column: column + 1,
    }
}
