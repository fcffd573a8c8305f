//! Reports of attempts and of the end of runs, and the changes that follow.

use super::apply::Change;
use super::retry;
use super::state::State;
use crate::attempt::{AttemptEnd, AttemptOutcome, Phase};
use crate::backend::{Backend, PassedOver};
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::run::{ResultBranch, RunOutcome, RunState};
use crate::task::{Need, Place, Product, StopReason, Task, TaskState, Worktree};
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// What an attempt reports.
#[derive(Debug, Clone)]
pub enum Report {
    /// Back end chosen, worktree made.
    Prepared {
        /// Who does it.
        backend: Backend,
        /// Who was passed over.
        passed_over: Vec<PassedOver>,
        /// Where; none for a task without worktree.
        worktree: Option<Worktree>,
    },
    /// It could not be prepared.
    NotPrepared(PrepareFailure),
    /// It works.
    Started {
        /// Process id of the supervisor; none for a hand-off.
        pid: Option<u32>,
    },
    /// It could not be started.
    NotStarted(Failure),
    /// It reported its end.
    Ended(AttemptEnd),
    /// Its supervisor is gone without a word; it was revoked, and nothing of it runs any more.
    Vanished,
    /// The same, found by a daemon that had just started: the machine or everything went down.
    Interrupted,
    /// What it left was looked at.
    Verified(Box<Verified>),
    /// Its worktree is gone.
    Released,
}

/// Why an attempt could not be prepared.
#[derive(Debug, Clone)]
pub enum PrepareFailure {
    /// A failure.
    Failed(Failure),
    /// A person has to decide something first. The worktree, if any, serves to resolve a conflict.
    Needs(Need),
}

/// What was found when an attempt's result was looked at.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Whether it is done.
    pub verdict: Verdict,
    /// What it left.
    pub product: Product,
}

/// What came of a run's end.
#[derive(Debug, Clone)]
pub enum RunReport {
    /// The result branch; none when nothing was to be put on one.
    Finished(Option<ResultBranch>),
    /// The steps' results do not merge.
    Conflict(Vec<String>),
    /// The result branch could not be made.
    Failed(Failure),
}

impl State {
    pub(super) fn decide_report(&self, id: &TaskId, number: u32, report: Report, now: Timestamp) -> Vec<Change> {
        let Some(task) = self.tasks.get(id) else { return Vec::new() };
        if let Report::Released = report {
            return vec![Change::Worktree(id.clone(), None)];
        }
        // A report of an older attempt, or of one that was ended meanwhile, says nothing any more.
        let Some(attempt) = task.active().filter(|attempt| attempt.number == number) else { return Vec::new() };
        match (report, &attempt.phase) {
            (Report::Prepared { backend, passed_over, worktree }, Phase::Preparing) => {
                prepared(task, backend, passed_over, worktree, now)
            }
            (Report::NotPrepared(failure), Phase::Preparing) => not_prepared(task, failure, now),
            (Report::Started { pid }, Phase::Starting) => {
                vec![Change::Phase(id.clone(), Phase::Running { since: now, pid })]
            }
            (Report::NotStarted(failure), Phase::Starting) => {
                self.end_attempt(task, AttemptOutcome::Failed(failure), None, now)
            }
            (Report::Ended(end), Phase::Starting | Phase::Running { .. }) => self.ended(task, end, now),
            (Report::Vanished, Phase::Starting) => self.end_attempt(task, AttemptOutcome::Revoked, None, now),
            (Report::Vanished, Phase::Running { .. }) => self.vanished(task, now),
            (Report::Interrupted, Phase::Starting) => self.end_attempt(task, AttemptOutcome::Revoked, None, now),
            (Report::Interrupted, Phase::Running { .. }) => {
                self.end_attempt(task, AttemptOutcome::Interrupted, None, now)
            }
            (Report::Verified(verified), Phase::Verifying { end }) => {
                let end = end.clone();
                self.verified(task, *verified, end, now)
            }
            _ => Vec::new(),
        }
    }

    fn ended(&self, task: &Task, end: AttemptEnd, now: Timestamp) -> Vec<Change> {
        let look = matches!(task.place, Place::Worktree) || task.holds_hand_off() || task.step.check.is_some();
        if look {
            return vec![Change::Phase(task.id.clone(), Phase::Verifying { end })];
        }
        let verdict = Verdict::of_end(&end);
        self.verified(task, Verified { verdict, product: task.product.clone() }, end, now)
    }

    fn vanished(&self, task: &Task, now: Timestamp) -> Vec<Change> {
        let message = "its supervisor died; what was left of it has been ended";
        let failure = Failure::new(FailureClass::Supervisor, message);
        self.end_attempt(task, AttemptOutcome::Failed(failure), None, now)
    }

    fn verified(&self, task: &Task, verified: Verified, end: AttemptEnd, now: Timestamp) -> Vec<Change> {
        let mut changes = vec![Change::Product(task.id.clone(), Box::new(verified.product))];
        let outcome = match verified.verdict {
            Verdict::Completed => AttemptOutcome::Completed,
            Verdict::Failed(failure) => AttemptOutcome::Failed(failure),
            Verdict::Unverified(failure) => AttemptOutcome::Unverified(failure),
            Verdict::Stopped if task.stop == Some(StopReason::Requeue) => AttemptOutcome::Interrupted,
            Verdict::Stopped => AttemptOutcome::Cancelled,
        };
        changes.extend(self.end_attempt(task, outcome, Some(end), now));
        changes
    }

    /// Ends the attempt under way, and says what becomes of the task.
    fn end_attempt(
        &self,
        task: &Task,
        outcome: AttemptOutcome,
        end: Option<AttemptEnd>,
        now: Timestamp,
    ) -> Vec<Change> {
        let id = task.id.clone();
        let phase = Phase::Ended { at: now, outcome: outcome.clone(), end };
        let mut after = task.clone();
        if let Some(attempt) = after.attempts.last_mut() {
            attempt.phase = phase.clone();
        }
        let to = next_state(&after, &outcome, now);
        vec![Change::Phase(id.clone(), phase), Change::Task(id.clone(), to), Change::Stop(id, None)]
    }

    pub(super) fn decide_run_report(&self, id: &RunId, report: RunReport, now: Timestamp) -> Vec<Change> {
        let Some(run) = self.runs.get(id).filter(|run| matches!(run.state, RunState::Finishing)) else {
            return Vec::new();
        };
        let to = match report {
            RunReport::Conflict(paths) if !run.cancelled => RunState::Conflicted { since: now, paths },
            RunReport::Conflict(_) => RunState::Ended { at: now, outcome: RunOutcome::Cancelled, result: None },
            RunReport::Finished(result) => RunState::Ended { at: now, outcome: self.outcome(run), result },
            RunReport::Failed(failure) => {
                RunState::Ended { at: now, outcome: RunOutcome::Failed(failure), result: None }
            }
        };
        vec![Change::Run(id.clone(), to)]
    }
}

fn prepared(
    task: &Task,
    backend: Backend,
    passed_over: Vec<PassedOver>,
    worktree: Option<Worktree>,
    now: Timestamp,
) -> Vec<Change> {
    let id = task.id.clone();
    let mut changes =
        vec![Change::Chosen(id.clone(), backend, passed_over), Change::Worktree(id.clone(), worktree)];
    match task.stop {
        None => changes.push(Change::Phase(id, Phase::Starting)),
        Some(reason) => changes.extend(stopped_before_start(task, reason, now)),
    }
    changes
}

fn not_prepared(task: &Task, failure: PrepareFailure, now: Timestamp) -> Vec<Change> {
    let id = task.id.clone();
    if let Some(reason) = task.stop {
        return stopped_before_start(task, reason, now);
    }
    match failure {
        PrepareFailure::Failed(failure) => {
            let outcome = AttemptOutcome::Failed(failure);
            let phase = Phase::Ended { at: now, outcome: outcome.clone(), end: None };
            let mut after = task.clone();
            if let Some(attempt) = after.attempts.last_mut() {
                attempt.phase = phase.clone();
            }
            vec![Change::Phase(id.clone(), phase), Change::Task(id, next_state(&after, &outcome, now))]
        }
        PrepareFailure::Needs(need) => {
            let phase = Phase::Ended { at: now, outcome: AttemptOutcome::Revoked, end: None };
            let mut changes = vec![Change::Phase(id.clone(), phase)];
            if let Need::Conflict { worktree: Some(path), .. } = &need {
                let worktree = Worktree { path: path.clone(), branch: String::new(), base: String::new() };
                changes.push(Change::Worktree(id.clone(), Some(worktree)));
            }
            changes.push(Change::Task(id, TaskState::NeedsInput { since: now, need }));
            changes
        }
    }
}

fn stopped_before_start(task: &Task, reason: StopReason, now: Timestamp) -> Vec<Change> {
    let id = task.id.clone();
    let (outcome, to) = match reason {
        StopReason::Cancel => (AttemptOutcome::Cancelled, TaskState::Cancelled { at: now }),
        StopReason::Requeue => (AttemptOutcome::Revoked, TaskState::Queued { since: now }),
    };
    let phase = Phase::Ended { at: now, outcome, end: None };
    vec![Change::Phase(id.clone(), phase), Change::Task(id.clone(), to), Change::Stop(id, None)]
}

/// What becomes of a task after its attempt ended with this outcome.
fn next_state(task: &Task, outcome: &AttemptOutcome, now: Timestamp) -> TaskState {
    match outcome {
        AttemptOutcome::Completed => TaskState::Completed { at: now },
        AttemptOutcome::Unverified(failure) => TaskState::Unverified { at: now, failure: failure.clone() },
        AttemptOutcome::Cancelled => TaskState::Cancelled { at: now },
        AttemptOutcome::Revoked => TaskState::Queued { since: now },
        AttemptOutcome::Interrupted if task.stop == Some(StopReason::Requeue) => TaskState::Queued { since: now },
        _ if task.stop == Some(StopReason::Cancel) => TaskState::Cancelled { at: now },
        AttemptOutcome::Interrupted => {
            let message = "the machine or the daemon went away under it";
            failed_or_again(task, Failure::new(FailureClass::Interrupted, message), now)
        }
        AttemptOutcome::Failed(failure) => failed_or_again(task, failure.clone(), now),
    }
}

fn failed_or_again(task: &Task, failure: Failure, now: Timestamp) -> TaskState {
    match retry::next_delay(task, failure.class) {
        Some(delay) => TaskState::RetryWait { until: now.plus(delay) },
        None => TaskState::Failed { at: now, failure },
    }
}
