//! Commands: what somebody wants, and the changes that follow.

use super::apply::Change;
use super::state::State;
use super::turn::{EventDraft, Turn};
use super::{Command, Input, Rejection};
use crate::attempt::Phase;
use crate::ids::{RunId, TaskId};
use crate::run::{Run, RunState};
use crate::task::{StopReason, Task, TaskState};
use crate::time::Timestamp;

impl State {
    /// Takes one input: decides, and makes the changes. An error changes nothing.
    ///
    /// # Errors
    /// When a command cannot be followed.
    pub fn handle(
        &mut self,
        input: Input,
        now: Timestamp,
        turn: &mut Turn,
    ) -> Result<(), Rejection> {
        let changes = match input {
            Input::Command(Command::Hold(reason)) => {
                self.hold(reason, now, turn);
                return Ok(());
            }
            Input::Command(command) => self.decide(command, now)?,
            Input::Report {
                task,
                attempt,
                report,
            } => self.decide_report(&task, attempt, report, now),
            Input::Run { run, report } => self.decide_run_report(&run, report, now),
            Input::Tick => self.decide_tick(now),
        };
        self.follow(changes, now, turn);
        Ok(())
    }

    /// Holds new work back, or lets it go on, and says so when that is news.
    fn hold(&mut self, reason: Option<String>, now: Timestamp, turn: &mut Turn) {
        let news = self.pool.held.is_some() != reason.is_some();
        self.pool.held.clone_from(&reason);
        if !news {
            return;
        }
        let kind = if reason.is_some() {
            "pool.held"
        } else {
            "pool.released"
        };
        turn.events.push(EventDraft {
            at: now,
            kind: kind.to_owned(),
            run: None,
            step: None,
            task: None,
            attempt: None,
            message: reason.unwrap_or_else(|| "work begins again".to_owned()),
        });
    }

    fn decide(&mut self, command: Command, now: Timestamp) -> Result<Vec<Change>, Rejection> {
        match command {
            Command::CreateRun(run, tasks) => self.create_run(run, tasks),
            Command::CreateTask(task) => {
                self.refuse_known_task(&task.id)?;
                Ok(vec![Change::TaskCreated(task)])
            }
            Command::CancelRun(id) => self.cancel_run(&id, now),
            Command::CancelTask(id) => self.cancel_task(&id, now),
            Command::Resume(id) => self.resume(&id),
            Command::Retry(id, step) => self.retry(&id, step.as_deref()),
            Command::RetryTask(id) => self.retry_task(&id),
            Command::Accept(id, step) => self.accept(&id, &step, now),
            Command::Scale(size) => {
                self.pool.size = size;
                Ok(Vec::new())
            }
            Command::Pause(reason) => {
                self.pool.paused = reason;
                Ok(Vec::new())
            }
            // Taken care of where there is a turn for its event.
            Command::Hold(_) => Ok(Vec::new()),
            Command::StopAll(reason) => Ok(self.stop_all(reason)),
        }
    }

    fn create_run(&self, run: Box<Run>, tasks: Vec<Task>) -> Result<Vec<Change>, Rejection> {
        if self.runs.contains_key(&run.id) {
            let message = format!("there is a run {} already", run.id);
            return Err(Rejection::refused(message, None));
        }
        for task in &tasks {
            self.refuse_known_task(&task.id)?;
        }
        let created = std::iter::once(Change::RunCreated(run));
        let tasks = tasks
            .into_iter()
            .map(|task| Change::TaskCreated(Box::new(task)));
        Ok(created.chain(tasks).collect())
    }

    fn refuse_known_task(&self, id: &TaskId) -> Result<(), Rejection> {
        match self.tasks.get(id) {
            None => Ok(()),
            Some(_) => Err(Rejection::refused(
                format!("there is a task {id} already"),
                None,
            )),
        }
    }

    pub(super) fn known(&self, id: &TaskId) -> Result<&Task, Rejection> {
        self.tasks
            .get(id)
            .ok_or_else(|| Rejection::NotFound(format!("no task {id}")))
    }

    pub(super) fn known_run(&self, id: &RunId) -> Result<&Run, Rejection> {
        self.runs
            .get(id)
            .ok_or_else(|| Rejection::NotFound(format!("no run {id}")))
    }

    fn cancel_run(&self, id: &RunId, now: Timestamp) -> Result<Vec<Change>, Rejection> {
        let run = self.known_run(id)?;
        if matches!(run.state, RunState::Ended { .. }) {
            return Err(Rejection::refused(
                format!("run {id} has already ended"),
                None,
            ));
        }
        let mut changes = vec![Change::RunCancelled(id.clone(), true)];
        if matches!(run.state, RunState::Conflicted { .. }) {
            changes.push(Change::Run(id.clone(), RunState::Open));
        }
        let open = self.tasks_of(run).filter(|task| !task.is_ended());
        changes.extend(open.map(|task| cancel(task, now)));
        Ok(changes)
    }

    fn cancel_task(&self, id: &TaskId, now: Timestamp) -> Result<Vec<Change>, Rejection> {
        let task = self.known(id)?;
        if task.is_ended() {
            let status = task.task_status();
            return Err(Rejection::refused(
                format!("task {id} has already ended: {status}"),
                None,
            ));
        }
        Ok(vec![cancel(task, now)])
    }

    fn stop_all(&self, reason: StopReason) -> Vec<Change> {
        let wanted = |task: &&Task| match (reason, task.stop) {
            (_, Some(StopReason::Cancel)) | (StopReason::Requeue, Some(StopReason::Requeue)) => {
                false
            }
            (StopReason::Cancel, _) => true,
            // An open hand-off has no process: its files stay, and the next daemon watches them again.
            // Its check has one.
            (StopReason::Requeue, None) => !task.holds_hand_off() || is_verifying(task),
        };
        let active = self.tasks.values().filter(|task| task.active().is_some());
        active
            .filter(wanted)
            .map(|task| Change::Stop(task.id.clone(), Some(reason)))
            .collect()
    }

    fn decide_tick(&self, now: Timestamp) -> Vec<Change> {
        let due = self.timers.iter().take_while(|(at, _)| *at <= now);
        due.map(|(_, id)| Change::Task(id.clone(), TaskState::Queued { since: now }))
            .collect()
    }
}

fn is_verifying(task: &Task) -> bool {
    let phase = task.active().map(|attempt| &attempt.phase);
    matches!(phase, Some(Phase::Verifying { .. }))
}

/// What a cancel means for a task that has not ended. One that is under way is asked to stop; what
/// becomes of it is decided when it reports. Asked once more, it is told once more.
fn cancel(task: &Task, now: Timestamp) -> Change {
    let id = task.id.clone();
    match (task.active(), task.stop) {
        (Some(_), Some(StopReason::Cancel)) => Change::StopAgain(id),
        (Some(_), _) => Change::Stop(id, Some(StopReason::Cancel)),
        (None, _) => Change::Task(id, TaskState::Cancelled { at: now }),
    }
}
