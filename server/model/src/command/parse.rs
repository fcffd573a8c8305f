//! Reads a command string: ours, and those of the original and of people.

use super::json;
use crate::workflow::Value;

/// A command string, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParsedCommand {
    /// Role, without `@`.
    pub agent: String,
    /// What of, without `*`; empty when there is none.
    pub action: String,
    /// Parameters in order. A bare key is `true`.
    pub params: Vec<(String, Value)>,
    /// Words that belong to no key, joined by blanks: `src/x.py` of `@reviewer *review src/x.py`.
    pub rest: String,
}

/// Why a text is no command string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No `@` at the start.
    #[error("no agent named; a command starts with `@agent`")]
    NoAgent,
    /// `@` alone.
    #[error("the name of the agent is empty; a command starts with `@agent`")]
    EmptyAgent,
}

/// Reads a command string. Tolerant beyond its head: the original escaped nothing, so an unescaped
/// quote within a value ends it only where a key or the end follows.
///
/// # Errors
/// When the text does not start with `@` and a name.
pub fn parse(text: &str) -> Result<ParsedCommand, CommandError> {
    let text = text.trim().strip_prefix('@').ok_or(CommandError::NoAgent)?;
    let (agent, rest) = word(text);
    if agent.is_empty() {
        return Err(CommandError::EmptyAgent);
    }
    let mut reader = Reader {
        rest: rest.trim_start(),
        broken_json: false,
    };
    let mut command = ParsedCommand {
        agent: agent.to_owned(),
        ..ParsedCommand::default()
    };
    if !reader.rest.starts_with(['-', '"', '\'']) {
        let (action, rest) = word(reader.rest);
        command.action = action.trim_start_matches('*').to_owned();
        reader.rest = rest.trim_start();
    }
    let mut loose = Vec::new();
    while !reader.rest.is_empty() {
        match reader.key() {
            Some(key) => command.params.push((key, reader.value_or_true())),
            None => loose.push(reader.loose()),
        }
    }
    command.rest = loose.join(" ");
    Ok(command)
}

/// The first word and what follows it, blanks included.
fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

struct Reader<'a> {
    /// Never starts with a blank.
    rest: &'a str,
    /// One value was no JSON in spite of its bracket. Then no other is tried, so that a hostile
    /// text is not read from each of its brackets to its end.
    broken_json: bool,
}

impl Reader<'_> {
    fn key(&mut self) -> Option<String> {
        let after = self.rest.strip_prefix("--")?;
        if after.starts_with('"') {
            self.rest = after;
            return Some(self.quoted_key());
        }
        let len = after
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(after.len());
        if len == 0 {
            return None;
        }
        let (key, rest) = after.split_at(len);
        self.rest = rest.strip_prefix('=').unwrap_or(rest.trim_start());
        Some(key.to_owned())
    }

    /// Only we quote keys, so the first unescaped quote ends one.
    fn quoted_key(&mut self) -> String {
        let inner = &self.rest[1..];
        let mut escaped = false;
        let end = inner.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let key = unescape(&inner[..end.unwrap_or(inner.len())]);
        self.rest = end
            .and_then(|end| inner.get(end + 1..))
            .unwrap_or("")
            .trim_start();
        key
    }

    fn value_or_true(&mut self) -> Value {
        if self.rest.is_empty() || self.rest.starts_with("--") {
            Value::Bool(true)
        } else {
            self.value()
        }
    }

    /// Words of no key. `--` alone makes all that follows such words.
    fn loose(&mut self) -> String {
        if let Some(after) = self.rest.strip_prefix("--") {
            self.rest = "";
            return after.trim().to_owned();
        }
        match self.rest.chars().next() {
            Some('"') => self.double_quoted(),
            Some('\'') => self.single_quoted(),
            _ => self.bare().to_owned(),
        }
    }

    fn value(&mut self) -> Value {
        match self.rest.chars().next() {
            Some('"') => Value::Text(self.double_quoted()),
            Some('\'') => match self.json("'") {
                Some(value) => value,
                None => Value::Text(self.single_quoted()),
            },
            Some('{' | '[') => match self.json("") {
                Some(value) => value,
                None => Value::Text(self.until_key()),
            },
            _ => plain(self.bare()),
        }
    }

    fn bare(&mut self) -> &str {
        let (bare, rest) = word(self.rest);
        self.rest = rest.trim_start();
        bare
    }

    /// A list or mapping between these quotes, followed by a blank or the end.
    fn json(&mut self, quote: &str) -> Option<Value> {
        let inner = self.rest.strip_prefix(quote)?;
        if self.broken_json || !inner.starts_with(['{', '[']) {
            return None;
        }
        let found =
            json::read(inner).and_then(|(value, rest)| Some((value, rest.strip_prefix(quote)?)));
        match found {
            Some((value, rest)) if rest.is_empty() || rest.starts_with(char::is_whitespace) => {
                self.rest = rest.trim_start();
                Some(value)
            }
            _ => {
                self.broken_json = true;
                None
            }
        }
    }

    /// Up to the first `'` with a blank or the end behind it; without one, up to the end.
    fn single_quoted(&mut self) -> String {
        let inner = &self.rest[1..];
        let end = inner
            .match_indices('\'')
            .map(|(at, _)| at)
            .find(|at| {
                inner[at + 1..]
                    .chars()
                    .next()
                    .is_none_or(char::is_whitespace)
            })
            .unwrap_or(inner.len());
        self.rest = inner.get(end + 1..).unwrap_or("").trim_start();
        inner[..end].to_owned()
    }

    fn double_quoted(&mut self) -> String {
        let inner = &self.rest[1..];
        let end = closing_quote(inner);
        self.rest = inner.get(end + 1..).unwrap_or("").trim_start();
        unescape(&inner[..end])
    }

    /// What Python makes of a list: brackets, blanks and quotes of its own kind.
    fn until_key(&mut self) -> String {
        let end = self.rest.find(" --").unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        text.trim_end().to_owned()
    }
}

fn plain(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        _ if json::is_number(text) => Value::Number(text.to_owned()),
        _ => Value::Text(text.to_owned()),
    }
}

/// Where the text ends whose opening quote stands before `inner`: at the first unescaped quote with
/// a key or the end behind it. Where a key comes first, at a quote with a blank behind it.
fn closing_quote(inner: &str) -> usize {
    let mut weak = None;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let after = &inner[at + 1..];
                let next = after.trim_start();
                if next.is_empty() || (next.len() < after.len() && next.starts_with("--")) {
                    return at;
                }
                if next.len() < after.len() {
                    weak = weak.or(Some(at));
                }
            }
            ' ' if weak.is_some() && inner[at..].starts_with(" --") => break,
            _ => {}
        }
    }
    weak.unwrap_or(inner.len())
}

/// Only what [`super::format`] escapes; any other backslash is one, as in `C:\dir`.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (c, len) = match rest[at + 1..].chars().next() {
            Some('n') => ('\n', 2),
            Some('r') => ('\r', 2),
            Some(c @ ('"' | '\\')) => (c, 2),
            _ => ('\\', 1),
        };
        out.push(c);
        rest = &rest[at + len..];
    }
    out.push_str(rest);
    out
}
