//! What a file of TypeScript or JavaScript exports by name, apart from where it is declared.

use crate::docs::tree::{Source, children};
use std::collections::HashSet;
use tree_sitter::Node;

/// Names of declarations that are exported elsewhere in the file.
pub(super) type Exports = HashSet<String>;

/// Looks through the statements of a file.
pub(super) fn exports(source: &Source<'_>, root: Node<'_>) -> Exports {
    let mut names = Exports::new();
    for statement in children(root) {
        match statement.kind() {
            "export_statement" if statement.child_by_field_name("source").is_none() => {
                for node in children(statement) {
                    match node.kind() {
                        "export_clause" => clause(source, node, &mut names),
                        // `export default name`, `export = name`.
                        "identifier" => _ = names.insert(source.text(node).to_owned()),
                        _ => {}
                    }
                }
            }
            "expression_statement" => {
                if let Some(inner) = statement.named_child(0) {
                    common(source, inner, &mut names);
                }
            }
            _ => {}
        }
    }
    names
}

/// `export { a, b as c }`.
fn clause(source: &Source<'_>, node: Node<'_>, names: &mut Exports) {
    let specifiers = children(node)
        .into_iter()
        .filter(|node| node.kind() == "export_specifier");
    names.extend(specifiers.map(|node| source.field(node, "name").to_owned()));
}

/// `module.exports = name`, `module.exports = { a, b: c }`, `exports.a = b`.
fn common(source: &Source<'_>, node: Node<'_>, names: &mut Exports) {
    let left = source.field(node, "left");
    let left = left.strip_prefix("module.").unwrap_or(left);
    let Some(right) = node.child_by_field_name("right") else {
        return;
    };
    if node.kind() != "assignment_expression"
        || !(left == "exports" || left.starts_with("exports."))
    {
        return;
    }
    match right.kind() {
        "identifier" => _ = names.insert(source.text(right).to_owned()),
        "assignment_expression" => common(source, right, names),
        "object" => {
            for node in children(right) {
                match node.kind() {
                    "shorthand_property_identifier" => {
                        _ = names.insert(source.text(node).to_owned())
                    }
                    "pair" => _ = names.insert(source.field(node, "value").to_owned()),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}
