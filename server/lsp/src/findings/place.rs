//! Where a finding is in a text that has gone on since it was made. Pure.

use super::lines::{LineMap, lines};
use model::diagnostic::Position as Place;
use protocol::finding::Finding;
use std::ops::Range;

/// The lines of a finding, from 0, end inclusive. Nothing for one about its file as a whole.
pub(super) fn lines_of(finding: &Finding) -> Option<(u32, u32)> {
    let first = finding.line?.saturating_sub(1);
    let last = finding
        .end_line
        .map_or(first, |line| line.saturating_sub(1));
    Some((first, last.max(first)))
}

/// Whether the lines of a finding stand in a text just where it says. Nothing where the finding does not
/// say what stands in them.
pub(super) fn stands(finding: &Finding, text: &[&str]) -> Option<bool> {
    let Some((first, _)) = lines_of(finding) else {
        return Some(true);
    };
    let wanted = finding.text.as_deref()?;
    Some(is_at(wanted, text, usize::try_from(first).ok()?))
}

/// Where the lines of a finding stand in a text, nearest to where it says: for when nothing better is known.
pub(super) fn search(finding: &Finding, text: &[&str]) -> Option<(u32, u32)> {
    let (first, last) = lines_of(finding)?;
    let wanted = finding.text.as_deref()?;
    // A blank line or a bracket is everywhere.
    if wanted.trim().len() < 3 {
        return None;
    }
    let near = usize::try_from(first).ok()?;
    let found = (0..text.len())
        .filter(|at| is_at(wanted, text, *at))
        .min_by_key(|at| at.abs_diff(near))?;
    let found = u32::try_from(found).ok()?;
    Some((found, found.saturating_add(last - first)))
}

/// A text that was cut off ends in the middle of a line.
fn is_at(wanted: &str, text: &[&str], at: usize) -> bool {
    let wanted: Vec<&str> = lines(wanted).collect();
    let Some((last, whole)) = wanted.split_last() else {
        return false;
    };
    let same = |(offset, line): (usize, &&str)| text.get(at + offset) == Some(line);
    let end = text.get(at + whole.len());
    // With an end to its last line there is nothing behind it to compare.
    let ends =
        (last.is_empty() && !whole.is_empty()) || end.is_some_and(|line| line.starts_with(last));
    whole.iter().enumerate().all(same) && ends
}

/// Where a finding is, by a map of lines from the text it was made in. Nothing when its lines have changed.
pub(super) fn mapped(finding: &Finding, map: &LineMap) -> Option<(u32, u32)> {
    match lines_of(finding) {
        Some((first, last)) => map.of(first, last),
        None => Some((0, 0)),
    }
}

/// The characters of a finding whose lines are here. Without columns, from the first that is no blank to the
/// end of the line.
pub(super) fn range(finding: &Finding, (first, last): (u32, u32), text: &[&str]) -> Range<Place> {
    let line = |number: u32| {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        text.get(number).copied().unwrap_or_default()
    };
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let start = line(first);
    let blank = count(&start[..start.len() - start.trim_start().len()]);
    let from = match finding.column {
        Some(column) if finding.line.is_some() => column.saturating_sub(1),
        _ => blank,
    };
    let to = match finding.end_column {
        Some(column) if finding.line.is_some() => column.saturating_sub(1),
        _ => count(line(last)),
    };
    let start = Place {
        line: first,
        column: from,
    };
    let end = Place {
        line: last,
        column: to,
    };
    // An empty place is hard to see: the word or line it is in is meant.
    if end <= start {
        let end = Place {
            line: first,
            column: count(line(first)).max(from),
        };
        return start..end;
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(line: Option<u32>, text: Option<&str>) -> Finding {
        Finding {
            line,
            text: text.map(str::to_owned),
            ..Finding::default()
        }
    }

    const TEXT: &str = "fn a() {\n    b();\n}\nfn c() {\n    b();\n}\n";

    #[test]
    fn lines_stand_where_they_should_or_are_searched() {
        let text: Vec<&str> = lines(TEXT).collect();
        // Each: finding, whether it stands there, where it is found.
        let cases = [
            (finding(Some(2), Some("    b();")), Some(true), Some((1, 1))),
            (
                finding(Some(2), Some("    b();\n")),
                Some(true),
                Some((1, 1)),
            ),
            (
                finding(Some(2), Some("    b();\r\n}")),
                Some(true),
                Some((1, 1)),
            ),
            (
                finding(Some(4), Some("    b();")),
                Some(false),
                Some((4, 4)),
            ),
            (
                finding(Some(99), Some("fn a() {")),
                Some(false),
                Some((0, 0)),
            ),
            (finding(Some(1), Some("gone")), Some(false), None),
            (finding(Some(1), Some("}")), Some(false), None),
            (finding(Some(1), None), None, None),
            (finding(None, None), Some(true), None),
            // Cut off in the middle.
            (
                finding(Some(1), Some("fn a() {\n    b(")),
                Some(true),
                Some((0, 0)),
            ),
        ];
        for (finding, stands_there, found) in cases {
            assert_eq!(stands(&finding, &text), stands_there, "{finding:?}");
            assert_eq!(search(&finding, &text), found, "{finding:?}");
        }
    }

    #[test]
    fn ranges_are_characters_and_never_empty_in_a_line_with_text() {
        let text: Vec<&str> = lines("  ä😀 x\n\nlast").collect();
        let check = |finding: Finding, at, expected: ((u32, u32), (u32, u32))| {
            let found = range(&finding, at, &text);
            let found = (
                (found.start.line, found.start.column),
                (found.end.line, found.end.column),
            );
            assert_eq!(found, expected, "{finding:?}");
        };
        let columns = |column, end_column| Finding {
            line: Some(1),
            column,
            end_column,
            ..Finding::default()
        };
        check(columns(None, None), (0, 0), ((0, 2), (0, 6)));
        check(columns(Some(3), Some(5)), (0, 0), ((0, 2), (0, 4)));
        check(columns(Some(3), None), (0, 0), ((0, 2), (0, 6)));
        check(columns(Some(3), Some(3)), (0, 0), ((0, 2), (0, 6)));
        check(columns(Some(99), None), (0, 0), ((0, 98), (0, 98)));
        check(columns(None, None), (1, 1), ((1, 0), (1, 0)));
        check(finding(None, None), (0, 0), ((0, 2), (0, 6)));
        check(columns(None, None), (7, 7), ((7, 0), (7, 0)));
        check(columns(None, None), (0, 2), ((0, 2), (2, 4)));
    }
}
