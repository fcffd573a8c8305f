//! Reading Python.

use crate::docs::item::{Callable, Doc, Item, Kind, Parameter, Reading};
use crate::docs::tree::{Source, child, children, gives_value, is_too_deep};
use std::collections::HashSet;
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Reading {
    let mut reader = Reader {
        source,
        named: named(source, root),
        items: Vec::new(),
    };
    reader.block(
        root,
        &Scope {
            prefix: String::new(),
            public: true,
            class: false,
        },
    );
    Reading {
        module: docstring(source, root),
        items: reader.items,
    }
}

struct Reader<'a> {
    source: &'a Source<'a>,
    /// What `__all__` names, if it is a plain list.
    named: Option<HashSet<String>>,
    items: Vec<Item>,
}

struct Scope {
    prefix: String,
    public: bool,
    class: bool,
}

impl Reader<'_> {
    fn block(&mut self, block: Node<'_>, scope: &Scope) {
        if is_too_deep(&scope.prefix) {
            return;
        }
        for node in children(block) {
            match node.kind() {
                "function_definition" => self.function(node, &[], scope),
                "class_definition" => self.class(node, scope),
                "decorated_definition" => {
                    let decorators: Vec<_> = children(node)
                        .into_iter()
                        .filter(|node| node.kind() == "decorator")
                        .map(|node| self.source.text(node).trim_start_matches('@').trim())
                        .collect();
                    match node.child_by_field_name("definition") {
                        Some(inner) if inner.kind() == "class_definition" => {
                            self.class(inner, scope)
                        }
                        Some(inner) => self.function(inner, &decorators, scope),
                        None => {}
                    }
                }
                // What is declared under a condition is declared.
                "if_statement" | "try_statement" | "else_clause" | "elif_clause"
                | "except_clause" | "with_statement" | "block" => self.block(node, scope),
                _ => {}
            }
        }
    }

    fn is_public(&self, name: &str, scope: &Scope) -> bool {
        let named = match &self.named {
            Some(named) if !scope.class => named.contains(name),
            _ => !name.starts_with('_'),
        };
        scope.public && named
    }

    fn class(&mut self, node: Node<'_>, scope: &Scope) {
        let (Some(name), Some(body)) = (
            node.child_by_field_name("name"),
            node.child_by_field_name("body"),
        ) else {
            return;
        };
        let public = self.is_public(self.source.text(name), scope);
        let constructor = children(body).into_iter().find_map(|node| {
            let node = match node.kind() {
                "decorated_definition" => node.child_by_field_name("definition")?,
                _ => node,
            };
            let is_one = node.kind() == "function_definition"
                && self.source.field(node, "name") == "__init__";
            is_one.then_some(node)
        });
        // The text of a class may tell what its constructor takes.
        let callable = constructor.map(|node| Callable {
            returns: None,
            ..callable(self.source, node, true)
        });
        self.push(node, Kind::Class, public, scope, callable);
        let prefix = format!("{}{}.", scope.prefix, self.source.text(name));
        self.block(
            body,
            &Scope {
                prefix,
                public,
                class: true,
            },
        );
    }

    fn function(&mut self, node: Node<'_>, decorators: &[&str], scope: &Scope) {
        let name = self.source.field(node, "name");
        let passed_over = |decorator: &&str| {
            let last = decorator.rsplit('.').next().unwrap_or(decorator);
            matches!(last, "overload" | "setter" | "deleter")
        };
        if decorators.iter().any(passed_over) {
            return;
        }
        let kind = if scope.class {
            Kind::Method
        } else {
            Kind::Function
        };
        let bound = scope.class && !decorators.contains(&"staticmethod");
        let special = name.starts_with("__") && name.ends_with("__");
        let public = !special && self.is_public(name, scope);
        let mut callable = callable(self.source, node, bound);
        let property = |decorator: &&str| decorator.ends_with("property");
        if decorators.iter().any(property) {
            // It is read like a field: its text says what it is.
            callable.returns = None;
        }
        self.push(node, kind, public, scope, Some(callable));
    }

    fn push(
        &mut self,
        node: Node<'_>,
        kind: Kind,
        public: bool,
        scope: &Scope,
        callable: Option<Callable>,
    ) {
        let Some(name) = node.child_by_field_name("name") else {
            return;
        };
        let body = node.child_by_field_name("body");
        let doc = body.and_then(|body| docstring(self.source, body));
        self.items.push(Item {
            kind,
            name: format!("{}{}", scope.prefix, self.source.text(name)),
            public,
            signature: self
                .source
                .signature(node, body.map(|body| body.start_byte())),
            doc,
            place: self.source.place(name),
            callable,
        });
    }
}

/// The names of `__all__`, if it is a plain list of strings and nothing is added to it.
fn named(source: &Source<'_>, root: Node<'_>) -> Option<HashSet<String>> {
    let mut found = None;
    for statement in children(root) {
        let Some(node) = children(statement).into_iter().next() else {
            continue;
        };
        if statement.kind() != "expression_statement" || source.field(node, "left") != "__all__" {
            continue;
        }
        let right = node.child_by_field_name("right")?;
        if node.kind() != "assignment" || !matches!(right.kind(), "list" | "tuple") {
            return None;
        }
        let strings = children(right);
        let plain = strings
            .iter()
            .all(|node| matches!(node.kind(), "string" | "comment"));
        let text = |node: &Node<'_>| {
            child(*node, "string_content").map(|node| source.text(node).to_owned())
        };
        found = plain.then(|| strings.iter().filter_map(text).collect());
    }
    found
}

/// The string that a block begins with.
fn docstring(source: &Source<'_>, block: Node<'_>) -> Option<Doc> {
    let first = children(block)
        .into_iter()
        .find(|node| node.kind() != "comment")?;
    let string = (first.kind() == "expression_statement").then(|| first.named_child(0))??;
    let start = child(string, "string_start").map_or("", |node| source.text(node));
    if string.kind() != "string" || start.to_ascii_lowercase().contains(['f', 'b']) {
        return None;
    }
    let end = child(string, "string_end")?;
    let from = string.start_byte() + start.len();
    let text = source.text.get(from..end.start_byte())?;
    let mut doc = Doc::default();
    let line = source.lines.line(from);
    // The first line stands behind the quotes; the others share an indentation that is not part of the text.
    let indent = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let indent = indent
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or_default();
    for (index, text) in text.lines().enumerate() {
        let text = if index == 0 {
            text.trim_start()
        } else {
            text.get(indent..).unwrap_or_default()
        };
        let number = line.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
        doc.lines.push((number, text.trim_end().to_owned()));
    }
    doc.trim();
    doc.some()
}

fn callable(source: &Source<'_>, node: Node<'_>, bound: bool) -> Callable {
    let list = node
        .child_by_field_name("parameters")
        .map(children)
        .unwrap_or_default();
    let open = list.iter().any(|node| source.text(*node).starts_with("**"));
    let mut parameters: Vec<_> = list
        .into_iter()
        .filter_map(|node| parameter(source, node))
        .collect();
    if bound && !parameters.is_empty() {
        parameters.remove(0);
    }
    Callable {
        parameters,
        open,
        returns: returns(source, node),
        ..Callable::default()
    }
}

fn parameter(source: &Source<'_>, node: Node<'_>) -> Option<Parameter> {
    let name = match node.kind() {
        "identifier" => node,
        "default_parameter" | "typed_default_parameter" => node.child_by_field_name("name")?,
        "typed_parameter" => return node.named_child(0).and_then(|node| parameter(source, node)),
        // What it is called is nobody's business.
        "list_splat_pattern" | "dictionary_splat_pattern" => return Some(Parameter::Pattern),
        _ => return None,
    };
    Some(match name.kind() {
        "identifier" => Parameter::Named(source.text(name).to_owned()),
        _ => Parameter::Pattern,
    })
}

/// By its annotation; without one by what its body does. A body that does nothing promises nothing.
fn returns(source: &Source<'_>, node: Node<'_>) -> Option<bool> {
    let body = node.child_by_field_name("body")?;
    let text = source.text(body);
    if let Some(annotation) = node.child_by_field_name("return_type") {
        return match source.text(annotation) {
            "None" => Some(false),
            "NoReturn" | "Never" => None,
            _ => Some(true),
        };
    }
    if gives_value(body, &["function_definition", "class_definition", "lambda"]) {
        return Some(true);
    }
    let open = ["yield", "raise", "...", "pass", "await"]
        .iter()
        .any(|word| text.contains(word));
    (!open).then_some(false)
}
