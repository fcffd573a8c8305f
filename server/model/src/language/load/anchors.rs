//! Values that are repeated: `&name` and `*name`.

use super::{Loader, Stop};
use crate::language::tree::{Kind, Node, Span};

/// A finished value that an alias may stand for.
pub(super) struct Anchor {
    node: Node,
    nodes: usize,
    height: usize,
}

impl Loader<'_, '_> {
    /// The value that an alias stands for, counted as often as it is repeated.
    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stop> {
        let Some(found) = self.anchors.get(&anchor) else {
            return Err(self.stop(
                span,
                "yaml-alias",
                "an alias cannot stand in what it names".to_owned(),
                None,
            ));
        };
        let (nodes, height) = (found.nodes, found.height);
        self.count(nodes, &span)?;
        self.deep(self.stack.len() + height, &span)?;
        // Counted above, so copies are bounded however often aliases name aliases.
        match self.anchors.get(&anchor).map(|found| found.node.clone()) {
            Some(node) => self.add(node, height),
            None => Ok(()),
        }
    }

    /// Keeps a copy of what has an anchor. It counts, because anchors nest.
    pub(super) fn remember(
        &mut self,
        anchor: usize,
        node: &Node,
        height: usize,
    ) -> Result<(), Stop> {
        if anchor != 0 {
            let nodes = size(node);
            self.count(nodes, &node.span)?;
            self.anchors.insert(
                anchor,
                Anchor {
                    node: node.clone(),
                    nodes,
                    height,
                },
            );
        }
        Ok(())
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::Scalar(_) => 0,
        Kind::List(items) => items.iter().map(size).sum(),
        Kind::Map(entries) => entries.iter().map(|entry| 1 + size(&entry.value)).sum(),
    }
}
