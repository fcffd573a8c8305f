//! What is known beside the stored values: effects that have not answered yet, and whose turn it is.
//! None of it outlives the process; an effect that was under way then is started again or dropped
//! by [`super::State::effects_under_way`].

use crate::ids::{RunId, TaskId};
use crate::time::Timestamp;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Kept in memory only.
#[derive(Debug, Clone, Default)]
pub(super) struct Flight {
    /// Tasks whose worktree is being let go: a new attempt would make its own in the same place.
    pub(super) releasing: HashSet<TaskId>,
    /// Runs whose end is being worked on, also while they were opened again meanwhile.
    pub(super) finishing: HashSet<RunId>,
    /// Attempts whose verification was disturbed by a stop of the daemon: it is done once more.
    pub(super) verify_again: HashSet<TaskId>,
    /// Tasks whose agents were not to be had when they last held a slot: they wait for a hand-off.
    pub(super) hand_off: HashSet<TaskId>,
    /// Files that attempts under way were seen to have written.
    pub(super) wrote: HashMap<TaskId, Arc<[String]>>,
    /// When that was last looked at.
    pub(super) seen: HashMap<TaskId, Timestamp>,
    /// Pairs of attempts under way of which it was said that they edit the same.
    pub(super) told: BTreeSet<(TaskId, TaskId)>,
    /// When each tenant last began a task, as a count of begun tasks.
    served: HashMap<PathBuf, u64>,
    begun: u64,
}

impl Flight {
    /// Forgets a task.
    pub(super) fn forget(&mut self, id: &TaskId) {
        self.releasing.remove(id);
        self.verify_again.remove(id);
        self.hand_off.remove(id);
        self.forget_edits(id);
    }

    /// Forgets what an attempt was seen to write.
    pub(super) fn forget_edits(&mut self, id: &TaskId) {
        self.wrote.remove(id);
        self.seen.remove(id);
        self.told.retain(|(one, other)| one != id && other != id);
    }

    /// Notes that a task of this tenant begins.
    pub(super) fn serve(&mut self, tenant: &Path) {
        self.begun += 1;
        let begun = self.begun;
        match self.served.get_mut(tenant) {
            Some(last) => *last = begun,
            None => drop(self.served.insert(tenant.to_owned(), begun)),
        }
    }

    /// Smaller = longer ago; 0 = never.
    pub(super) fn last_served(&self, tenant: &Path) -> u64 {
        self.served.get(tenant).copied().unwrap_or(0)
    }
}
