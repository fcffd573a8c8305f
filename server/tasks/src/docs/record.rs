//! What is known of one file: all that its name and its text tell, so that it need not be read again while these
//! stay the same. What depends on other files (links, commands) is kept as a question and answered anew each time.

use super::api;
use super::item::{Doc, Item};
use super::language::{Language, is_generated, is_test};
use super::pages::{Page, read_page};
use super::place::{Lines, Note, Rule};
use super::said::judge;
use super::source;
use super::tree::Source;
use crate::ops::secrets::{holds_secret, masked};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Larger sources were written by programs.
const LARGEST_SOURCE: usize = 1 << 20;

/// A file that was read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Record {
    /// A source file.
    Code(Code),
    /// A page of Markdown.
    Page(Page),
    /// A file that is not looked at: a test, generated, no UTF-8.
    PassedOver,
}

/// A source file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) language: Language,
    pub(crate) public: u32,
    pub(crate) documented: u32,
    pub(crate) notes: Vec<Note>,
    /// The first sentence about the file.
    pub(crate) about: String,
    /// Its page of the reference; empty without public items.
    pub(crate) page: String,
}

impl Record {
    /// What is to be done with a file, by its name.
    pub(crate) fn wants(path: &str) -> bool {
        is_page(path) || Language::of(path).is_some_and(|_| !is_test(path))
    }

    /// What is wrong in it, as far as it tells itself.
    pub(crate) fn notes(&self) -> &[Note] {
        match self {
            Self::Code(code) => &code.notes,
            Self::Page(page) => &page.notes,
            Self::PassedOver => &[],
        }
    }

    /// Reads a file.
    pub(crate) fn read(path: &str, bytes: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Self::PassedOver;
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut record = Self::read_text(path, text);
        record.cover(path);
        record
    }

    /// What others read is made of it, and what is kept for the next time: secrets of the source do not go there.
    fn cover(&mut self, path: &str) {
        let cover = |text: &mut String| {
            if let Cow::Owned(covered) = masked(path, text) {
                *text = covered;
            }
        };
        let notes = match self {
            Self::Code(code) => {
                cover(&mut code.about);
                cover(&mut code.page);
                &mut code.notes
            }
            Self::Page(page) => {
                cover(&mut page.title);
                cover(&mut page.about);
                // With a part of it covered it would lead elsewhere, or tell another command.
                let plain = |text: &str| !holds_secret(path, text);
                page.links.retain(|link| plain(&link.address));
                page.claims
                    .retain(|claim| serde_json::to_string(claim).is_ok_and(|text| plain(&text)));
                &mut page.notes
            }
            Self::PassedOver => return,
        };
        for note in notes {
            cover(&mut note.message);
        }
    }

    fn read_text(path: &str, text: &str) -> Self {
        if is_page(path) {
            return if text.starts_with(api::MARK) {
                Self::PassedOver
            } else {
                Self::Page(read_page(text))
            };
        }
        match Language::of(path) {
            Some(language) if text.len() <= LARGEST_SOURCE && !is_generated(text) => {
                Self::Code(read_code(language, path, text))
            }
            _ => Self::PassedOver,
        }
    }
}

/// Whether a file is a page of Markdown.
pub(crate) fn is_page(path: &str) -> bool {
    path.ends_with(".md") || path.ends_with(".markdown")
}

fn read_code(language: Language, path: &str, text: &str) -> Code {
    let source = Source::of(text);
    let reading = source::read(language, path, &source);
    let mut notes: Vec<Note> = Vec::new();
    let (mut public, mut documented) = (0, 0);
    // In Python a file is something that others import by name.
    if language == Language::Python && reading.items.iter().any(|item| item.public) {
        public += 1;
        if reading.module.is_some() {
            documented += 1;
        } else {
            let place = Lines::of(text).place(&(0..0));
            notes.push(Note {
                rule: Rule::Undocumented,
                message: "the module has no documentation".to_owned(),
                place,
            });
        }
    }
    for item in &reading.items {
        notes.extend(judge(language, item, &source.lines));
        if !item.public {
            continue;
        }
        public += 1;
        if item.doc.is_some() {
            documented += 1;
        } else {
            notes.push(undocumented(item));
        }
    }
    notes.sort_by(|a, b| (a.place, a.rule, &a.message).cmp(&(b.place, b.rule, &b.message)));
    Code {
        language,
        public,
        documented,
        notes,
        about: reading.module.as_ref().map(about).unwrap_or_default(),
        page: if public == 0 {
            String::new()
        } else {
            api::page(language, path, &reading)
        },
    }
}

fn undocumented(item: &Item) -> Note {
    Note {
        rule: Rule::Undocumented,
        message: format!(
            "the public {} `{}` has no documentation",
            item.kind.word(),
            item.name
        ),
        place: item.place,
    }
}

/// Characters of a sentence.
const SENTENCE: usize = 200;

/// The first sentence of a text.
fn about(doc: &Doc) -> String {
    let lines = doc.texts().skip_while(|line| line.trim().is_empty());
    let paragraph: Vec<&str> = lines
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    first_sentence(&paragraph.join(" "))
}

/// The first sentence of a paragraph, no longer than a line holds.
pub(crate) fn first_sentence(paragraph: &str) -> String {
    let end = paragraph.find(". ").map_or(paragraph.len(), |at| at + 1);
    let sentence = paragraph
        .get(..end)
        .unwrap_or_default()
        .trim_start_matches(['#', ' '])
        .trim();
    match sentence.char_indices().nth(SENTENCE) {
        Some((end, _)) => format!("{}…", sentence.get(..end).unwrap_or_default().trim_end()),
        None => sentence.to_owned(),
    }
}
