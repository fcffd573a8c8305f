//! Which lines of one text are lines of another. Line ends do not count: a checkout may have others than the
//! repository.

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};

/// A text by its lines, without their ends, and without a byte order mark: editors keep it from us.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
}

/// The differences between two texts, in lines.
pub(super) fn hunks(before: &str, after: &str) -> Vec<Hunk> {
    let mut input = InternedInput::default();
    input.update_before(lines(before));
    input.update_after(lines(after));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    diff.hunks().collect()
}

/// From lines of one text to lines of another.
#[derive(Debug)]
pub(super) struct LineMap(Vec<Hunk>);

impl LineMap {
    /// Compares.
    pub(super) fn new(before: &str, after: &str) -> Self {
        Self(hunks(before, after))
    }

    /// Where these lines are, counted from 0, end inclusive; nothing where one of them has changed or is
    /// gone, or something stands between them.
    pub(super) fn of(&self, first: u32, last: u32) -> Option<(u32, u32)> {
        let mut shift = 0_i64;
        for hunk in &self.0 {
            if hunk.before.start > last {
                break;
            }
            // What is put in right before the first line only moves it.
            if hunk.before.end > first || hunk.before.start > first {
                return None;
            }
            shift = i64::from(hunk.after.end) - i64::from(hunk.before.end);
        }
        let moved = |line: u32| u32::try_from(i64::from(line) + shift).ok();
        moved(first).zip(moved(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, lines: (u32, u32), expected: Option<(u32, u32)>) {
        let found = LineMap::new(before, after).of(lines.0, lines.1);
        assert_eq!(found, expected, "{lines:?} of {before:?} in {after:?}");
    }

    #[test]
    fn lines_are_found_where_they_went() {
        let text = "a\nb\nc\nd\n";
        check(text, text, (0, 3), Some((0, 3)));
        check(text, "a\r\nb\r\nc\r\nd\r\n", (1, 2), Some((1, 2)));
        check(text, "x\ny\na\nb\nc\nd\n", (1, 1), Some((3, 3)));
        check(text, "x\na\nb\nc\nd\n", (0, 0), Some((1, 1)));
        check(text, "c\nd\n", (2, 3), Some((0, 1)));
        // Changed, gone, or parted.
        check(text, "a\nB\nc\nd\n", (1, 1), None);
        check(text, "a\nc\nd\n", (1, 1), None);
        check(text, "a\nb\nx\nc\nd\n", (1, 2), None);
        check(text, "a\nb\nx\nc\nd\n", (1, 1), Some((1, 1)));
        check(text, "a\nb\nx\nc\nd\n", (2, 2), Some((3, 3)));
        check(text, "", (2, 2), None);
        check("", "x\n", (0, 0), Some((1, 1)));
        // Without an end to the last line.
        check("a\nb", "x\na\nb", (1, 1), Some((2, 2)));
    }
}
