//! How the artifact of a context task is shown.

use crate::context::Context;
use crate::exit::Exit;
use crate::render::symbol;
use artifact::{Artifact, status};
use serde_json::Value;

/// Rows that are shown; all of them are in the artifact.
const SHOWN: usize = 50;

/// Shows it: the document, or these lines and how it ended.
pub(super) fn show(
    context: &Context,
    path: &str,
    artifact: &Artifact,
    lines: impl FnOnce(&Artifact) -> Vec<String>,
) -> Exit {
    context.out.result(artifact, |artifact| {
        let mut lines = lines(artifact);
        lines.push(last(context, path, artifact));
        lines
    });
    match artifact.status.as_str() {
        status::COMPLETED | status::NOT_RUN => Exit::DONE,
        status::CANCELLED => Exit::CANCELLED,
        _ => Exit::FAILED,
    }
}

fn last(context: &Context, path: &str, artifact: &Artifact) -> String {
    let style = context.out.style;
    let (sign, paint) = symbol::still(&artifact.status, style);
    let sign = style.paint(paint, sign);
    let words = symbol::words(&artifact.status);
    match &artifact.error {
        Some(error) => format!("{sign} {words}: {error}; see {path}"),
        None => format!("{sign} {words}, see {path}"),
    }
}

/// A line for each row of a list of the artifact.
pub(super) fn rows(
    artifact: &Artifact,
    list: &str,
    line: impl Fn(&Value) -> Option<String>,
) -> Vec<String> {
    let rows = artifact.other.get(list).and_then(Value::as_array);
    let rows = rows.map_or(&[][..], Vec::as_slice);
    let mut lines: Vec<String> = rows.iter().filter_map(line).collect();
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines
}

/// A text of a row.
pub(super) fn text<'a>(row: &'a Value, name: &str) -> Option<&'a str> {
    row.get(name)?.as_str()
}

/// A number of a row, or of the artifact.
pub(super) fn number(value: Option<&Value>) -> u64 {
    value.and_then(Value::as_u64).unwrap_or_default()
}

/// Figures of the artifact with their words, one after the other.
pub(super) fn figures(artifact: &Artifact, names: &[(&str, &str)]) -> String {
    let told = names.iter().map(|(name, words)| {
        let value = artifact.other.get(*name).unwrap_or(&Value::Null);
        match value {
            Value::Null => format!("{words}: –"),
            value => format!("{words}: {value}"),
        }
    });
    told.collect::<Vec<_>>().join(", ")
}
