//! What an expression may ask a run: states, outputs, inputs, scores and gates.

use super::state::State;
use crate::condition::{Reference, Scope, Value};
use crate::run::Run;
use crate::task::Task;
use crate::time::Timestamp;

/// A run, as the step sees it whose condition is asked.
pub(super) struct RunScope<'a> {
    state: &'a State,
    run: &'a Run,
    /// The step, as it is or is about to be.
    of: &'a Task,
    /// Whether its own gate is asked, and with it its own scores.
    gate: bool,
}

impl<'a> RunScope<'a> {
    /// For the condition of a step.
    pub(super) fn of(state: &'a State, run: &'a Run, of: &'a Task) -> Self {
        let gate = false;
        Self {
            state,
            run,
            of,
            gate,
        }
    }

    /// For the condition of a step's gate; `of` is the step as it would be if the gate passed.
    pub(super) fn of_gate(state: &'a State, run: &'a Run, of: &'a Task) -> Self {
        let gate = true;
        Self {
            state,
            run,
            of,
            gate,
        }
    }

    fn task(&self, step: &str) -> Option<&'a Task> {
        if self.of.step.id.as_str() == step {
            return Some(self.of);
        }
        let index = self.run.workflow.step_index(step)?;
        self.state.tasks.get(self.run.tasks.get(index)?)
    }

    /// All steps that come before, however far.
    fn before(&self) -> impl Iterator<Item = &'a Task> {
        let mut seen = vec![false; self.run.tasks.len()];
        let mut open = self.of.step.needs.clone();
        let mut found = Vec::new();
        while let Some(index) = open.pop() {
            if seen.get(index).copied().unwrap_or(true) {
                continue;
            }
            seen[index] = true;
            let id = self.run.tasks.get(index);
            if let Some(task) = id.and_then(|id| self.state.tasks.get(id)) {
                open.extend(&task.step.needs);
                found.push((index, task));
            }
        }
        // What two steps did in the same millisecond is in the order of the file.
        found.sort_unstable_by_key(|(index, _)| *index);
        found.into_iter().map(|(_, task)| task)
    }

    /// Whether the scores of the step itself, or of the last one before it that is scored, pass.
    fn scoring(&self) -> Option<bool> {
        let judged = |task: &Task| {
            let scoring = task.step.scoring.as_ref()?;
            Some(scoring.judge(task.product.scores.as_ref()).passed)
        };
        if self.gate && self.of.step.scoring.is_some() {
            return judged(self.of);
        }
        let scored = |task: &&Task| task.step.scoring.is_some() && task.is_ended();
        let last = self.before().filter(scored);
        judged(last.max_by_key(|task| task.ended_at())?)
    }

    /// Whether the gate passed that was asked last of those before the step.
    fn gate(&self) -> Option<bool> {
        let asked = self.before().filter_map(|task| {
            let round = task.rounds.last()?;
            Some((round.at, round.answer.as_ref()?.passed()))
        });
        let last: Option<(Timestamp, bool)> = asked.max_by_key(|(at, _)| *at);
        last.map(|(_, passed)| passed)
    }
}

impl Scope for RunScope<'_> {
    fn get(&self, reference: &Reference) -> Option<Value> {
        match reference {
            Reference::StepStatus(step) => {
                Some(Value::Text(self.task(step)?.step_status().to_owned()))
            }
            Reference::StepOutput { step, name } => find(&self.task(step)?.product.outputs, name),
            Reference::Input(name) => find(&self.run.options.inputs, name),
            Reference::ScoringPassed => self.scoring().map(Value::Bool),
            Reference::GatePassed => self.gate().map(Value::Bool),
        }
    }
}

fn find(pairs: &[(String, String)], name: &str) -> Option<Value> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| Value::Text(value.clone()))
}
