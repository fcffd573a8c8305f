//! The last lines of an agent's output, made fit to be shown on one line of a terminal or editor.

use std::iter::Peekable;
use std::str::Chars;

/// How much of the end is looked at, in bytes.
const KEPT: usize = 8 << 10;
/// The longest line that is shown, in characters. With every one escaped in JSON a report stays
/// below PIPE_BUF (4096), so that it is written as a whole or not at all.
const LINE: usize = 300;

/// The end of the output.
#[derive(Default)]
pub(super) struct LastLines {
    bytes: Vec<u8>,
}

impl LastLines {
    pub(super) fn push(&mut self, chunk: &[u8]) {
        if let Some(end) = chunk.len().checked_sub(KEPT) {
            self.bytes.clear();
            self.bytes
                .extend_from_slice(chunk.get(end..).unwrap_or_default());
            return;
        }
        self.bytes.extend_from_slice(chunk);
        if self.bytes.len() > 2 * KEPT {
            self.bytes.drain(..self.bytes.len() - KEPT);
        }
    }

    /// The last line that shows anything.
    pub(super) fn last(&self) -> Option<String> {
        self.lines().next()
    }

    /// The last lines that show anything, at most `count`, oldest first.
    pub(super) fn tail(&self, count: usize) -> Vec<String> {
        let mut lines: Vec<String> = self.lines().take(count).collect();
        lines.reverse();
        lines
    }

    fn lines(&self) -> impl Iterator<Item = String> + '_ {
        self.bytes
            .rsplit(|byte| *byte == b'\n')
            .map(printable)
            .filter(|line| !line.is_empty())
    }
}

/// A line as a terminal would leave it: what a carriage return overwrote is gone, so are escape
/// sequences and control characters; bytes that are no UTF-8 become the replacement character.
pub(crate) fn printable(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let shown = line
        .rsplit(|byte| *byte == b'\r')
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    let text = String::from_utf8_lossy(shown);
    let mut out = String::new();
    let mut length = 0;
    let mut chars = text.chars().peekable();
    while length < LINE
        && let Some(c) = chars.next()
    {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            c if c.is_control() && c != '\t' => {}
            c => {
                out.push(if c == '\t' { ' ' } else { c });
                length += 1;
            }
        }
    }
    out.trim_end().to_owned()
}

/// ECMA-48: `ESC [ … final`, `ESC ] … BEL|ST`, else `ESC` and one character.
fn skip_escape(chars: &mut Peekable<Chars<'_>>) {
    match chars.next() {
        Some('[') => {
            while chars
                .next()
                .is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c))
            {}
        }
        Some(']') => {
            while let Some(c) = chars.next() {
                if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                    break;
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_printable() {
        for (line, expected) in [
            (&b"plain"[..], "plain"),
            (b"10%\r55%\r100%\r", "100%"),
            (b"\x1b[1;32mok\x1b[0m done", "ok done"),
            (b"\x1b]0;title\x07text", "text"),
            (b"\x1b]8;;u\x1b\\link", "link"),
            (b"a\tb\x00\x08c  ", "a bc"),
            (b"caf\xe9", "caf\u{fffd}"),
            (b"\x1b[", ""),
        ] {
            assert_eq!(printable(line), expected);
        }
        assert_eq!(printable(&[b'x'; 5_000]).chars().count(), LINE);
    }

    #[test]
    fn the_last_lines_survive_any_chunking() {
        let mut lines = LastLines::default();
        assert_eq!(lines.last(), None);
        for number in 0..5_000 {
            lines.push(format!("line {number}").as_bytes());
            lines.push(b"\n\n");
        }
        assert_eq!(lines.last().as_deref(), Some("line 4999"));
        assert_eq!(lines.tail(2), ["line 4998", "line 4999"]);
        lines.push(&[b'\n'; 3 * KEPT]);
        assert_eq!(lines.last(), None);
    }
}
