//! YAML as these parsers read it: mappings and texts with their lines. Aliases stand for nothing: no program writes
//! them into a lockfile, and what they stand for can be of any size.

use saphyr_parser::{Event, Parser};

/// Levels of a document.
const DEEPEST: usize = 60;
/// Values of a document.
const MOST: usize = 2_000_000;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// An entry of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: u32,
    pub(super) value: Node,
}

impl Node {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let found = self.entries().iter().find(|entry| entry.key == key);
        found.map(|entry| &entry.value)
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a mapping; of anything else none.
    pub(super) fn entries(&self) -> &[Entry] {
        match self {
            Self::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entries below a key.
    pub(super) fn below(&self, key: &str) -> &[Entry] {
        self.get(key).map_or(&[], Self::entries)
    }
}

enum Frame {
    List(Vec<Node>),
    Map(Vec<Entry>, Option<(String, u32)>),
}

impl Frame {
    fn put(&mut self, node: Node, line: u32) {
        match self {
            Self::List(list) => list.push(node),
            Self::Map(entries, key) => match key.take() {
                Some((key, line)) => entries.push(Entry {
                    key,
                    line,
                    value: node,
                }),
                // A mapping or list as a key is no name of anything.
                None => {
                    let text = match node {
                        Node::Text(text) => text,
                        _ => String::new(),
                    };
                    *key = Some((text, line));
                }
            },
        }
    }

    fn end(self) -> Node {
        match self {
            Self::List(list) => Node::List(list),
            Self::Map(entries, _) => Node::Map(entries),
        }
    }
}

/// The documents of a text; pnpm writes two into one file.
pub(super) fn load(text: &str) -> Result<Vec<Node>, String> {
    let mut documents = Vec::new();
    let mut stack: Vec<(Frame, u32)> = Vec::new();
    let mut values = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| format!("line {}: {}", error.marker().line(), error.info()))?;
        let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX);
        values += 1;
        if values > MOST || stack.len() > DEEPEST {
            return Err("it is nested too deep, or holds too much".to_owned());
        }
        let (node, line) = match event {
            Event::Scalar(text, ..) => (Node::Text(text.into_owned()), line),
            Event::Alias(_) => (Node::Text(String::new()), line),
            Event::SequenceStart(..) => {
                stack.push((Frame::List(Vec::new()), line));
                continue;
            }
            Event::MappingStart(..) => {
                stack.push((Frame::Map(Vec::new(), None), line));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop() {
                Some((frame, line)) => (frame.end(), line),
                None => continue,
            },
            _ => continue,
        };
        match stack.last_mut() {
            Some((frame, _)) => frame.put(node, line),
            None => documents.push(node),
        }
    }
    Ok(documents)
}
