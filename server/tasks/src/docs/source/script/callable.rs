//! What functions of TypeScript and JavaScript take and give.

use crate::docs::item::{Callable, Parameter};
use crate::docs::tree::{Source, children, gives_value};
use tree_sitter::Node;

/// Nodes that are functions of their own.
const FUNCTIONS: [&str; 7] = [
    "function_declaration",
    "function_expression",
    "generator_function",
    "generator_function_declaration",
    "arrow_function",
    "method_definition",
    "class_body",
];

/// What a function takes and gives.
pub(super) fn callable(source: &Source<'_>, node: Node<'_>) -> Callable {
    let list = match node.child_by_field_name("parameter") {
        Some(single) => vec![single],
        None => node
            .child_by_field_name("parameters")
            .map(children)
            .unwrap_or_default(),
    };
    Callable {
        parameters: list
            .into_iter()
            .filter_map(|node| parameter(source, node))
            .collect(),
        returns: returns(source, node),
        ..Callable::default()
    }
}

fn parameter(source: &Source<'_>, node: Node<'_>) -> Option<Parameter> {
    match node.kind() {
        "identifier" => Some(Parameter::Named(source.text(node).to_owned())),
        "required_parameter" | "optional_parameter" => {
            parameter(source, node.child_by_field_name("pattern")?)
        }
        "assignment_pattern" => parameter(source, node.child_by_field_name("left")?),
        "rest_pattern" => parameter(source, node.named_child(0)?),
        "this" | "comment" | "decorator" => None,
        _ => Some(Parameter::Pattern),
    }
}

/// By its annotation, else by its body.
fn returns(source: &Source<'_>, node: Node<'_>) -> Option<bool> {
    let body = node.child_by_field_name("body");
    let named = node.child_by_field_name("name").or(body);
    let head = node.start_byte()..named.map_or(node.end_byte(), |named| named.start_byte());
    let head = source.text.get(head).unwrap_or_default();
    if head.contains('*') || head.split_whitespace().any(|word| word == "async") {
        // A generator or a promise comes back, and texts tell of either.
        return None;
    }
    if let Some(annotation) = node.child_by_field_name("return_type") {
        return match source.text(annotation).trim_start_matches(':').trim() {
            "void" | "undefined" => Some(false),
            "never" | "any" | "unknown" => None,
            annotation if annotation.starts_with("asserts ") => None,
            _ => Some(true),
        };
    }
    let body = body?;
    if body.kind() != "statement_block" {
        return None;
    }
    if gives_value(body, &FUNCTIONS) {
        return Some(true);
    }
    // A body that does nothing, or only throws, is there to be overridden.
    let statements: Vec<_> = children(body)
        .into_iter()
        .filter(|node| node.kind() != "comment")
        .collect();
    let stub = statements
        .last()
        .is_none_or(|node| node.kind() == "throw_statement");
    (!stub).then_some(false)
}
