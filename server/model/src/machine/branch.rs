//! Which way gates went: steps that only the other way leads to are left out.

use super::state::State;
use crate::round::Way;
use crate::run::Run;
use crate::task::{SkipReason, Task, TaskState};
use crate::workflow::{Condition, Gate, Step};
use std::collections::BTreeSet;

impl State {
    /// The gate because of which a step is left out, all before which has ended: one that names the step
    /// and went the other way; or one behind which only the other way leads here. The finalizing step
    /// waits for all, whichever way it went.
    pub(super) fn left_out(&self, run: &Run, index: usize, step: &Step) -> Option<usize> {
        if step.is_nothing() {
            return None;
        }
        let needs = || {
            let needs = step.needs.iter();
            needs.filter_map(|need| Some((*need, self.tasks.get(run.tasks.get(*need)?)?)))
        };
        let other = needs().find(|(_, need)| went_elsewhere(need, index));
        if let Some((gate, _)) = other {
            return Some(gate);
        }
        // A condition of its own decides for itself.
        if let Condition::Expr(_) = step.condition {
            return None;
        }
        needs().find_map(|(_, need)| {
            let gate = left_out_by(need)?;
            let named = |gate: &Gate| way_to(gate, index).is_some();
            let chosen = run
                .workflow
                .steps
                .get(gate)
                .and_then(|step| step.gate.as_ref());
            if chosen.is_some_and(named) {
                return None;
            }
            let behind = self
                .books
                .get(&run.id)?
                .with_followers(BTreeSet::from([gate]));
            let led = |(other, need): (usize, &Task)| {
                other != gate && behind.contains(&other) && left_out_by(need).is_none()
            };
            (!needs().any(led)).then_some(gate)
        })
    }
}

/// Whether a gate names a step: `Some(true)` to go on with, `Some(false)` to go aside to. Both: always.
fn way_to(gate: &Gate, index: usize) -> Option<[bool; 2]> {
    let pass = gate.on_pass == Some(index);
    let aside = gate.on_fail == Some(index) && gate.again.is_empty();
    (pass || aside).then_some([pass, aside])
}

fn went_elsewhere(task: &Task, index: usize) -> bool {
    let Some([pass, aside]) = task.step.gate.as_ref().and_then(|gate| way_to(gate, index)) else {
        return false;
    };
    match (&task.state, task.gate_answer()) {
        // It was not asked: what it would have said is what leads on.
        (TaskState::Skipped { why, .. }, _) => *why == SkipReason::Condition && !pass,
        (_, Some(answer)) if answer.way == Way::Aside => !aside,
        // It failed before its gate could be asked: neither way was gone, and both steps miss it alike.
        (_, None) if !task.satisfies() => false,
        _ => !pass,
    }
}

fn left_out_by(task: &Task) -> Option<usize> {
    match task.state {
        TaskState::Skipped {
            why: SkipReason::Branch { gate },
            ..
        } => Some(gate),
        _ => None,
    }
}
