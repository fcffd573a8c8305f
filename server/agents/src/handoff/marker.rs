//! DONE and FAILED markers: files that say by their name how a step ended. Pure. A marker that is
//! half-written, contradicts its name or is about something else ends nothing.

use super::status::{
    self, Expectation, Failed, Freshness, Ignored, Results, Said, StatusReading, Word,
};
use super::status::{Fields, confined, cut};
use std::path::Path;

/// The names, in the step's marker folder.
pub const NAMES: [&str; 2] = ["DONE.json", "FAILED.json"];

/// What the name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `DONE.json`.
    Done,
    /// `FAILED.json`.
    Failed,
}

impl Kind {
    /// The kind of the marker with this file name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "DONE.json" => Some(Self::Done),
            "FAILED.json" => Some(Self::Failed),
            _ => None,
        }
    }
}

/// Reads a marker. `shared`: it lies where another waiting hand-off would look too, so it has to
/// say which one it means.
#[must_use]
pub fn parse(bytes: &[u8], kind: Kind, expected: &Expectation<'_>, shared: bool) -> StatusReading {
    let object = match status::object(bytes) {
        Ok(object) => object,
        Err(problem) => {
            return StatusReading {
                said: Said::Malformed(problem),
                notes: Vec::new(),
            };
        }
    };
    let mut fields = Fields::new(&object);
    let said = match not_ours(&mut fields, expected, shared) {
        Some(reason) => Said::Ignored(reason),
        None => said(&mut fields, kind, &expected.worktree),
    };
    StatusReading {
        said,
        notes: fields.notes,
    }
}

/// Unlike a status, a marker does not live in the worktree: it may name the one it is about.
fn not_ours(fields: &mut Fields<'_>, expected: &Expectation<'_>, shared: bool) -> Option<Ignored> {
    if expected.freshness == Freshness::Unchanged {
        return Some(Ignored::Unchanged);
    }
    if let Some(reason) = status::not_ours(fields, expected) {
        return Some(reason);
    }
    let worktree = fields.any_text("worktree_path");
    if let Some(path) = worktree
        .as_deref()
        .filter(|path| !expected.worktree.contains(&Path::new(path)))
    {
        return Some(Ignored::OtherWorktree(cut(path, 200)));
    }
    let run = fields
        .ids("workflow_id")
        .iter()
        .any(|id| id == expected.workflow_ids[1]);
    let sure = worktree.is_some() || run || !fields.ids("execution_id").is_empty();
    (shared && !sure).then_some(Ignored::Ambiguous)
}

fn said(fields: &mut Fields<'_>, kind: Kind, worktree: &[&Path]) -> Said {
    let word = fields.text("status");
    match (kind, word.as_deref().map(Word::fold)) {
        (Kind::Done, None | Some(Some(Word::Completed))) => {
            let mut named = fields.list("found_artifacts");
            named.extend(fields.list("artifacts"));
            let artifacts = confined(fields, named, worktree);
            Said::Completed(Results {
                artifacts,
                output: fields.any_text("output"),
            })
        }
        (Kind::Failed, None | Some(Some(Word::Failed | Word::TimedOut | Word::Cancelled))) => {
            let failed = status::failed(fields);
            let code = failed.code.or_else(|| fields.any_text("error_type"));
            Said::Failed(Failed { code, ..failed })
        }
        _ => Said::Malformed(format!(
            "its `status` {:?} contradicts its name",
            cut(&word.unwrap_or_default(), 100)
        )),
    }
}

#[cfg(test)]
mod tests;
