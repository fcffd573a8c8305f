//! Where a cursor is: in which mapping or value, and what of it is written already.

use super::{Item, LineKind, Name, Position, Sketch, Value, lines};
use std::ops::Range;

mod enclosed;

/// A step of the way from the top of a file to a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// The value of this key.
    Key(String),
    /// This item of a list.
    Item(usize),
}

/// What may be written at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A key of the mapping at the path.
    Key,
    /// The value at the path.
    Value,
    /// The value at the path, or the first key of a mapping that is it.
    Either,
}

/// A place where something may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The way to the mapping or value.
    pub path: Vec<Segment>,
    /// What may be written.
    pub role: Role,
    /// The cursor itself.
    pub cursor: Position,
    /// What is written there already; empty where nothing is. Quotes are not part of it.
    pub word: Range<Position>,
    /// Its text up to the cursor.
    pub typed: String,
    /// Its text behind the cursor.
    pub rest: String,
    /// The other keys of the mapping, or the other texts of the list.
    pub siblings: Vec<String>,
    /// The quote that the value stands in.
    pub quote: Option<char>,
    /// A blank has to come before what is written.
    pub space: bool,
    /// It is a line of its own below a key or in a list: an item of a list needs a dash first.
    pub own_line: bool,
    /// The key has its colon already.
    pub colon: bool,
    /// Within brackets.
    pub flow: bool,
    /// The column in which the keys of the mapping start.
    pub column: u32,
}

impl Spot {
    fn new(path: Vec<Segment>, role: Role, cursor: Position) -> Self {
        Self {
            path,
            role,
            cursor,
            word: cursor..cursor,
            typed: String::new(),
            rest: String::new(),
            siblings: Vec::new(),
            quote: None,
            space: false,
            own_line: false,
            colon: false,
            flow: false,
            column: cursor.column,
        }
    }

    /// With a word on the cursor's line.
    fn word(mut self, text: &Text<'_>, from: u32, to: u32) -> Self {
        let line = self.cursor.line;
        let place = |column| Position { line, column };
        self.word = place(from)..place(to);
        self.typed = text.slice(line, from, self.cursor.column);
        self.rest = text.slice(line, self.cursor.column, to);
        self
    }
}

/// A text by lines.
struct Text<'a>(Vec<&'a str>);

impl Text<'_> {
    fn slice(&self, line: u32, from: u32, to: u32) -> String {
        let line = self.0.get(line as usize).copied().unwrap_or_default();
        let len = to.saturating_sub(from) as usize;
        line.chars().skip(from as usize).take(len).collect()
    }
}

pub(super) fn spot(sketch: &Sketch, text: &str, at: Position) -> Option<Spot> {
    let line = sketch.lines.get(at.line as usize)?;
    if line.comment.is_some_and(|comment| at.column > comment) {
        return None;
    }
    let text = Text(lines(text));
    match line.kind {
        LineKind::Inside(owner) => inside(sketch, &text, owner, at),
        LineKind::Nothing => on_blank(sketch, &text, at),
        LineKind::Items(first, count) => {
            let items = first..first + count;
            let item = items
                .rev()
                .find(|item| sketch.items[*item].column <= at.column)?;
            on_item(sketch, &text, item, at)
        }
    }
}

/// In what a value takes of the lines below it.
fn inside(sketch: &Sketch, text: &Text<'_>, owner: usize, at: Position) -> Option<Spot> {
    match &sketch.items.get(owner)?.value {
        Value::Enclosed { from, end, .. } if is_within(&sketch.items[owner].value, at) => {
            enclosed::spot(sketch.path(owner), text, *from, *end, at)
        }
        _ => None,
    }
}

fn on_item(sketch: &Sketch, text: &Text<'_>, index: usize, at: Position) -> Option<Spot> {
    let item = &sketch.items[index];
    let from = match &item.name {
        Name::Key { end, colon, .. } if at.column <= *end => {
            return Some(on_key(sketch, text, index, *colon, *end, at));
        }
        Name::Key { colon: false, .. } => return None,
        Name::Key { end, .. } => {
            let behind = text.slice(at.line, *end, u32::MAX);
            let colon = behind.chars().position(|c| c == ':')?;
            end + super::small(colon) + 1
        }
        Name::Dash(_) => item.column + 1,
    };
    // Before the colon or on the dash; or before a key behind the dash.
    let mapping = sketch
        .children(Some(index))
        .any(|child| child.line == item.line);
    if at.column < from || mapping {
        return None;
    }
    in_value(sketch, text, index, at, from)
}

fn on_key(
    sketch: &Sketch,
    text: &Text<'_>,
    index: usize,
    colon: bool,
    end: u32,
    at: Position,
) -> Spot {
    let item = &sketch.items[index];
    let path = item.parent.map(|parent| sketch.path(parent));
    // The only thing below a key, without a colon: perhaps its value.
    let alone = !colon && sketch.children(item.parent).count() == 1;
    let below_key = parent_of(sketch, item).is_some_and(|parent| {
        matches!(parent.name, Name::Key { .. }) && parent.value == Value::Nothing
    });
    let role = if alone && below_key {
        Role::Either
    } else {
        Role::Key
    };
    let mut spot = Spot::new(path.unwrap_or_default(), role, at).word(text, item.column, end);
    spot.siblings = keys(sketch.children(item.parent), Some(item));
    spot.colon = colon;
    spot.own_line = true;
    spot.column = item.column;
    spot
}

fn in_value(
    sketch: &Sketch,
    text: &Text<'_>,
    index: usize,
    at: Position,
    from: u32,
) -> Option<Spot> {
    let item = &sketch.items[index];
    let role = match item.name {
        Name::Key { .. } => Role::Value,
        Name::Dash(_) => Role::Either,
    };
    let mut spot = Spot::new(sketch.path(index), role, at);
    match &item.value {
        // Something below is the value already.
        Value::Nothing if sketch.children(Some(index)).next().is_some() => return None,
        Value::Nothing => spot.space = at.column == from,
        Value::Plain(start, end) if (*start..=*end).contains(&at.column) => {
            spot = spot.word(text, *start, *end);
        }
        Value::Enclosed { from, end, .. } if is_within(&item.value, at) => {
            return enclosed::spot(sketch.path(index), text, *from, *end, at);
        }
        Value::Plain(..) | Value::Enclosed { .. } | Value::Block => return None,
    }
    if role == Role::Either {
        spot.siblings = texts(sketch, text, item.parent, index);
    }
    Some(spot)
}

/// Whether a value in brackets or quotes goes on here. One that is not closed goes on to the end of its line.
fn is_within(value: &Value, at: Position) -> bool {
    match value {
        Value::Enclosed { from, end, missing } => {
            let open = !missing.is_empty() && at.line == end.line;
            *from <= at && (at <= *end || open)
        }
        Value::Nothing | Value::Plain(..) | Value::Block => false,
    }
}

/// On a line with nothing on it: what is meant follows from the column.
fn on_blank(sketch: &Sketch, text: &Text<'_>, at: Position) -> Option<Spot> {
    let line = sketch.lines.get(at.line as usize)?;
    let blank = text.slice(at.line, 0, u32::MAX).trim().is_empty();
    if line.comment.is_some() || !blank {
        return None;
    }
    let before = sketch.items.partition_point(|item| item.line < at.line);
    let mut chain = Vec::new();
    let mut next = before.checked_sub(1);
    while let Some(index) = next {
        chain.push(index);
        next = sketch.items[index].parent;
    }
    // Innermost first.
    for index in chain {
        let item = &sketch.items[index];
        if item.column == at.column {
            return Some(beside(sketch, text, index, at));
        }
        if item.column < at.column {
            return below(sketch, index, at);
        }
    }
    let mut spot = Spot::new(Vec::new(), Role::Key, at);
    spot.siblings = keys(sketch.children(None), None);
    spot.own_line = true;
    Some(spot)
}

/// In the column of an item above.
fn beside(sketch: &Sketch, text: &Text<'_>, index: usize, at: Position) -> Spot {
    let item = &sketch.items[index];
    let mut path = item
        .parent
        .map(|parent| sketch.path(parent))
        .unwrap_or_default();
    let mut spot = match item.name {
        Name::Key { .. } => {
            let mut spot = Spot::new(path, Role::Key, at);
            spot.siblings = keys(sketch.children(item.parent), None);
            spot
        }
        Name::Dash(number) => {
            path.push(Segment::Item(number + 1));
            let mut spot = Spot::new(path, Role::Either, at);
            spot.siblings = texts(sketch, text, item.parent, usize::MAX);
            spot
        }
    };
    spot.own_line = true;
    spot
}

/// Deeper than an item above, which nothing else stands below of in this column.
fn below(sketch: &Sketch, index: usize, at: Position) -> Option<Spot> {
    let item = &sketch.items[index];
    if item.value != Value::Nothing {
        return None;
    }
    let some = sketch.children(Some(index)).next();
    let role = match (&item.name, some.map(|child| &child.name)) {
        (Name::Key { colon: false, .. }, _) | (_, Some(Name::Dash(_))) => return None,
        (Name::Key { .. }, None) => Role::Either,
        (Name::Key { .. } | Name::Dash(_), _) => Role::Key,
    };
    let mut spot = Spot::new(sketch.path(index), role, at);
    spot.siblings = keys(sketch.children(Some(index)), None);
    spot.own_line = true;
    Some(spot)
}

fn parent_of<'s>(sketch: &'s Sketch, item: &Item) -> Option<&'s Item> {
    item.parent.and_then(|parent| sketch.items.get(parent))
}

fn keys<'s>(items: impl Iterator<Item = &'s Item>, without: Option<&Item>) -> Vec<String> {
    let name = |item: &'s Item| match &item.name {
        Name::Key {
            text, colon: true, ..
        } => Some(text.clone()),
        Name::Key { .. } | Name::Dash(_) => None,
    };
    items
        .filter(|item| without.is_none_or(|without| !std::ptr::eq(*item, without)))
        .filter_map(name)
        .collect()
}

/// The texts of the other items of a list.
fn texts(sketch: &Sketch, text: &Text<'_>, list: Option<usize>, without: usize) -> Vec<String> {
    let own = sketch.items.get(without);
    let value = |item: &Item| match &item.value {
        Value::Plain(from, to) => Some(text.slice(item.line, *from, *to)),
        Value::Enclosed { from, end, .. } if from.line == end.line => Some(
            text.slice(from.line, from.column, end.column)
                .trim_matches(['"', '\''])
                .to_owned(),
        ),
        _ => None,
    };
    sketch
        .children(list)
        .filter(|item| own.is_none_or(|own| !std::ptr::eq(*item, own)))
        .filter_map(value)
        .collect()
}
