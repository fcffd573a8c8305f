//! Setting a run going again: resume, retry, accept.

use super::Rejection;
use super::apply::Change;
use super::state::State;
use crate::ids::{RunId, TaskId};
use crate::round::{GateAnswer, Way};
use crate::run::{Run, RunOutcome, RunState};
use crate::task::{StopReason, Task, TaskState};
use crate::time::Timestamp;
use crate::workflow::Condition;
use std::collections::BTreeSet;

impl State {
    /// All that waits for a person or has not been done, and what was skipped because of it. A run
    /// that only lacks its end (a conflict, a cancel, no room for the result) gets that.
    pub(super) fn resume(&self, id: &RunId) -> Result<Vec<Change>, Rejection> {
        let run = self.known_run(id)?;
        let again = self.steps_of(run, |task| match task.state {
            TaskState::NeedsInput { .. } => true,
            _ => task.is_ended() && !task.satisfies(),
        });
        if again.is_empty() && !lacks_end(run) {
            let what = match run.state {
                RunState::Ended { .. } => "every step of it has completed",
                _ => "it is under way and waits for nobody",
            };
            let message = format!("nothing of run {id} is to be resumed: {what}");
            return Err(Rejection::refused(message, None));
        }
        self.set_going(run, &self.with_pending(run, again))
    }

    /// One step and all that builds on it; without a step all that did not get done, and what was
    /// skipped because of it.
    pub(super) fn retry(&self, id: &RunId, step: Option<&str>) -> Result<Vec<Change>, Rejection> {
        let run = self.known_run(id)?;
        if let Some(step) = step {
            let index = self.step_index(run, step)?;
            return self.retry_step(run, index);
        }
        let again = self.steps_of(run, |task| {
            matches!(
                task.state,
                TaskState::Failed { .. }
                    | TaskState::Unverified { .. }
                    | TaskState::Cancelled { .. }
            ) || task.failure().is_some()
        });
        if again.is_empty() && !lacks_end(run) {
            return Err(Rejection::refused(
                format!("no step of run {id} has failed"),
                Some("name a step to do it again: offshoot workflow retry RUN STEP"),
            ));
        }
        self.set_going(run, &self.with_pending(run, again))
    }

    fn retry_step(&self, run: &Run, index: usize) -> Result<Vec<Change>, Rejection> {
        let before = self.task_at(run, index).and_then(|task| {
            let unmet =
                |need: &&Task| need.is_ended() && !need.satisfies() && !need.sent_aside_to(index);
            let needs = task.step.needs.iter();
            let needed = matches!(task.step.condition, Condition::Satisfied);
            needs
                .filter_map(|need| self.task_at(run, *need))
                .find(unmet)
                .filter(|_| needed)
        });
        if let Some(before) = before {
            let id = &before.step.id;
            return Err(Rejection::refused(
                format!("`{id}` before it did not complete"),
                Some("retry that step, or the whole run: offshoot workflow retry RUN"),
            ));
        }
        let again = self.with_builders(run, BTreeSet::from([index]));
        let mut changes = self.set_going(run, &again)?;
        // It is done from the start, not on top of what earlier rounds left.
        let anew = again.iter().filter_map(|index| run.tasks.get(*index));
        changes.extend(anew.cloned().map(Change::Anew));
        Ok(changes)
    }

    pub(super) fn retry_task(&self, id: &TaskId) -> Result<Vec<Change>, Rejection> {
        let task = self.known(id)?;
        if !task.is_ended() && !matches!(task.state, TaskState::NeedsInput { .. }) {
            let status = task.task_status();
            return Err(Rejection::refused(
                format!("task {id} has not ended: {status}"),
                None,
            ));
        }
        if let Some((run, index)) = &task.run {
            return self.retry_step(self.known_run(run)?, *index);
        }
        Ok(wait_again(id).into())
    }

    pub(super) fn accept(
        &self,
        id: &RunId,
        step: &str,
        now: Timestamp,
    ) -> Result<Vec<Change>, Rejection> {
        let run = self.known_run(id)?;
        let index = self.step_index(run, step)?;
        let Some(task) = self.task_at(run, index).filter(|task| acceptable(task)) else {
            let hint = "only a step that is `unverified`, or that its gate failed, can be accepted";
            let message = format!("step `{step}` is not unverified");
            return Err(Rejection::refused(message, Some(hint)));
        };
        let mut followers = self.with_pending(run, BTreeSet::from([index]));
        followers.remove(&index);
        let mut changes = self.set_going(run, &followers)?;
        if task.step.gate.is_some() {
            let answer = GateAnswer {
                way: Way::On,
                why: "a person accepted it".to_owned(),
            };
            changes.push(Change::Answered(task.id.clone(), answer));
        }
        let completed = TaskState::Completed { at: now };
        changes.push(Change::Task(task.id.clone(), completed));
        Ok(changes)
    }

    fn step_index(&self, run: &Run, step: &str) -> Result<usize, Rejection> {
        run.workflow
            .step_index(step)
            .ok_or_else(|| Rejection::NotFound(format!("run {} has no step `{step}`", run.id)))
    }

    fn task_at(&self, run: &Run, index: usize) -> Option<&Task> {
        self.tasks.get(run.tasks.get(index)?)
    }

    fn steps_of(&self, run: &Run, wanted: impl Fn(&Task) -> bool) -> BTreeSet<usize> {
        let tasks = self.tasks_of(run).enumerate();
        tasks
            .filter(|(_, task)| wanted(task))
            .map(|(index, _)| index)
            .collect()
    }

    /// These steps and all that build on them.
    fn with_followers(&self, run: &Run, first: BTreeSet<usize>) -> BTreeSet<usize> {
        match self.books.get(&run.id) {
            Some(book) => book.with_followers(first),
            None => first,
        }
    }

    /// These steps, and those that build on them and have not begun or were skipped: what they stood
    /// for is another now, or their reason is gone.
    fn with_pending(&self, run: &Run, first: BTreeSet<usize>) -> BTreeSet<usize> {
        let pending = |index: &usize| {
            self.task_at(run, *index).is_some_and(|task| {
                let skipped = matches!(task.state, TaskState::Skipped { .. });
                skipped || (!task.is_ended() && task.active().is_none())
            })
        };
        let mut all = self.with_followers(run, first.clone());
        all.retain(|index| first.contains(index) || pending(index));
        all
    }

    fn set_going(&self, run: &Run, again: &BTreeSet<usize>) -> Result<Vec<Change>, Rejection> {
        let active = self.tasks_of(run).enumerate();
        let mut active = active.filter(|(_, task)| task.active().is_some());
        let busy = |(index, task): &(usize, &Task)| {
            again.contains(index) || task.stop == Some(StopReason::Cancel)
        };
        if let Some((index, task)) = active.find(busy) {
            let step = &task.step.id;
            let (message, hint) = if again.contains(&index) {
                let message = format!("step `{step}` would have to run again and is under way");
                let hint = "wait for it, or cancel the run first: offshoot workflow cancel RUN";
                (message, hint)
            } else {
                let message = format!("step `{step}` is still being cancelled");
                (message, "try again in a moment")
            };
            return Err(Rejection::refused(message, Some(hint)));
        }
        let mut changes = vec![Change::RunCancelled(run.id.clone(), false)];
        if !matches!(run.state, RunState::Open) {
            changes.push(Change::Run(run.id.clone(), RunState::Open));
        }
        let again = again.iter().filter_map(|index| run.tasks.get(*index));
        changes.extend(again.flat_map(wait_again));
        Ok(changes)
    }
}

/// Whether a person may take it as completed.
fn acceptable(task: &Task) -> bool {
    let out = || {
        task.gate_answer()
            .is_some_and(|answer| answer.way == Way::Out)
    };
    match task.state {
        TaskState::Unverified { .. } => true,
        TaskState::Failed { .. } => out(),
        _ => false,
    }
}

fn wait_again(id: &TaskId) -> [Change; 2] {
    [
        Change::Stop(id.clone(), None),
        Change::Task(id.clone(), TaskState::Waiting),
    ]
}

/// Whether there is more to do for a run all of whose steps are what they are to be.
fn lacks_end(run: &Run) -> bool {
    match &run.state {
        RunState::Conflicted { .. } => true,
        RunState::Ended { outcome, .. } => *outcome != RunOutcome::Completed,
        RunState::Open | RunState::Finishing => false,
    }
}
