//! Reading Go.

use crate::docs::item::{Doc, Item, Kind, Reading};
use crate::docs::tree::{Source, child, children};
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Reading {
    let nodes = children(root);
    let package = nodes
        .iter()
        .position(|node| node.kind() == "package_clause");
    let name = package
        .and_then(|at| nodes[at].named_child(0))
        .map_or("", |node| source.text(node));
    // Nobody can import package `main`.
    let mut reader = Reader {
        source,
        public: name != "main",
        items: Vec::new(),
    };
    for (index, node) in nodes.iter().enumerate() {
        reader.declaration(*node, before(source, &nodes[..index], *node));
    }
    let module = package.and_then(|at| before(source, &nodes[..at], nodes[at]));
    Reading {
        module,
        items: reader.items,
    }
}

struct Reader<'a> {
    source: &'a Source<'a>,
    public: bool,
    items: Vec<Item>,
}

/// The name of the type that methods belong to, in `(c *Cache[K, V])`.
fn type_name(receiver: Node<'_>) -> Option<Node<'_>> {
    let mut node = child(receiver, "parameter_declaration")?.child_by_field_name("type")?;
    while node.kind() != "type_identifier" {
        node = node
            .child_by_field_name("type")
            .or_else(|| node.named_child(0))?;
    }
    Some(node)
}

fn is_exported(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

/// The comments that end on the line before a declaration.
fn before(source: &Source<'_>, earlier: &[Node<'_>], node: Node<'_>) -> Option<Doc> {
    let mut next = node.start_position().row;
    let mut comments = Vec::new();
    for node in earlier.iter().rev() {
        if node.kind() != "comment" || node.end_position().row + 1 != next {
            break;
        }
        // One that stands behind something else belongs to that.
        let start = node.start_byte() - node.start_position().column;
        let alone = source
            .text
            .get(start..node.start_byte())
            .unwrap_or_default()
            .trim()
            .is_empty();
        if !alone {
            break;
        }
        next = node.start_position().row;
        comments.push(*node);
    }
    let mut doc = Doc::default();
    for node in comments.into_iter().rev() {
        comment(source, node, &mut doc);
    }
    doc.trim();
    doc.some()
}

fn comment(source: &Source<'_>, node: Node<'_>, doc: &mut Doc) {
    let text = source.text(node);
    let line = source.lines.line(node.start_byte());
    match text.strip_prefix("//") {
        Some(directive) if directive.starts_with("go:") || directive.starts_with("nolint") => {}
        Some(text) => doc.push(line, text),
        None => doc.lines.extend(Doc::of_block(text, line).lines),
    }
}

impl Reader<'_> {
    fn declaration(&mut self, node: Node<'_>, doc: Option<Doc>) {
        match node.kind() {
            "function_declaration" => self.push(node, node, Kind::Function, "", self.public, doc),
            "method_declaration" => {
                let receiver = node.child_by_field_name("receiver").and_then(type_name);
                let receiver = receiver.map_or("", |node| self.source.text(node));
                let public = self.public && is_exported(receiver);
                self.push(
                    node,
                    node,
                    Kind::Method,
                    &format!("{receiver}."),
                    public,
                    doc,
                );
            }
            "type_declaration" => {
                self.group(node, &doc, |node| match node.child_by_field_name("type") {
                    Some(node) if node.kind() == "struct_type" => Kind::Struct,
                    Some(node) if node.kind() == "interface_type" => Kind::Interface,
                    _ => Kind::Type,
                })
            }
            "const_declaration" => self.group(node, &doc, |_| Kind::Constant),
            "var_declaration" => {
                let list = child(node, "var_spec_list").unwrap_or(node);
                self.group(list, &doc, |_| Kind::Variable);
            }
            _ => {}
        }
    }

    /// `type (…)`, `const (…)`, `var (…)`, or one of them alone.
    fn group(&mut self, group: Node<'_>, doc: &Option<Doc>, kind: impl Fn(Node<'_>) -> Kind) {
        let nodes = children(group);
        for (index, node) in nodes.iter().enumerate() {
            if !matches!(
                node.kind(),
                "type_spec" | "type_alias" | "const_spec" | "var_spec"
            ) {
                continue;
            }
            let own = before(self.source, &nodes[..index], *node);
            let behind = nodes.get(index + 1).filter(|next| {
                next.kind() == "comment" && next.start_position().row == node.end_position().row
            });
            let behind = behind.and_then(|node| {
                let mut doc = Doc::default();
                comment(self.source, *node, &mut doc);
                doc.some()
            });
            let doc = own.or(behind).or_else(|| doc.clone());
            let whole = if nodes.len() == 1 { group } else { *node };
            self.push(*node, whole, kind(*node), "", self.public, doc);
        }
    }

    fn push(
        &mut self,
        node: Node<'_>,
        whole: Node<'_>,
        kind: Kind,
        prefix: &str,
        public: bool,
        doc: Option<Doc>,
    ) {
        let Some(name) = node.child_by_field_name("name") else {
            return;
        };
        let body = node.child_by_field_name("body").or_else(|| {
            let inner = node.child_by_field_name("type")?;
            let long = matches!(inner.kind(), "struct_type" | "interface_type");
            // `struct` stays, its fields go.
            long.then(|| inner.child(1)).flatten()
        });
        let text = self.source.text(name);
        self.items.push(Item {
            kind,
            name: format!("{prefix}{text}"),
            public: public && is_exported(text),
            signature: self
                .source
                .signature(whole, body.map(|body| body.start_byte())),
            doc,
            place: self.source.place(name),
            callable: None,
        });
    }
}
