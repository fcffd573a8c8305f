//! Three-way merge of a file in lines: what a step changed, put into a text that a person has changed, too.

use super::lines::{hunks, lines};
use imara_diff::Hunk;
use model::diagnostic::Position as Place;
use std::ops::Range;

/// A piece of the person's text that becomes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Where, in characters.
    pub(crate) range: Range<Place>,
    /// What stands there then, with the line ends of the person's text.
    pub(crate) text: String,
}

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Merged {
    /// These edits, in order; none where the text has the change already.
    Edits(Vec<Edit>),
    /// Both changed these lines (from 0, end exclusive) in different ways.
    Clash(Range<u32>),
}

/// Puts what became of `base` in `theirs` into `ours`.
pub(crate) fn merge(base: &str, theirs: &str, ours: &str) -> Merged {
    let end = if ours.contains("\r\n") { "\r\n" } else { "\n" };
    let (changed, own) = (hunks(base, theirs), hunks(base, ours));
    let (theirs, ours): (Vec<_>, Vec<_>) = (lines(theirs).collect(), lines(ours).collect());
    let mut edits = Vec::new();
    for chunk in chunks(&changed, &own) {
        let (new, old) = (part(&theirs, &chunk.theirs), part(&ours, &chunk.ours));
        match (chunk.is_theirs, chunk.is_ours) {
            (true, false) => edits.push(edit(&ours, chunk.ours, new, end)),
            (true, true) if new != old => return Merged::Clash(chunk.ours),
            // Only we changed it, or both did the same.
            _ => {}
        }
    }
    Merged::Edits(edits)
}

/// Lines of all three texts that belong together, because one side or both changed them.
#[derive(Debug)]
struct Chunk {
    theirs: Range<u32>,
    ours: Range<u32>,
    is_theirs: bool,
    is_ours: bool,
}

/// One side's hunks, as they are gone through.
struct Side<'a> {
    hunks: &'a [Hunk],
    /// From lines of the base to lines of this side, behind the hunks that were gone through.
    shift: i64,
}

impl Side<'_> {
    fn start(&self) -> Option<u32> {
        self.hunks.first().map(|hunk| hunk.before.start)
    }

    /// Takes the hunks that start up to here; says how far they reach.
    fn take(&mut self, up_to: u32) -> Option<u32> {
        let mut reach = None;
        while let [first, rest @ ..] = self.hunks
            && first.before.start <= reach.unwrap_or(up_to)
        {
            reach = Some(first.before.end.max(reach.unwrap_or(up_to)));
            self.shift = i64::from(first.after.end) - i64::from(first.before.end);
            self.hunks = rest;
        }
        reach
    }
}

/// Changes that touch are one chunk: nobody knows in which order they would have to stand.
fn chunks(changed: &[Hunk], own: &[Hunk]) -> Vec<Chunk> {
    let mut theirs = Side {
        hunks: changed,
        shift: 0,
    };
    let mut ours = Side {
        hunks: own,
        shift: 0,
    };
    let mut chunks = Vec::new();
    while let Some(start) = theirs.start().into_iter().chain(ours.start()).min() {
        let before = (theirs.shift, ours.shift);
        let (mut end, mut is_theirs, mut is_ours) = (start, false, false);
        loop {
            let (of_theirs, of_ours) = (theirs.take(end), ours.take(end));
            is_theirs |= of_theirs.is_some();
            is_ours |= of_ours.is_some();
            match of_theirs.max(of_ours) {
                Some(reach) => end = end.max(reach),
                None => break,
            }
        }
        chunks.push(Chunk {
            theirs: shifted(start, before.0)..shifted(end, theirs.shift),
            ours: shifted(start, before.1)..shifted(end, ours.shift),
            is_theirs,
            is_ours,
        });
    }
    chunks
}

fn shifted(line: u32, by: i64) -> u32 {
    u32::try_from(i64::from(line) + by).unwrap_or(0)
}

fn part<'a>(all: &[&'a str], range: &Range<u32>) -> Vec<&'a str> {
    let at = |line: u32| usize::try_from(line).unwrap_or(usize::MAX).min(all.len());
    all[at(range.start)..at(range.end).max(at(range.start))].to_vec()
}

/// Puts `new` in the place of these lines. The last line of a text has no end: what replaces it takes the
/// end of the line before along.
fn edit(ours: &[&str], at: Range<u32>, new: Vec<&str>, end: &str) -> Edit {
    let count = u32::try_from(ours.len()).unwrap_or(u32::MAX);
    let start_of = |line: u32| Place { line, column: 0 };
    let end_of = |line: u32| {
        let text = usize::try_from(line).ok().and_then(|line| ours.get(line));
        let column = text.map_or(0, |text| text.chars().count());
        Place {
            line,
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    };
    if at.end < count {
        let text = new.iter().flat_map(|line| [*line, end]).collect();
        return Edit {
            range: start_of(at.start)..start_of(at.end),
            text,
        };
    }
    let last = end_of(count.saturating_sub(1));
    if at.start == 0 {
        return Edit {
            range: start_of(0)..last,
            text: new.join(end),
        };
    }
    let text = new.iter().flat_map(|line| [end, *line]).collect();
    Edit {
        range: end_of(at.start - 1)..last,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::positions::{Encoding, Lines, offset};
    use proptest::prelude::*;

    /// The text after the edits.
    fn applied(text: &str, edits: &[Edit]) -> String {
        let mut text = text.to_owned();
        for edit in edits.iter().rev() {
            let range = Lines::new(&text, Encoding::Utf16).range(&edit.range);
            let start = offset(&text, range.start, Encoding::Utf16);
            let end = offset(&text, range.end, Encoding::Utf16);
            text.replace_range(start..end, &edit.text);
        }
        text
    }

    #[track_caller]
    fn check(base: &str, theirs: &str, ours: &str, expected: Result<&str, Range<u32>>) {
        let found = match merge(base, theirs, ours) {
            Merged::Edits(edits) => Ok(applied(ours, &edits)),
            Merged::Clash(lines) => Err(lines),
        };
        assert_eq!(
            found,
            expected.map(str::to_owned),
            "{base:?} {theirs:?} {ours:?}"
        );
    }

    #[test]
    fn changes_of_both_come_together_or_clash() {
        let base = "a\nb\nc\nd\ne\n";
        check(base, "a\nB\nc\nd\ne\n", base, Ok("a\nB\nc\nd\ne\n"));
        check(base, base, "mine\n", Ok("mine\n"));
        check(
            base,
            "a\nB\nc\nd\ne\n",
            "a\nb\nc\nd\nE\n",
            Ok("a\nB\nc\nd\nE\n"),
        );
        check(
            base,
            "a\nb\nc\nd\nE\n",
            "0\n1\na\nb\nc\nd\ne\n",
            Ok("0\n1\na\nb\nc\nd\nE\n"),
        );
        check(
            base,
            "a\nb\nc\nx\nd\ne\n",
            "b\nc\nd\ne\n",
            Ok("b\nc\nx\nd\ne\n"),
        );
        // Both did the same; one more is theirs.
        check(
            base,
            "A\nb\nc\nd\nE\n",
            "A\nb\nc\nd\ne\n",
            Ok("A\nb\nc\nd\nE\n"),
        );
        // Both changed a line, or lines that touch.
        check(base, "a\nB\nc\nd\ne\n", "a\nß\nc\nd\ne\n", Err(1..2));
        check(base, "a\nB\nc\nd\ne\n", "a\nb\nC\nd\ne\n", Err(1..3));
        check(base, "a\nc\nd\ne\n", "0\na\nB\nc\nd\ne\n", Err(2..3));
        check(base, "", "a\nb\nc\nd\nE\n", Err(0..5));
        // Line ends of the person's text stay, also where theirs are others.
        check(
            base,
            "a\nB\nc\nd\ne\nf\n",
            "a\r\nb\r\nc\r\nd\r\ne\r\n",
            Ok("a\r\nB\r\nc\r\nd\r\ne\r\nf\r\n"),
        );
        // The last line without an end; a text that was empty or becomes so.
        check("a\nb", "a\nB", "a\nb", Ok("a\nB"));
        check("a\nb", "a\nb\nc", "x\na\nb", Ok("x\na\nb\nc"));
        check("a\nb\n", "a\nb", "a\nb\n", Ok("a\nb"));
        check("a", "", "a", Ok(""));
        check("", "a\n", "", Ok("a\n"));
        check("ä😀\nb", "ä😀\nB", "ä😀\nb", Ok("ä😀\nB"));
    }

    fn text() -> impl Strategy<Value = String> {
        proptest::collection::vec("[ab]?\n?", 0..8).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn a_text_nobody_else_changed_becomes_theirs(base in text(), theirs in text()) {
            let Merged::Edits(edits) = merge(&base, &theirs, &base) else {
                panic!("a clash with nobody");
            };
            prop_assert_eq!(applied(&base, &edits), theirs.clone());
            // Once it is there, nothing is left to do.
            prop_assert_eq!(merge(&base, &theirs, &theirs), Merged::Edits(Vec::new()));
        }
    }
}
