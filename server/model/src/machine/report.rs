//! Reports of attempts and of the end of runs, and the changes that follow.

use super::apply::{Change, Over};
use super::ends::{gone, over, stopped, vanished};
use super::queue::Lane;
use super::state::State;
use crate::attempt::{AttemptEnd, AttemptOutcome, Phase};
use crate::backend::{Backend, PassedOver};
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::run::{ResultBranch, Run, RunOutcome, RunState};
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
    /// It was seen to have written these files so far: paths in the repository, no more than
    /// [`crate::overlap::MOST_FILES`].
    Wrote(Vec<String>),
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
    /// Only a hand-off can do it, and no other may be open now: it waits for its turn.
    NoRoom,
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
    /// Files that its result changes: paths in the repository, no more than
    /// [`crate::overlap::MOST_FILES`].
    pub wrote: Vec<String>,
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
    pub(super) fn decide_report(
        &self,
        id: &TaskId,
        number: u32,
        report: Report,
        now: Timestamp,
    ) -> Vec<Change> {
        let Some(task) = self.tasks.get(id) else {
            return Vec::new();
        };
        if let Report::Released = report {
            let current = task.last_attempt().map(|attempt| attempt.number) == Some(number);
            let expected = current && self.flight.releasing.contains(id);
            return expected
                .then(|| Change::Released(id.clone()))
                .into_iter()
                .collect();
        }
        // A report of an older attempt, or of one that was ended meanwhile, says nothing any more.
        let Some(attempt) = task.active().filter(|attempt| attempt.number == number) else {
            return Vec::new();
        };
        match (report, &attempt.phase) {
            (
                Report::Prepared {
                    backend,
                    passed_over,
                    worktree,
                },
                Phase::Preparing,
            ) => self.prepared(task, backend, passed_over, worktree, now),
            (Report::NotPrepared(failure), Phase::Preparing) => not_prepared(task, failure, now),
            (Report::Started { pid }, Phase::Starting) => {
                vec![Change::Phase(
                    id.clone(),
                    Phase::Running { since: now, pid },
                )]
            }
            (Report::Wrote(files), Phase::Running { .. }) => {
                let known = self.flight.wrote.get(id);
                // Somebody may wait for just that look.
                let news = self.queue.any_serialize()
                    || known.map_or(&[][..], |known| known) != files.as_slice();
                let wrote = news.then(|| Change::Wrote(id.clone(), files.into()));
                wrote.into_iter().collect()
            }
            (Report::NotStarted(failure), Phase::Starting) => {
                vec![over(task, AttemptOutcome::Failed(failure), None, now)]
            }
            (Report::Ended(end), Phase::Starting | Phase::Running { .. }) => {
                self.ended(task, end, now)
            }
            (Report::Vanished, Phase::Starting | Phase::Running { .. }) => {
                vec![gone(task, vanished(), now)]
            }
            (Report::Interrupted, Phase::Starting) => {
                vec![gone(task, AttemptOutcome::Revoked, now)]
            }
            (Report::Interrupted, Phase::Running { .. }) => {
                vec![gone(task, AttemptOutcome::Interrupted, now)]
            }
            (Report::Verified(verified), Phase::Verifying { end }) => {
                self.decide_verified(task, *verified, end.clone(), now)
            }
            _ => Vec::new(),
        }
    }

    fn prepared(
        &self,
        task: &Task,
        backend: Backend,
        passed_over: Vec<PassedOver>,
        worktree: Option<Worktree>,
        now: Timestamp,
    ) -> Vec<Change> {
        let id = task.id.clone();
        // Settings changed while it was prepared for a hand-off: a process has to wait for a slot.
        let moved = backend.takes_slot() && !task.holds_slot() && !self.has_room(Lane::Slot);
        let mut changes = Vec::new();
        if !moved {
            changes.push(Change::Chosen(id.clone(), backend, passed_over));
        }
        changes.push(Change::Worktree(id.clone(), worktree));
        if moved || task.stop.is_some() {
            changes.push(over(task, AttemptOutcome::Revoked, None, now));
        } else {
            changes.push(Change::Phase(id, Phase::Starting));
        }
        changes
    }

    fn ended(&self, task: &Task, end: AttemptEnd, now: Timestamp) -> Vec<Change> {
        let look = matches!(task.place, Place::Worktree)
            || task.holds_hand_off()
            || task.step.check.is_some()
            || task.step.built_in().is_some();
        if look {
            return vec![Change::Phase(task.id.clone(), Phase::Verifying { end })];
        }
        let verified = Verified {
            verdict: Verdict::of_end(&end),
            product: task.product.clone(),
            wrote: Vec::new(),
        };
        self.decide_verified(task, verified, end, now)
    }

    fn decide_verified(
        &self,
        task: &Task,
        verified: Verified,
        mut end: AttemptEnd,
        now: Timestamp,
    ) -> Vec<Change> {
        let Verified {
            verdict,
            mut product,
            wrote,
        } = verified;
        let reported = Verdict::of_end(&end) == Verdict::Completed;
        if reported && verdict != Verdict::Completed && task.stop == Some(StopReason::Requeue) {
            // The work is done, only the look at it was disturbed: it is looked at once more.
            let id = task.id.clone();
            return vec![Change::Stop(id.clone(), None), Change::VerifyLater(id)];
        }
        let outcome = match (verdict, task.stop) {
            (Verdict::Completed, _) => AttemptOutcome::Completed,
            (Verdict::Failed(failure), _) => AttemptOutcome::Failed(failure),
            (Verdict::Unverified(_), Some(StopReason::Cancel)) => AttemptOutcome::Cancelled,
            (Verdict::Unverified(failure), _) => AttemptOutcome::Unverified(failure),
            (Verdict::Stopped, Some(reason)) => stopped(reason),
            (Verdict::Stopped, None) => {
                // Nobody here asked for that: the machine shuts down, or somebody killed its supervisor.
                let message = "it was told to stop, and not by the engine";
                end.failure = Some(Failure::new(FailureClass::Interrupted, message));
                AttemptOutcome::Interrupted
            }
        };
        let found = self.changed_beside(task, &wrote);
        if !found.is_empty() {
            product.findings = product.findings.iter().cloned().chain(found).collect();
        }
        let mut change = over(task, outcome, Some(end), now);
        let mut others = Vec::new();
        if let Change::AttemptOver(_, over) = &mut change {
            over.product = Some(product);
            others = self.ask_gate(task, over);
        }
        others.insert(0, change);
        if !wrote.is_empty() {
            // Before it is over, so that it is told apart from those that begin after it.
            others.insert(0, Change::Left(task.id.clone(), wrote.into()));
        }
        others
    }

    pub(super) fn decide_run_report(
        &self,
        id: &RunId,
        report: RunReport,
        now: Timestamp,
    ) -> Vec<Change> {
        let mut changes = vec![Change::FinishAnswered(id.clone())];
        let finishing = |run: &&Run| matches!(run.state, RunState::Finishing);
        // One that was opened again meanwhile ends anew when its steps have.
        let Some(run) = self.runs.get(id).filter(finishing) else {
            return changes;
        };
        let over = |outcome, result| RunState::Ended {
            at: now,
            outcome,
            result,
        };
        let to = match report {
            RunReport::Conflict(paths) if !run.cancelled => {
                RunState::Conflicted { since: now, paths }
            }
            RunReport::Conflict(_) => over(RunOutcome::Cancelled, None),
            RunReport::Finished(result) => over(self.outcome(run), result),
            RunReport::Failed(failure) => over(RunOutcome::Failed(failure), None),
        };
        if let RunState::Conflicted { paths, .. } = &to {
            changes.push(Change::Clash(id.clone(), paths.clone()));
        }
        changes.push(Change::Run(id.clone(), to));
        changes
    }
}

fn not_prepared(task: &Task, failure: PrepareFailure, now: Timestamp) -> Vec<Change> {
    let id = task.id.clone();
    if task.stop.is_some() {
        return vec![over(task, AttemptOutcome::Revoked, None, now)];
    }
    match failure {
        PrepareFailure::Failed(failure) => {
            vec![over(task, AttemptOutcome::Failed(failure), None, now)]
        }
        PrepareFailure::NoRoom => vec![
            Change::WantsHandOff(id),
            over(task, AttemptOutcome::Revoked, None, now),
        ],
        PrepareFailure::Needs(need) => {
            let mut changes = Vec::new();
            if let Need::Conflict {
                paths, worktree, ..
            } = &need
            {
                let run = task.run.as_ref();
                changes.extend(run.map(|(run, _)| Change::Clash(run.clone(), paths.clone())));
                let worktree = worktree.clone().map(|path| Worktree {
                    path,
                    branch: String::new(),
                    base: String::new(),
                });
                if worktree.is_some() {
                    changes.push(Change::Worktree(id.clone(), worktree));
                }
            }
            let over = Over {
                at: now,
                outcome: AttemptOutcome::Revoked,
                end: None,
                product: None,
                to: TaskState::NeedsInput { since: now, need },
                answer: None,
                back: None,
            };
            changes.push(Change::AttemptOver(id, Box::new(over)));
            changes
        }
    }
}
