//! The lines that findings are about, and places counted as we count.

use super::Tree;
use model::finding::{Finding, Place, Span};
use std::collections::BTreeMap;
use worktree::FileAt;

/// The largest file whose lines are taken.
const LARGEST: u64 = 4 << 20;
/// Lines of one finding.
const LINES: usize = 10;
/// Bytes of the lines of one finding.
const BYTES: usize = 2 << 10;
/// Bytes of the lines of all findings of a step; beyond that, each gets its first line, cut short.
const ALL: usize = 4 << 20;
/// Bytes of a line that is cut short.
const SHORT: usize = 200;

/// Gives findings that have none the lines they are about. Each file is read once, one at a time.
pub(super) fn lay(findings: &mut [Finding], tree: &Tree) {
    let mut used = 0;
    for (path, findings) in by_file(findings.iter_mut().filter(|found| found.text.is_none())) {
        with_lines(tree, &path, |lines| {
            for finding in findings {
                let span = finding.place.as_ref().and_then(|place| place.span);
                let text = span.and_then(|span| text(lines, span, used < ALL));
                // It is journalled: as with a finding that is sensitive itself, the line is not remembered then.
                let text = text.map(|text| match tasks::holds_secret(&path, &text) {
                    true => String::new(),
                    false => text,
                });
                used += text.as_ref().map_or(0, String::len);
                finding.text = text;
            }
        });
    }
}

/// Makes columns in units of UTF-16 columns in characters.
pub(super) fn to_characters(findings: Vec<&mut Finding>, tree: &Tree) {
    let counted = |finding: &&mut Finding| {
        let span = finding.place.as_ref().and_then(|place| place.span);
        span.is_some_and(|span| span.column.is_some() || span.end_column.is_some())
    };
    for (path, findings) in by_file(findings.into_iter().filter(counted)) {
        with_lines(tree, &path, |lines| {
            for finding in findings {
                if let Some(Place {
                    span: Some(span), ..
                }) = &mut finding.place
                {
                    let line = |number: u32| lines.get(index(number)).copied().unwrap_or_default();
                    let last = span.last_line();
                    span.column = span
                        .column
                        .map(|column| characters(line(span.line), column));
                    span.end_column = span.end_column.map(|column| characters(line(last), column));
                }
            }
        });
    }
}

fn by_file<'f>(
    findings: impl Iterator<Item = &'f mut Finding>,
) -> BTreeMap<String, Vec<&'f mut Finding>> {
    let mut files: BTreeMap<String, Vec<&mut Finding>> = BTreeMap::new();
    for finding in findings {
        if let Some(place) = finding.place.as_ref().filter(|place| place.span.is_some()) {
            files.entry(place.path.clone()).or_default().push(finding);
        }
    }
    files
}

/// Hands over the lines of a file that is text.
fn with_lines(tree: &Tree, path: &str, work: impl FnOnce(&[&str])) {
    let FileAt::Content(bytes) = tree.read(path, LARGEST) else {
        return;
    };
    if let Ok(text) = String::from_utf8(bytes) {
        let lines: Vec<&str> = text.lines().collect();
        work(&lines);
    }
}

/// Place in a list of what is counted from 1.
fn index(number: u32) -> usize {
    usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX)
}

/// The lines of a span; none beyond the end of the file.
fn text(lines: &[&str], span: Span, room: bool) -> Option<String> {
    let (first, last) = (index(span.line), index(span.last_line()));
    let (most_lines, most_bytes) = if room { (LINES, BYTES) } else { (1, SHORT) };
    let last = last.min(lines.len().checked_sub(1)?);
    let all = lines.get(first..=last).filter(|all| !all.is_empty())?;
    let mut text = all
        .iter()
        .take(most_lines)
        .copied()
        .collect::<Vec<_>>()
        .join("\n");
    let end = (0..=most_bytes.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or(0));
    Some(text)
}

/// The character from 1 at which this unit of UTF-16 from 1 stands.
fn characters(line: &str, unit: u32) -> u32 {
    let mut units = 1;
    let mut characters = 1;
    for c in line.chars() {
        if units >= unit {
            return characters;
        }
        units += if c.len_utf16() == 2 { 2 } else { 1 };
        characters += 1;
    }
    // Beyond the end of the line both count the same.
    characters + unit.saturating_sub(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_characters() {
        let check = |line: &str, unit: u32, expected: u32| {
            assert_eq!(characters(line, unit), expected, "{line} {unit}");
        };
        check("abc", 1, 1);
        check("abc", 3, 3);
        check("abc", 4, 4);
        check("abc", 9, 9);
        check("ä€x", 3, 3);
        check("🧪x", 3, 2);
        check("🧪🧪x", 5, 3);
        check("🧪", 3, 2);
        check("", 7, 7);
    }

    #[test]
    fn lines_of_a_span() {
        let lines: Vec<String> = (1..=20).map(|number| format!("line {number}")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let span = |line, end_line| Span {
            end_line: Some(end_line),
            ..Span::line(line)
        };
        let check = |span, room, expected: Option<&str>| {
            assert_eq!(text(&lines, span, room).as_deref(), expected, "{span:?}");
        };
        check(Span::line(3), true, Some("line 3"));
        check(span(3, 4), true, Some("line 3\nline 4"));
        check(span(20, 30), true, Some("line 20"));
        check(Span::line(21), true, None);
        check(span(3, 4), false, Some("line 3"));
        let ten = text(&lines, span(1, 20), true).expect("lines");
        assert_eq!(ten.lines().count(), 10);
        assert_eq!(text(&[], Span::line(1), true), None);
        let long = "ä".repeat(5000);
        let cut = text(&[&long], Span::line(1), true).expect("a line");
        assert_eq!(cut.len(), 2048);
        let cut = text(&[&format!("x{long}")], Span::line(1), true).expect("a line");
        assert_eq!(cut.len(), 2047, "no character is cut in two");
    }
}
