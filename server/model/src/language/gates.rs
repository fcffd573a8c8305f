//! Gates in the graph: which way `on_fail` goes, what runs again in a loop, and what has to wait for its
//! end; and what is wrong with gates.
//!
//! `on_fail` goes *back* where it names the gate's own step or one that comes before it: the steps from
//! there to the gate run again. It goes *aside* where it names a step that comes after the gate: that one
//! runs instead of `on_pass`. Where nothing says which of two steps comes first, their places in the file
//! do. A step that builds on a step of a loop and is not in it waits for the loop's end: what a loop
//! makes is there when its gate has passed.

use super::order::Graph;
use super::read::At;
use super::report::Report;
use super::step::Draft;
use super::tree::Span;
use super::{MAX_GATES, MAX_STEPS};
use crate::condition::{Expr, Reference};
use crate::round::DEFAULT_ROUNDS;
use crate::workflow::{Condition, Scoring};
use std::collections::{BTreeSet, HashMap};

/// A gate's condition is no expression.
pub(super) const BAD_GATE: &str = "bad-gate";
const NO_REPEAT: &str = "no-repeat";
const TOO_MANY: &str = "too-many-gates";
/// Rules that came when gates began to be followed: files that were run before may break them.
pub(super) const LATER: [&str; 3] = [BAD_GATE, NO_REPEAT, TOO_MANY];

/// More runs of one step than this are no loop that anybody waits for.
const MANY_RUNS: u64 = 100;

/// Settles where gates go. Answers with the steps that each gate runs again.
pub(super) fn settle(
    drafts: &mut [Option<Draft>],
    targets: &[[Option<usize>; 2]],
    graph: &mut Graph,
    report: &mut Report,
) -> HashMap<usize, Vec<usize>> {
    own_scores(drafts);
    let gates: Vec<usize> = (0..drafts.len())
        .filter(|index| draft(drafts, *index).is_some_and(|draft| draft.gate.is_some()))
        .collect();
    if gates.len() > MAX_GATES {
        let place = gates.get(MAX_GATES).and_then(|index| draft(drafts, *index));
        let span = place.map(|draft| draft.name.clone()).unwrap_or_default();
        let message = format!("more than {MAX_GATES} steps have a gate");
        report.error(span, TOO_MANY, message, None);
        return HashMap::new();
    }
    let back = directions(drafts, &gates, targets, graph, report);
    let again = bodies(drafts, &back, graph);
    let said = Said {
        drafts,
        again: &again,
        graph,
    };
    said.report(&gates, targets, report);
    again
}

fn draft(drafts: &[Option<Draft>], index: usize) -> Option<&Draft> {
    drafts.get(index).and_then(Option::as_ref)
}

/// A gate that asks for scores makes its step one that is scored.
fn own_scores(drafts: &mut [Option<Draft>]) {
    for draft in drafts.iter_mut().flatten() {
        let gate = draft.step.gate.as_ref();
        let asks = gate
            .and_then(|gate| gate.condition.as_ref())
            .is_some_and(asks_for_scores);
        if asks && draft.step.scoring.is_none() {
            draft.step.scoring = Some(Scoring {
                enabled: true,
                thresholds: Vec::new(),
            });
        }
    }
}

fn asks_for_scores(expr: &Expr) -> bool {
    asks(expr, &Reference::ScoringPassed)
}

fn asks(expr: &Expr, wanted: &Reference) -> bool {
    let found = expr.references();
    found.iter().any(|(reference, _)| *reference == wanted)
}

/// The gates that go back, with the step they go back to. Adds the edges that say which step comes first.
fn directions(
    drafts: &[Option<Draft>],
    gates: &[usize],
    targets: &[[Option<usize>; 2]],
    graph: &mut Graph,
    report: &mut Report,
) -> Vec<(usize, usize)> {
    let mut back = Vec::new();
    for gate in gates {
        let target = targets.get(*gate).and_then(|[_, on_fail]| *on_fail);
        let (Some(target), Some(own)) = (target, draft(drafts, *gate)) else {
            continue;
        };
        let Some(name) = &own.on_fail else { continue };
        if target == *gate || before(&graph.waits, *gate)[target] {
            back.push((*gate, target));
        } else if before(&graph.waits, target)[*gate] {
            // It is known to come later.
            graph.add(target, *gate, &name.span);
        } else if target > *gate {
            graph.add(target, *gate, &name.span);
        } else {
            graph.add(*gate, target, &name.span);
            back.push((*gate, target));
            let message = format!(
                "`on_fail` goes back to `{}`, and nothing else says that it comes before this step",
                name.value
            );
            let hint = Some(format!("add `needs: [{}]`", name.value));
            report.warning(name.span.clone(), "gate-order", message, hint);
        }
    }
    back
}

/// The steps that each gate runs again. Whatever else builds on them waits for the gate, which may put
/// it into the loop of another gate: until nothing changes any more.
fn bodies(
    drafts: &[Option<Draft>],
    back: &[(usize, usize)],
    graph: &mut Graph,
) -> HashMap<usize, Vec<usize>> {
    let mut again = HashMap::new();
    // Each pass adds an edge between a step and a gate, or is the last.
    for _ in 0..2 * back.len() + 2 {
        let mut changed = false;
        for (gate, first) in back {
            let earlier = before(&graph.waits, *gate);
            let later = after(&graph.waits, *first);
            let body: Vec<usize> = (0..earlier.len())
                .filter(|step| later[*step] && (earlier[*step] || step == gate) || step == first)
                .collect();
            changed |= outsiders_wait(drafts, *gate, &body, &earlier, graph);
            again.insert(*gate, body);
        }
        if !changed {
            break;
        }
    }
    again
}

/// Makes the steps wait for a gate that build on steps of its loop.
fn outsiders_wait(
    drafts: &[Option<Draft>],
    gate: usize,
    body: &[usize],
    earlier: &[bool],
    graph: &mut Graph,
) -> bool {
    let inside = |step: &usize| *step != gate && body.binary_search(step).is_ok();
    let waits = |step: &usize| graph.waits[*step].contains(&gate);
    let outsiders: Vec<usize> = (0..graph.waits.len())
        .filter(|step| *step != gate && !earlier[*step] && body.binary_search(step).is_err())
        .filter(|step| graph.waits[*step].iter().any(inside) && !waits(step))
        .collect();
    let place = |step: usize| draft(drafts, step).map(|draft| draft.name.clone());
    for step in &outsiders {
        graph.add(*step, gate, &place(*step).unwrap_or_default());
    }
    !outsiders.is_empty()
}

/// Which steps come before this one, however far.
fn before(waits: &[Vec<usize>], step: usize) -> Vec<bool> {
    let mut found = vec![false; waits.len()];
    let mut open = waits.get(step).cloned().unwrap_or_default();
    while let Some(step) = open.pop() {
        if let Some(seen) = found.get_mut(step)
            && !std::mem::replace(seen, true)
        {
            open.extend(&waits[step]);
        }
    }
    found
}

/// Which steps come after this one, however far.
fn after(waits: &[Vec<usize>], step: usize) -> Vec<bool> {
    let mut followers = vec![Vec::new(); waits.len().min(MAX_STEPS)];
    for (index, needed) in waits.iter().enumerate() {
        for need in needed {
            if let Some(list) = followers.get_mut(*need) {
                list.push(index);
            }
        }
    }
    before(&followers, step)
}

/// What is said about gates once it is known where they go.
struct Said<'a> {
    drafts: &'a [Option<Draft>],
    again: &'a HashMap<usize, Vec<usize>>,
    graph: &'a Graph,
}

impl Said<'_> {
    fn report(&self, gates: &[usize], targets: &[[Option<usize>; 2]], report: &mut Report) {
        for gate in gates {
            let Some(own) = draft(self.drafts, *gate) else {
                continue;
            };
            without_condition(own, report);
            if let Some([Some(pass), Some(fail)]) = targets.get(*gate)
                && pass == fail
                && let Some(name) = &own.on_fail
            {
                let message = "`on_pass` and `on_fail` name the same step".to_owned();
                let hint = Some("it goes on there whatever the gate says".to_owned());
                report.warning(name.span.clone(), "same-target", message, hint);
            }
            self.repeats(*gate, own, report);
        }
        self.without_loop(report);
        self.many_runs(report);
        for index in 0..self.drafts.len() {
            self.asked_for_nothing(index, report);
        }
    }

    /// The steps of a loop say that they repeat, or at least not the contrary.
    fn repeats(&self, gate: usize, own: &Draft, report: &mut Report) {
        let Some(body) = self.again.get(&gate) else {
            return;
        };
        for step in body.iter().filter_map(|step| draft(self.drafts, *step)) {
            if let Some(At { value: false, span }) = &step.repeats {
                let message = format!("the gate of `{}` goes back over this step", own.step.id);
                let hint = Some("every step from `on_fail` to the gate runs again".to_owned());
                report.error(span.clone(), NO_REPEAT, message, hint);
            }
        }
        let target = own.on_fail.as_ref();
        // Who goes back to the own step knows that it repeats.
        let first = target.filter(|name| name.value != own.step.id.as_str());
        let first = first.and_then(|name| {
            let found = body.iter().filter_map(|step| draft(self.drafts, *step));
            found
                .filter(|step| step.step.id.as_str() == name.value)
                .find(|step| step.repeats.is_none())
        });
        if let (Some(name), Some(_)) = (target, first) {
            let message = format!("`{}` runs again when this gate does not pass", name.value);
            let hint = Some("say `repeats: true` there".to_owned());
            report.warning(name.span.clone(), "not-repeating", message, hint);
        }
    }

    fn without_loop(&self, report: &mut Report) {
        let looped: BTreeSet<&usize> = self.again.values().flatten().collect();
        for (index, step) in self.drafts.iter().enumerate() {
            let Some(step) = step else { continue };
            if let Some(At { value: true, span }) = &step.repeats
                && !looped.contains(&index)
            {
                let message = "no gate goes back over this step".to_owned();
                let hint =
                    Some("`on_fail` of a gate behind it names the step to go back to".to_owned());
                report.warning(span.clone(), "no-loop", message, hint);
            }
        }
    }

    /// Loops in loops multiply.
    fn many_runs(&self, report: &mut Report) {
        let mut runs: HashMap<usize, u64> = HashMap::new();
        let mut gates: Vec<(&usize, &Vec<usize>)> = self.again.iter().collect();
        gates.sort_unstable_by_key(|(gate, _)| **gate);
        for (gate, body) in gates {
            let Some(own) = draft(self.drafts, *gate) else {
                continue;
            };
            let rounds = own.step.gate.as_ref().and_then(|gate| gate.max_rounds);
            let rounds = u64::from(rounds.unwrap_or(DEFAULT_ROUNDS));
            let mut most = 0;
            for step in body {
                let all = runs.entry(*step).or_insert(1);
                *all = all.saturating_mul(rounds);
                most = most.max(*all);
            }
            if most > MANY_RUNS
                && most / rounds <= MANY_RUNS
                && let Some(name) = &own.on_fail
            {
                let message = format!("loops in loops: a step of this one may run {most} times");
                let hint = Some("`max_rounds` of the gates bounds it".to_owned());
                report.warning(name.span.clone(), "many-rounds", message, hint);
            }
        }
    }

    /// Conditions that ask for scores or gates where nothing before the step has any.
    fn asked_for_nothing(&self, index: usize, report: &mut Report) {
        let Some(own) = draft(self.drafts, index) else {
            return;
        };
        let of_step = match &own.step.condition {
            Condition::Expr(expr) => Some((expr, own.condition.as_ref())),
            _ => None,
        };
        let gate = own
            .step
            .gate
            .as_ref()
            .and_then(|gate| gate.condition.as_ref());
        let of_gate = gate.map(|expr| (expr, own.gate.as_ref().and_then(|(_, at)| at.as_ref())));
        let wanted = [Reference::ScoringPassed, Reference::GatePassed];
        let any = |expr: &Expr| wanted.iter().any(|reference| asks(expr, reference));
        if ![of_step, of_gate]
            .into_iter()
            .flatten()
            .any(|(expr, _)| any(expr))
        {
            return;
        }
        let earlier = before(&self.graph.waits, index);
        let found = |has: &dyn Fn(&Draft) -> bool| {
            let all = self.drafts.iter().zip(&earlier);
            all.filter(|(_, before)| **before)
                .any(|(draft, _)| draft.as_ref().is_some_and(has))
        };
        if let Some((expr, span)) = of_step
            && asks_for_scores(expr)
            && !found(&|draft| draft.step.scoring.is_some())
        {
            let message = "no step before this one has `scoring`";
            nothing(
                span,
                "no-scoring",
                message,
                "`scoring.passed` never holds here",
                report,
            );
        }
        for (expr, span) in [of_step, of_gate].into_iter().flatten() {
            if asks(expr, &Reference::GatePassed) && !found(&|draft| draft.gate.is_some()) {
                let message = "no step before this one has a gate";
                nothing(
                    span,
                    "no-gate",
                    message,
                    "`gate_last.passed` never holds here",
                    report,
                );
            }
        }
    }
}

fn nothing(
    span: Option<&Span>,
    code: &'static str,
    message: &str,
    hint: &str,
    report: &mut Report,
) {
    let span = span.cloned().unwrap_or_default();
    report.warning(span, code, message.to_owned(), Some(hint.to_owned()));
}

/// A gate that nothing can close: an agent that reports success always passes it.
fn without_condition(own: &Draft, report: &mut Report) {
    let Some((key, _)) = &own.gate else { return };
    let gate = own.step.gate.as_ref();
    // One that cannot be read has been reported.
    let unread = own.gate.as_ref().is_some_and(|(_, at)| at.is_some());
    let asks = gate.is_some_and(|gate| gate.condition.is_some()) || unread;
    let by_work = !own.step.is_agent() || own.step.check.is_some();
    if !asks && own.step.scoring.is_none() && !by_work {
        let message = "the gate has no `condition`: it passes whenever the step is done".to_owned();
        let hint = Some("add `condition`, for example `scoring.passed == true`".to_owned());
        report.warning(key.clone(), "no-condition", message, hint);
    }
}
