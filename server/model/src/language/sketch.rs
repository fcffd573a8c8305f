//! The layout of a YAML text while it is being typed: which line holds which key or item, below what.
//!
//! A parser stops at the first thing that is no YAML, and what is being typed mostly is none. So this
//! goes by lines and columns alone, and has an answer for every text: a bracket or a quote that is not
//! closed ends where the indentation says that its value must have ended. What the values mean is not
//! known here; [`spot`] says where a cursor is, [`repair()`] makes YAML of it for the parser.

mod flow;
mod repair;
mod scan;
mod spot;

pub(super) use repair::{repair, without_line};
pub use spot::{Role, Segment, Spot};

use crate::diagnostic::Position;

/// The layout of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch {
    items: Vec<Item>,
    lines: Vec<Line>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    /// Characters before the first that is no blank.
    indent: u32,
    /// Where its comment starts.
    comment: Option<u32>,
    kind: LineKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineKind {
    /// Blank, a comment alone, or a mark between documents.
    Nothing,
    /// It goes on with the value of this item.
    Inside(usize),
    /// Items start here: the first, and how many.
    Items(usize, usize),
}

/// A key, or the dash of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    line: u32,
    column: u32,
    /// The item whose mapping or list it belongs to; none at the top.
    parent: Option<usize>,
    name: Name,
    value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Key {
        text: String,
        /// The column behind it, quotes included.
        end: u32,
        /// Without, it is half a key.
        colon: bool,
    },
    /// Its place in the list.
    Dash(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// Nothing, or on the lines below.
    Nothing,
    /// Bare text on the line of the item, between these columns.
    Plain(u32, u32),
    /// Text in quotes, or a collection in brackets, from here to there. `missing` closes it.
    Enclosed {
        from: Position,
        end: Position,
        missing: String,
    },
    /// `|` or `>`: text on the lines below.
    Block,
}

impl Sketch {
    /// Looks through a text. A byte order mark is no part of it.
    pub fn of(text: &str) -> Self {
        scan::scan(text)
    }

    /// What is at this place; nothing in comments and in text that is not ours to complete.
    pub fn spot(&self, text: &str, at: Position) -> Option<Spot> {
        spot::spot(self, text, at)
    }

    fn children(&self, parent: Option<usize>) -> impl Iterator<Item = &Item> {
        // Children stand behind their parent.
        let first = parent.map_or(0, |parent| parent + 1);
        self.items
            .get(first..)
            .unwrap_or_default()
            .iter()
            .filter(move |item| item.parent == parent)
    }

    /// From the top to this item.
    fn path(&self, item: usize) -> Vec<Segment> {
        let mut path = Vec::new();
        let mut next = Some(item);
        while let Some(item) = next.and_then(|item| self.items.get(item)) {
            path.push(match &item.name {
                Name::Key { text, .. } => Segment::Key(text.clone()),
                Name::Dash(index) => Segment::Item(*index),
            });
            next = item.parent;
        }
        path.reverse();
        path
    }
}

/// The lines of a text. They end as YAML's and the protocol's do: with `\n`, `\r\n` or `\r`.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['\n', '\r']) {
        let (line, tail) = rest.split_at(end);
        lines.push(line);
        rest = tail.strip_prefix("\r\n").unwrap_or(&tail[1..]);
    }
    lines.push(rest);
    lines
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn at(line: usize, column: usize) -> Position {
    Position {
        line: small(line),
        column: small(column),
    }
}
