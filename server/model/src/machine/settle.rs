//! What follows by itself: a step becomes ready, is skipped, the run ends.

use super::apply::Change;
use super::state::State;
use super::turn::{Effect, Turn};
use crate::condition::{Reference, Scope, Value};
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::run::{Run, RunOutcome, RunState};
use crate::task::{SkipReason, Task, TaskState};
use crate::time::Timestamp;
use crate::workflow::Condition;
use std::collections::VecDeque;

/// Where a waiting task stands with what is before it.
enum Readiness {
    Waits,
    Ready,
    Skip(SkipReason),
    Failed(Failure),
}

impl State {
    /// Makes changes and everything that follows from them.
    pub(super) fn follow(&mut self, changes: Vec<Change>, now: Timestamp, turn: &mut Turn) {
        let mut open: VecDeque<TaskId> = VecDeque::new();
        let mut runs: Vec<RunId> = Vec::new();
        for change in changes {
            self.note(&change, &mut open, &mut runs);
            self.apply(change, now, turn);
        }
        while let Some(id) = open.pop_front() {
            for change in self.settle(&id, now, &mut open, &mut runs) {
                self.apply(change, now, turn);
            }
        }
        for run in runs {
            if self.is_over(&run) {
                self.apply(Change::Run(run, RunState::Finishing), now, turn);
            }
        }
    }

    /// Whose readiness, and which run's end, a change may decide.
    fn note(&self, change: &Change, open: &mut VecDeque<TaskId>, runs: &mut Vec<RunId>) {
        match change {
            Change::TaskCreated(task) => open.push_back(task.id.clone()),
            Change::Task(id, _) => open.push_back(id.clone()),
            Change::Run(id, RunState::Open) | Change::RunCancelled(id, _) => runs.push(id.clone()),
            _ => {}
        }
    }

    /// What follows for one task whose state is new: for itself while it waits, for others once it ended.
    fn settle(
        &self,
        id: &TaskId,
        now: Timestamp,
        open: &mut VecDeque<TaskId>,
        runs: &mut Vec<RunId>,
    ) -> Vec<Change> {
        let Some(task) = self.tasks.get(id) else { return Vec::new() };
        if let TaskState::Waiting = task.state {
            let to = match self.readiness(task) {
                Readiness::Waits => return Vec::new(),
                Readiness::Ready => ready_state(task, now),
                Readiness::Skip(why) => TaskState::Skipped { at: now, why },
                Readiness::Failed(failure) => TaskState::Failed { at: now, failure },
            };
            open.push_back(id.clone());
            return vec![Change::Task(id.clone(), to)];
        }
        if task.is_ended() {
            self.wake_followers(task, open, runs);
        }
        Vec::new()
    }

    fn wake_followers(&self, task: &Task, open: &mut VecDeque<TaskId>, runs: &mut Vec<RunId>) {
        open.extend(self.dependants.get(&task.id).into_iter().flatten().cloned());
        let Some((run, index)) = &task.run else { return };
        let Some(run) = self.runs.get(run) else { return };
        let followers = run.workflow.steps.iter().enumerate().filter(|(_, step)| step.needs.contains(index));
        open.extend(followers.filter_map(|(index, _)| run.tasks.get(index)).cloned());
        if !runs.contains(&run.id) {
            runs.push(run.id.clone());
        }
    }

    fn readiness(&self, task: &Task) -> Readiness {
        let submitted = task.after.iter().map(|id| self.tasks.get(id));
        for before in submitted {
            match before {
                Some(before) if before.is_ended() && !before.satisfies() => {
                    let message = format!("task {} it was to follow did not complete", before.id);
                    return Readiness::Failed(Failure::new(FailureClass::Dependency, message));
                }
                Some(before) if !before.is_ended() => return Readiness::Waits,
                // One that is no longer known was checked at submission: it had completed.
                _ => {}
            }
        }
        match task.run.as_ref().and_then(|(id, index)| Some((self.runs.get(id)?, *index))) {
            Some((run, _)) if run.cancelled => Readiness::Skip(SkipReason::Dependency),
            Some((run, _)) => self.step_readiness(run, task),
            None => Readiness::Ready,
        }
    }

    fn step_readiness(&self, run: &Run, task: &Task) -> Readiness {
        let needs: Vec<&Task> = task
            .step
            .needs
            .iter()
            .filter_map(|index| run.tasks.get(*index))
            .filter_map(|id| self.tasks.get(id))
            .collect();
        let all_ended = needs.iter().all(|need| need.is_ended());
        match &task.step.condition {
            Condition::Satisfied => {
                if needs.iter().any(|need| need.is_ended() && !need.satisfies()) {
                    Readiness::Skip(SkipReason::Dependency)
                } else if all_ended {
                    Readiness::Ready
                } else {
                    Readiness::Waits
                }
            }
            _ if !all_ended => Readiness::Waits,
            Condition::PrerequisitesMet => {
                let met = needs.iter().all(|need| matches!(need.state, TaskState::Completed { .. }));
                if met { Readiness::Ready } else { Readiness::Skip(SkipReason::Condition) }
            }
            Condition::Expr(expr) => {
                if expr.holds(&RunScope { state: self, run }) {
                    Readiness::Ready
                } else {
                    Readiness::Skip(SkipReason::Condition)
                }
            }
        }
    }

    /// Whether all steps of an open run have ended.
    fn is_over(&self, id: &RunId) -> bool {
        self.runs.get(id).is_some_and(|run| {
            matches!(run.state, RunState::Open) && self.tasks_of(run).all(Task::is_ended)
        })
    }

    /// With what a run ends whose steps have all ended.
    pub(super) fn outcome(&self, run: &Run) -> RunOutcome {
        let bad = |task: &&Task| {
            matches!(task.state, TaskState::Failed { .. } | TaskState::Unverified { .. }) && !task.is_forgiven()
        };
        if let Some(task) = self.tasks_of(run).find(bad) {
            let failure = task.failure().unwrap_or_else(|| Failure::new(FailureClass::Exit, "it failed"));
            let message = format!("step `{}` failed: {}", task.step.id, failure.message);
            return RunOutcome::Failed(Failure::new(failure.class, message));
        }
        let stopped = |task: &Task| matches!(task.state, TaskState::Cancelled { .. });
        if run.cancelled || self.tasks_of(run).any(stopped) { RunOutcome::Cancelled } else { RunOutcome::Completed }
    }

    /// The effects that belong to what was under way when the state was stored.
    pub fn effects_under_way(&self) -> Vec<Effect> {
        let finishing = self.runs.values().filter(|run| matches!(run.state, RunState::Finishing));
        let finishing = finishing.map(|run| Effect::Finish(run.id.clone()));
        self.tasks.values().filter_map(super::apply::effect_of).chain(finishing).collect()
    }
}

/// A step without anything to start is completed when its turn comes.
fn ready_state(task: &Task, now: Timestamp) -> TaskState {
    match task.scheduled_at {
        _ if task.step.is_nothing() => TaskState::Completed { at: now },
        Some(at) if at > now => TaskState::Scheduled { at },
        _ => TaskState::Queued { since: now },
    }
}

/// What an expression may ask a run.
struct RunScope<'a> {
    state: &'a State,
    run: &'a Run,
}

impl RunScope<'_> {
    fn task(&self, step: &str) -> Option<&Task> {
        let index = self.run.workflow.step_index(step)?;
        self.state.tasks.get(self.run.tasks.get(index)?)
    }
}

impl Scope for RunScope<'_> {
    fn get(&self, reference: &Reference) -> Option<Value> {
        match reference {
            Reference::StepStatus(step) => Some(Value::Text(self.task(step)?.step_status().to_owned())),
            Reference::StepOutput { step, name } => find(&self.task(step)?.product.outputs, name),
            Reference::Input(name) => find(&self.run.options.inputs, name),
            _ => None,
        }
    }
}

fn find(pairs: &[(String, String)], name: &str) -> Option<Value> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| Value::Text(value.clone()))
}
