//! Blocks of code: their text, and where each line of it stands in the page.

use super::{Page, code, shell};
use crate::docs::place::{Lines, Note, Rule};
use std::ops::Range;

/// A fenced block while it is read.
#[derive(Debug)]
pub(super) struct Block {
    /// The words behind its fence.
    info: String,
    range: Range<usize>,
    text: String,
    /// Beginnings of parts of the text, and where they stand in the page.
    parts: Vec<(usize, usize)>,
}

impl Block {
    pub(super) fn new(info: &str, range: Range<usize>) -> Self {
        Self {
            info: info.to_owned(),
            range,
            text: String::new(),
            parts: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, text: &str, range: Range<usize>) {
        self.parts.push((self.text.len(), range.start));
        self.text.push_str(text);
    }

    /// Where a byte of the text stands in the page.
    fn at(&self, at: usize) -> usize {
        let part = self.parts.partition_point(|(start, _)| *start <= at);
        let part = part.checked_sub(1).and_then(|part| self.parts.get(part));
        part.map_or(self.range.start, |(start, place)| place + (at - start))
    }

    /// Looks at it: is it code that parses, does it run what is there?
    pub(super) fn read(self, page_text: &str, lines: &Lines<'_>, page: &mut Page) {
        let words: Vec<&str> = self
            .info
            .split([' ', ',', '{', '}', ':'])
            .filter(|word| !word.is_empty())
            .collect();
        let word = words
            .first()
            .map(|word| word.trim_start_matches('.').to_ascii_lowercase())
            .unwrap_or_default();
        if shell::is_shell(&word) {
            let claims = shell::claims(&self.text, page_text, |at| self.at(at), lines);
            page.claims.extend(claims);
            return;
        }
        let Some(format) = code::Format::of(&word) else {
            return;
        };
        let unjudged = ["ignore", "compile_fail", "diff", "no-parse"];
        if words.iter().any(|word| unjudged.contains(word)) {
            return;
        }
        page.blocks += 1;
        if let Some(range) = code::broken(format, &self.text) {
            let start = self.at(range.start);
            let place = lines.place(&(start..start + range.len().max(1)));
            let message = format!("this {} does not parse", format.name());
            page.notes.push(Note {
                rule: Rule::UnparsableCode,
                message,
                place,
            });
        }
    }
}
