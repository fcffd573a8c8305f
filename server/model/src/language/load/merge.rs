//! Keys that stand twice, and `<<`.

use super::{Content, Entry, Frame, Loader, Stop};
use crate::language::tree::{Kind, Node};
use std::collections::HashSet;

impl Loader<'_, '_> {
    /// The value of a `<<`: a mapping, or a list of mappings of which the first wins.
    pub(super) fn merge(&mut self, node: Node) -> Result<(), Stop> {
        let span = node.span.clone();
        let maps = match node.kind {
            Kind::List(items) => items,
            kind => vec![Node {
                span: node.span,
                kind,
            }],
        };
        for map in maps {
            let Kind::Map(found) = map.kind else {
                let hint =
                    Some("write `<<: *name`, where `&name` stands before a mapping".to_owned());
                return Err(self.stop(
                    span,
                    "yaml-merge",
                    "`<<` takes mappings only".to_owned(),
                    hint,
                ));
            };
            if let Some(Frame {
                content: Content::Map { merged, .. },
                ..
            }) = self.stack.last_mut()
            {
                merged.extend(found);
            }
        }
        Ok(())
    }

    /// Each key once: the first of those written, else the first of those merged.
    pub(super) fn unique(&mut self, written: Vec<Entry>, merged: Vec<Entry>) -> Vec<Entry> {
        let mut seen: HashSet<String> = HashSet::with_capacity(written.len() + merged.len());
        let mut kept: Vec<Entry> = Vec::with_capacity(written.len() + merged.len());
        for entry in written {
            if seen.insert(entry.key.clone()) {
                kept.push(entry);
            } else {
                let message = format!("the key `{}` stands twice", entry.key);
                let hint = Some("only the first is read; take one away".to_owned());
                self.report
                    .error(entry.key_span, "duplicate-key", message, hint);
            }
        }
        kept.extend(
            merged
                .into_iter()
                .filter(|entry| seen.insert(entry.key.clone())),
        );
        kept
    }
}
