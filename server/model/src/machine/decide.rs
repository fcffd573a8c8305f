//! Commands: what somebody wants, and the changes that follow.

use super::apply::Change;
use super::state::State;
use super::turn::Turn;
use super::{Command, Input, Rejection};
use crate::attempt::Phase;
use crate::ids::{RunId, TaskId};
use crate::run::{Run, RunState};
use crate::task::{StopReason, Task, TaskState};
use crate::time::Timestamp;
use std::collections::BTreeSet;

impl State {
    /// Takes one input: decides, and makes the changes. An error changes nothing.
    ///
    /// # Errors
    /// When a command cannot be followed.
    pub fn handle(&mut self, input: Input, now: Timestamp, turn: &mut Turn) -> Result<(), Rejection> {
        let changes = match input {
            Input::Command(command) => self.decide(command, now)?,
            Input::Report { task, attempt, report } => self.decide_report(&task, attempt, report, now),
            Input::Run { run, report } => self.decide_run_report(&run, report, now),
            Input::Tick => self.decide_tick(now),
        };
        self.follow(changes, now, turn);
        Ok(())
    }

    fn decide(&mut self, command: Command, now: Timestamp) -> Result<Vec<Change>, Rejection> {
        match command {
            Command::CreateRun(run, tasks) => {
                let created = std::iter::once(Change::RunCreated(run));
                Ok(created.chain(tasks.into_iter().map(|task| Change::TaskCreated(Box::new(task)))).collect())
            }
            Command::CreateTask(task) => Ok(vec![Change::TaskCreated(task)]),
            Command::CancelRun(id) => self.cancel_run(&id, now),
            Command::CancelTask(id) => {
                let task = self.known(&id)?;
                if task.is_ended() {
                    return Err(Rejection::refused(format!("task {id} has already ended: {}", task.task_status()), None));
                }
                Ok(cancel(task, now))
            }
            Command::Resume(id) => self.resume(&id),
            Command::Retry(id, step) => self.retry(&id, step.as_deref()),
            Command::RetryTask(id) => self.retry_task(&id),
            Command::Accept(id, step) => self.accept(&id, &step, now),
            Command::Scale(size) => {
                self.size = size;
                Ok(Vec::new())
            }
            Command::Pause(reason) => {
                self.paused = reason;
                Ok(Vec::new())
            }
            Command::StopAll(reason) => Ok(self.stop_all(reason)),
        }
    }

    fn known(&self, id: &TaskId) -> Result<&Task, Rejection> {
        self.tasks.get(id).ok_or_else(|| Rejection::NotFound(format!("no task {id}")))
    }

    fn known_run(&self, id: &RunId) -> Result<&Run, Rejection> {
        self.runs.get(id).ok_or_else(|| Rejection::NotFound(format!("no run {id}")))
    }

    fn cancel_run(&self, id: &RunId, now: Timestamp) -> Result<Vec<Change>, Rejection> {
        let run = self.known_run(id)?;
        if matches!(run.state, RunState::Ended { .. }) {
            return Err(Rejection::refused(format!("run {id} has already ended"), None));
        }
        let mut changes = vec![Change::RunCancelled(id.clone(), true)];
        if matches!(run.state, RunState::Conflicted { .. }) {
            changes.push(Change::Run(id.clone(), RunState::Open));
        }
        let open = self.tasks_of(run).filter(|task| !task.is_ended());
        changes.extend(open.flat_map(|task| cancel(task, now)));
        Ok(changes)
    }

    fn resume(&self, id: &RunId) -> Result<Vec<Change>, Rejection> {
        let run = self.known_run(id)?;
        let again: BTreeSet<usize> = self
            .tasks_of(run)
            .enumerate()
            .filter(|(_, task)| {
                matches!(task.state, TaskState::NeedsInput { .. }) || (task.is_ended() && !task.satisfies())
            })
            .map(|(index, _)| index)
            .collect();
        if again.is_empty() && !matches!(run.state, RunState::Conflicted { .. }) {
            let what = match run.state {
                RunState::Ended { .. } => "every step of it has completed",
                _ => "it is under way and waits for nobody",
            };
            return Err(Rejection::refused(format!("nothing of run {id} is to be resumed: {what}"), None));
        }
        Ok(self.set_going(run, &again))
    }

    fn retry(&self, id: &RunId, step: Option<&str>) -> Result<Vec<Change>, Rejection> {
        let run = self.known_run(id)?;
        let again: BTreeSet<usize> = match step {
            Some(step) => {
                let index = self.step_index(run, step)?;
                self.with_followers(run, index)
            }
            None => self
                .tasks_of(run)
                .enumerate()
                .filter(|(_, task)| {
                    matches!(task.state, TaskState::Failed { .. } | TaskState::Unverified { .. })
                        || task.failure().is_some()
                })
                .map(|(index, _)| index)
                .collect(),
        };
        if again.is_empty() {
            return Err(Rejection::refused(
                format!("no step of run {id} has failed"),
                Some("name a step to do it again: offshoot workflow retry RUN STEP"),
            ));
        }
        let busy = |index: &usize| run.tasks.get(*index).and_then(|id| self.tasks.get(id)).and_then(Task::active);
        if again.iter().any(|index| busy(index).is_some()) {
            return Err(Rejection::refused(
                "a step that would have to run again is under way",
                Some("wait for it, or cancel it first: offshoot workflow cancel RUN"),
            ));
        }
        Ok(self.set_going(run, &again))
    }

    fn step_index(&self, run: &Run, step: &str) -> Result<usize, Rejection> {
        run.workflow
            .step_index(step)
            .ok_or_else(|| Rejection::NotFound(format!("run {} has no step `{step}`", run.id)))
    }

    /// A step and all that build on it.
    fn with_followers(&self, run: &Run, first: usize) -> BTreeSet<usize> {
        let mut all = BTreeSet::from([first]);
        // File order is not an order of dependence, so once more until nothing is added.
        loop {
            let before = all.len();
            for (index, step) in run.workflow.steps.iter().enumerate() {
                if step.needs.iter().any(|need| all.contains(need)) {
                    all.insert(index);
                }
            }
            if all.len() == before {
                return all;
            }
        }
    }

    fn set_going(&self, run: &Run, again: &BTreeSet<usize>) -> Vec<Change> {
        let mut changes = vec![Change::RunCancelled(run.id.clone(), false)];
        if !matches!(run.state, RunState::Open) {
            changes.push(Change::Run(run.id.clone(), RunState::Open));
        }
        for id in again.iter().filter_map(|index| run.tasks.get(*index)) {
            changes.push(Change::Stop(id.clone(), None));
            changes.push(Change::Task(id.clone(), TaskState::Waiting));
        }
        changes
    }

    fn retry_task(&self, id: &TaskId) -> Result<Vec<Change>, Rejection> {
        let task = self.known(id)?;
        if !task.is_ended() && !matches!(task.state, TaskState::NeedsInput { .. }) {
            return Err(Rejection::refused(format!("task {id} has not ended: {}", task.task_status()), None));
        }
        if let Some((run, index)) = &task.run {
            let run = self.known_run(run)?;
            return Ok(self.set_going(run, &self.with_followers(run, *index)));
        }
        Ok(vec![Change::Stop(id.clone(), None), Change::Task(id.clone(), TaskState::Waiting)])
    }

    fn accept(&self, id: &RunId, step: &str, now: Timestamp) -> Result<Vec<Change>, Rejection> {
        let run = self.known_run(id)?;
        let index = self.step_index(run, step)?;
        let task = run.tasks.get(index).and_then(|id| self.tasks.get(id));
        let Some(task) = task.filter(|task| matches!(task.state, TaskState::Unverified { .. })) else {
            let hint = "only a step that is `unverified` can be accepted";
            return Err(Rejection::refused(format!("step `{step}` is not unverified"), Some(hint)));
        };
        let followers: BTreeSet<usize> = self
            .with_followers(run, index)
            .into_iter()
            .filter(|other| *other != index)
            .filter(|other| {
                let task = run.tasks.get(*other).and_then(|id| self.tasks.get(id));
                task.is_some_and(|task| matches!(task.state, TaskState::Skipped { .. }))
            })
            .collect();
        let mut changes = self.set_going(run, &followers);
        changes.push(Change::Task(task.id.clone(), TaskState::Completed { at: now }));
        Ok(changes)
    }

    fn stop_all(&self, reason: StopReason) -> Vec<Change> {
        let active = self.tasks.values().filter(|task| task.active().is_some() && task.stop.is_none());
        // An open hand-off has no process: its files stay, and the next daemon watches them again.
        let active = active.filter(|task| reason == StopReason::Cancel || !task.holds_hand_off());
        active.map(|task| Change::Stop(task.id.clone(), Some(reason))).collect()
    }

    fn decide_tick(&self, now: Timestamp) -> Vec<Change> {
        let due = self.timers.iter().take_while(|(at, _)| *at <= now);
        due.map(|(_, id)| Change::Task(id.clone(), TaskState::Queued { since: now })).collect()
    }
}

/// What a cancel means for a task that has not ended. One that is under way is asked to stop; what
/// becomes of it is decided when it reports.
fn cancel(task: &Task, now: Timestamp) -> Vec<Change> {
    match task.active().map(|attempt| &attempt.phase) {
        Some(Phase::Preparing | Phase::Starting | Phase::Running { .. } | Phase::Verifying { .. }) => {
            vec![Change::Stop(task.id.clone(), Some(StopReason::Cancel))]
        }
        _ => vec![Change::Task(task.id.clone(), TaskState::Cancelled { at: now })],
    }
}
