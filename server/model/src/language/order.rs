//! What waits for what.
//!
//! Edges: `needs`; `requires` <- `creates` ([`super::artifacts`]); the step that `next` or
//! `gate.on_pass` names waits for the one that names it; a step whose `condition` speaks of another
//! waits for it. `gate.on_fail` goes back in a loop or aside, and what that makes wait is found by
//! [`super::gates`]. `orchestrator/finalize` waits for all others. Where no step of the file names any of
//! this (`on_fail` alone names nothing), each waits for the one above it; the steps that conditions
//! speak of do not count as named.

use super::read::{At, shortened};
use super::report::Report;
use super::source_map::{SourceMap, StepReference};
use super::step::Draft;
use super::tree::Span;
use super::{MAX_EDGES, artifacts, cycles, gates, overlaps};
use crate::overlap::Overlap;
use crate::workflow::Gate;
use std::collections::HashMap;

/// Who waits for whom, and where that is written.
#[derive(Default)]
pub(super) struct Graph {
    /// For each step the steps it waits for, in the order they were found.
    pub(super) waits: Vec<Vec<usize>>,
    places: HashMap<(usize, usize), Span>,
    /// There were more edges than are kept.
    full: bool,
}

impl Graph {
    fn new(steps: usize) -> Self {
        Self {
            waits: vec![Vec::new(); steps],
            ..Self::default()
        }
    }

    /// `step` waits for `target`. False when no more edges fit.
    pub(super) fn add(&mut self, step: usize, target: usize, span: &Span) -> bool {
        if self.places.contains_key(&(step, target)) {
            return true;
        }
        if self.places.len() >= MAX_EDGES {
            self.full = true;
            return false;
        }
        self.places.insert((step, target), span.clone());
        if let Some(waits) = self.waits.get_mut(step) {
            waits.push(target);
        }
        true
    }

    /// Where it is written that `step` waits for `target`.
    pub(super) fn place(&self, step: usize, target: usize) -> Option<&Span> {
        self.places.get(&(step, target))
    }
}

/// Finds the order, reports what is wrong with it, and writes it into the steps. With an incomplete
/// file, names that are not known (yet) are no problem.
pub(super) fn settle(
    drafts: &mut [Option<Draft>],
    ids: &HashMap<String, usize>,
    complete: bool,
    overlap: Option<Overlap>,
    report: &mut Report,
    map: &mut SourceMap,
) {
    let mut graph = Graph::new(drafts.len());
    let mut resolver = Resolver {
        drafts,
        ids,
        complete,
        report,
        map,
    };
    let targets = resolver.all(&mut graph);
    let artifact_edges = artifacts::edges(drafts, &mut graph, complete, report);
    artifacts::producers(drafts, &graph, report);
    if named(drafts) || artifact_edges {
        finalize(drafts, &mut graph);
    } else {
        chain(drafts, &mut graph);
    }
    let again = gates::settle(drafts, &targets, &mut graph, report);
    if graph.full {
        let span = drafts
            .iter()
            .flatten()
            .next()
            .map(|draft| draft.name.clone())
            .unwrap_or_default();
        let message = format!("more than {MAX_EDGES} pairs of steps wait for each other");
        report.error(
            span,
            "too-many-edges",
            message,
            Some("a step that waits for one waits for all behind it".to_owned()),
        );
    }
    cycles::report(drafts, &graph, report);
    overlaps::report(drafts, &graph, &targets, overlap, report);
    write(drafts, graph, targets, again);
}

/// Whether any step names its place in the order.
fn named(drafts: &[Option<Draft>]) -> bool {
    drafts
        .iter()
        .flatten()
        .any(|draft| draft.placed || draft.on_pass.is_some() || draft.step.is_nothing())
}

/// The finalizing step waits for all others. Of several, each waits for the one above it, too.
fn finalize(drafts: &[Option<Draft>], graph: &mut Graph) {
    let mut before: Option<usize> = None;
    for (index, draft) in drafts.iter().enumerate() {
        let Some(draft) = draft.as_ref().filter(|draft| draft.step.is_nothing()) else {
            continue;
        };
        match before {
            // It waits for what the first waits for by waiting for the first.
            Some(before) => {
                graph.add(index, before, &draft.name);
            }
            None => {
                let others = drafts.iter().enumerate().filter(|(_, other)| {
                    other.as_ref().is_some_and(|other| !other.step.is_nothing())
                });
                for (other, _) in others {
                    graph.add(index, other, &draft.name);
                }
            }
        }
        before = Some(index);
    }
}

fn chain(drafts: &[Option<Draft>], graph: &mut Graph) {
    let mut above = None;
    for (index, draft) in drafts.iter().enumerate() {
        let Some(draft) = draft else { continue };
        if let Some(above) = above {
            graph.add(index, above, &draft.name);
        }
        above = Some(index);
    }
}

fn write(
    drafts: &mut [Option<Draft>],
    graph: Graph,
    targets: Vec<[Option<usize>; 2]>,
    mut again: HashMap<usize, Vec<usize>>,
) {
    let steps = drafts.iter_mut().zip(graph.waits).zip(targets);
    for (index, ((draft, mut waits), [on_pass, on_fail])) in steps.enumerate() {
        let Some(draft) = draft else { continue };
        waits.sort_unstable();
        draft.step.needs = waits;
        if let Some(gate) = draft.step.gate.take() {
            draft.step.gate = Some(Gate {
                on_pass,
                on_fail,
                again: again.remove(&index).unwrap_or_default(),
                ..gate
            });
        }
    }
}

struct Resolver<'a> {
    drafts: &'a [Option<Draft>],
    ids: &'a HashMap<String, usize>,
    complete: bool,
    report: &'a mut Report,
    map: &'a mut SourceMap,
}

impl Resolver<'_> {
    /// Resolves all names; answers with the gate's targets of each step.
    fn all(&mut self, graph: &mut Graph) -> Vec<[Option<usize>; 2]> {
        let mut targets = Vec::with_capacity(self.drafts.len());
        for (index, draft) in self.drafts.iter().enumerate() {
            let gate = draft.as_ref().map(|draft| self.step(index, draft, graph));
            targets.push(gate.unwrap_or_default());
        }
        self.map
            .references
            .sort_by_key(|reference| (reference.range.start, reference.range.end));
        targets
    }

    fn step(&mut self, index: usize, draft: &Draft, graph: &mut Graph) -> [Option<usize>; 2] {
        for (key, names) in [("needs", &draft.needs), ("condition", &draft.asks)] {
            for name in names {
                if let Some(target) = self.target(index, key, name) {
                    graph.add(index, target, &name.span);
                }
            }
        }
        for (key, name) in draft
            .next
            .iter()
            .map(|name| ("next", name))
            .chain(draft.on_pass.iter().map(|name| ("on_pass", name)))
        {
            if let Some(target) = self.target(index, key, name) {
                graph.add(target, index, &name.span);
            }
        }
        for name in &draft.gate_asks {
            self.target(index, "gate", name);
        }
        // Given to the agent as written: one that is not there is no problem.
        for name in &draft.optional_steps {
            self.mention(index, "optional_steps", name);
        }
        let id = |name: &Option<At<String>>| {
            name.as_ref()
                .and_then(|name| self.ids.get(&name.value).copied())
        };
        let on_pass = id(&draft.on_pass);
        [
            on_pass,
            draft
                .on_fail
                .as_ref()
                .and_then(|name| self.target(index, "on_fail", name)),
        ]
    }

    fn mention(&mut self, step: usize, key: &'static str, name: &At<String>) -> Option<usize> {
        let target = self.ids.get(&name.value).copied();
        self.map.references.push(StepReference {
            range: name.span.clone(),
            step,
            key,
            target,
        });
        target
    }

    fn target(&mut self, step: usize, key: &'static str, name: &At<String>) -> Option<usize> {
        let target = self.mention(step, key, name);
        if target.is_none() && self.complete {
            // A step may go back to itself, and its gate may look at it; it cannot wait for itself.
            let but = (!matches!(key, "on_fail" | "gate")).then_some(step);
            let hint = self.hint(&name.value, but);
            let message = format!("there is no step `{}`", shortened(&name.value));
            self.report
                .error(name.span.clone(), "unknown-step", message, hint);
        }
        target
    }

    /// The step that was probably meant, which is not this one: the one with this title, or with a near id.
    fn hint(&mut self, name: &str, but: Option<usize>) -> Option<String> {
        if !self.report.may_search() {
            return None;
        }
        let drafts = self.drafts.iter().enumerate();
        let others = drafts.filter(|(index, _)| Some(*index) != but);
        let steps = || {
            others
                .clone()
                .filter_map(|(_, draft)| Some(&draft.as_ref()?.step))
        };
        if let Some(step) = steps().find(|step| step.title == name) {
            return Some(format!(
                "steps are named by their ids; this one's is `{}`",
                step.id
            ));
        }
        self.report
            .did_you_mean(name, steps().map(|step| step.id.as_str()))
    }
}
