//! Reading source files: one reader for each family of languages. What counts in which is told by the table in
//! `language`.

mod go;
mod java;
mod python;
mod rust;
mod script;
#[cfg(test)]
mod tests;

use super::item::{Item, Kind, Parameter, Reading};
use super::language::Language;
use super::tree::{Grammar, Source, parse};

/// Reads a source file. Broken code gives what can be made out of it.
pub(crate) fn read(language: Language, path: &str, source: &Source<'_>) -> Reading {
    let Some(tree) = parse(Grammar::of(language, path), source.text) else {
        return Reading::default();
    };
    let root = tree.root_node();
    let mut reading = match language {
        Language::Rust => rust::read(source, root),
        Language::Python => python::read(source, root),
        Language::TypeScript | Language::JavaScript => script::read(source, root),
        Language::Go => go::read(source, root),
        Language::Java => java::read(source, root),
    };
    reading.items.sort_by_key(|item| item.place);
    if matches!(
        language,
        Language::TypeScript | Language::JavaScript | Language::Python
    ) {
        merge(&mut reading.items);
    }
    reading
}

/// Overloads of TypeScript, branches of Python, a getter and its setter are one: documented if one of them is.
fn merge(items: &mut Vec<Item>) {
    items.dedup_by(|later, first| {
        let callable = matches!(later.kind, Kind::Function | Kind::Method);
        let same = callable && later.kind == first.kind && later.name == first.name;
        if same && first.doc.is_none() {
            first.doc = later.doc.take();
        }
        if let (true, Some(first), Some(later)) = (same, &mut first.callable, &mut later.callable) {
            // The text may be about any of them.
            first
                .also
                .extend(later.parameters.drain(..).filter_map(Parameter::into_name));
            first.also.append(&mut later.also);
            if first.returns != later.returns {
                first.returns = None;
            }
        }
        same
    });
}
