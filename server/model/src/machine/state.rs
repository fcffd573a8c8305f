//! All that is known of what has not ended.

use super::queue::{Lane, Queue};
use crate::backend::{Backend, candidates};
use crate::ids::{RunId, TaskId};
use crate::run::{Run, RunState};
use crate::settings::{MachineSettings, TenantSettings};
use crate::task::{Place, Task, TaskState};
use crate::time::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The open runs and tasks, the queue, the pool. Ended runs live in the store and are taken back in
/// ([`State::insert`]) when somebody sets them going again.
#[derive(Debug, Default)]
pub struct State {
    pub(super) runs: HashMap<RunId, Run>,
    pub(super) tasks: HashMap<TaskId, Task>,
    pub(super) queue: Queue,
    pub(super) timers: BTreeSet<(Timestamp, TaskId)>,
    /// Who waits for a submitted task.
    pub(super) dependants: HashMap<TaskId, Vec<TaskId>>,
    pub(super) tenants: HashMap<PathBuf, Arc<TenantSettings>>,
    pub(super) busy: HashMap<PathBuf, u32>,
    pub(super) slots_busy: u32,
    pub(super) hand_offs_open: u32,
    /// Slots.
    pub(super) size: u32,
    pub(super) hand_off_limit: u32,
    pub(super) paused: Option<String>,
}

impl State {
    /// An empty state for a machine with these settings.
    pub fn new(machine: &MachineSettings) -> Self {
        Self { size: machine.pool_size, hand_off_limit: machine.hand_off_limit, ..Self::default() }
    }

    /// The same machine and settings without any run or task: what a state is read back into.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self {
            tenants: self.tenants.clone(),
            size: self.size,
            hand_off_limit: self.hand_off_limit,
            paused: self.paused.clone(),
            ..Self::default()
        }
    }

    /// Takes over new settings of the machine: attempts under way go on.
    pub fn set_machine(&mut self, machine: &MachineSettings) {
        self.size = machine.pool_size;
        self.hand_off_limit = machine.hand_off_limit;
    }

    /// Takes over new settings of a repository.
    pub fn set_tenant(&mut self, tenant: &Path, settings: Arc<TenantSettings>) {
        if self.tenants.get(tenant) == Some(&settings) {
            return;
        }
        self.tenants.insert(tenant.to_owned(), settings);
        // The back end, and with it the lane a queued task waits in, may be another now.
        let queued = self.tasks.values().filter(|task| task.tenant == tenant);
        let queued = queued.filter(|task| matches!(task.state, TaskState::Queued { .. }));
        for id in queued.map(|task| task.id.clone()).collect::<Vec<_>>() {
            self.index(&id);
        }
    }

    /// The settings of a repository; defaults where none were given.
    pub fn tenant(&self, tenant: &Path) -> Arc<TenantSettings> {
        self.tenants.get(tenant).cloned().unwrap_or_default()
    }

    /// A run.
    pub fn run(&self, id: &RunId) -> Option<&Run> {
        self.runs.get(id)
    }

    /// A task.
    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.tasks.get(id)
    }

    /// All runs in memory, in no order.
    pub fn runs(&self) -> impl Iterator<Item = &Run> {
        self.runs.values()
    }

    /// All tasks in memory, in no order.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.values()
    }

    /// A run's tasks in file order.
    pub fn tasks_of<'a>(&'a self, run: &'a Run) -> impl Iterator<Item = &'a Task> {
        run.tasks.iter().filter_map(|id| self.tasks.get(id))
    }

    /// Slots: how many, how many occupied, and why nothing new is started.
    pub fn pool(&self) -> (u32, u32, Option<&str>) {
        (self.size, self.slots_busy, self.paused.as_deref())
    }

    /// Tasks that wait for a slot or a hand-off.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Place in the queue from 1.
    pub fn position(&self, id: &TaskId) -> Option<usize> {
        self.queue.position(id)
    }

    /// When the next delay or schedule ends.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// Takes in what was stored: at start, or an ended run that goes on.
    pub fn insert(&mut self, runs: Vec<Run>, tasks: Vec<Task>) {
        for run in runs {
            self.runs.insert(run.id.clone(), run);
        }
        for task in tasks {
            self.unindex(&task.id.clone());
            for before in &task.after {
                let list = self.dependants.entry(before.clone()).or_default();
                if !list.contains(&task.id) {
                    list.push(task.id.clone());
                }
            }
            let id = task.id.clone();
            self.tasks.insert(id.clone(), task);
            self.index(&id);
        }
    }

    /// Forgets what has ended, holds no worktree that is being let go, and is waited for by nobody.
    pub fn evict_ended(&mut self, runs: &BTreeSet<RunId>, tasks: &BTreeSet<TaskId>) {
        let of_tasks = tasks.iter().filter_map(|id| self.tasks.get(id)?.run.as_ref().map(|(run, _)| run.clone()));
        let runs: BTreeSet<RunId> = runs.iter().cloned().chain(of_tasks).collect();
        for id in runs {
            let Some(run) = self.runs.get(&id) else { continue };
            let over = matches!(run.state, RunState::Ended { .. });
            if over && !run.tasks.iter().any(|task| self.is_waited_for(task) || self.is_letting_go(task)) {
                for task in run.tasks.clone() {
                    self.forget(&task);
                }
                self.runs.remove(&id);
            }
        }
        for id in tasks {
            let Some(task) = self.tasks.get(id) else { continue };
            if task.run.is_none() && task.is_ended() && !self.is_waited_for(id) {
                self.forget(id);
            }
        }
    }

    fn is_letting_go(&self, id: &TaskId) -> bool {
        let completed = |task: &Task| matches!(task.state, TaskState::Completed { .. });
        self.tasks.get(id).is_some_and(|task| completed(task) && task.worktree.is_some())
    }

    fn is_waited_for(&self, id: &TaskId) -> bool {
        self.dependants
            .get(id)
            .is_some_and(|list| list.iter().any(|id| self.tasks.get(id).is_some_and(|task| !task.is_ended())))
    }

    fn forget(&mut self, id: &TaskId) {
        self.unindex(id);
        self.dependants.remove(id);
        self.tasks.remove(id);
    }

    /// Back ends of a task in order, as the settings are now.
    pub fn candidates(&self, task: &Task) -> (Vec<Backend>, Vec<crate::backend::PassedOver>) {
        let settings = self.tenant(&task.tenant);
        match task.run.as_ref().and_then(|(id, _)| self.runs.get(id)) {
            Some(run) => candidates(&task.step, &run.options.backends, run.auto(&settings), &settings),
            None => candidates(&task.step, &[], true, &settings),
        }
    }

    /// Enters a task into queue, timers and counts according to its state.
    pub(super) fn index(&mut self, id: &TaskId) {
        let Some(task) = self.tasks.get(id) else { return };
        match &task.state {
            TaskState::Queued { since } => {
                let lane = match self.candidates(task).0.first() {
                    Some(Backend::File { .. }) => Lane::HandOff,
                    _ => Lane::Slot,
                };
                let (tenant, priority, since) = (task.tenant.clone(), task.priority, *since);
                self.queue.insert(id, &tenant, lane, priority, since);
            }
            TaskState::Scheduled { at } | TaskState::RetryWait { until: at } => {
                self.timers.insert((*at, id.clone()));
            }
            TaskState::Active => self.count(id, true),
            _ => {}
        }
    }

    /// The reverse of [`State::index`], before the task changes.
    pub(super) fn unindex(&mut self, id: &TaskId) {
        let Some(task) = self.tasks.get(id) else { return };
        match &task.state {
            TaskState::Queued { .. } => self.queue.remove(id),
            TaskState::Scheduled { at } | TaskState::RetryWait { until: at } => {
                let entry = (*at, id.clone());
                self.timers.remove(&entry);
            }
            TaskState::Active => self.count(id, false),
            _ => {}
        }
    }

    fn count(&mut self, id: &TaskId, enter: bool) {
        let Some(task) = self.tasks.get(id) else { return };
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

    /// Whether a task needs a worktree or a choice of back end before it starts.
    pub(super) fn needs_preparation(task: &Task, backend: &Backend) -> bool {
        !(matches!(task.place, Place::Folder(_)) && matches!(backend, Backend::Own))
    }
}
