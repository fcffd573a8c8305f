//! How much is taken in. What was written by an agent may be of any size; what is cut is counted.

use crate::finding::{Finding, Severity};

/// The largest artifact that is read, in bytes.
pub const LARGEST: u64 = 32 << 20;
/// The most findings that are taken from one artifact, and kept of one step.
pub const MOST: usize = 10_000;

/// Characters of a message.
const MESSAGE: usize = 1000;
/// Characters of a name: a code, a source.
const NAME: usize = 100;
/// Related places of one finding.
const RELATED: usize = 10;
/// Bytes of unknown fields of one finding.
const OTHER: usize = 4 << 10;

/// Text for one place on a screen: no control characters, no more than it can hold.
pub(crate) fn text(text: &str, most: usize) -> String {
    let plain: String = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(most + 1)
        .collect();
    match plain.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", plain.get(..end).unwrap_or_default().trim_end()),
        None => plain.trim_end().to_owned(),
    }
}

pub(crate) fn message(message: &str) -> String {
    text(message, MESSAGE)
}

pub(crate) fn name(name: &str) -> String {
    text(name, NAME)
}

/// The finding within bounds.
pub(crate) fn bound(mut finding: Finding) -> Finding {
    finding.message = message(&finding.message);
    finding.code = name(&finding.code);
    finding.source = name(&finding.source);
    finding.help = finding
        .help
        .map(|help| message(&help))
        .filter(|help| !help.is_empty());
    finding.related.truncate(RELATED);
    for related in &mut finding.related {
        related.message = message(&related.message);
    }
    let size = |other: &serde_json::Map<_, _>| serde_json::to_string(other).map_or(0, |t| t.len());
    if !finding.other.is_empty() && size(&finding.other) > OTHER {
        finding.other.clear();
    }
    order(&mut finding);
    finding
}

/// An end before its start is none; a column without its line means nothing.
fn order(finding: &mut Finding) {
    let Some(line) = finding.line.filter(|line| *line > 0) else {
        (finding.line, finding.column) = (None, None);
        (finding.end_line, finding.end_column) = (None, None);
        return;
    };
    finding.column = finding.column.filter(|column| *column > 0);
    finding.end_line = finding.end_line.filter(|end| *end >= line);
    finding.end_column = finding.end_column.filter(|end| {
        let on_one_line = finding.end_line.is_none_or(|end_line| end_line == line);
        *end > 0 && (!on_one_line || finding.column.is_some_and(|column| *end > column))
    });
}

/// Takes findings one by one and keeps the worst.
#[derive(Debug, Default)]
pub(crate) struct Worst {
    /// By severity, each with the place in which it came.
    kept: [Vec<(usize, Finding)>; 3],
    came: usize,
}

impl Worst {
    pub(crate) fn take(&mut self, finding: Finding) {
        let of = match finding.severity {
            Severity::Error => &mut self.kept[0],
            Severity::Warning => &mut self.kept[1],
            Severity::Info => &mut self.kept[2],
        };
        if of.len() < MOST {
            of.push((self.came, bound(finding)));
        }
        self.came += 1;
    }

    /// What is kept, in the order in which it came, and how many were not.
    pub(crate) fn finish(self) -> (Vec<Finding>, usize) {
        let mut kept: Vec<(usize, Finding)> = self.kept.into_iter().flatten().take(MOST).collect();
        kept.sort_by_key(|(place, _)| *place);
        let left_out = self.came - kept.len();
        (
            kept.into_iter().map(|(_, finding)| finding).collect(),
            left_out,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_and_made_plain() {
        let check = |input: &str, expected: &str| assert_eq!(text(input, 5), expected);
        check(" a\tb\u{1b}[0m ", "a b […");
        check("äöüßé", "äöüßé");
        check("äöüßéx", "äöüßé…");
        check("", "");
    }

    #[test]
    fn the_worst_are_kept_in_their_order() {
        let finding = |severity, number: usize| Finding {
            severity,
            message: number.to_string(),
            ..Finding::default()
        };
        let mut worst = Worst::default();
        for number in 0..MOST {
            worst.take(finding(Severity::Info, number));
        }
        worst.take(finding(Severity::Error, MOST));
        worst.take(finding(Severity::Warning, MOST + 1));
        let (kept, left_out) = worst.finish();
        assert_eq!((kept.len(), left_out), (MOST, 2));
        let ends = [&kept[0], &kept[MOST - 2], &kept[MOST - 1]].map(|one| one.message.as_str());
        assert_eq!(ends, ["0", "10000", "10001"]);
    }

    #[test]
    fn places_without_sense_are_dropped() {
        let check = |place: [u32; 4], expected: [Option<u32>; 4]| {
            let [line, column, end_line, end_column] = place.map(Some);
            let found = bound(Finding {
                line,
                column,
                end_line,
                end_column,
                ..Finding::default()
            });
            let found = [found.line, found.column, found.end_line, found.end_column];
            assert_eq!(found, expected, "{place:?}");
        };
        check([3, 1, 4, 1], [Some(3), Some(1), Some(4), Some(1)]);
        check([3, 5, 3, 9], [Some(3), Some(5), Some(3), Some(9)]);
        check([3, 5, 3, 5], [Some(3), Some(5), Some(3), None]);
        check([3, 5, 2, 9], [Some(3), Some(5), None, Some(9)]);
        check([3, 0, 0, 0], [Some(3), None, None, None]);
        check([0, 5, 2, 9], [None; 4]);
    }
}
