//! Quick fixes: what a problem's hint says, as an edit; and taking out a key that nobody reads.

use super::names::Edit;
use super::{Content, Reading};
use model::diagnostic::{Diagnostic, Position as Place};
use model::language::tree::{Entry, Kind, Node, Span};

/// Beginnings of hints whose first name in backticks belongs in the place of the problem.
const REPLACING: [&str; 9] = [
    "did you mean ",
    "use ",
    "for example ",
    "steps are named by their ids",
    "text stands in quotes: ",
    "comparison is ",
    "and is ",
    "or is ",
    "references stand bare: ",
];

/// A fix of one problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fix {
    /// For people.
    pub(crate) title: String,
    /// What it does.
    pub(crate) edit: Edit,
    /// The problem it mends.
    pub(crate) problem: Diagnostic,
    /// It is what was meant, as far as one can tell.
    pub(crate) preferred: bool,
}

/// The fixes of problems that touch this part of the text.
pub(crate) fn fixes(reading: &Reading, range: &Span) -> Vec<Fix> {
    let problems = match &reading.content {
        Content::Workflow(outline) => outline.diagnostics.clone(),
        Content::Settings(schema, _) => schema.problems(&reading.text),
        Content::Other => return Vec::new(),
    };
    problems
        .into_iter()
        .filter(|problem| problem.range.start <= range.end && range.start <= problem.range.end)
        .flat_map(|problem| {
            let mut fixes = Vec::new();
            fixes.extend(replace(&problem));
            fixes.extend(remove(reading, &problem));
            fixes
        })
        .collect()
}

fn replace(problem: &Diagnostic) -> Option<Fix> {
    let hint = problem.hint.as_deref()?;
    if !REPLACING.iter().any(|start| hint.starts_with(start)) {
        return None;
    }
    let (_, rest) = hint.split_once('`')?;
    let (name, _) = rest.split_once('`')?;
    // A place over several lines is that of a whole value, not of the name in it.
    if name.is_empty() || problem.range.start.line != problem.range.end.line {
        return None;
    }
    Some(Fix {
        title: format!("Change to `{name}`"),
        edit: Edit {
            range: problem.range.clone(),
            text: name.to_owned(),
        },
        problem: problem.clone(),
        preferred: true,
    })
}

fn remove(reading: &Reading, problem: &Diagnostic) -> Option<Fix> {
    if !matches!(
        problem.code,
        "unknown-key" | "misplaced-key" | "machine-setting"
    ) {
        return None;
    }
    let root = reading.yaml()?.root.as_ref()?;
    let (entries, index) = entry_at(root, problem.range.start)?;
    let entry = &entries[index];
    Some(Fix {
        title: format!("Remove `{}`", entry.key),
        edit: Edit {
            range: whole(entries, index)?,
            text: String::new(),
        },
        problem: problem.clone(),
        preferred: false,
    })
}

/// The mapping that has a key at this place, and which of its entries it is.
fn entry_at(node: &Node, at: Place) -> Option<(&[Entry], usize)> {
    match &node.kind {
        Kind::Scalar(_) => None,
        Kind::List(items) => items.iter().find_map(|item| entry_at(item, at)),
        Kind::Map(entries) => match entries.iter().position(|entry| entry.key_span.start == at) {
            Some(index) => Some((entries, index)),
            None => entries.iter().find_map(|entry| entry_at(&entry.value, at)),
        },
    }
}

/// All of an entry with what separates it from its neighbours: up to the next one, or from the end of the
/// one before it. The only entry of a mapping stays.
fn whole(entries: &[Entry], index: usize) -> Option<Span> {
    let entry = &entries[index];
    let start = entry.key_span.start;
    let next = entries.iter().map(|entry| entry.key_span.start);
    let next = next.filter(|next| *next > start).min();
    if let Some(next) = next {
        return Some(start..next);
    }
    let before = entries
        .iter()
        .filter(|before| before.key_span.start < start)
        .map(|before| before.value.span.end.max(before.key_span.end))
        .filter(|end| *end <= start)
        .max()?;
    let end = entry.value.span.end.max(entry.key_span.end);
    Some(before..end)
}
