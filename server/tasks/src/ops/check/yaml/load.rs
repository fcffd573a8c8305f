//! From text to trees: all documents of a file, within bounds.

use super::super::Place;
use super::{Key, Kind, Node};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};
use std::collections::HashMap;

/// Values of one file, what aliases repeat included.
const MOST: usize = 200_000;
/// Levels of lists and mappings.
const DEEPEST: usize = 100;

/// Where and why the text is not read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) place: Place,
    pub(crate) reason: &'static str,
}

/// The documents that are whole, and why there are no more where the text does not end well.
pub(crate) fn load(text: &str) -> (Vec<Node>, Option<Broken>) {
    let mut loader = Loader {
        lines: text.lines().collect(),
        ..Loader::default()
    };
    let mut parser = Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    while let Some(event) = parser.next_event() {
        let done = match event {
            Ok((event, span)) => loader.event(event, span),
            Err(error) => Err(Broken {
                place: place(*error.marker(), None),
                reason: "it is no YAML",
            }),
        };
        if let Err(mut broken) = done {
            // What is missing at the end is missing behind the last line.
            let last = u32::try_from(loader.lines.len()).unwrap_or(u32::MAX).max(1);
            if broken.place.line > last {
                broken.place = Place::new(last as usize, 1, None);
            }
            return (loader.documents, Some(broken));
        }
    }
    (loader.documents, None)
}

struct Frame {
    place: Place,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map(Vec<(Key, Node)>, Option<Key>),
}

#[derive(Default)]
struct Loader<'t> {
    lines: Vec<&'t str>,
    documents: Vec<Node>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    count: usize,
}

impl Loader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Broken> {
        let at = place(span.start, None);
        match event {
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, _) => {
                let node = self.scalar(&text, style, span);
                self.add(node, anchor)?;
            }
            Event::Alias(anchor) => {
                // An alias within its own anchor has nothing yet.
                let known = self.anchors.get(&anchor);
                // Counted before it is copied: aliases of aliases grow fast.
                self.count += known.map_or(0, size);
                let node = match known {
                    Some(node) if self.count <= MOST => node.clone(),
                    _ => empty(at),
                };
                self.add(node, 0)?;
            }
            Event::SequenceStart(anchor, _) => self.open(Content::List(Vec::new()), at, anchor)?,
            Event::MappingStart(anchor, _) => {
                self.open(Content::Map(Vec::new(), None), at, anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.stack.pop() {
                    let kind = match frame.content {
                        Content::List(items) => Kind::List(items),
                        Content::Map(entries, _) => Kind::Map(merged(entries)),
                    };
                    let node = Node {
                        place: frame.place,
                        kind,
                    };
                    self.add(node, frame.anchor)?;
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn open(&mut self, content: Content, place: Place, anchor: usize) -> Result<(), Broken> {
        if self.stack.len() >= DEEPEST {
            let reason = "it nests too deep";
            return Err(Broken { place, reason });
        }
        self.stack.push(Frame {
            place,
            anchor,
            content,
        });
        Ok(())
    }

    fn scalar(&self, text: &str, style: ScalarStyle, span: Span) -> Node {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let quotes = match style {
            ScalarStyle::Plain => 0,
            _ => 2,
        };
        let length = text.chars().count() + quotes;
        let one_line = !block && !text.contains('\n') && span.start.line() == span.end.line();
        // With escapes in it a quoted text is longer than what it says: its end is then not known.
        let verbatim = one_line && self.stands_at(span.start, text, quotes > 0);
        let end = verbatim.then(|| span.start.col() + 1 + length);
        Node {
            place: place(span.start, end),
            kind: Kind::Scalar {
                text: text.to_owned(),
                block: style == ScalarStyle::Literal,
            },
        }
    }

    /// Whether a text stands at its place letter by letter.
    fn stands_at(&self, start: Marker, text: &str, quoted: bool) -> bool {
        let line = self.lines.get(start.line().saturating_sub(1));
        let Some(line) = line else { return false };
        let mut rest = line.chars().skip(start.col() + usize::from(quoted));
        text.chars().all(|c| rest.next() == Some(c))
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Broken> {
        self.count += 1;
        if self.count > MOST {
            return Err(Broken {
                place: node.place,
                reason: "it holds too many values",
            });
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(frame) = self.stack.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Map(entries, key) => match key.take() {
                Some(key) => {
                    if entries.is_empty() {
                        frame.place = key.place;
                    }
                    entries.push((key, node));
                }
                None => {
                    *key = Some(Key {
                        text: node.text().unwrap_or("?").to_owned(),
                        place: node.place,
                    });
                }
            },
        }
        Ok(())
    }
}

/// With what `<<` brings; what is there already stays.
fn merged(entries: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
    if !entries.iter().any(|(key, _)| key.text == "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(key, _)| key.text == "<<");
    for (_, value) in merges {
        let sources = match value.kind {
            Kind::List(items) => items,
            _ => vec![value],
        };
        for source in sources {
            let Kind::Map(entries) = source.kind else {
                continue;
            };
            for (key, value) in entries {
                if !own.iter().any(|(known, _)| known.text == key.text) {
                    own.push((key, value));
                }
            }
        }
    }
    own
}

/// Values in a value.
fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar { .. } => 1,
        Kind::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Kind::Map(entries) => 1 + entries.iter().map(|(_, value)| size(value)).sum::<usize>(),
    }
}

fn empty(place: Place) -> Node {
    Node {
        place,
        kind: Kind::Scalar {
            text: String::new(),
            block: false,
        },
    }
}

/// The parser counts lines from 1 and columns from 0.
fn place(marker: Marker, end: Option<usize>) -> Place {
    Place::new(marker.line().max(1), marker.col() + 1, end)
}
