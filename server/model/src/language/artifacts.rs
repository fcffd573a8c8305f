//! Order by files: who requires what another creates, and who creates what another creates too.
//!
//! A required `src/x.py` is satisfied by whoever creates it or `src/`; a required `src/` by whoever
//! creates it or anything in it. Several steps may do so in turn (one writes `src/`, one reviews it,
//! one mends it): then a step waits for those above it in the file, and only where there are none
//! for those below.

use super::order::Graph;
use super::paths::folders;
use super::read::At;
use super::report::Report;
use super::step::Draft;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Beyond this many pairs of producers nobody looks whether one waits for the other.
const MAX_PAIRS: usize = 200;

/// Steps by what they create: the path itself, and the folders that hold it, all without the last `/`.
#[derive(Default)]
struct Producers<'a> {
    exact: HashMap<&'a str, Vec<usize>>,
    inside: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Producers<'a> {
    fn of(drafts: &'a [Option<Draft>]) -> Self {
        let mut producers = Self::default();
        for (index, draft) in drafts.iter().enumerate() {
            for path in draft.iter().flat_map(|draft| &draft.creates) {
                push(producers.exact.entry(bare(&path.value)).or_default(), index);
                for folder in folders(&path.value) {
                    push(producers.inside.entry(bare(folder)).or_default(), index);
                }
            }
            // A built-in task leaves its artifacts, whether its step says so or not.
            let built_in = draft.as_ref().and_then(|draft| draft.step.built_in());
            for leaves in built_in.map_or(&[][..], |task| task.leaves) {
                push(producers.exact.entry(leaves.path).or_default(), index);
                for folder in folders(leaves.path) {
                    push(producers.inside.entry(bare(folder)).or_default(), index);
                }
            }
        }
        producers
    }

    /// All that satisfy a requirement, with repetitions.
    fn of_path<'p>(&'p self, path: &'p str) -> impl Iterator<Item = usize> + 'p {
        let holders = folders(path).filter_map(|folder| self.exact.get(bare(folder)));
        let same = self
            .exact
            .get(bare(path))
            .into_iter()
            .chain(self.inside.get(bare(path)));
        holders.chain(same).flatten().copied()
    }
}

/// Adds the edges; tells whether there was one. A file that nobody creates must be in the repository.
pub(super) fn edges(
    drafts: &[Option<Draft>],
    graph: &mut Graph,
    complete: bool,
    report: &mut Report,
) -> bool {
    let producers = Producers::of(drafts);
    let mut any = false;
    for (index, draft) in drafts.iter().enumerate() {
        for path in draft.iter().flat_map(|draft| &draft.requires) {
            let found = producers.of_path(&path.value).next().is_some();
            if !found && complete {
                let message = format!("no step creates `{}`", path.value);
                let hint = Some("it must be in the repository".to_owned());
                report.warning(path.span.clone(), "no-producer", message, hint);
            }
            if found && !waits(&producers, index, path, graph, &mut any) {
                return any;
            }
        }
    }
    any
}

/// Lets a step wait for who satisfies one of its requirements. False when no more edges fit.
fn waits(
    producers: &Producers<'_>,
    step: usize,
    path: &At<String>,
    graph: &mut Graph,
    any: &mut bool,
) -> bool {
    let of_path = || producers.of_path(&path.value);
    let above = of_path().any(|producer| producer < step);
    // What a step itself writes anew it does not wait for from below.
    let own = of_path().any(|producer| producer == step);
    for producer in of_path() {
        let wanted = if above {
            producer < step
        } else {
            producer > step && !own
        };
        if wanted {
            *any = true;
            if !graph.add(step, producer, &path.span) {
                return false;
            }
        }
    }
    true
}

/// Reports what several steps create. One file from two steps that do not wait for each other is a
/// conflict for certain. Into one folder several may write.
pub(super) fn producers(drafts: &[Option<Draft>], graph: &Graph, report: &mut Report) {
    let mut makers: BTreeMap<&str, Vec<(usize, &At<String>)>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        for path in draft.iter().flat_map(|draft| &draft.creates) {
            makers
                .entry(bare(&path.value))
                .or_default()
                .push((index, path));
        }
    }
    let mut pairs = 0;
    for makers in makers.values() {
        for pair in makers.windows(2) {
            let [(first, _), (second, path)] = pair else {
                continue;
            };
            if first == second {
                continue;
            }
            pairs += 1;
            let ordered = pairs <= MAX_PAIRS
                && (reaches(graph, *second, *first) || reaches(graph, *first, *second));
            if let Some(Some(first)) = drafts.get(*first) {
                say(first, path, ordered, report);
            }
        }
    }
}

fn say(first: &Draft, path: &At<String>, ordered: bool, report: &mut Report) {
    let folder = path.value.ends_with('/');
    let message = format!(
        "`{}` is created by the step `{}`, too",
        path.value, first.step.id
    );
    if !folder && !ordered {
        let hint =
            "give them two names, or let one step wait for the other with `needs`".to_owned();
        report.error(path.span.clone(), "two-producers", message, Some(hint));
    } else if !folder || !ordered {
        let hint = if ordered {
            "what comes later stays"
        } else {
            "changes of the same files would conflict"
        };
        report.warning(
            path.span.clone(),
            "two-producers",
            message,
            Some(hint.to_owned()),
        );
    }
}

/// Whether `step` waits for `target`, also through others.
fn reaches(graph: &Graph, step: usize, target: usize) -> bool {
    let mut seen = HashSet::from([step]);
    let mut open = vec![step];
    while let Some(next) = open.pop() {
        for &waits in graph.waits.get(next).into_iter().flatten() {
            if waits == target {
                return true;
            }
            if seen.insert(waits) {
                open.push(waits);
            }
        }
    }
    false
}

fn bare(path: &str) -> &str {
    path.trim_end_matches('/')
}

/// Indices come in ascending order, so a repetition is the last one.
fn push(steps: &mut Vec<usize>, step: usize) {
    if steps.last() != Some(&step) {
        steps.push(step);
    }
}
