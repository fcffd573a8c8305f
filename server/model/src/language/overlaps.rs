//! `touches`: its patterns, and steps that may run at once and would edit the same files.

use super::order::Graph;
use super::read::{At, shortened};
use super::report::Report;
use super::step::Draft;
use super::tree::Span;
use crate::glob::Glob;
use crate::overlap::{MOST_PATTERNS, Overlap};
use std::collections::HashMap;

/// The most steps with `touches` that are held against each other.
const MOST_STEPS: usize = 256;
/// The most comparisons of two patterns for one file.
const MOST_LOOKS: usize = 100_000;
/// Words of a set of so many steps.
const WORDS: usize = MOST_STEPS / 64;

/// Steps with `touches`, by their place among those.
type Set = [u64; WORDS];

/// Warns of patterns that are none; answers with the others of a step. With too many it edits everything.
fn globs(touches: &[At<String>], report: &mut Report) -> Vec<(Glob, Span)> {
    let Some(last) = touches.last() else {
        return Vec::new();
    };
    if touches.len() > MOST_PATTERNS {
        let message =
            format!("of more than {MOST_PATTERNS} patterns the step is taken to edit everything");
        report.warning(last.span.clone(), "many-globs", message, None);
        return vec![(Glob::new("**"), last.span.clone())];
    }
    let mut globs = Vec::with_capacity(touches.len());
    for written in touches {
        let glob = Glob::new(&written.value);
        if !glob.is_understood() {
            let message = format!(
                "`{}` is no pattern of files in the repository: it is read as all of them",
                shortened(&written.value)
            );
            let hint = Some("write a path from the root, for example `src/**`".to_owned());
            report.warning(written.span.clone(), "bad-glob", message, hint);
        } else if written.value.trim_start().starts_with('!') {
            let name = shortened(&written.value);
            let message = format!("`{name}` takes nothing out: a pattern only adds files");
            let hint = Some("name only what the step edits".to_owned());
            report.warning(written.span.clone(), "bad-glob", message, hint);
        }
        globs.push((glob, written.span.clone()));
    }
    globs
}

/// Warns of each step whose edits meet those of one above it, where neither waits for the other.
pub(super) fn report(
    drafts: &[Option<Draft>],
    graph: &Graph,
    targets: &[[Option<usize>; 2]],
    overlap: Option<Overlap>,
    report: &mut Report,
) {
    let touching = drafts.iter().enumerate();
    let touching = touching.filter_map(|(index, draft)| Some((index, draft.as_ref()?)));
    let touching: Vec<(usize, &Draft)> = touching
        .filter(|(_, draft)| !draft.touches.is_empty())
        .take(MOST_STEPS)
        .collect();
    let globs: Vec<Vec<(Glob, Span)>> = touching
        .iter()
        .map(|(_, draft)| globs(&draft.touches, report))
        .collect();
    // The settings may say otherwise; the file says nothing of them.
    if overlap.is_some_and(|overlap| overlap != Overlap::Warn) {
        return;
    }
    let Some(before) = all_before(graph, &touching) else {
        return;
    };
    let waits = |step: usize, place: usize| before.get(step).is_some_and(|set| has(set, place));
    // Of the two ways of a gate one is gone.
    let apart = |one: usize, other: usize| {
        let ways = [Some(one), Some(other)];
        targets
            .iter()
            .any(|[pass, fail]| [*pass, *fail] == ways || [*fail, *pass] == ways)
    };
    let mut looks = 0;
    for (place, (index, draft)) in touching.iter().enumerate() {
        let above = touching.iter().enumerate().take(place);
        let at_once = above.filter(|(other, (other_index, _))| {
            !waits(*index, *other) && !waits(*other_index, place) && !apart(*index, *other_index)
        });
        let mut met = at_once.filter_map(|(above, (_, other))| {
            let (own, theirs) = (globs.get(place)?, globs.get(above)?);
            looks += own.len() * theirs.len();
            let looked = looks <= MOST_LOOKS;
            let at = looked.then(|| meeting(own, theirs)).flatten()?;
            Some((at, other))
        });
        let Some((at, other)) = met.next() else {
            continue;
        };
        let (own, other) = (&draft.step.id, &other.step.id);
        let message = format!("`{own}` and `{other}` may run at once and edit the same files");
        let hint = format!(
            "let one need the other, or set `overlap: serialize` in `metadata`: then `{own}` waits for `{other}` and builds on it"
        );
        report.warning(at, "overlap", message, Some(hint));
    }
}

/// The place of the first pattern of a step that one of the other meets.
fn meeting(own: &[(Glob, Span)], other: &[(Glob, Span)]) -> Option<Span> {
    let met = |(glob, _): &&(Glob, Span)| other.iter().any(|(other, _)| glob.meets(other));
    own.iter().find(met).map(|(_, span)| span.clone())
}

/// For each step, which of `touching` come before it, however far; none where steps wait in a circle.
fn all_before(graph: &Graph, touching: &[(usize, &Draft)]) -> Option<Vec<Set>> {
    let places: HashMap<usize, usize> = touching
        .iter()
        .enumerate()
        .map(|(place, (index, _))| (*index, place))
        .collect();
    let steps = graph.waits.len();
    let mut open: Vec<usize> = graph.waits.iter().map(Vec::len).collect();
    let mut followers = vec![Vec::new(); steps];
    for (step, waits) in graph.waits.iter().enumerate() {
        for target in waits {
            followers.get_mut(*target)?.push(step);
        }
    }
    let mut ready: Vec<usize> = (0..steps).filter(|step| open[*step] == 0).collect();
    let (mut sets, mut done) = (vec![Set::default(); steps], 0);
    while let Some(step) = ready.pop() {
        done += 1;
        let mut set = *sets.get(step)?;
        if let Some(place) = places.get(&step) {
            *set.get_mut(place / 64)? |= 1 << (place % 64);
        }
        for next in followers.get(step)? {
            let words = sets.get_mut(*next)?.iter_mut().zip(&set);
            words.for_each(|(word, before)| *word |= before);
            let left = open.get_mut(*next)?;
            *left -= 1;
            if *left == 0 {
                ready.push(*next);
            }
        }
    }
    (done == steps).then_some(sets)
}

fn has(set: &Set, place: usize) -> bool {
    set.get(place / 64)
        .is_some_and(|word| word & (1 << (place % 64)) != 0)
}
