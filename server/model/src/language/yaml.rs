//! A YAML text as an editor has it: perhaps broken, and still with a tree.

use super::report::Report;
use super::sketch::{Sketch, repair, without_line};
use super::tree::{Entry, Node};
use super::{load, text};
use crate::diagnostic::{Diagnostic, Position};

/// Repairs beyond the first: each takes out one line and reads all again.
const MAX_REPAIRS: usize = 4;

/// Texts beyond this many bytes are not read again and again.
const MAX_BYTES_TO_REPAIR: usize = 1_000_000;

/// A YAML text with what could be made of it.
#[derive(Debug, Clone, Default)]
pub struct Yaml {
    /// The tree; of a broken text that of its repair. Places are those of the text.
    pub root: Option<Node>,
    /// What is wrong with it as YAML.
    pub diagnostics: Vec<Diagnostic>,
    /// Nothing had to be repaired.
    pub sound: bool,
    /// Its layout.
    pub sketch: Sketch,
}

/// An entry of a mapping, and the keys that lead to its mapping. Items of lists are `[]`.
#[derive(Debug, Clone)]
pub struct Found<'t> {
    /// From the top.
    pub path: Vec<&'t str>,
    /// The entry itself.
    pub entry: &'t Entry,
}

impl Yaml {
    /// Reads a text.
    pub fn of(bytes: &[u8]) -> Self {
        let mut report = Report::default();
        let Some(text) = text::decode(bytes, &mut report) else {
            return Self {
                diagnostics: report.finish().0,
                ..Self::default()
            };
        };
        let loaded = load::load(text, &mut report);
        let sketch = Sketch::of(text);
        let sound = loaded.broken.is_none();
        let loaded = if sound {
            loaded
        } else {
            repaired(text, &sketch)
        };
        Self {
            root: loaded.root,
            diagnostics: report.finish().0,
            sound,
            sketch,
        }
    }

    /// The innermost entry whose key stands at this place.
    pub fn key_at(&self, at: Position) -> Option<Found<'_>> {
        let mut path = Vec::new();
        let entry = key_at(self.root.as_ref()?, at, &mut path)?;
        Some(Found { path, entry })
    }
}

fn key_at<'t>(node: &'t Node, at: Position, path: &mut Vec<&'t str>) -> Option<&'t Entry> {
    use super::tree::Kind;
    match &node.kind {
        Kind::Scalar(_) => None,
        Kind::List(items) => {
            path.push("[]");
            let item = items.iter().find(|item| holds(&item.span, at))?;
            key_at(item, at, path)
        }
        Kind::Map(entries) => {
            if let Some(entry) = entries.iter().find(|entry| holds(&entry.key_span, at)) {
                return Some(entry);
            }
            let entry = entries.iter().find(|entry| holds(&entry.value.span, at))?;
            path.push(&entry.key);
            key_at(&entry.value, at, path)
        }
    }
}

fn holds(range: &std::ops::Range<Position>, at: Position) -> bool {
    range.start <= at && at <= range.end
}

/// What is left of a broken text. What is wrong with it has been said.
pub(super) fn repaired(text: &str, sketch: &Sketch) -> load::Loaded {
    let mut text = repair(text, sketch);
    let mut loaded = load::load(&text, &mut Report::default());
    let mut taken = None;
    for _ in 0..MAX_REPAIRS {
        let Some(broken) = loaded.broken else { break };
        if text.len() > MAX_BYTES_TO_REPAIR {
            break;
        }
        // The same place again: it is what stands above that is wrong.
        let line = match taken {
            Some(taken) if taken >= broken.line => match u32::checked_sub(taken, 1) {
                Some(line) => line,
                None => break,
            },
            _ => broken.line,
        };
        taken = Some(line);
        text = without_line(&text, line);
        loaded = load::load(&text, &mut Report::default());
    }
    loaded
}
