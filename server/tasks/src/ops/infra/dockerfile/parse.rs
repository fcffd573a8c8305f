//! From text to instructions: continued lines, comments between them, here-documents, the escape directive.

use super::super::super::check::{Place, Text};
use super::stages::{Stage, stages};
use super::words::{Word, words};

/// A Dockerfile as it is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dockerfile {
    pub(super) instructions: Vec<Instruction>,
    /// From one `FROM` to the next.
    pub(super) stages: Vec<Stage>,
    /// There is a `.dockerignore` for it.
    pub(super) has_ignore: bool,
}

/// One instruction.
#[derive(Debug, Clone, Default)]
pub(super) struct Instruction {
    /// In capitals.
    pub(super) name: String,
    /// Of the name.
    pub(super) place: Place,
    /// `--name=value`.
    pub(super) flags: Vec<Word>,
    /// What follows, here-documents included.
    pub(super) text: Text,
    /// Its words, without flags; those of a JSON form without its brackets.
    pub(super) words: Vec<Word>,
    /// It is a JSON list.
    pub(super) list: bool,
}

impl Instruction {
    pub(super) fn flag(&self, name: &str) -> Option<&str> {
        let value = |word: &'_ Word| {
            let rest = word.text.strip_prefix("--")?.strip_prefix(name)?;
            Some(rest.strip_prefix('=').unwrap_or(rest).to_owned())
        };
        let at = self.flags.iter().position(|word| value(word).is_some())?;
        let text = self.flags[at].text.as_str();
        Some(text.split_once('=').map_or("", |(_, value)| value))
    }
}

/// Reads it; `has_ignore` says whether its context has a `.dockerignore`.
pub(in super::super) fn parse(text: &str, has_ignore: bool) -> Dockerfile {
    let mut reader = Reader {
        lines: text.lines().collect(),
        next: 0,
        escape: escape(text),
    };
    let mut instructions = Vec::new();
    while let Some(instruction) = reader.instruction() {
        instructions.push(instruction);
    }
    Dockerfile {
        stages: stages(&instructions),
        instructions,
        has_ignore,
    }
}

/// The character that continues a line: a directive among the first comments may set it.
fn escape(text: &str) -> char {
    for line in text.lines() {
        let Some(comment) = line.trim().strip_prefix('#') else {
            break;
        };
        let Some((name, value)) = comment.split_once('=') else {
            break;
        };
        if name.trim().eq_ignore_ascii_case("escape") {
            return if value.trim() == "`" { '`' } else { '\\' };
        }
    }
    '\\'
}

struct Reader<'t> {
    lines: Vec<&'t str>,
    next: usize,
    escape: char,
}

impl<'t> Reader<'t> {
    fn instruction(&mut self) -> Option<Instruction> {
        let (number, line) = loop {
            let line = *self.lines.get(self.next)?;
            self.next += 1;
            let plain = line.trim();
            if !plain.is_empty() && !plain.starts_with('#') {
                break (self.next, line);
            }
        };
        let indent = line.len() - line.trim_start().len();
        let body = &line[indent..];
        let length = body.find(char::is_whitespace).unwrap_or(body.len());
        let name = body[..length].to_ascii_uppercase();
        let start = line[..indent].chars().count() + 1;
        let place = Place::new(number, start, Some(start + body[..length].chars().count()));
        let mut text = Text::default();
        self.continued(&mut text, line, indent + length, number);
        for ending in here_documents(&name, &text.text) {
            self.here_document(&mut text, &ending);
        }
        let list = text.text.trim_start().starts_with('[');
        let (flags, words) = words(&text, self.escape, list);
        Some(Instruction {
            name,
            place,
            flags,
            text,
            words,
            list,
        })
    }

    /// The rest of a line, and of those that continue it. Comments and empty lines between them are not part of it.
    fn continued(&mut self, text: &mut Text, line: &'t str, from: usize, number: usize) {
        let (mut line, mut from, mut number) = (line, from, number);
        loop {
            let trimmed = line.trim_end();
            let rest = trimmed.get(from..).unwrap_or_default();
            let column = line[..from.min(line.len())].chars().count() + 1;
            let Some(part) = rest.strip_suffix(self.escape) else {
                text.push(rest, number, column);
                return;
            };
            text.push(part, number, column);
            // Words on two lines are two words in all that is asked here, unless the line is continued within one.
            loop {
                let Some(next) = self.lines.get(self.next) else {
                    return;
                };
                self.next += 1;
                let plain = next.trim();
                if !plain.is_empty() && !plain.starts_with('#') {
                    (line, from, number) = (next, 0, self.next);
                    break;
                }
            }
        }
    }

    fn here_document(&mut self, text: &mut Text, ending: &Ending) {
        while let Some(line) = self.lines.get(self.next) {
            self.next += 1;
            let plain = if ending.tabs {
                line.trim_start_matches('\t')
            } else {
                line
            };
            if plain == ending.word {
                return;
            }
            text.push("\n", self.next, 1);
            text.push(line, self.next, 1);
        }
    }
}

/// How a here-document ends.
struct Ending {
    word: String,
    /// Tabs before it do not count.
    tabs: bool,
}

/// Those that an instruction begins, in order. Only some instructions may have any.
fn here_documents(name: &str, text: &str) -> Vec<Ending> {
    if !matches!(name, "RUN" | "COPY" | "ADD") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("<<") {
        let after = &rest[at + 2..];
        // `<<<` is another thing.
        if let Some(other) = after.strip_prefix('<') {
            rest = other;
            continue;
        }
        let tabs = after.starts_with('-');
        let after = after.strip_prefix('-').unwrap_or(after);
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let body = quote.map_or(after, |_| &after[1..]);
        let end = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let word = &body[..end.unwrap_or(body.len())];
        if word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            found.push(Ending {
                word: word.to_owned(),
                tabs,
            });
        }
        rest = body;
    }
    found
}
