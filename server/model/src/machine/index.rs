//! Queue, timers and counts: what follows from the tasks' states, kept beside them.

use super::book::Book;
use super::queue::Lane;
use super::state::State;
use crate::backend::Backend;
use crate::ids::TaskId;
use crate::run::Run;
use crate::task::{Place, Task, TaskState};

impl State {
    /// Takes in what was stored: at start, or an ended run that goes on.
    pub fn insert(&mut self, runs: Vec<Run>, tasks: Vec<Task>) {
        for run in runs {
            // One of its tasks may be here alone, because another waits for it: the book counts it anew.
            for id in &run.tasks {
                self.unindex(id);
                self.tasks.remove(id);
            }
            self.books.insert(run.id.clone(), Book::of(&run));
            self.runs.insert(run.id.clone(), run);
        }
        for task in tasks {
            let id = task.id.clone();
            self.unindex(&id);
            for before in &task.after {
                let list = self.dependants.entry(before.clone()).or_default();
                if !list.contains(&id) {
                    list.push(id.clone());
                }
            }
            self.tasks.insert(id.clone(), task);
            self.index(&id);
        }
    }

    /// Enters a task into queue, timers and counts according to its state.
    pub(super) fn index(&mut self, id: &TaskId) {
        let Some(task) = self.tasks.get(id) else {
            return;
        };
        match &task.state {
            TaskState::Queued { since } => {
                let lane = self.lane(task);
                let serializes = self.serializes(task);
                self.queue
                    .insert(id, &task.tenant, lane, task.priority, *since);
                if serializes {
                    self.queue.serialize(id);
                    self.held_is_old = true;
                }
            }
            TaskState::Scheduled { at } | TaskState::RetryWait { until: at } => {
                self.timers.insert((*at, id.clone()));
            }
            _ => {}
        }
        self.count(id, true);
    }

    /// The reverse of [`State::index`], before the task changes.
    pub(super) fn unindex(&mut self, id: &TaskId) {
        let Some(task) = self.tasks.get(id) else {
            return;
        };
        match &task.state {
            TaskState::Queued { .. } => {
                self.queue.remove(id);
                self.held_is_old |= self.held.contains_key(id);
            }
            TaskState::Scheduled { at } | TaskState::RetryWait { until: at } => {
                let entry = (*at, id.clone());
                self.timers.remove(&entry);
            }
            _ => {}
        }
        self.count(id, false);
    }

    fn lane(&self, task: &Task) -> Lane {
        if self.flight.hand_off.contains(&task.id) {
            return Lane::HandOff;
        }
        match self.candidates(task).0.first() {
            Some(Backend::File { .. }) => Lane::HandOff,
            _ => Lane::Slot,
        }
    }

    fn count(&mut self, id: &TaskId, enter: bool) {
        let Some(task) = self.tasks.get(id) else {
            return;
        };
        if let Some((run, _)) = &task.run
            && let Some(book) = self.books.get_mut(run)
        {
            book.count(task, enter);
        }
        if task.active().is_some() && task.place == Place::Worktree {
            let editing = self.editing.entry(task.tenant.clone()).or_default();
            match enter {
                true => drop(editing.insert(id.clone())),
                false => drop(editing.remove(id)),
            }
            if editing.is_empty() {
                self.editing.remove(&task.tenant);
            }
            self.held_is_old |= self.queue.any_serialize() || !self.held.is_empty();
        }
        let step = |n: u32| if enter { n + 1 } else { n.saturating_sub(1) };
        if task.holds_slot() {
            self.slots_busy = step(self.slots_busy);
            let busy = self.busy.entry(task.tenant.clone()).or_default();
            *busy = step(*busy);
            if *busy == 0 {
                self.busy.remove(&task.tenant);
            }
        } else if task.holds_hand_off() {
            self.hand_offs_open = step(self.hand_offs_open);
        }
    }
}
