//! What is no YAML, in words that help.

use super::{Loader, ScanError, Stop, place};
use crate::diagnostic::Position;

/// What the parser says, and what people have to do.
const HINTS: [(&str, &str); 11] = [
    (
        "mapping values are not allowed",
        "text that holds `: ` stands in quotes; keys of one mapping start in one column",
    ),
    (
        "did not find expected key",
        "keys of one mapping start in one column; text with `: ` or `#` stands in quotes",
    ),
    (
        "did not find expected '-'",
        "items of one list start in one column",
    ),
    ("unexpected end of stream", "the closing quote is missing"),
    (
        "invalid trailing content",
        "the text ends at its closing quote; quotes within are written `\\\"` or `''`",
    ),
    (
        "expected node content",
        "a value is missing here, or a bracket above is not closed",
    ),
    ("illegal placement of ':'", "a bracket above is not closed"),
    ("expected ',' or", "the closing bracket is missing"),
    ("simple key expect", "a `:` is missing behind the key"),
    (
        "unknown escape",
        "backslashes stand in single quotes, or twice in double ones",
    ),
    (
        "unknown anchor",
        "`&name` stands before what `*name` repeats; text that starts with `*` stands in quotes",
    ),
];

impl Loader<'_, '_> {
    /// Reports where and why the parser stopped.
    pub(super) fn syntax(&mut self, error: &ScanError) -> Stop {
        let start = place(*error.marker());
        self.broken = Some(start);
        if let Some(tab) = self.tab(start, error.info()) {
            let span = tab..Position {
                column: tab.column + 1,
                ..tab
            };
            let hint = Some("use spaces, two for each level".to_owned());
            return self.stop(
                span,
                "yaml-tab",
                "a tab cannot indent YAML".to_owned(),
                hint,
            );
        }
        if error.info().contains("recursion limit") {
            return match self.deep(usize::MAX, &(start..start)) {
                Ok(()) => Stop,
                Err(stop) => stop,
            };
        }
        let hint = HINTS
            .into_iter()
            .find(|(said, _)| error.info().contains(said))
            .map(|(_, hint)| hint.to_owned());
        let span = start..Position {
            column: start.column + 1,
            ..start
        };
        self.stop(
            span,
            "yaml-syntax",
            format!("this is no YAML: {}", error.info()),
            hint,
        )
    }

    /// The first tab in the indentation of the line of an error or of those behind it. The parser
    /// speaks of tabs elsewhere too, and of a text before the tab when the next line is indented by it.
    fn tab(&self, error: Position, info: &str) -> Option<Position> {
        let lines = if info.contains("tab") { usize::MAX } else { 2 };
        let from = error.line as usize;
        let lines = self.text.lines().enumerate().skip(from).take(lines);
        lines.into_iter().find_map(|(line, text)| {
            let indent = text.split(|c: char| c != ' ' && c != '\t').next()?;
            let column = indent.find('\t')?;
            // A line of blanks is no indentation.
            (indent.len() < text.trim_end().len()).then(|| Position {
                line: u32::try_from(line).unwrap_or(u32::MAX),
                column: u32::try_from(column).unwrap_or(u32::MAX),
            })
        })
    }
}
