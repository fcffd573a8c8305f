//! A few lines at the bottom of the terminal that are drawn over and over in place.

use crate::output::Output;

/// What stands there now.
#[derive(Debug, Default)]
pub(super) struct Screen {
    drawn: Vec<String>,
    columns: usize,
}

impl Screen {
    /// Puts lines above what stands there; they stay, and may be of any width.
    pub(super) fn above(&mut self, out: Output, line: &str) {
        let mut text = String::new();
        if !self.drawn.is_empty() {
            text.push_str(&format!("\u{1b}[{}A\r\u{1b}[J", self.drawn.len()));
        }
        text.push_str(line);
        text.push('\n');
        for line in &self.drawn {
            text.push_str(line);
            text.push('\n');
        }
        out.raw(&text);
    }

    /// Replaces what stands there. Lines must not be wider than the terminal.
    pub(super) fn draw(&mut self, out: Output, lines: Vec<String>, columns: usize) {
        // After a change of width the terminal may have wrapped what was drawn: where it begins is
        // not known any more, so the new picture goes below.
        let moved = columns != self.columns && self.columns != 0;
        if lines == self.drawn && !moved {
            return;
        }
        let mut text = String::new();
        if !self.drawn.is_empty() && !moved {
            text.push_str(&format!("\u{1b}[{}A\r", self.drawn.len()));
        }
        for line in &lines {
            text.push_str("\u{1b}[2K");
            text.push_str(line);
            text.push('\n');
        }
        text.push_str("\u{1b}[J");
        out.raw(&text);
        self.drawn = lines;
        self.columns = columns;
    }
}
