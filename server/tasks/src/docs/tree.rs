//! Syntax trees: parsing with tree-sitter, and looking into what comes of it.

use super::language::Language;
use super::place::{Lines, Place};
use std::cell::RefCell;
use std::collections::HashMap;
use tree_sitter::{Node, Parser, Tree};

/// A grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Grammar {
    Rust,
    Python,
    TypeScript,
    Tsx,
    JavaScript,
    Go,
    Java,
}

impl Grammar {
    /// The grammar of a file.
    pub(crate) fn of(language: Language, path: &str) -> Self {
        match language {
            Language::Rust => Self::Rust,
            Language::Python => Self::Python,
            Language::TypeScript if path.ends_with("tsx") => Self::Tsx,
            Language::TypeScript => Self::TypeScript,
            Language::JavaScript => Self::JavaScript,
            Language::Go => Self::Go,
            Language::Java => Self::Java,
        }
    }

    fn language(self) -> tree_sitter::Language {
        match self {
            Self::Rust => tree_sitter_rust::LANGUAGE,
            Self::Python => tree_sitter_python::LANGUAGE,
            Self::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
            Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX,
            Self::JavaScript => tree_sitter_javascript::LANGUAGE,
            Self::Go => tree_sitter_go::LANGUAGE,
            Self::Java => tree_sitter_java::LANGUAGE,
        }
        .into()
    }
}

thread_local! {
    /// One parser for each grammar a thread has met.
    static PARSERS: RefCell<HashMap<Grammar, Parser>> = RefCell::default();
}

/// The tree of a text. None where the grammar does not fit the library, which a test rules out.
pub(crate) fn parse(grammar: Grammar, text: &str) -> Option<Tree> {
    PARSERS.with_borrow_mut(|parsers| {
        let parser = parsers.entry(grammar).or_insert_with(|| {
            let mut parser = Parser::new();
            // A parser without a language gives no tree.
            let _ = parser.set_language(&grammar.language());
            parser
        });
        parser.parse(text, None)
    })
}

/// A source file while it is read.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    pub(crate) lines: Lines<'a>,
}

impl<'a> Source<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            text,
            lines: Lines::of(text),
        }
    }

    pub(crate) fn text(&self, node: Node<'_>) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The text of a field of a node.
    pub(crate) fn field(&self, node: Node<'_>, field: &str) -> &'a str {
        node.child_by_field_name(field)
            .map_or("", |node| self.text(node))
    }

    pub(crate) fn place(&self, node: Node<'_>) -> Place {
        self.lines.place(&node.byte_range())
    }

    /// What declares it, on one line: from its beginning to its body.
    pub(crate) fn signature(&self, node: Node<'_>, end: Option<usize>) -> String {
        let end = end.unwrap_or_else(|| node.end_byte());
        on_one_line(self.text.get(node.start_byte()..end).unwrap_or_default())
    }
}

/// Bytes of the names around a declaration. What is nested deeper was not written by hand, and the readers go down by
/// calling themselves.
const DEEPEST: usize = 1000;

/// Whether the names around a declaration are more than anybody writes.
pub(crate) fn is_too_deep(prefix: &str) -> bool {
    prefix.len() > DEEPEST
}

/// Characters of a signature.
const SIGNATURE: usize = 400;

/// A declaration on one line, without what only ends it.
pub(crate) fn on_one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && !line.ends_with('(') && !word.starts_with([')', ',']) {
            line.push(' ');
        }
        line.push_str(word);
    }
    let line = line.replace(",)", ")");
    let line = line.trim_end_matches(['{', ';', '=', ' ', ':']);
    match line.char_indices().nth(SIGNATURE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// The named nodes in a node.
pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.named_children(&mut node.walk()).collect()
}

/// The first named node of a kind in a node.
pub(crate) fn child<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    children(node)
        .into_iter()
        .find(|child| child.kind() == kind)
}

/// Whether a body gives a value: a `return` with something behind it, not in a function inside.
pub(crate) fn gives_value(body: Node<'_>, functions: &[&str]) -> bool {
    let mut left = vec![body];
    while let Some(node) = left.pop() {
        if node.kind() == "return_statement" {
            if children(node).iter().any(|child| child.kind() != "comment") {
                return true;
            }
        } else if !functions.contains(&node.kind()) {
            left.extend(children(node));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Grammar, on_one_line, parse};

    #[test]
    fn every_grammar_fits_the_library() {
        let samples = [
            (Grammar::Rust, "fn a() {}"),
            (Grammar::Python, "def a(): pass"),
            (Grammar::TypeScript, "const a: number = <number>b"),
            (Grammar::Tsx, "const a = <b c={1}/>"),
            (Grammar::JavaScript, "export const a = <b/>"),
            (Grammar::Go, "package a"),
            (Grammar::Java, "record A(int b) {}"),
        ];
        for (grammar, text) in samples {
            let tree = parse(grammar, text).expect("a tree");
            assert!(!tree.root_node().has_error(), "{grammar:?}");
        }
    }

    #[test]
    fn declarations_fit_one_line() {
        assert_eq!(
            on_one_line("fn a(\n    b: u8,\n    c: u8,\n) -> u8 {"),
            "fn a(b: u8, c: u8) -> u8"
        );
        assert_eq!(on_one_line("def a():"), "def a()");
    }
}
