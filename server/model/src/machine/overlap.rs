//! Steps that would edit the same files at once: who waits for whom, and what is said.
//!
//! Who waits: a queued step that serializes waits for every step at work in its repository whose edits meet
//! its own, and for every one before it in the queue that they meet, whatever that one waits for. So nobody
//! is overtaken for ever, and as each waits for what is at work or stands before it, not all can wait. Beside one
//! at work that declares nothing it begins once somebody has looked at what that has written.

use super::State;
use super::beside::called;
use super::turn::{EventDraft, Turn};
use crate::attempt::Phase;
use crate::ids::TaskId;
use crate::overlap::{Edits, Overlap};
use crate::run::{Environment, Run};
use crate::task::{Task, TaskState, Worktree};
use crate::time::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Comparisons of two patterns for one decision about a repository; who is not reached waits.
const MOST_LOOKS: usize = 200_000;
/// The most steps that are named as editing the same.
const MOST_NAMED: usize = 5;

/// A look at what a task edits is good for this long, in milliseconds.
const GOOD_FOR: i64 = 10_000;

/// Why a queued task does not begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    by: TaskId,
    why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    /// Both edit this.
    Both(String),
    /// Nobody looked that far.
    Behind,
    /// The other declares nothing, and what it has written so far is looked at first.
    Unseen,
}

/// A task at work whose edits are to be looked at.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The task.
    pub task: TaskId,
    /// The number of its attempt.
    pub attempt: u32,
    /// Root of the repository.
    pub repo: PathBuf,
    /// Its environment.
    pub environment: Arc<Environment>,
    /// Where it works.
    pub worktree: Worktree,
}

impl State {
    /// What is done about a task's overlaps.
    pub(super) fn overlap_of(&self, task: &Task) -> Overlap {
        let run = task.run.as_ref().and_then(|(id, _)| self.runs.get(id));
        run.and_then(|run| run.workflow.overlap)
            .unwrap_or_else(|| self.tenant(&task.tenant).overlap)
    }

    /// Whether it is one that may have to wait.
    pub(super) fn serializes(&self, task: &Task) -> bool {
        !task.step.touches.is_empty() && self.overlap_of(task) == Overlap::Serialize
    }

    /// Finds out which queued tasks have to wait, where that may be news; and says so of each that has to
    /// wait now.
    pub(super) fn hold_back(&mut self, now: Timestamp, turn: &mut Turn) {
        if !std::mem::take(&mut self.held_is_old) {
            return;
        }
        let mut held = HashMap::new();
        for tenant in self.queue.serializing() {
            self.hold_back_in(tenant, &mut held);
        }
        let before = std::mem::replace(&mut self.held, held);
        let mut new: Vec<&TaskId> = self
            .held
            .keys()
            .filter(|id| !before.contains_key(*id))
            .collect();
        new.sort_unstable();
        for id in new {
            let note = self.overlap_note(id).unwrap_or_default();
            turn.events
                .extend(self.draft(id, "overlap.waits", note, now));
        }
    }

    fn hold_back_in(&self, tenant: &Path, held: &mut HashMap<TaskId, Held>) {
        let mut taken: Vec<(&TaskId, Edits)> = self.at_work(tenant).collect();
        let silent: Vec<&Task> = self.silent(tenant).collect();
        let mut looks = 0;
        for id in self.queue.that_serialize(tenant) {
            let Some(task) = self.tasks.get(id) else {
                continue;
            };
            if looks > MOST_LOOKS {
                let by = taken.last().map(|(id, _)| (*id).clone());
                let held_by = |by| {
                    (
                        id.clone(),
                        Held {
                            by,
                            why: Why::Behind,
                        },
                    )
                };
                held.extend(by.map(held_by));
                continue;
            }
            let own = Edits::declared(&task.step);
            let all: usize = taken.iter().map(|(_, edits)| edits.len()).sum();
            looks += own.len() * all;
            let met = taken.iter().find_map(|(by, edits)| {
                let what = own.meeting(edits)?;
                Some(Held {
                    by: (*by).clone(),
                    why: Why::Both(what.to_string()),
                })
            });
            let unseen = || {
                let unseen = silent.iter().find(|other| !self.was_seen(other, task))?;
                Some(Held {
                    by: unseen.id.clone(),
                    why: Why::Unseen,
                })
            };
            held.extend(met.or_else(unseen).map(|held| (id.clone(), held)));
            taken.push((id, own));
        }
    }

    /// Tasks at work in worktrees of a repository, and what they edit.
    fn at_work(&self, tenant: &Path) -> impl Iterator<Item = (&TaskId, Edits)> {
        let ids = self.editing.get(tenant).into_iter().flatten();
        ids.filter_map(|id| Some((id, self.edits(self.tasks.get(id)?))))
    }

    /// Tasks at work in a repository that do not say what they edit, and can be looked at.
    fn silent(&self, tenant: &Path) -> impl Iterator<Item = &Task> {
        let ids = self.editing.get(tenant).into_iter().flatten();
        let tasks = ids.filter_map(|id| self.tasks.get(id));
        tasks.filter(|task| {
            let looked_at = self.overlap_of(task) != Overlap::Off && watch(task).is_some();
            looked_at && task.step.touches.is_empty()
        })
    }

    /// Whether somebody looked at what one has written, not long before the other came into the queue or later.
    fn was_seen(&self, silent: &Task, queued: &Task) -> bool {
        let TaskState::Queued { since } = queued.state else {
            return true;
        };
        let seen = self.flight.seen.get(&silent.id);
        seen.is_some_and(|seen| seen.0 >= since.0.saturating_sub(GOOD_FOR))
    }

    /// Whether a queued task waits for a look at what others have written.
    pub fn waits_for_a_look(&self) -> bool {
        self.held.values().any(|held| held.why == Why::Unseen)
    }

    fn edits(&self, task: &Task) -> Edits {
        Edits::declared(&task.step).with(self.flight.wrote.get(&task.id))
    }

    /// The others at work whose edits meet those of a task at work, and what both edit.
    fn overlapping(&self, task: &Task) -> Vec<(&TaskId, String)> {
        let own = self.edits(task);
        let others = self.at_work(&task.tenant);
        let others = others.filter(|(id, _)| **id != task.id);
        others
            .filter_map(|(id, edits)| Some((id, own.meeting(&edits)?.to_string())))
            .take(MOST_NAMED)
            .collect()
    }

    /// What is to be said of a task that waits for another because both edit the same files, or that is at
    /// work at the same time as such a one.
    pub fn overlap_note(&self, id: &TaskId) -> Option<String> {
        let task = self.tasks.get(id)?;
        if let Some(held) = self.held.get(id) {
            let other = self.name(&held.by, task)?;
            return Some(match &held.why {
                Why::Both(what) => format!("waits for {other}: both edit {what}"),
                Why::Behind => format!("waits behind {other} for files that others edit"),
                Why::Unseen => format!("waits for a look at what {other} edits"),
            });
        }
        if task.active().is_none() || self.overlap_of(task) == Overlap::Off {
            return None;
        }
        let others = self.overlapping(task).into_iter();
        let notes = others.filter_map(|(id, what)| Some((self.name(id, task)?, what)));
        let notes: Vec<String> = notes
            .map(|(other, what)| format!("{other} edits {what} at the same time"))
            .collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// A task as it is called beside another.
    fn name(&self, id: &TaskId, beside: &Task) -> Option<String> {
        let task = self.tasks.get(id)?;
        let (run, _) = task.run.as_ref()?;
        Some(called(run, &task.step.id, beside))
    }

    /// Says of a task at work that others edit the same, once of each two.
    pub(super) fn tell_overlaps(&mut self, id: &TaskId, now: Timestamp, turn: &mut Turn) {
        let Some(task) = self.tasks.get(id) else {
            return;
        };
        if task.active().is_none() || self.overlap_of(task) == Overlap::Off {
            return;
        }
        let others = self.overlapping(task);
        let pair = |other: &TaskId| match id < other {
            true => (id.clone(), other.clone()),
            false => (other.clone(), id.clone()),
        };
        let (mut told, mut events) = (Vec::new(), Vec::new());
        for (other, what) in others {
            let pair = pair(other);
            if self.flight.told.contains(&pair) {
                continue;
            }
            told.push(pair);
            let Some(other) = self.name(other, task) else {
                continue;
            };
            let message = format!("{other} edits {what} at the same time");
            events.extend(self.draft(id, "overlap.noticed", message, now));
        }
        self.flight.told.extend(told);
        turn.events.extend(events);
    }

    fn draft(
        &self,
        id: &TaskId,
        kind: &str,
        message: String,
        now: Timestamp,
    ) -> Option<EventDraft> {
        let task = self.tasks.get(id)?;
        let (run, _) = task.run.as_ref()?;
        Some(EventDraft {
            at: now,
            kind: kind.to_owned(),
            run: Some(run.clone()),
            step: Some(task.step.id.clone()),
            task: Some(id.clone()),
            attempt: task.last_attempt().map(|attempt| attempt.number),
            message,
        })
    }

    /// Tasks at work whose edits may meet those of others: in repositories where several are at work, or one
    /// waits that serializes.
    pub fn to_watch(&self) -> Vec<Watched> {
        let mut watched = Vec::new();
        for (tenant, ids) in &self.editing {
            let tasks = ids.iter().filter_map(|id| self.tasks.get(id));
            let tasks: Vec<&Task> = tasks
                .filter(|task| self.overlap_of(task) != Overlap::Off)
                .collect();
            let waits = self.queue.that_serialize(tenant).next().is_some();
            if tasks.len() > 1 || waits {
                watched.extend(tasks.into_iter().filter_map(watch));
            }
        }
        watched
    }

    /// Notes what a task at work was seen to have written so far.
    pub(super) fn note_written(
        &mut self,
        id: &TaskId,
        files: Arc<[String]>,
        now: Timestamp,
        turn: &mut Turn,
    ) {
        self.flight.wrote.insert(id.clone(), files);
        self.flight.seen.insert(id.clone(), now);
        self.held_is_old = true;
        self.tell_overlaps(id, now, turn);
    }

    /// The steps of its run (indices) that a task which serializes builds on beside those it needs: they
    /// edit the same files and completed before it begins.
    pub fn built_on(&self, run: &Run, task: &Task) -> Vec<usize> {
        let Some((_, own)) = &task.run else {
            return Vec::new();
        };
        if !self.serializes(task) {
            return Vec::new();
        }
        let Some(book) = self.books.get(&run.id) else {
            return Vec::new();
        };
        let after = book.with_followers(BTreeSet::from([*own]));
        let edits = Edits::declared(&task.step);
        let others = run.tasks.iter().enumerate();
        let others = others.filter_map(|(index, id)| Some((index, self.tasks.get(id)?)));
        let done = |other: &Task| {
            matches!(other.state, TaskState::Completed { .. }) && other.product.commit.is_some()
        };
        let found = others.filter(|(index, other)| {
            !after.contains(index)
                && done(other)
                && edits.meeting(&Edits::declared(&other.step)).is_some()
        });
        found.map(|(index, _)| index).collect()
    }

    /// These steps, all that need them, and all that built on one of them because both edit the same.
    pub(super) fn with_builders(&self, run: &Run, first: BTreeSet<usize>) -> BTreeSet<usize> {
        let Some(book) = self.books.get(&run.id) else {
            return first;
        };
        let mut all = book.with_followers(first);
        loop {
            let task = |index: &usize| self.tasks.get(run.tasks.get(*index)?);
            let again: Vec<(&Task, Edits)> = all
                .iter()
                .filter_map(task)
                .filter(|task| self.serializes(task))
                .map(|task| (task, Edits::declared(&task.step)))
                .collect();
            let built = |other: &Task| {
                let (true, Some(last)) = (self.serializes(other), other.last_attempt()) else {
                    return false;
                };
                let edits = Edits::declared(&other.step);
                again.iter().any(|(task, own)| {
                    let before = task.ended_at().is_some_and(|at| at <= last.started_at);
                    before && edits.meeting(own).is_some()
                })
            };
            let others = (0..run.tasks.len()).filter(|index| !all.contains(index));
            let new: BTreeSet<usize> = others
                .filter(|index| task(index).is_some_and(built))
                .collect();
            if new.is_empty() {
                return all;
            }
            all.extend(book.with_followers(new));
        }
    }
}

/// One whose agent is at work; before and after that there is nothing to be seen.
fn watch(task: &Task) -> Option<Watched> {
    let attempt = task.active()?;
    let worktree = task.worktree.clone()?;
    matches!(attempt.phase, Phase::Running { .. }).then(|| Watched {
        task: task.id.clone(),
        attempt: attempt.number,
        repo: task.tenant.clone(),
        environment: Arc::clone(&task.environment),
        worktree,
    })
}
