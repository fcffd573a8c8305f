//! `textDocument/foldingRange`: values and items that go over several lines.

use super::Reading;
use model::language::tree::{Kind, Node, Span};

/// First and last line, from 0.
pub(crate) fn folds(reading: &Reading) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    if let Some(root) = reading.yaml().and_then(|yaml| yaml.root.as_ref()) {
        collect(root, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn collect(node: &Node, found: &mut Vec<(u32, u32)>) {
    match &node.kind {
        Kind::Scalar(_) => {}
        Kind::List(items) => {
            for item in items {
                push(item.span.start.line, &item.span, found);
                collect(item, found);
            }
        }
        Kind::Map(entries) => {
            for entry in entries {
                // What an alias stands for lies elsewhere.
                if entry.value.span.start >= entry.key_span.end {
                    push(entry.key_span.start.line, &entry.value.span, found);
                    collect(&entry.value, found);
                }
            }
        }
    }
}

fn push(first: u32, span: &Span, found: &mut Vec<(u32, u32)>) {
    // A text block ends at the start of the line behind it.
    let last = if span.end.column == 0 {
        span.end.line.saturating_sub(1)
    } else {
        span.end.line
    };
    if last > first {
        found.push((first, last));
    }
}
