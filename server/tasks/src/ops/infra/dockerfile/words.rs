//! The words of an instruction, each with its place.

use super::super::super::check::{Place, Text};

/// A word without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) place: Place,
    /// It begins with a quote.
    pub(super) quoted: bool,
}

/// Flags, and the words after them. A JSON form ends at its bracket; of a here-document only the first line has words.
pub(super) fn words(text: &Text, escape: char, list: bool) -> (Vec<Word>, Vec<Word>) {
    let end = text.text.find('\n').unwrap_or(text.text.len());
    let mut words = Vec::new();
    let mut chars = text.text[..end].char_indices().peekable();
    let separates = |c: char| c.is_whitespace() || (list && matches!(c, '[' | ']' | ','));
    while let Some((start, first)) = chars.next() {
        if separates(first) {
            continue;
        }
        let mut word = String::new();
        let mut quote = None;
        let quoted = matches!(first, '"' | '\'');
        let mut last = start + first.len_utf8();
        let mut next = Some((start, first));
        while let Some((at, c)) = next {
            last = at + c.len_utf8();
            match quote {
                None if c == '"' || c == '\'' => quote = Some(c),
                Some(open) if c == open => quote = None,
                _ if c == escape && quote != Some('\'') => {
                    if let Some((at, c)) = chars.next() {
                        last = at + c.len_utf8();
                        word.push(c);
                    }
                }
                _ => word.push(c),
            }
            next = chars.next_if(|(_, c)| quote.is_some() || !separates(*c));
        }
        words.push(Word {
            text: word,
            place: text.place(start, last),
            quoted,
        });
    }
    let flags = words
        .iter()
        .take_while(|word| word.text.starts_with("--") && !word.quoted)
        .count();
    let rest = words.split_off(flags);
    (words, rest)
}
