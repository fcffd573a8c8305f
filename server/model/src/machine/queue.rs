//! The order in which queued tasks take slots.
//!
//! Within a tenant: priority, aged by one point a minute of waiting. Because every task ages at the same
//! speed the order never changes while tasks wait, and one sorted set is enough. Between tenants: whoever
//! occupies the fewest slots is next.

use crate::ids::TaskId;
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Milliseconds of waiting that are worth one point of priority.
const AGEING_MS: i64 = 60_000;

/// Which resource a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    /// A slot of the pool.
    Slot,
    /// An open hand-off.
    HandOff,
}

/// Place in the queue: smaller is earlier. The number of the task's arrival breaks ties.
pub(super) type Key = (i64, u64, TaskId);

/// All queued tasks.
#[derive(Debug, Clone, Default)]
pub(super) struct Queue {
    lanes: BTreeMap<(PathBuf, Lane), BTreeSet<Key>>,
    places: BTreeMap<TaskId, (PathBuf, Lane, Key)>,
    arrivals: u64,
    /// Those that wait where others edit the same files, first come first in both lanes.
    serializing: BTreeMap<PathBuf, BTreeSet<Key>>,
    /// Who left last, in case it comes straight back.
    left: Option<(TaskId, Key)>,
}

impl Queue {
    /// Enters a task, or moves it to another lane. One that comes back with the same priority and since
    /// the same moment keeps its place among its equals.
    pub(super) fn insert(
        &mut self,
        id: &TaskId,
        tenant: &Path,
        lane: Lane,
        priority: u8,
        since: Timestamp,
    ) {
        let rank = since.0 - i64::from(priority) * AGEING_MS;
        self.remove(id);
        let arrival = match self.left.take() {
            Some((last, (of, arrival, _))) if last == *id && of == rank => arrival,
            _ => {
                self.arrivals += 1;
                self.arrivals
            }
        };
        let key = (rank, arrival, id.clone());
        self.lanes
            .entry((tenant.to_owned(), lane))
            .or_default()
            .insert(key.clone());
        self.places
            .insert(id.clone(), (tenant.to_owned(), lane, key));
    }

    /// Notes of a task in the queue that it waits where others edit the same files.
    pub(super) fn serialize(&mut self, id: &TaskId) {
        if let Some((tenant, _, key)) = self.places.get(id) {
            let set = self.serializing.entry(tenant.clone()).or_default();
            set.insert(key.clone());
        }
    }

    /// Tenants with such tasks.
    pub(super) fn serializing(&self) -> impl Iterator<Item = &PathBuf> {
        self.serializing.keys()
    }

    /// Whether there are any.
    pub(super) fn any_serialize(&self) -> bool {
        !self.serializing.is_empty()
    }

    /// Those of a tenant, first come first.
    pub(super) fn that_serialize(&self, tenant: &Path) -> impl Iterator<Item = &TaskId> {
        let set = self.serializing.get(tenant).into_iter().flatten();
        set.map(|(_, _, id)| id)
    }

    pub(super) fn remove(&mut self, id: &TaskId) {
        let Some((tenant, lane, key)) = self.places.remove(id) else {
            return;
        };
        if let Some(set) = self.serializing.get_mut(&tenant) {
            set.remove(&key);
            if set.is_empty() {
                self.serializing.remove(&tenant);
            }
        }
        let name = (tenant, lane);
        self.left = Some((id.clone(), key.clone()));
        if let Some(set) = self.lanes.get_mut(&name) {
            set.remove(&key);
            if set.is_empty() {
                self.lanes.remove(&name);
            }
        }
    }

    /// Tenants that wait in this lane.
    pub(super) fn tenants(&self, lane: Lane) -> Vec<PathBuf> {
        self.lanes
            .keys()
            .filter(|(_, of)| *of == lane)
            .map(|(tenant, _)| tenant.clone())
            .collect()
    }

    /// The place of a tenant's first task in this lane.
    pub(super) fn first(&self, tenant: &Path, lane: Lane) -> Option<&Key> {
        self.lanes.get(&(tenant.to_owned(), lane))?.first()
    }

    /// A tenant's tasks in this lane, first come first.
    pub(super) fn waiting(&self, tenant: &Path, lane: Lane) -> impl Iterator<Item = &TaskId> {
        self.lanes
            .get(&(tenant.to_owned(), lane))
            .into_iter()
            .flatten()
            .map(|(_, _, id)| id)
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Place from 1 among the tasks of its tenant and lane. Counts the ones before: linear in that.
    pub(super) fn position(&self, id: &TaskId) -> Option<usize> {
        let (tenant, lane, key) = self.places.get(id)?;
        let set = self.lanes.get(&(tenant.clone(), *lane))?;
        Some(set.range(..key.clone()).count() + 1)
    }
}
