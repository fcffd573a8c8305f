//! `textDocument/inlayHint`: behind each step its last state and time, and what it waits for where the file
//! does not say so.

use super::{Known, Reading, states};
use model::language::Outline;
use std::collections::BTreeSet;
use std::ops::Range;

/// More names than this are counted only.
const NAMES: usize = 3;

/// A remark at the end of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    /// The line, from 0.
    pub(crate) line: u32,
    /// What it says.
    pub(crate) label: String,
    /// More of it, as markdown.
    pub(crate) tooltip: String,
}

/// The remarks in these lines.
pub(crate) fn hints(reading: &Reading, lines: Range<u32>, known: &Known) -> Vec<Hint> {
    let Some(outline) = reading.workflow() else {
        return Vec::new();
    };
    let mut hints = Vec::new();
    for (index, place) in outline.map.steps.iter().enumerate() {
        let line = place.name.start.line;
        if place.id.is_empty() || !lines.contains(&line) {
            continue;
        }
        hints.extend(state(&place.id, line, known));
        hints.extend(order(outline, index, line));
    }
    hints
}

fn state(id: &str, line: u32, known: &Known) -> Option<Hint> {
    let run = known.run.as_deref()?;
    let step = states::step(run, id)?;
    let mut label = states::summary(step);
    let findings = states::findings(step);
    if !findings.is_empty() {
        label += &format!(", {findings}");
    }
    Some(Hint {
        line,
        label,
        tooltip: format!("In the run `{}`", run.run_id),
    })
}

/// Steps it waits for that neither its `needs` nor its `condition` names.
fn order(outline: &Outline, index: usize, line: u32) -> Option<Hint> {
    let step = outline.step(index)?;
    // Names at the step itself; of `finalize` everybody knows.
    let named: BTreeSet<usize> = outline
        .map
        .references
        .iter()
        .filter(|reference| reference.step == index)
        .filter(|reference| matches!(reference.key, "needs" | "condition"))
        .filter_map(|reference| reference.target)
        .collect();
    let implied: Vec<&str> = step
        .needs
        .iter()
        .filter(|need| !named.contains(need))
        .filter_map(|need| outline.map.steps.get(*need))
        .map(|step| step.id.as_str())
        .collect();
    if implied.is_empty() || step.is_nothing() {
        return None;
    }
    let more = implied.len().saturating_sub(NAMES);
    let mut label = format!("after {}", implied[..implied.len() - more].join(", "));
    if more > 0 {
        label += &format!(" and {more} more");
    }
    Some(Hint {
        line,
        label,
        tooltip: format!("Waits for `{}`, as the file implies.", implied.join("`, `")),
    })
}
