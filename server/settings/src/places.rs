//! Where in a YAML text each key and value stands. For places only: what the text means is serde_yaml's to say.
//!
//! Both parsers are asked because serde_yaml gives a place for syntax errors alone. Where the two disagree
//! about a text, places are missing from there on, and never wrong values result.

use model::diagnostic::Position;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span as EventSpan};
use std::collections::BTreeMap;
use std::ops::Range;

/// Settings lie at most five keys deep, with list elements below.
const DEPTH: usize = 7;
/// A bound for files that are mostly something else's.
const MOST: usize = 20_000;

/// A piece of the text, in characters.
pub type Span = Range<usize>;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Nothing after the colon.
    Empty,
    /// A scalar within a line, or an alias.
    Scalar,
    /// `|` or `>`.
    Text,
    /// `{…}` or `[…]`.
    Flow,
    /// A mapping or list on lines of its own.
    Block,
}

/// A key with its value, or an element of a list (then without key).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key, without its colon.
    pub key: Option<Span>,
    /// The value, without what is around it.
    pub value: Span,
    /// How the value is written.
    pub style: Style,
    /// Has an anchor or a tag, which stands before the value.
    pub marked: bool,
}

/// All entries by path.
#[derive(Debug, Default)]
pub struct Places {
    /// By the keys that lead there; elements of lists by their number.
    pub entries: BTreeMap<Vec<String>, Entry>,
    /// Keys that stand twice, at their second place.
    pub duplicates: Vec<(Vec<String>, Span)>,
    /// The whole text was understood.
    pub complete: bool,
    /// Index of the first character of each line.
    lines: Vec<usize>,
}

impl Places {
    /// Where a key stands; for one that came by a merge or is not there, where the nearest section above it stands.
    pub fn key(&self, path: &[String]) -> Range<Position> {
        self.range(path, |entry| {
            entry.key.clone().unwrap_or_else(|| entry.value.clone())
        })
    }

    /// Where a value stands; the key where there is nothing written.
    pub fn value(&self, path: &[String]) -> Range<Position> {
        self.range(path, |entry| match (&entry.style, &entry.key) {
            (Style::Empty | Style::Block, Some(key)) => key.clone(),
            _ => entry.value.clone(),
        })
    }

    fn range(&self, path: &[String], pick: impl Fn(&Entry) -> Span) -> Range<Position> {
        for length in (1..=path.len()).rev() {
            if let Some(entry) = self.entries.get(&path[..length]) {
                return self.positions(&pick(entry));
            }
        }
        Position::default()..Position { line: 0, column: 1 }
    }

    /// A piece of the text as lines and columns.
    pub fn positions(&self, span: &Span) -> Range<Position> {
        self.position(span.start)..self.position(span.end)
    }

    fn position(&self, index: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= index).max(1) - 1;
        let start = self.lines.get(line).copied().unwrap_or(0);
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position {
            line: narrow(line),
            column: narrow(index.saturating_sub(start)),
        }
    }
}

/// A collection that is open while the events go by.
enum Frame {
    Map {
        path: Vec<String>,
        key: Option<(String, Span)>,
    },
    List {
        path: Vec<String>,
        next: usize,
    },
    /// A key that is itself a collection, and all in it.
    Ignored,
}

/// Finds all places in a text.
pub fn scan(text: &str) -> Places {
    let chars: Vec<char> = text.chars().collect();
    let mut places = Places::default();
    places.lines.push(0);
    places.lines.extend(
        chars
            .iter()
            .enumerate()
            .filter(|(_, c)| **c == '\n')
            .map(|(at, _)| at + 1),
    );
    let mut scan = Scan {
        chars: &chars,
        places,
        frames: Vec::new(),
        last: 0,
    };
    let mut parser = Parser::new_from_str(text);
    loop {
        match parser.next_event() {
            None => {
                scan.places.complete = true;
                break;
            }
            Some(Ok((event, span))) if scan.places.entries.len() < MOST => scan.take(&event, span),
            Some(_) => break,
        }
    }
    scan.places
}

struct Scan<'a> {
    chars: &'a [char],
    places: Places,
    frames: Vec<Frame>,
    /// End of the last thing that was really written; the end of a block collection.
    last: usize,
}

impl Scan<'_> {
    fn take(&mut self, event: &Event<'_>, span: EventSpan) {
        let start = index(span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let (style, end) = self.scalar(*style, span);
                self.last = end;
                let marked = *anchor != 0 || tag.is_some();
                self.node(Some(text), start..end, style, marked);
            }
            Event::Alias(_) => {
                let end = index(span.end);
                self.last = end;
                self.node(None, start..end, Style::Scalar, false);
            }
            Event::MappingStart(anchor, tag) => {
                let marked = *anchor != 0 || tag.is_some();
                let frame = self
                    .node(None, start..start, collection(span), marked)
                    .map_or(Frame::Ignored, |path| Frame::Map { path, key: None });
                self.frames.push(frame);
            }
            Event::SequenceStart(anchor, tag) => {
                let marked = *anchor != 0 || tag.is_some();
                let frame = self
                    .node(None, start..start, collection(span), marked)
                    .map_or(Frame::Ignored, |path| Frame::List { path, next: 0 });
                self.frames.push(frame);
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(span),
            _ => {}
        }
    }

    /// Style and end of a scalar. The end of a quoted one is looked for here, because the parser
    /// counts the white space after it in.
    fn scalar(&self, style: ScalarStyle, span: EventSpan) -> (Style, usize) {
        let (start, end) = (index(span.start), index(span.end));
        match style {
            ScalarStyle::Plain if start == end => (Style::Empty, end),
            ScalarStyle::Plain => (Style::Scalar, self.trimmed(start, end)),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                (Style::Scalar, self.quote_end(start).unwrap_or(end))
            }
            ScalarStyle::Literal | ScalarStyle::Folded => (Style::Text, self.trimmed(start, end)),
        }
    }

    fn trimmed(&self, start: usize, end: usize) -> usize {
        let mut end = end.min(self.chars.len());
        while end > start && self.chars[end - 1].is_whitespace() {
            end -= 1;
        }
        end
    }

    /// The end of the bracket that closes a flow collection. Its event may begin at a comma before it, and
    /// reaches over the white space after it.
    fn bracket_end(&self, from: usize) -> usize {
        let mut comment = false;
        for (at, c) in self.chars.iter().enumerate().skip(from) {
            match c {
                '\n' => comment = false,
                '#' => comment = true,
                ']' | '}' if !comment => return at + 1,
                _ => {}
            }
        }
        self.chars.len()
    }

    fn quote_end(&self, start: usize) -> Option<usize> {
        let quote = *self.chars.get(start)?;
        let mut at = start + 1;
        loop {
            let c = *self.chars.get(at)?;
            let doubled = quote == '\'' && self.chars.get(at + 1) == Some(&'\'');
            if (c == '\\' && quote == '"') || (c == quote && doubled) {
                at += 2;
            } else if c == quote {
                return Some(at + 1);
            } else {
                at += 1;
            }
        }
    }

    /// A node begins: it is a key, or the value of one, or an element. Gives its path unless it is (in) a key.
    fn node(
        &mut self,
        text: Option<&str>,
        span: Span,
        style: Style,
        marked: bool,
    ) -> Option<Vec<String>> {
        let (path, key) = match self.frames.last_mut() {
            None => (Vec::new(), None),
            Some(Frame::Ignored) => return None,
            Some(Frame::List { path, next }) => {
                let mut path = path.clone();
                path.push(next.to_string());
                *next += 1;
                (path, None)
            }
            Some(Frame::Map { path, key }) => match key.take() {
                Some((name, at)) => {
                    let mut path = path.clone();
                    path.push(name);
                    (path, Some(at))
                }
                None => {
                    *key = Some((text.unwrap_or("?").to_owned(), span));
                    return None;
                }
            },
        };
        let entry = Entry {
            key,
            value: span,
            style,
            marked,
        };
        if path.len() <= DEPTH {
            self.insert(&path, entry);
        }
        Some(path)
    }

    fn insert(&mut self, path: &[String], entry: Entry) {
        if self.places.entries.contains_key(path) {
            let at = entry.key.unwrap_or(entry.value);
            self.places.duplicates.push((path.to_vec(), at));
        } else {
            self.places.entries.insert(path.to_vec(), entry);
        }
    }

    fn close(&mut self, span: EventSpan) {
        match self.frames.pop() {
            Some(Frame::Map { path, .. } | Frame::List { path, .. }) => {
                let flow = self
                    .places
                    .entries
                    .get(&path)
                    .is_some_and(|entry| entry.style == Style::Flow);
                if flow {
                    self.last = self.bracket_end(index(span.start));
                }
                if let Some(entry) = self.places.entries.get_mut(&path) {
                    entry.value.end = self.last;
                }
            }
            Some(Frame::Ignored) | None => {}
        }
    }
}

/// The event of a flow collection covers its bracket, that of a block collection nothing.
fn collection(span: EventSpan) -> Style {
    if span.start.index() == span.end.index() {
        Style::Block
    } else {
        Style::Flow
    }
}

fn index(marker: Marker) -> usize {
    marker.index()
}
