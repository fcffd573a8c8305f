//! Reading Java.

use crate::docs::item::{Callable, Doc, Item, Kind, Parameter, Reading};
use crate::docs::tree::{Source, child, children, is_too_deep};
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Reading {
    let mut reader = Reader {
        source,
        items: Vec::new(),
    };
    reader.list(
        root,
        &Scope {
            prefix: String::new(),
            public: true,
            implied: false,
        },
    );
    let mut reading = Reading {
        module: None,
        items: reader.items,
    };
    // The first type tells what the file is about.
    reading.module = reading.items.first().and_then(|item| item.doc.clone());
    reading
}

struct Reader<'a> {
    source: &'a Source<'a>,
    items: Vec<Item>,
}

struct Scope {
    prefix: String,
    public: bool,
    /// Whether everything in it is public, as in an interface.
    implied: bool,
}

impl Reader<'_> {
    fn list(&mut self, list: Node<'_>, scope: &Scope) {
        if is_too_deep(&scope.prefix) {
            return;
        }
        let nodes = children(list);
        for (index, node) in nodes.iter().enumerate() {
            if node.kind() == "enum_body_declarations" {
                self.list(*node, scope);
            } else {
                self.member(*node, before(self.source, &nodes[..index]), scope);
            }
        }
    }

    fn member(&mut self, node: Node<'_>, doc: Option<Doc>, scope: &Scope) {
        let kind = match node.kind() {
            "class_declaration" => Kind::Class,
            "interface_declaration" => Kind::Interface,
            "enum_declaration" => Kind::Enum,
            "record_declaration" => Kind::Record,
            "annotation_type_declaration" => Kind::Annotation,
            "method_declaration" | "annotation_type_element_declaration" => Kind::Method,
            "constructor_declaration" | "compact_constructor_declaration" => Kind::Constructor,
            "field_declaration" | "constant_declaration" => Kind::Field,
            "enum_constant" => Kind::Variant,
            _ => return,
        };
        let modifiers = child(node, "modifiers").map_or("", |node| self.source.text(node));
        let has = |word: &str| modifiers.split_whitespace().any(|other| other == word);
        let implied = (scope.implied && !has("private")) || kind == Kind::Variant;
        let seen = implied || has("public") || has("protected");
        let public = scope.public && seen && !has("@Override");
        let named = match kind {
            Kind::Field => node.child_by_field_name("declarator").unwrap_or(node),
            _ => node,
        };
        let Some(name) = named.child_by_field_name("name") else {
            return;
        };
        let body = node.child_by_field_name("body");
        let end = match kind {
            Kind::Field => Some(name.end_byte()),
            _ => body.map(|body| body.start_byte()),
        };
        let text = self.source.text(name);
        self.items.push(Item {
            kind,
            name: format!("{}{text}", scope.prefix),
            public,
            signature: self.source.signature(node, end),
            doc,
            place: self.source.place(name),
            callable: callable(self.source, node, kind),
        });
        let is_type = matches!(
            kind,
            Kind::Class | Kind::Interface | Kind::Enum | Kind::Record | Kind::Annotation
        );
        if let Some(body) = body.filter(|_| is_type) {
            let implied = matches!(kind, Kind::Interface | Kind::Annotation);
            let prefix = format!("{}{text}.", scope.prefix);
            self.list(
                body,
                &Scope {
                    prefix,
                    public: scope.public && seen,
                    implied,
                },
            );
        }
    }
}

/// The documenting comment right before a declaration.
fn before(source: &Source<'_>, earlier: &[Node<'_>]) -> Option<Doc> {
    let is_comment = |node: &&Node<'_>| matches!(node.kind(), "line_comment" | "block_comment");
    let mut lines = Vec::new();
    for node in earlier.iter().rev().take_while(is_comment) {
        let text = source.text(*node);
        let line = source.lines.line(node.start_byte());
        if lines.is_empty() && text.starts_with("/**") && text.len() > 4 {
            return Doc::of_block(text, line).some();
        }
        match text.strip_prefix("///") {
            Some(text) => lines.push((line, text)),
            None if lines.is_empty() => {}
            None => break,
        }
    }
    let mut doc = Doc::default();
    lines
        .into_iter()
        .rev()
        .for_each(|(line, text)| doc.push(line, text));
    doc.trim();
    doc.some()
}

fn callable(source: &Source<'_>, node: Node<'_>, kind: Kind) -> Option<Callable> {
    if !matches!(
        kind,
        Kind::Method | Kind::Constructor | Kind::Record | Kind::Class | Kind::Interface
    ) {
        return None;
    }
    // Only their types can be told of a class.
    let list = node
        .child_by_field_name("parameters")
        .map(children)
        .unwrap_or_default();
    let parameters = list.into_iter().filter_map(|node| {
        let name = match node.kind() {
            "formal_parameter" => node.child_by_field_name("name")?,
            "spread_parameter" => {
                child(node, "variable_declarator")?.child_by_field_name("name")?
            }
            _ => return None,
        };
        Some(Parameter::Named(source.text(name).to_owned()))
    });
    let types = node
        .child_by_field_name("type_parameters")
        .map(children)
        .unwrap_or_default();
    let types = types
        .into_iter()
        .filter_map(|node| child(node, "type_identifier"));
    let throws = child(node, "throws").map(children).unwrap_or_default();
    let last = |node: Node<'_>| {
        source
            .text(node)
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let returns = match kind {
        Kind::Method => Some(source.field(node, "type") != "void"),
        Kind::Constructor => Some(false),
        _ => None,
    };
    Some(Callable {
        parameters: parameters.collect(),
        type_parameters: types.map(|node| source.text(node).to_owned()).collect(),
        returns,
        throws: throws
            .into_iter()
            .filter(|node| !node.is_extra())
            .map(last)
            .collect(),
        ..Callable::default()
    })
}
