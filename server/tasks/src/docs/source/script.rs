//! Reading TypeScript and JavaScript.

mod callable;
mod exports;

use crate::docs::item::{Doc, Item, Kind, Reading};
use crate::docs::tree::{Source, children, is_too_deep};
use callable::callable;
use exports::{Exports, exports};
use tree_sitter::Node;

pub(super) fn read(source: &Source<'_>, root: Node<'_>) -> Reading {
    let mut reader = Reader {
        source,
        exports: exports(source, root),
        items: Vec::new(),
    };
    let module = reader.list(
        root,
        &Scope {
            prefix: String::new(),
            public: true,
            implied: false,
        },
    );
    Reading {
        module,
        items: reader.items,
    }
}

struct Reader<'a> {
    source: &'a Source<'a>,
    exports: Exports,
    items: Vec<Item>,
}

struct Scope {
    prefix: String,
    public: bool,
    /// Whether everything in it is exported, as in an ambient namespace.
    implied: bool,
}

impl Reader<'_> {
    /// Reads statements; gives the text about the file, if one of them is that.
    fn list(&mut self, list: Node<'_>, scope: &Scope) -> Option<Doc> {
        if is_too_deep(&scope.prefix) {
            return None;
        }
        let nodes = children(list);
        let mut module = None;
        let mut doc = None;
        for (index, node) in nodes.iter().enumerate() {
            if node.kind() == "comment" {
                let comment = jsdoc(self.source, *node);
                if comment.as_ref().is_some_and(is_about_file) {
                    module = module.or(comment);
                    doc = None;
                } else if comment.is_some() || index == 0 {
                    doc = comment;
                }
                continue;
            }
            self.statement(*node, doc.take(), scope);
        }
        module
    }

    fn statement(&mut self, node: Node<'_>, doc: Option<Doc>, scope: &Scope) {
        match node.kind() {
            "export_statement" => {
                // A comment may stand between `export` and what is exported.
                let doc = doc.or_else(|| {
                    children(node)
                        .into_iter()
                        .find_map(|node| jsdoc(self.source, node))
                });
                let whole = Some(node);
                if let Some(inner) = node.child_by_field_name("declaration") {
                    self.declaration(inner, whole, doc, scope, scope.public);
                } else if let Some(value) = node.child_by_field_name("value") {
                    self.value(value, node, "default", doc, scope, scope.public);
                }
            }
            "ambient_declaration" => {
                if let Some(inner) = children(node)
                    .into_iter()
                    .find(|node| node.kind() != "comment")
                {
                    self.declaration(inner, Some(node), doc, scope, false);
                }
            }
            "expression_statement" => self.expression(node, doc, scope),
            _ => self.declaration(node, None, doc, scope, false),
        }
    }

    /// `exports.name = …` and `module.exports = …`.
    fn expression(&mut self, node: Node<'_>, doc: Option<Doc>, scope: &Scope) {
        let Some(inner) = node.named_child(0) else {
            return;
        };
        if matches!(inner.kind(), "internal_module" | "module") {
            return self.declaration(inner, None, doc, scope, false);
        }
        let left = self.source.field(inner, "left");
        let name = match left
            .strip_prefix("module.")
            .unwrap_or(left)
            .strip_prefix("exports")
        {
            Some("") => "default",
            Some(name) => name.trim_start_matches('.'),
            None => return,
        };
        if let Some(value) = inner.child_by_field_name("right") {
            self.value(value, node, name, doc, scope, scope.public);
        }
    }

    /// A value that is exported where it stands: only functions and classes are documented there.
    fn value(
        &mut self,
        value: Node<'_>,
        whole: Node<'_>,
        name: &str,
        doc: Option<Doc>,
        scope: &Scope,
        public: bool,
    ) {
        let kind = match value.kind() {
            "arrow_function" | "function_expression" | "generator_function" => Kind::Function,
            "class" => Kind::Class,
            _ => return,
        };
        let own = self.source.field(value, "name");
        let name = if own.is_empty() { name } else { own };
        let place = value.child_by_field_name("name").unwrap_or(whole);
        self.push(
            Declared {
                kind,
                name,
                place,
                whole,
                value: Some(value),
            },
            doc,
            scope,
            public,
        );
        self.members(value, name, scope, public);
    }

    fn declaration(
        &mut self,
        node: Node<'_>,
        whole: Option<Node<'_>>,
        doc: Option<Doc>,
        scope: &Scope,
        exported: bool,
    ) {
        let kind = match node.kind() {
            "function_declaration" | "generator_function_declaration" | "function_signature" => {
                Kind::Function
            }
            "class_declaration" | "abstract_class_declaration" => Kind::Class,
            "interface_declaration" => Kind::Interface,
            "type_alias_declaration" => Kind::Type,
            "enum_declaration" => Kind::Enum,
            "internal_module" | "module" => Kind::Module,
            "lexical_declaration" | "variable_declaration" => {
                return self.variables(node, whole, doc, scope, exported);
            }
            _ => return,
        };
        let Some(place) = node.child_by_field_name("name") else {
            return;
        };
        let name = self.source.text(place);
        let public = scope.public && (exported || scope.implied || self.is_exported(name, scope));
        let whole = whole.unwrap_or(node);
        self.push(
            Declared {
                kind,
                name,
                place,
                whole,
                value: Some(node),
            },
            doc,
            scope,
            public,
        );
        match kind {
            Kind::Class | Kind::Interface => self.members(node, name, scope, public),
            Kind::Module => {
                if let Some(body) = node.child_by_field_name("body") {
                    let prefix = format!("{}{name}.", scope.prefix);
                    self.list(
                        body,
                        &Scope {
                            prefix,
                            public,
                            implied: whole.kind() == "ambient_declaration",
                        },
                    );
                }
            }
            _ => {}
        }
    }

    fn variables(
        &mut self,
        node: Node<'_>,
        whole: Option<Node<'_>>,
        mut doc: Option<Doc>,
        scope: &Scope,
        exported: bool,
    ) {
        for variable in children(node)
            .into_iter()
            .filter(|node| node.kind() == "variable_declarator")
        {
            let Some(place) = variable.child_by_field_name("name") else {
                continue;
            };
            if place.kind() != "identifier" {
                continue;
            }
            let name = self.source.text(place);
            let public =
                scope.public && (exported || scope.implied || self.is_exported(name, scope));
            let value = variable.child_by_field_name("value");
            let kind = match value.map_or("", |value| value.kind()) {
                "arrow_function" | "function_expression" | "generator_function" => Kind::Function,
                "class" => Kind::Class,
                _ => Kind::Constant,
            };
            let declared = Declared {
                kind,
                name,
                place,
                whole: whole.unwrap_or(node),
                value,
            };
            self.push(declared, doc.take(), scope, public);
            if let Some(value) = value.filter(|_| kind == Kind::Class) {
                self.members(value, name, scope, public);
            }
        }
    }

    fn is_exported(&self, name: &str, scope: &Scope) -> bool {
        scope.prefix.is_empty() && self.exports.contains(name)
    }

    /// The methods of a class or an interface.
    fn members(&mut self, node: Node<'_>, name: &str, scope: &Scope, public: bool) {
        let Some(body) = node.child_by_field_name("body") else {
            return;
        };
        let inside = Scope {
            prefix: format!("{}{name}.", scope.prefix),
            public,
            implied: false,
        };
        let mut doc = None;
        for node in children(body) {
            match node.kind() {
                "comment" => doc = jsdoc(self.source, node).or(doc),
                "decorator" => {}
                "method_definition" | "method_signature" | "abstract_method_signature" => {
                    let doc = doc.take();
                    let Some(place) = node.child_by_field_name("name") else {
                        continue;
                    };
                    let name = self.source.text(place);
                    let head = self
                        .source
                        .text
                        .get(node.start_byte()..place.start_byte())
                        .unwrap_or_default();
                    let hidden = head
                        .split_whitespace()
                        .any(|word| matches!(word, "private" | "protected"))
                        || name.starts_with(['_', '#']);
                    let kind = if name == "constructor" {
                        Kind::Constructor
                    } else {
                        Kind::Method
                    };
                    // What a constructor is for is said by the class.
                    let public = public && !hidden && kind == Kind::Method;
                    let declared = Declared {
                        kind,
                        name,
                        place,
                        whole: node,
                        value: Some(node),
                    };
                    self.push(declared, doc, &inside, public);
                }
                _ => doc = None,
            }
        }
    }

    fn push(&mut self, declared: Declared<'_>, doc: Option<Doc>, scope: &Scope, public: bool) {
        let Declared {
            kind,
            name,
            place,
            whole,
            value,
        } = declared;
        let function = matches!(kind, Kind::Function | Kind::Method | Kind::Constructor);
        let callable = value
            .filter(|_| function)
            .map(|node| callable(self.source, node));
        let end = match kind {
            Kind::Constant => Some(place.end_byte()),
            _ => value
                .and_then(|node| node.child_by_field_name("body"))
                .map(|body| body.start_byte()),
        };
        let signature = self.source.signature(whole, end);
        let signature = signature.trim_end_matches("=>").trim_end();
        self.items.push(Item {
            kind,
            name: format!("{}{name}", scope.prefix),
            public,
            signature: signature.to_owned(),
            doc,
            place: self.source.place(place),
            callable,
        });
    }
}

/// A declaration on its way to an item.
struct Declared<'t> {
    kind: Kind,
    name: &'t str,
    place: Node<'t>,
    whole: Node<'t>,
    value: Option<Node<'t>>,
}

/// A documenting comment.
fn jsdoc(source: &Source<'_>, node: Node<'_>) -> Option<Doc> {
    let text = source.text(node);
    let is_one = node.kind() == "comment" && text.starts_with("/**") && text.len() > 4;
    is_one.then(|| Doc::of_block(text, source.lines.line(node.start_byte())).some())?
}

fn is_about_file(doc: &Doc) -> bool {
    const TAGS: [&str; 5] = [
        "@file",
        "@fileoverview",
        "@overview",
        "@packageDocumentation",
        "@module",
    ];
    doc.texts().any(|line| {
        line.split_whitespace()
            .next()
            .is_some_and(|word| TAGS.contains(&word))
    })
}
