//! What follows by itself: a step becomes ready, is skipped, the run ends.

use super::apply::Change;
use super::book::Book;
use super::scope::RunScope;
use super::state::State;
use super::turn::{Effect, Turn};
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::run::{Run, RunOutcome, RunState};
use crate::task::{SkipReason, Task, TaskState};
use crate::time::Timestamp;
use crate::workflow::Condition;
use std::collections::{BTreeSet, VecDeque};

/// Where a waiting task stands with what is before it.
enum Readiness {
    Waits,
    Ready,
    Skip(SkipReason),
    Failed(Failure),
}

/// What a change may decide.
#[derive(Default)]
struct News {
    /// Tasks whose own readiness, or that of others through them, may be another.
    tasks: VecDeque<TaskId>,
    /// Runs that may be over.
    runs: BTreeSet<RunId>,
}

impl News {
    fn note(&mut self, change: &Change) {
        match change {
            Change::TaskCreated(task) => self.tasks.push_back(task.id.clone()),
            Change::Task(id, _) | Change::AttemptOver(id, _) | Change::SentBack(id, _) => {
                self.tasks.push_back(id.clone());
            }
            Change::RunCreated(run) => drop(self.runs.insert(run.id.clone())),
            Change::Run(id, _) | Change::RunCancelled(id, _) | Change::FinishAnswered(id) => {
                self.runs.insert(id.clone());
            }
            _ => {}
        }
    }
}

impl State {
    /// Makes changes and everything that follows from them.
    pub(super) fn follow(&mut self, changes: Vec<Change>, now: Timestamp, turn: &mut Turn) {
        let mut news = News::default();
        for change in changes {
            news.note(&change);
            if let Change::Released(id) = &change {
                let run = self.tasks.get(id).and_then(|task| task.run.clone());
                news.runs.extend(run.map(|(run, _)| run));
            }
            self.apply(change, now, turn);
        }
        self.follow_up(news, now, turn);
    }

    /// Looks at everything that waits, as if all of it were new: after the state was read from the
    /// store. In a state that is what it should be nothing follows.
    pub fn settle_all(&mut self, now: Timestamp, turn: &mut Turn) {
        let waiting = self
            .tasks
            .values()
            .filter(|task| matches!(task.state, TaskState::Waiting));
        let mut waiting: Vec<&Task> = waiting.collect();
        waiting.sort_by_key(|task| (task.created_at, task.run.as_ref(), &task.id));
        let news = News {
            tasks: waiting.into_iter().map(|task| task.id.clone()).collect(),
            runs: self.runs.keys().cloned().collect(),
        };
        self.follow_up(news, now, turn);
    }

    fn follow_up(&mut self, mut news: News, now: Timestamp, turn: &mut Turn) {
        while let Some(id) = news.tasks.pop_front() {
            for change in self.settle(&id, now, &mut news) {
                self.apply(change, now, turn);
            }
        }
        for run in news.runs {
            if self.is_over(&run) {
                self.apply(Change::Run(run, RunState::Finishing), now, turn);
            }
        }
    }

    /// What follows for one task whose state is new: for itself while it waits, for others once it ended.
    fn settle(&self, id: &TaskId, now: Timestamp, news: &mut News) -> Vec<Change> {
        let Some(task) = self.tasks.get(id) else {
            return Vec::new();
        };
        // One that comes into the queue once more may have lost what it stood for meanwhile.
        let queued = matches!(task.state, TaskState::Queued { .. });
        if queued || matches!(task.state, TaskState::Waiting) {
            let to = match self.readiness(task) {
                Readiness::Waits if queued => TaskState::Waiting,
                Readiness::Waits => return Vec::new(),
                Readiness::Ready if queued => return Vec::new(),
                Readiness::Ready => ready_state(task, now),
                Readiness::Skip(why) => TaskState::Skipped { at: now, why },
                Readiness::Failed(failure) => TaskState::Failed { at: now, failure },
            };
            if to != TaskState::Waiting {
                news.tasks.push_back(id.clone());
            }
            return vec![Change::Task(id.clone(), to)];
        }
        if task.is_ended() {
            self.wake_followers(task, news);
        }
        Vec::new()
    }

    fn wake_followers(&self, task: &Task, news: &mut News) {
        let submitted = self.dependants.get(&task.id).into_iter().flatten();
        news.tasks.extend(submitted.cloned());
        let Some((id, index)) = &task.run else { return };
        let (Some(run), Some(book)) = (self.runs.get(id), self.books.get(id)) else {
            return;
        };
        let followers = book.followers(*index).iter();
        news.tasks
            .extend(followers.filter_map(|step| run.tasks.get(*step)).cloned());
        if !news.runs.contains(id) {
            news.runs.insert(id.clone());
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
        match task
            .run
            .as_ref()
            .and_then(|(id, index)| Some((self.runs.get(id)?, *index)))
        {
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
        let index = task.run.as_ref().map_or(usize::MAX, |(_, index)| *index);
        if all_ended && let Some(gate) = self.left_out(run, index, &task.step) {
            return Readiness::Skip(SkipReason::Branch { gate });
        }
        match &task.step.condition {
            Condition::Satisfied => {
                let unmet = |need: &&Task| {
                    need.is_ended() && !need.satisfies() && !need.sent_aside_to(index)
                };
                if needs.iter().any(unmet) {
                    Readiness::Skip(SkipReason::Dependency)
                } else if all_ended {
                    Readiness::Ready
                } else {
                    Readiness::Waits
                }
            }
            _ if !all_ended => Readiness::Waits,
            Condition::PrerequisitesMet => {
                let met = needs
                    .iter()
                    .all(|need| matches!(need.state, TaskState::Completed { .. }));
                if met {
                    Readiness::Ready
                } else {
                    Readiness::Skip(SkipReason::Condition)
                }
            }
            Condition::Expr(expr) => {
                if expr.holds(&RunScope::of(self, run, task)) {
                    Readiness::Ready
                } else {
                    Readiness::Skip(SkipReason::Condition)
                }
            }
        }
    }

    /// Whether all steps of an open run have ended, their worktrees are gone, and nothing works on an
    /// earlier end of it any more. (A run that has ended is not looked at after a restart: whatever is
    /// to be done for it has to be done before.)
    fn is_over(&self, id: &RunId) -> bool {
        // Also a worktree that is being let go of a step that was set going again and then cancelled.
        let busy = |run: &Run| {
            run.tasks
                .iter()
                .any(|id| self.flight.releasing.contains(id))
        };
        let open = |run: &Run| matches!(run.state, RunState::Open) && !busy(run);
        let idle = |book: &Book| book.open == 0 && book.releasing == 0;
        self.books.get(id).is_some_and(idle)
            && self.runs.get(id).is_some_and(open)
            && !self.flight.finishing.contains(id)
    }

    /// With what a run ends whose steps have all ended.
    pub(super) fn outcome(&self, run: &Run) -> RunOutcome {
        let bad = |task: &&Task| {
            matches!(
                task.state,
                TaskState::Failed { .. } | TaskState::Unverified { .. }
            ) && !task.is_forgiven()
        };
        if let Some(task) = self.tasks_of(run).find(bad) {
            let failure = task
                .failure()
                .unwrap_or_else(|| Failure::new(FailureClass::Exit, "it failed"));
            let message = format!("step `{}` failed: {}", task.step.id, failure.message);
            return RunOutcome::Failed(Failure::new(failure.class, message));
        }
        let stopped = |task: &Task| matches!(task.state, TaskState::Cancelled { .. });
        if run.cancelled || self.tasks_of(run).any(stopped) {
            RunOutcome::Cancelled
        } else {
            RunOutcome::Completed
        }
    }

    /// The effects that belong to what was under way when the state was stored: none of them works any
    /// more, so each is to be started again. A `Launch` among them was perhaps begun.
    pub fn effects_under_way(&mut self) -> Vec<Effect> {
        let finishing = self
            .runs
            .values()
            .filter(|run| matches!(run.state, RunState::Finishing));
        let finishing = finishing.map(|run| Effect::Finish(run.id.clone()));
        let of_tasks = self.tasks.values().flat_map(super::apply::effects_of);
        let effects: Vec<Effect> = of_tasks.chain(finishing).collect();
        for effect in &effects {
            match effect {
                Effect::Finish(id) => drop(self.flight.finishing.insert(id.clone())),
                Effect::Release(id) => drop(self.flight.releasing.insert(id.clone())),
                _ => {}
            }
        }
        effects
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
