//! All that is known of what has not ended.

use super::book::Book;
use super::flight::Flight;
use super::overlap::Held;
use super::queue::Queue;
use crate::backend::{Backend, candidates};
use crate::ids::{RunId, TaskId};
use crate::run::Run;
use crate::settings::{MachineSettings, TenantSettings};
use crate::task::{Place, Task, TaskState};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The open runs and tasks, the queue, the pool. Ended runs live in the store and are taken back in
/// ([`State::insert`]) when somebody sets them going again.
#[derive(Debug, Clone, Default)]
pub struct State {
    pub(super) runs: HashMap<RunId, Run>,
    pub(super) tasks: HashMap<TaskId, Task>,
    pub(super) books: HashMap<RunId, Book>,
    pub(super) queue: Queue,
    pub(super) timers: BTreeSet<(Timestamp, TaskId)>,
    /// Who waits for a submitted task.
    pub(super) dependants: HashMap<TaskId, Vec<TaskId>>,
    pub(super) tenants: HashMap<PathBuf, Arc<TenantSettings>>,
    pub(super) busy: HashMap<PathBuf, u32>,
    /// Tasks with an attempt under way in a worktree, by repository.
    pub(super) editing: BTreeMap<PathBuf, BTreeSet<TaskId>>,
    /// Queued tasks that wait for others to have edited the same files.
    pub(super) held: HashMap<TaskId, Held>,
    /// Something happened that `held` depends on.
    pub(super) held_is_old: bool,
    pub(super) slots_busy: u32,
    pub(super) hand_offs_open: u32,
    pub(super) hand_off_limit: u32,
    /// Slots as the settings have them.
    configured: u32,
    pub(super) pool: Pool,
    pub(super) flight: Flight,
    /// `pool` and `flight` as they were before the turn: they are not stored.
    before: (Pool, Flight),
}

/// What commands change without a trace in the store.
#[derive(Debug, Clone, Default)]
pub(super) struct Pool {
    /// Slots.
    pub(super) size: u32,
    /// Why nothing new is started.
    pub(super) paused: Option<String>,
    /// What the machine lacks for new work.
    pub(super) held: Option<String>,
}

impl State {
    /// An empty state for a machine with these settings.
    pub fn new(machine: &MachineSettings) -> Self {
        let pool = Pool {
            size: machine.pool_size,
            paused: None,
            held: None,
        };
        Self {
            before: (pool.clone(), Flight::default()),
            pool,
            configured: machine.pool_size,
            hand_off_limit: machine.hand_off_limit,
            ..Self::default()
        }
    }

    /// A turn begins: what is not stored is remembered, for [`State::emptied`].
    pub fn checkpoint(&mut self) {
        self.before = (self.pool.clone(), self.flight.clone());
    }

    /// The same machine and settings without any run or task, as they were before the turn: what a
    /// state is read back into.
    #[must_use]
    pub fn emptied(&self) -> Self {
        let (pool, flight) = self.before.clone();
        Self {
            tenants: self.tenants.clone(),
            hand_off_limit: self.hand_off_limit,
            configured: self.configured,
            before: self.before.clone(),
            pool,
            flight,
            ..Self::default()
        }
    }

    /// Takes over new settings of the machine: attempts under way go on. A number of slots that a
    /// person chose stays until the setting itself changes.
    pub fn set_machine(&mut self, machine: &MachineSettings) {
        self.hand_off_limit = machine.hand_off_limit;
        if self.configured != machine.pool_size {
            self.configured = machine.pool_size;
            self.pool.size = machine.pool_size;
            self.before.0.size = machine.pool_size;
        }
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
            self.unindex(&id);
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
        let reason = self.pool.paused.as_ref().or(self.pool.held.as_ref());
        (self.pool.size, self.slots_busy, reason.map(String::as_str))
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

    /// Whether a hand-off that is chosen now would have to wait.
    pub fn hand_offs_full(&self) -> bool {
        self.hand_offs_open >= self.hand_off_limit
    }

    /// Back ends of a task in order, as the settings are now.
    pub fn candidates(&self, task: &Task) -> (Vec<Backend>, Vec<crate::backend::PassedOver>) {
        let settings = self.tenant(&task.tenant);
        match task.run.as_ref().and_then(|(id, _)| self.runs.get(id)) {
            Some(run) => candidates(
                &task.step,
                &run.options.backends,
                run.auto(&settings),
                &settings,
            ),
            None => candidates(&task.step, &[], true, &settings),
        }
    }

    /// Whether a task needs a worktree, a choice of back end or a look at its secrets before it starts.
    pub(super) fn needs_preparation(task: &Task, backend: &Backend) -> bool {
        let in_place = matches!(task.place, Place::Folder(_)) && matches!(backend, Backend::Own);
        // Whether the secrets are at hand is looked at by the preparation.
        !in_place || !task.step.env.is_empty()
    }
}
