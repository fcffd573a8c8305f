//! JSON for lists and mappings in a command string. Small and our own, because a [`Value`] keeps
//! the order of its keys and the spelling of its numbers, and this crate has no wire format.

use crate::workflow::Value;
use std::fmt::Write as _;

/// Deeper is refused; the text then stays text.
const MAX_DEPTH: usize = 64;

/// Writes the value as JSON on one line, with `'` escaped so that it can stand in single quotes.
pub(super) fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) if is_number(number) => out.push_str(number),
        Value::Number(text) | Value::Text(text) => write_text(out, text),
        Value::List(items) => write_all(out, ['[', ']'], items, write),
        Value::Map(entries) => write_all(out, ['{', '}'], entries, |out, (key, value)| {
            write_text(out, key);
            out.push(':');
            write(out, value);
        }),
    }
}

fn write_all<T>(out: &mut String, [open, close]: [char; 2], items: &[T], one: fn(&mut String, &T)) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        one(out, item);
    }
    out.push(close);
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\'' => out.push_str("\\u0027"),
            c if c.is_control() => {
                // Writing into a String cannot fail, and controls are below 0x10000.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether this is a number by JSON's grammar.
pub(super) fn is_number(text: &str) -> bool {
    number_len(text) == text.len() && !text.is_empty()
}

/// How many bytes at the start are a JSON number; 0 for none.
fn number_len(text: &str) -> usize {
    let digits = |from: usize| text[from..].bytes().take_while(u8::is_ascii_digit).count();
    let int = usize::from(text.starts_with('-'));
    let mut at = match digits(int) {
        0 => return 0,
        _ if text[int..].starts_with('0') => int + 1,
        len => int + len,
    };
    if text[at..].starts_with('.') && digits(at + 1) > 0 {
        at += 1 + digits(at + 1);
    }
    if text[at..].starts_with(['e', 'E']) {
        let sign = usize::from(text[at + 1..].starts_with(['+', '-']));
        if digits(at + 1 + sign) > 0 {
            at += 1 + sign + digits(at + 1 + sign);
        }
    }
    at
}

/// The JSON value at the start of the text, and what follows it.
pub(super) fn read(text: &str) -> Option<(Value, &str)> {
    let mut reader = Reader {
        rest: text,
        depth: 0,
    };
    let value = reader.value()?;
    Some((value, reader.rest))
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<Value> {
        self.blank();
        for (word, value) in [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
        ] {
            if self.take(word) {
                return Some(value);
            }
        }
        match self.rest.chars().next()? {
            '"' => self.text().map(Value::Text),
            '[' => self.all('[', ']', Self::value).map(Value::List),
            '{' => self.all('{', '}', Self::entry).map(Value::Map),
            _ => {
                let (number, rest) = self.rest.split_at(number_len(self.rest));
                self.rest = rest;
                (!number.is_empty()).then(|| Value::Number(number.to_owned()))
            }
        }
    }

    fn entry(&mut self) -> Option<(String, Value)> {
        self.blank();
        let key = self.text()?;
        self.blank();
        if self.take(":") {
            Some((key, self.value()?))
        } else {
            None
        }
    }

    fn all<T>(
        &mut self,
        open: char,
        close: char,
        one: fn(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        self.rest = self.rest.strip_prefix(open)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut items = Vec::new();
        loop {
            self.blank();
            if items.is_empty() && self.rest.starts_with(close) {
                break;
            }
            items.push(one(self)?);
            self.blank();
            if !self.take(",") {
                break;
            }
        }
        self.depth -= 1;
        self.rest = self.rest.strip_prefix(close)?;
        Some(items)
    }

    fn text(&mut self) -> Option<String> {
        self.rest = self.rest.strip_prefix('"')?;
        let mut out = String::new();
        loop {
            let plain = self.rest.find(|c: char| c == '"' || c == '\\' || c < ' ')?;
            let (before, rest) = self.rest.split_at(plain);
            out.push_str(before);
            if let Some(rest) = rest.strip_prefix('"') {
                self.rest = rest;
                return Some(out);
            }
            self.rest = rest.strip_prefix('\\')?;
            out.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '"' | '\\' | '/' => c,
            'u' => self.unicode()?,
            _ => return None,
        })
    }

    /// After `\u`. Python writes what is beyond 16 bits as two escapes.
    fn unicode(&mut self) -> Option<char> {
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high);
        }
        if !self.take("\\u") {
            return None;
        }
        let low = self.hex()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self
            .rest
            .get(..4)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.rest = &self.rest[4..];
        u32::from_str_radix(digits, 16).ok()
    }

    fn take(&mut self, word: &str) -> bool {
        self.rest
            .strip_prefix(word)
            .map(|rest| self.rest = rest)
            .is_some()
    }

    fn blank(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }
}
