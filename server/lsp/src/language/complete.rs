//! `textDocument/completion`: what may be written at a place, and how it is put there.

mod condition;
mod insert;
mod slot;
mod values;
mod workflow;

use super::{Content, Known, Reading};
pub(super) use insert::{Opens, quoted, scalar};
use model::diagnostic::Position as Place;
use model::language::{Role, Spot};
pub(super) use slot::Slot;
use std::ops::Range;
pub(super) use values::backends;

/// What the client can do with what it is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Client {
    /// Places to fill in: `$0`, `${1|a,b|}`.
    pub(crate) snippets: bool,
    /// Lines are put in as they are sent, with our indentation.
    pub(crate) lines: bool,
}

/// Something that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// What is shown.
    pub(crate) label: String,
    /// What it is.
    pub(crate) kind: ItemKind,
    /// Beside the label.
    pub(crate) detail: String,
    /// Markdown.
    pub(crate) documentation: String,
    /// What is replaced: the word under the cursor.
    pub(crate) range: Range<Place>,
    /// What is put there.
    pub(crate) insert: String,
    /// It has places to fill in.
    pub(crate) snippet: bool,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemKind {
    /// A key.
    Key,
    /// A word of a fixed list.
    Word,
    /// A step.
    Step,
    /// A file.
    File,
    /// An agent, a role, or what one does.
    Agent,
}

/// A key that may be written.
struct KeyOffer {
    name: String,
    opens: Opens,
    detail: String,
    documentation: String,
}

/// A value that may be written.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) text: String,
    kind: ItemKind,
    detail: String,
    documentation: String,
    /// It is written as it stands here, never in quotes.
    verbatim: bool,
}

impl Choice {
    pub(super) fn word(text: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kind: ItemKind::Word,
            detail: detail.into(),
            documentation: String::new(),
            verbatim: true,
        }
    }

    pub(super) fn named(
        text: impl Into<String>,
        kind: ItemKind,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            verbatim: false,
            ..Self::word(text, detail)
        }
    }
}

/// What may be written at this place of a document.
pub(crate) fn complete(reading: &Reading, at: Place, known: &Known, client: Client) -> Vec<Item> {
    let text = reading
        .text
        .strip_prefix('\u{feff}')
        .unwrap_or(&reading.text);
    let Some(spot) = reading.yaml().and_then(|yaml| yaml.sketch.spot(text, at)) else {
        return Vec::new();
    };
    match &reading.content {
        Content::Workflow(outline) => workflow::items(outline, &spot, known, client),
        Content::Settings(schema, _) => settings(schema, &spot, known, client),
        Content::Other => Vec::new(),
    }
}

fn settings(schema: &super::Schema, spot: &Spot, known: &Known, client: Client) -> Vec<Item> {
    let Some(here) = schema.at(&spot.path) else {
        return Vec::new();
    };
    let mut items = Vec::new();
    if spot.role != Role::Value {
        // A list on lines of its own: the keys of its first item come behind a dash.
        let (holder, dash) = match here.items() {
            Some(inner) if spot.own_line => (inner, true),
            _ => (here, false),
        };
        let offers = holder
            .keys()
            .filter(|(name, _)| !spot.siblings.contains(name));
        items.extend(offers.map(|(name, schema)| {
            let offer = KeyOffer {
                name,
                opens: schema.opens(),
                detail: schema.value(),
                documentation: schema.markdown(),
            };
            insert::key(offer, spot, dash, client)
        }));
    }
    if spot.role != Role::Key {
        let (holder, dash) = match here.items() {
            Some(inner) => (inner, spot.own_line),
            None => (here, false),
        };
        let list = here.is_list() && !dash;
        let choices = holder.choices(known).into_iter();
        let new = choices.filter(|choice| !spot.siblings.contains(&choice.text));
        items.extend(new.map(|choice| insert::value(choice, spot, dash, list)));
    }
    items
}
