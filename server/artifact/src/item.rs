//! One finding in JSON: ours, or what other tools call theirs. Each field is looked for under the names that
//! are in use; what is not understood stays with the finding.

use crate::finding::{Finding, Related, Severity};
use crate::path::inside;
use serde_json::{Map, Value};
use std::path::Path;

const PATH: &[&str] = &["path", "file", "file_path", "filename", "uri"];
const LINE: &[&str] = &["line", "line_number", "lineno", "start_line", "row"];
const COLUMN: &[&str] = &[
    "column",
    "col",
    "col_offset",
    "start_column",
    "column_number",
];
const END_LINE: &[&str] = &["end_line", "line_end", "endLine"];
const END_COLUMN: &[&str] = &["end_column", "column_end", "endColumn"];
const SEVERITY: &[&str] = &["severity", "level", "issue_severity"];
const CODE: &[&str] = &[
    "code",
    "rule",
    "rule_id",
    "ruleId",
    "issue_type",
    "category",
    "check_id",
    "test_id",
    "check",
];
const MESSAGE: &[&str] = &[
    "message",
    "description",
    "issue_text",
    "text",
    "title",
    "error_message",
];
const SOURCE: &[&str] = &["source", "tool"];
const HELP: &[&str] = &[
    "help",
    "recommendation",
    "suggestion",
    "url",
    "more_info",
    "help_uri",
];

/// What one item came to.
pub(crate) struct Item {
    pub(crate) finding: Finding,
    /// A path that was named and is not in the repository.
    pub(crate) refused: Option<String>,
    /// A severity that nobody knows.
    pub(crate) unknown_severity: Option<String>,
}

/// The finding in a JSON object; none where there is nothing to say.
pub(crate) fn read(value: Value, roots: &[&Path]) -> Option<Item> {
    let mut fields = match value {
        Value::Object(fields) => fields,
        Value::String(message) => Map::from_iter([("message".to_owned(), Value::from(message))]),
        _ => return None,
    };
    let message = words(&mut fields, MESSAGE).filter(|message| !message.trim().is_empty())?;
    let severity = words(&mut fields, SEVERITY);
    let (path, refused) = match path(&mut fields) {
        None => (None, None),
        Some(path) => match inside(&path, roots) {
            Ok(path) => (Some(path), None),
            Err(_) => (None, Some(path)),
        },
    };
    let place = Place::take(&mut fields);
    let known = severity.as_deref().and_then(Severity::of);
    let finding = Finding {
        severity: known.unwrap_or_default(),
        code: words(&mut fields, CODE).unwrap_or_default(),
        message,
        source: words(&mut fields, SOURCE).unwrap_or_default(),
        line: place.line.filter(|_| path.is_some()),
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        related: related(&mut fields, roots),
        help: words(&mut fields, HELP),
        path,
        other: fields,
        ..Finding::default()
    };
    Some(Item {
        finding,
        refused,
        unknown_severity: severity.filter(|_| known.is_none()),
    })
}

struct Place {
    line: Option<u32>,
    column: Option<u32>,
    end_line: Option<u32>,
    end_column: Option<u32>,
}

impl Place {
    /// From the fields, or from `location` and `end_location` as Python's linters have them.
    fn take(fields: &mut Map<String, Value>) -> Self {
        let mut place = Self {
            line: number(fields, LINE),
            column: number(fields, COLUMN),
            end_line: number(fields, END_LINE),
            end_column: number(fields, END_COLUMN),
        };
        if place.line.is_none() {
            if let Some(Value::Object(start)) = fields.get_mut("location") {
                place.line = number(start, LINE);
                place.column = number(start, COLUMN);
            }
            if let Some(Value::Object(end)) = fields.get_mut("end_location") {
                place.end_line = number(end, LINE);
                place.end_column = number(end, COLUMN);
            }
        }
        place
    }
}

fn path(fields: &mut Map<String, Value>) -> Option<String> {
    let own = words(fields, PATH);
    let path = own.or_else(|| match fields.get_mut("location") {
        Some(Value::Object(location)) => words(location, PATH),
        _ => None,
    })?;
    Some(path).filter(|path| !path.is_empty())
}

fn related(fields: &mut Map<String, Value>, roots: &[&Path]) -> Vec<Related> {
    let Some(Value::Array(all)) = fields.remove("related") else {
        return Vec::new();
    };
    let one = |value: Value| {
        let Value::Object(mut fields) = value else {
            return None;
        };
        Some(Related {
            path: inside(&path(&mut fields)?, roots).ok()?,
            line: number(&mut fields, LINE).filter(|line| *line > 0),
            message: words(&mut fields, MESSAGE).unwrap_or_default(),
        })
    };
    all.into_iter().filter_map(one).collect()
}

/// The first field of these names that is a text, or a number where a tool writes its codes so.
fn words(fields: &mut Map<String, Value>, names: &[&str]) -> Option<String> {
    let is = |value: &Value| matches!(value, Value::String(_) | Value::Number(_));
    let name = names
        .iter()
        .find(|name| fields.get(**name).is_some_and(is))?;
    match fields.remove(*name)? {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn number(fields: &mut Map<String, Value>, names: &[&str]) -> Option<u32> {
    let read = |value: &Value| match value {
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let name = names
        .iter()
        .find(|name| fields.get(**name).and_then(read).is_some())?;
    fields.remove(*name).as_ref().and_then(read)
}
