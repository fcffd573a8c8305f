//! The workflow language: from the bytes of a file to a [`Workflow`], or to everything that is wrong.
//!
//! Three forms are one model: that of the user guide (`step`, `agent`, `action`, `params`), that of
//! TappsCodingAgents (`id`, `creates`, `requires`, `next`, `gate`; wrapped in `workflow:` or flat),
//! and ours. One pass each: `text` makes characters of bytes, `load` a tree with the place of
//! every key and value, `top` and `step` read the tree by the table in [`keys`], `names` gives
//! the steps their ids, `order` and `artifacts` find out what waits for what.
//!
//! Nothing here panics on input, and time grows with the size of the file: every collection that
//! a file can blow up (depth, nodes, steps, edges, problems) has a limit that its message names.

mod artifacts;
mod cycles;
mod gates;
pub mod keys;
mod load;
mod names;
mod nearest;
mod order;
mod outline;
mod overlaps;
mod paths;
mod read;
mod report;
mod sketch;
mod source_map;
mod step;
mod step_parts;
#[cfg(test)]
mod tests;
mod text;
mod top;
pub mod tree;
pub mod values;
pub mod yaml;

pub use keys::{KEYS, Key, Level, Shape};
pub use names::unsafe_id;
pub use nearest::nearest;
pub use outline::{Mention, Outline, Symbol};
pub use paths::normal as normal_path;
pub use sketch::{Role, Segment, Sketch, Spot};
pub use source_map::{ArtifactPlace, KeyPlace, SourceMap, StepPlaces, StepReference};

use crate::diagnostic::{Diagnostic, Severity};
use crate::workflow::Workflow;
use report::Report;

/// The largest file that is read, in bytes. What people write by hand is a thousandth of it.
pub const MAX_BYTES: usize = 10_000_000;
/// The most steps of one workflow.
pub const MAX_STEPS: usize = 10_000;
/// The deepest nesting of lists and mappings, aliases included.
pub const MAX_DEPTH: usize = 64;
/// The most keys and values of one file, each alias counted with all it stands for.
pub const MAX_NODES: usize = 500_000;
/// The most pairs of steps of which one waits for the other.
pub const MAX_EDGES: usize = 200_000;
/// The most gates of one workflow.
pub const MAX_GATES: usize = 200;
/// The most problems that are listed.
pub const MAX_DIAGNOSTICS: usize = 1_000;

/// What a file came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The workflow, if and only if no diagnostic is an error.
    pub workflow: Option<Workflow>,
    /// Every problem, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
    /// Where things stand in the text, as far as it could be read.
    pub map: SourceMap,
}

/// Reads a workflow. `file_name` (a path or a name) gives the id where the file names none.
pub fn parse(file_name: &str, bytes: &[u8]) -> Parsed {
    let mut report = Report::default();
    let mut map = SourceMap::default();
    let workflow = text::decode(bytes, &mut report).and_then(|text| {
        let loaded = load::load(text, &mut report);
        read(file_name, &loaded, &mut report, &mut map)
    });
    let (diagnostics, errors) = report.finish();
    Parsed {
        workflow: workflow.filter(|_| !errors),
        diagnostics,
        map,
    }
}

fn read(
    file_name: &str,
    loaded: &load::Loaded,
    report: &mut Report,
    map: &mut SourceMap,
) -> Option<Workflow> {
    let Some(root) = &loaded.root else {
        if loaded.complete {
            let hint = "a workflow starts with `steps:`".to_owned();
            report.error(
                tree::at(0, 0),
                "empty-file",
                "the file is empty".to_owned(),
                Some(hint),
            );
        }
        return None;
    };
    top::read(file_name, root, loaded.complete, report, map)
}

/// Reads again what an earlier version accepted when its run was started: rules that came later do not
/// count, what breaks them is left out of the workflow.
pub fn parse_stored(file_name: &str, bytes: &[u8]) -> Parsed {
    let mut report = Report::default();
    let mut map = SourceMap::default();
    let workflow = text::decode(bytes, &mut report).and_then(|text| {
        let loaded = load::load(text, &mut report);
        read(file_name, &loaded, &mut report, &mut map)
    });
    let (diagnostics, _) = report.finish();
    let breaks = |problem: &Diagnostic| {
        problem.severity == Severity::Error && !gates::LATER.contains(&problem.code)
    };
    let errors = diagnostics.iter().any(breaks);
    Parsed {
        workflow: workflow.filter(|_| !errors),
        diagnostics,
        map,
    }
}

/// Whether a YAML file is a workflow to an editor: a list `steps` at the top or under `workflow:`,
/// and neither `jobs` nor `apiVersion`, which belong to files of other programs.
pub fn is_workflow(bytes: &[u8]) -> bool {
    let mut report = Report::default();
    let Some(text) = text::decode(bytes, &mut report) else {
        return false;
    };
    load::load(text, &mut report)
        .root
        .is_some_and(|root| top::is_workflow(&root))
}
