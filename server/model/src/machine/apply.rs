//! Changes, and the one place that makes them.

use super::state::State;
use super::turn::{Effect, EventDraft, Turn};
use crate::attempt::{Attempt, AttemptEnd, AttemptOutcome, Phase};
use crate::backend::{Backend, PassedOver};
use crate::ids::{RunId, TaskId};
use crate::round::{GateAnswer, SentBack};
use crate::run::{Run, RunState};
use crate::task::{Product, StopReason, Task, TaskState, Worktree};
use crate::time::Timestamp;
use std::sync::Arc;

/// One change of one thing.
#[derive(Debug, Clone)]
pub(super) enum Change {
    RunCreated(Box<Run>),
    TaskCreated(Box<Task>),
    /// A new task state that is not `Active`.
    Task(TaskId, TaskState),
    /// A new attempt; the task is `Active` from here on.
    AttemptBegan(TaskId, Attempt),
    Chosen(TaskId, Backend, Vec<PassedOver>),
    Phase(TaskId, Phase),
    /// The attempt under way is over, with what it left, and the task goes on to another state: one
    /// change, so that nobody sees a state between.
    AttemptOver(TaskId, Box<Over>),
    Worktree(TaskId, Option<Worktree>),
    /// The worktree is gone.
    Released(TaskId),
    Stop(TaskId, Option<StopReason>),
    /// A gate after it did not pass: it begins another round.
    SentBack(TaskId, SentBack),
    /// What an earlier round left is not built on.
    Anew(TaskId),
    /// What a person said in the place of its gate.
    Answered(TaskId, GateAnswer),
    /// The wish to stop is still the same: it is passed on once more.
    StopAgain(TaskId),
    /// The verification was disturbed by the end of the daemon: it is done once more, later.
    VerifyLater(TaskId),
    /// Waits for a hand-off from here on, whatever its first back end is.
    WantsHandOff(TaskId),
    /// An attempt under way was seen to have written these files.
    Wrote(TaskId, Arc<[String]>),
    /// The attempt that ends changed these files.
    Left(TaskId, Arc<[String]>),
    /// These files of a run do not merge, which says more than that its steps changed them at once.
    Clash(RunId, Vec<String>),
    Run(RunId, RunState),
    RunCancelled(RunId, bool),
    /// The work on the end of a run has answered.
    FinishAnswered(RunId),
}

/// How an attempt ended, and what becomes of its task.
#[derive(Debug, Clone)]
pub(super) struct Over {
    pub(super) at: Timestamp,
    pub(super) outcome: AttemptOutcome,
    pub(super) end: Option<AttemptEnd>,
    pub(super) product: Option<Product>,
    pub(super) to: TaskState,
    /// What the step's gate said.
    pub(super) answer: Option<GateAnswer>,
    /// Its own gate sends it back, too.
    pub(super) back: Option<SentBack>,
}

/// What surfaces see of a task; an event follows when it changes.
type Seen = (&'static str, &'static str, usize, &'static str);

fn seen(task: &Task) -> Seen {
    let attempt = task.last_attempt().map_or("", Attempt::status);
    (
        task.step_status(),
        task.task_status(),
        task.attempts.len(),
        attempt,
    )
}

impl State {
    /// Makes a change, and writes down what it touched, what is to be told, and what is to be done.
    pub(super) fn apply(&mut self, change: Change, now: Timestamp, turn: &mut Turn) {
        match change {
            Change::RunCreated(run) => {
                let id = run.id.clone();
                self.insert(vec![*run], Vec::new());
                turn.runs.insert(id.clone());
                self.tell_run(&id, "run.created", now, turn);
            }
            Change::Run(id, to) => self.apply_run(&id, to, now, turn),
            Change::RunCancelled(id, cancelled) => {
                if let Some(run) = self.runs.get_mut(&id) {
                    run.cancelled = cancelled;
                    turn.runs.insert(id);
                }
            }
            Change::FinishAnswered(id) => {
                self.flight.finishing.remove(&id);
            }
            Change::Clash(id, paths) => self.drop_overlaps(&id, &paths, now, turn),
            change => self.apply_to_task(change, now, turn),
        }
    }

    fn apply_to_task(&mut self, change: Change, now: Timestamp, turn: &mut Turn) {
        match change {
            Change::TaskCreated(task) => {
                let id = task.id.clone();
                self.insert(Vec::new(), vec![*task]);
                turn.tasks.insert(id.clone());
                self.tell_task(&id, ("", "", 0, ""), now, turn);
            }
            Change::Task(id, to) => self.edit(&id, now, turn, |task| task.state = to),
            Change::AttemptBegan(id, attempt) => {
                self.flight.hand_off.remove(&id);
                self.edit(&id, now, turn, |task| begin(task, attempt));
                self.tell_overlaps(&id, now, turn);
            }
            Change::Chosen(id, backend, passed_over) => self.edit(&id, now, turn, |task| {
                if let Some(attempt) = task.attempts.last_mut() {
                    attempt.backend = backend;
                    attempt.passed_over = passed_over;
                }
            }),
            Change::Phase(id, phase) => self.edit(&id, now, turn, |task| {
                if let Some(attempt) = task.attempts.last_mut() {
                    attempt.phase = phase;
                }
            }),
            Change::AttemptOver(id, over) => {
                self.edit(&id, now, turn, |task| end(task, *over));
                self.flight.forget_edits(&id);
            }
            Change::Wrote(id, files) => self.note_written(&id, files, now, turn),
            Change::Left(id, files) => self.note_left(&id, &files, now, turn),
            Change::Worktree(id, worktree) => {
                self.edit(&id, now, turn, |task| task.worktree = worktree);
            }
            Change::Released(id) => {
                self.flight.releasing.remove(&id);
                self.edit(&id, now, turn, |task| task.worktree = None);
            }
            Change::Stop(id, reason) => self.edit(&id, now, turn, |task| task.stop = reason),
            Change::SentBack(id, back) => {
                self.edit(&id, now, turn, |task| send_back(task, back, now));
            }
            Change::Anew(id) => self.edit(&id, now, turn, |task| task.back = None),
            Change::Answered(id, answer) => {
                self.edit(&id, now, turn, |task| task.end_round(now, Some(answer)));
            }
            Change::StopAgain(id) => {
                let effect = self.tasks.get(&id).and_then(stop_effect);
                turn.effects.extend(effect);
            }
            Change::VerifyLater(id) => {
                self.flight.verify_again.insert(id);
            }
            Change::WantsHandOff(id) => {
                self.flight.hand_off.insert(id);
            }
            Change::RunCreated(_)
            | Change::Run(..)
            | Change::RunCancelled(..)
            | Change::Clash(..)
            | Change::FinishAnswered(_) => {}
        }
    }

    pub(super) fn edit(
        &mut self,
        id: &TaskId,
        now: Timestamp,
        turn: &mut Turn,
        change: impl FnOnce(&mut Task),
    ) {
        self.unindex(id);
        if let Some(task) = self.tasks.get_mut(id) {
            let before = seen(task);
            let (phase, stop, released) = (phase_key(task), task.stop, release_effect(task));
            let answered = task.gate_answer().cloned();
            change(task);
            let answer = task.gate_answer().cloned();
            turn.tasks.insert(id.clone());
            if phase_key(task) != phase {
                turn.effects.extend(attempt_effect(task));
            } else if task.stop != stop {
                turn.effects.extend(stop_effect(task));
            }
            // One that came back from the queue may be let go already.
            if released.is_none()
                && let Some(effect) = release_effect(task)
                && self.flight.releasing.insert(id.clone())
            {
                turn.effects.push(effect);
            }
            if let Some(answer) = answer.filter(|answer| Some(answer) != answered.as_ref()) {
                self.tell_gate(id, answer, now, turn);
            }
            self.tell_task(id, before, now, turn);
        }
        self.index(id);
    }

    fn tell_gate(&self, id: &TaskId, answer: GateAnswer, now: Timestamp, turn: &mut Turn) {
        let Some(task) = self.tasks.get(id) else {
            return;
        };
        let kind = if answer.passed() {
            "gate.passed"
        } else {
            "gate.failed"
        };
        turn.events.push(EventDraft {
            at: now,
            kind: kind.to_owned(),
            run: task.run.as_ref().map(|(run, _)| run.clone()),
            step: task.run.as_ref().map(|_| task.step.id.clone()),
            task: Some(id.clone()),
            attempt: task.last_attempt().map(|attempt| attempt.number),
            message: answer.why,
        });
    }

    fn apply_run(&mut self, id: &RunId, to: RunState, now: Timestamp, turn: &mut Turn) {
        let Some(run) = self.runs.get_mut(id) else {
            return;
        };
        run.state = to;
        turn.runs.insert(id.clone());
        let kind = match &run.state {
            RunState::Open => "run.running",
            RunState::Finishing => {
                self.flight.finishing.insert(id.clone());
                turn.effects.push(Effect::Finish(id.clone()));
                return;
            }
            RunState::Conflicted { .. } => "run.needs_input",
            RunState::Ended { outcome, .. } => match outcome {
                crate::run::RunOutcome::Completed => "run.completed",
                crate::run::RunOutcome::Failed(_) => "run.failed",
                crate::run::RunOutcome::Cancelled => "run.cancelled",
            },
        };
        self.tell_run(id, kind, now, turn);
    }

    pub(super) fn tell_run(&self, id: &RunId, kind: &str, now: Timestamp, turn: &mut Turn) {
        turn.events.push(EventDraft {
            at: now,
            kind: kind.to_owned(),
            run: Some(id.clone()),
            step: None,
            task: None,
            attempt: None,
            message: String::new(),
        });
    }

    fn tell_task(&self, id: &TaskId, before: Seen, now: Timestamp, turn: &mut Turn) {
        let Some(task) = self.tasks.get(id) else {
            return;
        };
        let after = seen(task);
        let draft = |kind: String, message: String| EventDraft {
            at: now,
            kind,
            run: task.run.as_ref().map(|(run, _)| run.clone()),
            step: task.run.as_ref().map(|_| task.step.id.clone()),
            task: Some(id.clone()),
            attempt: task.last_attempt().map(|attempt| attempt.number),
            message,
        };
        if (before.2, before.3) != (after.2, after.3) && !after.3.is_empty() {
            let failure = task.last_attempt().and_then(Attempt::failure);
            let message = failure.map_or_else(String::new, |failure| failure.message.clone());
            turn.events
                .push(draft(format!("attempt.{}", after.3), message));
        }
        let message = || {
            task.failure()
                .map_or_else(String::new, |failure| failure.message)
        };
        if task.run.is_some() && before.0 != after.0 {
            turn.events
                .push(draft(format!("step.{}", after.0), message()));
        }
        if before.1 != after.1 {
            turn.events
                .push(draft(format!("task.{}", after.1), message()));
        }
    }
}

fn begin(task: &mut Task, attempt: Attempt) {
    // What an earlier attempt left says nothing about this one; its branch has to be found again.
    task.product = Product {
        branch: task.product.branch.take(),
        ..Product::default()
    };
    task.attempts.push(attempt);
    task.beside.clear();
    task.state = TaskState::Active;
}

fn end(task: &mut Task, over: Over) {
    if let Some(attempt) = task.attempts.last_mut() {
        attempt.phase = Phase::Ended {
            at: over.at,
            outcome: over.outcome,
            end: over.end,
        };
    }
    if let Some(product) = over.product {
        task.product = product;
    }
    task.state = over.to;
    task.beside.clear();
    task.stop = None;
    if over.answer.is_some() {
        task.end_round(over.at, over.answer);
    }
    if over.back.is_some() {
        task.back = over.back;
    }
}

fn send_back(task: &mut Task, back: SentBack, now: Timestamp) {
    if matches!(task.state, TaskState::Completed { .. }) {
        task.end_round(now, None);
    }
    task.back = Some(back);
    task.state = TaskState::Waiting;
}

/// Tells the phases apart that begin something.
fn phase_key(task: &Task) -> (u8, usize) {
    let key = match task.active().map(|attempt| &attempt.phase) {
        Some(Phase::Preparing) => 1,
        Some(Phase::Starting) => 2,
        Some(Phase::Running { .. }) => 3,
        Some(Phase::Verifying { .. }) => 4,
        Some(Phase::Ended { .. }) | None => 0,
    };
    (key, task.attempts.len())
}

/// The effect that belongs to where an attempt is now. After a restart the same function says what was
/// under way (the engine then looks whether it still is).
fn attempt_effect(task: &Task) -> Option<Effect> {
    let id = task.id.clone();
    match &task.active()?.phase {
        // Also for one that is to stop: the preparation answers at once, and that ends it.
        Phase::Preparing => Some(Effect::Prepare(id)),
        Phase::Starting => Some(Effect::Launch(id)),
        Phase::Running { .. } => stop_effect(task),
        Phase::Verifying { .. } => Some(Effect::Verify(id)),
        Phase::Ended { .. } => None,
    }
}

/// What a wish to stop comes to: something may run while the attempt is prepared, works or is being checked.
fn stop_effect(task: &Task) -> Option<Effect> {
    match &task.active()?.phase {
        Phase::Preparing | Phase::Running { .. } | Phase::Verifying { .. } => task
            .stop
            .map(|reason| Effect::Stop(task.id.clone(), reason)),
        _ => None,
    }
}

fn release_effect(task: &Task) -> Option<Effect> {
    task.lets_go().then(|| Effect::Release(task.id.clone()))
}

/// All that a task waits for.
pub(super) fn effects_of(task: &Task) -> impl Iterator<Item = Effect> {
    attempt_effect(task).into_iter().chain(release_effect(task))
}
