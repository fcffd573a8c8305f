//! Which queued task takes a free slot.

use super::apply::Change;
use super::queue::Lane;
use super::state::State;
use super::turn::{Effect, Turn};
use crate::attempt::{Attempt, Phase};
use crate::backend::Backend;
use crate::ids::TaskId;
use crate::task::Task;
use crate::time::Timestamp;
use std::path::PathBuf;

impl State {
    /// Lets tasks begin while there is room for them.
    pub fn plan(&mut self, now: Timestamp, turn: &mut Turn) {
        if self.pool.paused.is_some() || self.pool.held.is_some() {
            return self.hold_back(now, turn);
        }
        let again = std::mem::take(&mut self.flight.verify_again);
        turn.effects.extend(again.into_iter().map(Effect::Verify));
        for lane in [Lane::Slot, Lane::HandOff] {
            while self.has_room(lane) {
                self.hold_back(now, turn);
                let Some(id) = self.next_in(lane) else { break };
                self.begin(&id, now, turn);
            }
        }
        self.hold_back(now, turn);
    }

    pub(super) fn has_room(&self, lane: Lane) -> bool {
        match lane {
            Lane::Slot => self.slots_busy < self.pool.size,
            Lane::HandOff => !self.hand_offs_full(),
        }
    }

    /// The first task that may begin, of the tenant with the fewest slots; among equals of the one
    /// that has waited longest for its turn.
    fn next_in(&self, lane: Lane) -> Option<TaskId> {
        let mut tenants = self.queue.tenants(lane);
        tenants.sort_by_cached_key(|tenant| {
            let busy = self.busy.get(tenant).copied().unwrap_or(0);
            let first = self.queue.first(tenant, lane).cloned();
            (busy, self.flight.last_served(tenant), first)
        });
        let next = |tenant: &PathBuf| {
            self.queue
                .waiting(tenant, lane)
                .find(|id| self.may_begin(id))
        };
        tenants.iter().find_map(next).cloned()
    }

    /// Whether its run has room for another step at once, its place is free, and nobody edits the same files.
    fn may_begin(&self, id: &TaskId) -> bool {
        let Some(task) = self.tasks.get(id) else {
            return false;
        };
        if self.flight.releasing.contains(id) || self.held.contains_key(id) {
            return false;
        }
        let Some(run) = task.run.as_ref().and_then(|(id, _)| self.runs.get(id)) else {
            return true;
        };
        let limit = run.options.max_parallel.or(run.workflow.max_parallel);
        let limit = limit.or_else(|| self.tenants.get(&task.tenant)?.max_parallel);
        let Some(limit) = limit else { return true };
        let active = self.books.get(&run.id).map_or(0, |book| book.active);
        // A limit of nothing would never let the run end.
        active < usize::try_from(limit.max(1)).unwrap_or(usize::MAX)
    }

    fn begin(&mut self, id: &TaskId, now: Timestamp, turn: &mut Turn) {
        let Some(task) = self.tasks.get(id) else {
            return;
        };
        self.flight.serve(&task.tenant);
        let (mut candidates, passed_over) = self.candidates(task);
        if self.flight.hand_off.contains(id) {
            candidates.retain(|backend| matches!(backend, Backend::File { .. }));
        }
        let backend = candidates
            .into_iter()
            .next()
            .unwrap_or(Backend::File { manual: false });
        let phase = if Self::needs_preparation(task, &backend) {
            Phase::Preparing
        } else {
            Phase::Starting
        };
        let attempt = Attempt {
            number: next_number(task),
            backend,
            passed_over,
            started_at: now,
            phase,
        };
        self.apply(Change::AttemptBegan(id.clone(), attempt), now, turn);
    }
}

fn next_number(task: &Task) -> u32 {
    task.attempts.last().map_or(1, |attempt| attempt.number + 1)
}
