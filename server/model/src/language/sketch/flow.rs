//! Values in brackets and quotes, which may go over lines and may not be closed yet.

use super::{Position, at};

/// Where such a value ends.
pub(super) struct Enclosed {
    pub(super) end: Position,
    /// What would close it; empty where it is closed.
    pub(super) missing: String,
}

/// Finds the end of the value that starts here. Lines below belong to it as long as they are indented
/// deeper than `base`, or hold the closing bracket.
pub(super) fn enclosed(lines: &[&str], line: usize, column: usize, base: usize) -> Enclosed {
    let mut reader = Reader::default();
    let mut end = at(line, column);
    for (number, text) in lines.iter().enumerate().skip(line) {
        let skip = if number == line { column } else { 0 };
        if number > line && !reader.goes_on(text, base) {
            break;
        }
        reader.new_line();
        let mut chars = text.chars().enumerate().skip(skip).peekable();
        while let Some((column, c)) = chars.next() {
            if reader.take(c, chars.peek().map(|(_, next)| *next)) {
                return Enclosed {
                    end: at(number, column + 1),
                    missing: String::new(),
                };
            }
        }
        // Blank lines at its end are not part of what is not closed.
        if !text.trim().is_empty() {
            end = at(number, text.trim_end().chars().count().max(skip));
        }
    }
    Enclosed {
        end,
        missing: reader.missing(),
    }
}

/// Reads characters of a flow value.
#[derive(Debug, Default)]
struct Reader {
    /// The brackets that would close what is open, innermost last.
    closers: Vec<char>,
    quote: Option<char>,
    /// The next character stands for itself: behind a backslash, or the second of two quotes.
    escaped: bool,
    comment: bool,
    before: Option<char>,
}

impl Reader {
    fn new_line(&mut self) {
        self.comment = false;
        self.before = None;
    }

    fn goes_on(&self, text: &str, base: usize) -> bool {
        let indent = text.chars().take_while(|c| matches!(c, ' ' | '\t')).count();
        let closes = self.quote.is_none() && text.trim_start().starts_with([']', '}']);
        text.trim().is_empty() || indent > base || (closes && indent >= base)
    }

    /// Takes the next character, seeing the one behind it; true when the value ended with it.
    fn take(&mut self, c: char, next: Option<char>) -> bool {
        let before = self.before.replace(c);
        if self.comment {
            return false;
        }
        if let Some(quote) = self.quote {
            return self.quoted(quote, c, next);
        }
        match c {
            '"' | '\'' if before.is_none_or(|c| c.is_whitespace() || "[{,:".contains(c)) => {
                self.quote = Some(c);
            }
            '#' if before.is_none_or(char::is_whitespace) => self.comment = true,
            '[' => self.closers.push(']'),
            '{' => self.closers.push('}'),
            ']' | '}' => {
                self.closers.pop();
                return self.closers.is_empty();
            }
            _ => {}
        }
        false
    }

    fn quoted(&mut self, quote: char, c: char, next: Option<char>) -> bool {
        if self.escaped {
            self.escaped = false;
        } else if (quote == '"' && c == '\\') || (quote == '\'' && c == quote && next == Some(c)) {
            self.escaped = true;
        } else if c == quote {
            self.quote = None;
            return self.closers.is_empty();
        }
        false
    }

    fn missing(&self) -> String {
        let quote = self.quote.iter();
        quote.chain(self.closers.iter().rev()).collect()
    }
}
