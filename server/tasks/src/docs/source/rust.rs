//! Reading Rust.

use crate::docs::item::{Callable, Doc, Item, Kind, Parameter, Reading};
use crate::docs::tree::{Source, child, children, is_too_deep};
use std::collections::HashSet;
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Reading {
    let mut reader = Reader {
        source,
        items: Vec::new(),
    };
    let scope = Scope {
        prefix: String::new(),
        public: true,
        members: false,
        implied: false,
    };
    let module = reader.list(root, &scope);
    Reading {
        module: module.some(),
        items: reader.items,
    }
}

struct Reader<'a> {
    source: &'a Source<'a>,
    items: Vec<Item>,
}

/// Where declarations stand.
struct Scope {
    /// `Type::` or `module::`.
    prefix: String,
    /// Whether what is public in it can be seen from outside.
    public: bool,
    /// Whether functions are methods.
    members: bool,
    /// Whether everything in it is public, as in a trait.
    implied: bool,
}

/// What stands before a declaration.
#[derive(Default)]
struct Before {
    doc: Doc,
    hidden: bool,
    exported: bool,
}

impl Reader<'_> {
    /// Reads a list of declarations; gives the text about the list itself.
    fn list(&mut self, list: Node<'_>, scope: &Scope) -> Doc {
        if is_too_deep(&scope.prefix) {
            return Doc::default();
        }
        let nodes = children(list);
        let private = self.private_types(&nodes);
        let mut module = Doc::default();
        let mut before = Before::default();
        for node in nodes {
            match node.kind() {
                "line_comment" | "block_comment" => {
                    self.comment(node, &mut before.doc, &mut module)
                }
                "attribute_item" => self.attribute(node, &mut before),
                "inner_attribute_item" => {}
                _ => self.item(node, std::mem::take(&mut before), scope, &private),
            }
        }
        module.trim();
        module
    }

    fn private_types(&self, nodes: &[Node<'_>]) -> HashSet<String> {
        let types = nodes.iter().filter(|node| {
            matches!(
                node.kind(),
                "struct_item" | "enum_item" | "union_item" | "trait_item"
            )
        });
        let private = types.filter(|node| !self.is_pub(**node));
        private
            .map(|node| self.source.field(*node, "name").to_owned())
            .collect()
    }

    fn comment(&self, node: Node<'_>, outer: &mut Doc, inner: &mut Doc) {
        let text = self.source.text(node).trim_end();
        let line = self.source.lines.line(node.start_byte());
        if let Some(text) = text.strip_prefix("//!") {
            inner.push(line, text);
        } else if let Some(text) = text
            .strip_prefix("///")
            .filter(|text| !text.starts_with('/'))
        {
            outer.push(line, text);
        } else if text.starts_with("/*!") {
            inner.lines.extend(Doc::of_block(text, line).lines);
        } else if text.starts_with("/**") && !text.starts_with("/***") && text.len() > 4 {
            outer.lines.extend(Doc::of_block(text, line).lines);
        }
    }

    fn attribute(&self, node: Node<'_>, before: &mut Before) {
        let text: String = self.source.text(node).split_whitespace().collect();
        let inside = text
            .strip_prefix("#[")
            .and_then(|text| text.strip_suffix(']'))
            .unwrap_or(&text);
        if inside.starts_with("doc=") {
            let whole = self.source.text(node);
            let value = whole.split_once('=').map_or("", |(_, value)| value);
            let value = value.trim_end_matches(']').trim().trim_matches('"');
            before
                .doc
                .push(self.source.lines.line(node.start_byte()), value);
        }
        before.hidden |= inside.starts_with("doc(hidden") || inside.starts_with("cfg(test");
        before.hidden |= inside == "test" || inside.ends_with("::test");
        before.exported |= inside == "macro_export" || inside.starts_with("macro_export(");
    }

    fn is_pub(&self, node: Node<'_>) -> bool {
        child(node, "visibility_modifier").is_some_and(|node| self.source.text(node) == "pub")
    }

    fn item(&mut self, node: Node<'_>, before: Before, scope: &Scope, private: &HashSet<String>) {
        if before.hidden {
            return;
        }
        let public = scope.public && (scope.implied || self.is_pub(node));
        match node.kind() {
            "function_item" | "function_signature_item" => {
                let kind = if scope.members {
                    Kind::Method
                } else {
                    Kind::Function
                };
                self.push(node, kind, scope, public, before.doc);
                if let Some(item) = self.items.last_mut() {
                    item.callable = Some(callable(self.source, node));
                }
            }
            "struct_item" => self.with_members(node, Kind::Struct, scope, public, before.doc),
            "union_item" => self.with_members(node, Kind::Union, scope, public, before.doc),
            "enum_item" => self.with_members(node, Kind::Enum, scope, public, before.doc),
            "const_item" => self.push(node, Kind::Constant, scope, public, before.doc),
            "static_item" => self.push(node, Kind::Variable, scope, public, before.doc),
            "type_item" | "associated_type" => {
                self.push(node, Kind::Type, scope, public, before.doc)
            }
            "macro_definition" => self.push(node, Kind::Macro, scope, before.exported, before.doc),
            "trait_item" => {
                self.push(node, Kind::Trait, scope, public, before.doc);
                self.body(node, self.source.field(node, "name"), scope, public, true);
            }
            "impl_item" => {
                let name = self.source.field(node, "type");
                let name = name.split('<').next().unwrap_or(name).trim().to_owned();
                let seen = node.child_by_field_name("trait").is_none() && !private.contains(&name);
                self.body(node, &name, scope, scope.public && seen, false);
            }
            "foreign_mod_item" => {
                if let Some(body) = node.child_by_field_name("body") {
                    self.list(body, scope);
                }
            }
            "mod_item" => self.module(node, before.doc, scope, public),
            _ => {}
        }
    }

    fn body(&mut self, node: Node<'_>, name: &str, scope: &Scope, public: bool, implied: bool) {
        if let Some(body) = node.child_by_field_name("body") {
            let prefix = format!("{}{name}::", scope.prefix);
            self.list(
                body,
                &Scope {
                    prefix,
                    public,
                    members: true,
                    implied,
                },
            );
        }
    }

    /// An inline module. One in a file of its own is told there.
    fn module(&mut self, node: Node<'_>, doc: Doc, scope: &Scope, public: bool) {
        let Some(body) = node.child_by_field_name("body") else {
            return;
        };
        let at = self.items.len();
        self.push(node, Kind::Module, scope, public, doc);
        let prefix = format!("{}{}::", scope.prefix, self.source.field(node, "name"));
        let inner = self.list(
            body,
            &Scope {
                prefix,
                public,
                members: false,
                implied: false,
            },
        );
        if let Some(item) = self.items.get_mut(at).filter(|item| item.doc.is_none()) {
            item.doc = inner.some();
        }
    }

    /// A type with its public fields, or its variants.
    fn with_members(&mut self, node: Node<'_>, kind: Kind, scope: &Scope, public: bool, doc: Doc) {
        self.push(node, kind, scope, public, doc);
        let Some(body) = node.child_by_field_name("body") else {
            return;
        };
        let prefix = format!("{}{}::", scope.prefix, self.source.field(node, "name"));
        let inside = Scope {
            prefix,
            public,
            members: true,
            implied: kind == Kind::Enum,
        };
        let mut before = Before::default();
        for node in children(body) {
            match node.kind() {
                "line_comment" | "block_comment" => {
                    // What stands behind a field on its line is no documentation.
                    self.comment(node, &mut before.doc, &mut Doc::default());
                }
                "attribute_item" => self.attribute(node, &mut before),
                "field_declaration" | "enum_variant" => {
                    let before = std::mem::take(&mut before);
                    let kind = if node.kind() == "enum_variant" {
                        Kind::Variant
                    } else {
                        Kind::Field
                    };
                    let public = public && (inside.implied || self.is_pub(node));
                    if public && !before.hidden {
                        self.push(node, kind, &inside, true, before.doc);
                    }
                }
                _ => before = Before::default(),
            }
        }
    }

    fn push(&mut self, node: Node<'_>, kind: Kind, scope: &Scope, public: bool, doc: Doc) {
        let Some(name) = node.child_by_field_name("name") else {
            return;
        };
        let end = match kind {
            Kind::Macro => Some(name.end_byte()),
            Kind::Constant | Kind::Variable => node
                .child_by_field_name("value")
                .map(|value| value.start_byte()),
            _ => node
                .child_by_field_name("body")
                .filter(|body| {
                    body.kind() != "ordered_field_declaration_list" || kind == Kind::Variant
                })
                .map(|body| body.start_byte()),
        };
        let mut doc = doc;
        doc.trim();
        self.items.push(Item {
            kind,
            name: format!("{}{}", scope.prefix, self.source.text(name)),
            public,
            signature: self.source.signature(node, end),
            doc: doc.some(),
            place: self.source.place(name),
            callable: None,
        });
    }
}

fn callable(source: &Source<'_>, node: Node<'_>) -> Callable {
    let parameters = node
        .child_by_field_name("parameters")
        .map(children)
        .unwrap_or_default();
    let parameters = parameters
        .into_iter()
        .filter(|node| node.kind() == "parameter");
    let parameter = |node: Node<'_>| match node.child_by_field_name("pattern") {
        Some(name) if name.kind() == "identifier" => Parameter::Named(source.text(name).to_owned()),
        _ => Parameter::Pattern,
    };
    Callable {
        parameters: parameters.map(parameter).collect(),
        returns: Some(node.child_by_field_name("return_type").is_some()),
        ..Callable::default()
    }
}
