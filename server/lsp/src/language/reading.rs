//! A document as it was read: which kind of file it is, and what is in it.

use super::Schema;
use crate::documents::Document;
use crate::uri;
use model::language::tree::{Kind, Node};
use model::language::yaml::Yaml;
use model::language::{Outline, Segment};
use std::sync::Arc;

/// Folders whose YAML files are workflows, also before there is a step in them.
const FOLDERS: [&str; 3] = [
    "/workflows/",
    "/.offshoot/workflows/",
    "/.tapps-agents/workflows/",
];

/// One version of a document.
#[derive(Debug)]
pub(crate) struct Reading {
    /// Its address.
    pub(crate) uri: String,
    /// The text that was read.
    pub(crate) text: Arc<str>,
    /// What it is.
    pub(crate) content: Content,
}

/// What a document is.
#[derive(Debug)]
pub(crate) enum Content {
    /// A workflow.
    Workflow(Box<Outline>),
    /// A file of settings.
    Settings(&'static Schema, Box<Yaml>),
    /// None of our business.
    Other,
}

/// Whether a document may be one of ours; the others are not even read.
pub(crate) fn is_ours(document: &Document) -> bool {
    document.yaml
}

impl Reading {
    /// Reads a document.
    pub(crate) fn of(uri: &str, text: &Arc<str>) -> Self {
        let bytes = text.as_bytes();
        let content = match Schema::of_file(uri) {
            Some(schema) => Content::Settings(schema, Box::new(Yaml::of(bytes))),
            None => {
                let outline = Outline::of(&uri::file_name(uri), bytes);
                if is_workflow(uri, &outline) {
                    Content::Workflow(Box::new(outline))
                } else {
                    Content::Other
                }
            }
        };
        Self {
            uri: uri.to_owned(),
            text: Arc::clone(text),
            content,
        }
    }

    /// The workflow, if it is one.
    pub(crate) fn workflow(&self) -> Option<&Outline> {
        match &self.content {
            Content::Workflow(outline) => Some(outline),
            Content::Settings(..) | Content::Other => None,
        }
    }

    /// The tree and layout.
    pub(crate) fn yaml(&self) -> Option<&Yaml> {
        match &self.content {
            Content::Workflow(outline) => Some(&outline.yaml),
            Content::Settings(_, yaml) => Some(yaml),
            Content::Other => None,
        }
    }
}

/// By content; a file that is only begun, by where it lies or by its key.
fn is_workflow(uri: &str, outline: &Outline) -> bool {
    if outline.is_workflow() {
        return true;
    }
    let root = outline.yaml.root.as_ref();
    let has = |key: &str| root.is_some_and(|root| root.get(key).is_some());
    let foreign = has("jobs") || has("apiVersion");
    let begun = root.is_some_and(|root| {
        let top = root.get("workflow").unwrap_or(root);
        top.get("steps").is_some_and(Node::is_null)
    });
    let here = FOLDERS.iter().any(|folder| uri.contains(folder)) && !uri.contains("/.github/");
    let empty = root.is_none_or(|root| {
        matches!(&root.kind, Kind::Scalar(_)) || root.entries().is_some_and(|all| all.len() < 3)
    });
    !foreign && (begun || (here && (empty || has("steps"))))
}

/// The way to a value, without a wrapping `workflow`.
pub(super) fn bare(path: &[Segment], wrapped: bool) -> &[Segment] {
    match path {
        [Segment::Key(first), rest @ ..] if wrapped && first == "workflow" => rest,
        path => path,
    }
}
