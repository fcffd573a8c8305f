//! Steps that wait for each other in a circle: one report for each knot of them, with one whole
//! circle named in order.

use super::order::Graph;
use super::report::Report;
use super::step::Draft;
use std::collections::{HashMap, HashSet, VecDeque};

/// The most names in a message.
const MAX_NAMES: usize = 30;

/// Reports every circle.
pub(super) fn report(drafts: &[Option<Draft>], graph: &Graph, report: &mut Report) {
    let name = |index: &usize| {
        drafts
            .get(*index)
            .and_then(Option::as_ref)
            .map_or("", |draft| draft.step.id.as_str())
    };
    for step in (0..graph.waits.len()).filter(|step| graph.waits[*step].contains(step)) {
        let span = graph.place(step, step).cloned().unwrap_or_default();
        report.error(
            span,
            "cycle",
            format!("the step `{}` waits for itself", name(&step)),
            None,
        );
    }
    for knot in knots(&graph.waits) {
        let Some(cycle) = shortest(&graph.waits, &knot) else {
            continue;
        };
        let (Some(&start), Some(&next)) = (cycle.first(), cycle.get(1)) else {
            continue;
        };
        let span = graph.place(start, next).cloned().unwrap_or_default();
        let mut names: Vec<String> = cycle
            .iter()
            .take(MAX_NAMES)
            .map(|index| name(index).to_owned())
            .collect();
        if cycle.len() > MAX_NAMES {
            names.push(format!("… ({} more)", cycle.len() - MAX_NAMES - 1));
            names.push(name(&start).to_owned());
        }
        let message = format!(
            "steps wait for each other in a circle: {}",
            names.join(" -> ")
        );
        report.error(
            span,
            "cycle",
            message,
            Some("`a -> b` means that `a` waits for `b`; take one of them away".to_owned()),
        );
    }
}

/// The sets of several steps that reach each other (Tarjan's strongly connected components), by their
/// first step. Iterative: chains are long.
fn knots(waits: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        order: vec![None; waits.len()],
        low: vec![0; waits.len()],
        ..Search::default()
    };
    for root in 0..waits.len() {
        if search.order[root].is_none() {
            search.from(root, waits);
        }
    }
    search.knots.sort_by_key(|knot| knot.first().copied());
    search.knots
}

#[derive(Default)]
struct Search {
    order: Vec<Option<usize>>,
    low: Vec<usize>,
    next: usize,
    open: Vec<usize>,
    is_open: HashSet<usize>,
    knots: Vec<Vec<usize>>,
}

impl Search {
    fn from(&mut self, root: usize, waits: &[Vec<usize>]) {
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((step, edge)) = path.last_mut() {
            let step = *step;
            if let Some(&target) = waits[step].get(*edge) {
                *edge += 1;
                match self.order[target] {
                    None => {
                        self.enter(target);
                        path.push((target, 0));
                    }
                    Some(order) if self.is_open.contains(&target) => {
                        self.low[step] = self.low[step].min(order)
                    }
                    Some(_) => {}
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                self.low[*parent] = self.low[*parent].min(self.low[step]);
            }
            if self.order[step] == Some(self.low[step]) {
                self.close(step);
            }
        }
    }

    fn enter(&mut self, step: usize) {
        self.order[step] = Some(self.next);
        self.low[step] = self.next;
        self.next += 1;
        self.open.push(step);
        self.is_open.insert(step);
    }

    fn close(&mut self, step: usize) {
        let start = self
            .open
            .iter()
            .rposition(|open| *open == step)
            .unwrap_or(0);
        let mut knot = self.open.split_off(start);
        for member in &knot {
            self.is_open.remove(member);
        }
        knot.sort_unstable();
        if knot.len() > 1 {
            self.knots.push(knot);
        }
    }
}

/// The shortest circle through the first step of a knot, from that step to itself.
fn shortest(waits: &[Vec<usize>], knot: &[usize]) -> Option<Vec<usize>> {
    let &start = knot.first()?;
    let mut from: HashMap<usize, usize> = HashMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(step) = open.pop_front() {
        for &target in waits.get(step)? {
            if target == start && step != start {
                return Some(path(&from, start, step));
            }
            let new = target != start && !from.contains_key(&target);
            if new && knot.binary_search(&target).is_ok() {
                from.insert(target, step);
                open.push_back(target);
            }
        }
    }
    None
}

/// `start`, …, `last`, `start`. `from` leads from every step but the start towards it.
fn path(from: &HashMap<usize, usize>, start: usize, last: usize) -> Vec<usize> {
    let mut path = vec![last];
    let mut step = last;
    while let Some(&before) = from.get(&step) {
        path.push(before);
        step = before;
    }
    path.reverse();
    path.push(start);
    path
}
