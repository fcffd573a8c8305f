//! Where something stands, and texts whose characters know where they stand.

/// Lines and columns count from 1, columns in characters; the end is exclusive, and on the same line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// None = to the end of the line.
    pub(crate) end: Option<u32>,
}

impl Place {
    pub(crate) fn new(line: usize, column: usize, end: Option<usize>) -> Self {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self {
            line: narrow(line),
            column: narrow(column),
            end: end.map(narrow),
        }
    }
}

/// A piece of a file, put together from lines: each character knows its line and column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// Byte in `text` at which a run of neighbours on one line begins, and their first line and column.
    starts: Vec<(usize, usize, usize)>,
}

impl Text {
    /// Adds characters that stand beside each other on one line.
    pub(crate) fn push(&mut self, piece: &str, line: usize, column: usize) {
        if piece.is_empty() {
            return;
        }
        self.starts.push((self.text.len(), line, column));
        self.text.push_str(piece);
    }

    /// The place of a range of bytes; it ends with its line.
    pub(crate) fn place(&self, start: usize, end: usize) -> Place {
        let (line, column) = self.position(start);
        let mut last = end.max(start + 1) - 1;
        while last > start && !self.text.is_char_boundary(last) {
            last -= 1;
        }
        let (end_line, end_column) = self.position(last);
        let end = (end_line == line).then_some(end_column + 1);
        Place::new(line, column, end)
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let index = self.starts.partition_point(|(start, _, _)| *start <= at);
        let Some((start, line, column)) = index.checked_sub(1).and_then(|i| self.starts.get(i))
        else {
            return (1, 1);
        };
        let before = self.text.as_bytes().get(*start..at).unwrap_or_default();
        // Of each character the first byte counts.
        let characters = before.iter().filter(|byte| (**byte & 0xc0) != 0x80).count();
        (*line, column + characters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_know_their_places() {
        let mut text = Text::default();
        text.push("é && ", 3, 5);
        text.push("curl x", 4, 9);
        let at = text.text.find("curl").expect("it");
        assert_eq!(text.place(at, at + 4), Place::new(4, 9, Some(13)));
        assert_eq!(text.place(0, 2), Place::new(3, 5, Some(6)));
        assert_eq!(text.place(0, at + 4), Place::new(3, 5, None));
        assert_eq!(Text::default().place(7, 9), Place::new(1, 1, Some(2)));
    }
}
