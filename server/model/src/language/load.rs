//! From YAML text to a [`Node`], with limits on everything that can grow.
//!
//! `saphyr-parser` stops at its first error. The tree up to there is kept (`complete` is false), so
//! that the other problems of that part show while the file is being written.

use super::report::Report;
use super::tree::{Entry, Kind, Node, Scalar, Span};
use super::{MAX_DEPTH, MAX_NODES, MAX_STEPS};
use crate::diagnostic::Position;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StrInput, Tag};
use std::borrow::Cow;
use std::collections::HashMap;

mod anchors;
mod merge;
mod syntax;

use anchors::Anchor;

/// What there was to read.
pub(super) struct Loaded {
    /// The document; none where the file holds nothing but comments.
    pub(super) root: Option<Node>,
    /// Whether all of the file was read.
    pub(super) complete: bool,
    /// Where the text stopped being YAML, where that is why it was not.
    pub(super) broken: Option<Position>,
}

/// Reads the one document of this text.
pub(super) fn load(text: &str, report: &mut Report) -> Loaded {
    let mut loader = Loader {
        text,
        report,
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        root: None,
        broken: None,
    };
    let complete = loader.run(Parser::new_from_str(text)).is_ok();
    while let Some(mut frame) = loader.stack.pop() {
        // What is open when reading stopped ends with what it holds. Why it stopped has been said.
        let end = frame.last_end();
        frame.anchor = 0;
        let _ = loader.close(frame, end);
    }
    Loaded {
        root: loader.root,
        complete,
        broken: loader.broken,
    }
}

/// A list or mapping that is being read.
struct Frame {
    start: Position,
    anchor: usize,
    content: Content,
    /// The most levels that any of its values so far holds.
    height: usize,
}

enum Content {
    List(Vec<Node>),
    /// `merged` is what `<<` brought.
    Map {
        entries: Vec<Entry>,
        merged: Vec<Entry>,
        key: Option<Key>,
    },
}

struct Key {
    text: String,
    span: Span,
    /// A bare `<<`.
    merge: bool,
    /// It is no text, which has been reported: the entry is dropped.
    unusable: bool,
}

/// Reading ended early; why is in the report.
struct Stop;

struct Loader<'a, 'r> {
    text: &'a str,
    report: &'r mut Report,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Anchor>,
    nodes: usize,
    root: Option<Node>,
    broken: Option<Position>,
}

impl<'a> Loader<'a, '_> {
    fn run(&mut self, mut parser: Parser<'a, StrInput<'a>>) -> Result<(), Stop> {
        while let Some(event) = parser.next_event() {
            match event {
                Ok((event, span)) => self.event(event, place(span.start)..place(span.end))?,
                Err(error) => return Err(self.syntax(&error)),
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'a>, span: Span) -> Result<(), Stop> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) if self.root.is_some() => {
                let hint = Some("keep one workflow in each file".to_owned());
                Err(self.stop(
                    span,
                    "several-documents",
                    "a second document starts here".to_owned(),
                    hint,
                ))
            }
            Event::DocumentStart(_) => Ok(()),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref(), span)
            }
            Event::SequenceStart(anchor, _) => self.open(Content::List(Vec::new()), anchor, &span),
            Event::MappingStart(anchor, _) => self.open(
                Content::Map {
                    entries: Vec::new(),
                    merged: Vec::new(),
                    key: None,
                },
                anchor,
                &span,
            ),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(frame) = self.stack.pop() else {
                    return Ok(());
                };
                // A flow collection ends with its bracket, a block with its last value.
                let end = if span.start == span.end {
                    frame.last_end()
                } else {
                    span.end
                };
                self.close(frame, end)
            }
        }
    }

    fn open(&mut self, content: Content, anchor: usize, span: &Span) -> Result<(), Stop> {
        self.count(1, span)?;
        self.deep(self.stack.len() + 1, span)?;
        self.stack.push(Frame {
            start: span.start,
            anchor,
            content,
            height: 0,
        });
        Ok(())
    }

    fn close(&mut self, frame: Frame, end: Position) -> Result<(), Stop> {
        let Frame {
            start,
            anchor,
            content,
            height,
        } = frame;
        let kind = match content {
            Content::List(items) => Kind::List(items),
            Content::Map {
                mut entries,
                merged,
                key,
            } => {
                if let Some(key) = key {
                    // Only where reading stopped between a key and its value.
                    entries.push(Entry {
                        value: nothing(key.span.end),
                        key: key.text,
                        key_span: key.span,
                    });
                }
                Kind::Map(self.unique(entries, merged))
            }
        };
        let height = height + 1;
        let node = Node {
            span: start..end.max(start),
            kind,
        };
        self.remember(anchor, &node, height)?;
        self.add(node, height)
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Stop> {
        self.count(1, &span)?;
        self.check_tag(tag, &span);
        let plain = style == ScalarStyle::Plain && tag.is_none();
        let quote = u32::from(style != ScalarStyle::Plain);
        let len = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let same = span.start.line == span.end.line
            && (span.end.column - span.start.column) == len.saturating_add(2 * quote);
        let scalar = Scalar {
            text: text.into_owned(),
            plain,
            verbatim: same.then_some(quote),
        };
        let node = Node {
            span,
            kind: Kind::Scalar(scalar),
        };
        self.remember(anchor, &node, 0)?;
        self.add(node, 0)
    }

    /// Tags other than `!!str` and the like ask for types that we do not have.
    fn check_tag(&mut self, tag: Option<&Tag>, span: &Span) {
        let Some(tag) = tag else { return };
        if !tag.is_yaml_core_schema() {
            let message = format!("the tag `{tag}` is not read; the value is text");
            self.report.warning(span.clone(), "yaml-tag", message, None);
        }
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Node, height: usize) -> Result<(), Stop> {
        let steps = self.in_steps();
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.height = frame.height.max(height);
        match &mut frame.content {
            Content::List(items) if steps && items.len() >= MAX_STEPS => {
                let span = node.span;
                let message =
                    format!("the workflow has more than {MAX_STEPS} steps; this is one too many");
                let hint = Some("split the workflow into several files".to_owned());
                Err(self.stop(span, "too-many-steps", message, hint))
            }
            Content::List(items) => {
                items.push(node);
                Ok(())
            }
            Content::Map { entries, key, .. } => match key.take() {
                Some(found) if found.merge => self.merge(node),
                Some(found) if found.unusable => Ok(()),
                Some(found) => {
                    entries.push(Entry {
                        key: found.text,
                        key_span: found.span,
                        value: node,
                    });
                    Ok(())
                }
                None => self.key(node),
            },
        }
    }

    fn key(&mut self, node: Node) -> Result<(), Stop> {
        let (text, plain, unusable) = match node.kind {
            Kind::Scalar(scalar) => (scalar.text, scalar.plain, false),
            Kind::List(_) | Kind::Map(_) => {
                let message = format!("a key is text, not {}", node.describe());
                self.report
                    .error(node.span.clone(), "yaml-key", message, None);
                (String::new(), false, true)
            }
        };
        let merge = plain && text == "<<";
        if let Some(Frame {
            content: Content::Map { key, .. },
            ..
        }) = self.stack.last_mut()
        {
            *key = Some(Key {
                text,
                span: node.span,
                merge,
                unusable,
            });
        }
        Ok(())
    }

    /// Whether the innermost open list is that of the steps.
    fn in_steps(&self) -> bool {
        let holder = match self.stack.as_slice() {
            [holder, list] | [_, holder, list] if matches!(list.content, Content::List(_)) => {
                holder
            }
            _ => return false,
        };
        matches!(&holder.content, Content::Map { key: Some(key), .. } if key.text == "steps")
    }

    fn count(&mut self, nodes: usize, span: &Span) -> Result<(), Stop> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let message =
            format!("the file has more than {MAX_NODES} keys and values, aliases included");
        Err(self.stop(span.clone(), "too-many-values", message, None))
    }

    fn deep(&mut self, depth: usize, span: &Span) -> Result<(), Stop> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        let message = format!("lists and mappings nest deeper than {MAX_DEPTH}");
        Err(self.stop(span.start..span.start, "too-deep", message, None))
    }

    fn stop(
        &mut self,
        span: Span,
        code: &'static str,
        message: String,
        hint: Option<String>,
    ) -> Stop {
        self.report.error(span, code, message, hint);
        Stop
    }
}

impl Frame {
    /// Where its last value ends.
    fn last_end(&self) -> Position {
        let last = match &self.content {
            Content::List(items) => items.last().map(|item| item.span.end),
            Content::Map { key: Some(key), .. } => Some(key.span.end),
            Content::Map { entries, .. } => entries
                .last()
                .map(|entry| entry.value.span.end.max(entry.key_span.end)),
        };
        last.unwrap_or(self.start)
    }
}

fn nothing(position: Position) -> Node {
    let scalar = Scalar {
        text: String::new(),
        plain: true,
        verbatim: None,
    };
    Node {
        span: position..position,
        kind: Kind::Scalar(scalar),
    }
}

/// The parser counts lines from 1 and columns from 0.
fn place(marker: Marker) -> Position {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Position {
        line: number(marker.line().saturating_sub(1)),
        column: number(marker.col()),
    }
}
