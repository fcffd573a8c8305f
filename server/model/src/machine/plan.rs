//! Which queued task takes a free slot.

use super::apply::Change;
use super::queue::Lane;
use super::state::State;
use super::turn::Turn;
use crate::attempt::{Attempt, Phase};
use crate::backend::Backend;
use crate::ids::TaskId;
use crate::task::Task;
use crate::time::Timestamp;
use std::path::PathBuf;

impl State {
    /// Lets tasks begin while there is room for them.
    pub fn plan(&mut self, now: Timestamp, turn: &mut Turn) {
        if self.paused.is_some() {
            return;
        }
        for lane in [Lane::Slot, Lane::HandOff] {
            while self.has_room(lane) {
                let Some(id) = self.next_in(lane) else { break };
                self.begin(&id, now, turn);
            }
        }
    }

    fn has_room(&self, lane: Lane) -> bool {
        match lane {
            Lane::Slot => self.slots_busy < self.size,
            Lane::HandOff => self.hand_offs_open < self.hand_off_limit,
        }
    }

    /// The first task of the tenant with the fewest slots that may begin.
    fn next_in(&self, lane: Lane) -> Option<TaskId> {
        let mut tenants: Vec<(u32, PathBuf)> = self
            .queue
            .tenants(lane)
            .into_iter()
            .map(|tenant| (self.busy.get(&tenant).copied().unwrap_or(0), tenant))
            .collect();
        tenants.sort();
        tenants
            .iter()
            .find_map(|(_, tenant)| self.queue.waiting(tenant, lane).find(|id| self.may_begin(id)))
            .cloned()
    }

    /// Whether its run has room for another step at once.
    fn may_begin(&self, id: &TaskId) -> bool {
        let Some(task) = self.tasks.get(id) else { return false };
        let settings = self.tenant(&task.tenant);
        let Some(run) = task.run.as_ref().and_then(|(id, _)| self.runs.get(id)) else { return true };
        let limit = run.options.max_parallel.or(run.workflow.max_parallel).or(settings.max_parallel);
        let Some(limit) = limit else { return true };
        let active = self.tasks_of(run).filter(|task| task.active().is_some()).count();
        active < usize::try_from(limit).unwrap_or(usize::MAX)
    }

    fn begin(&mut self, id: &TaskId, now: Timestamp, turn: &mut Turn) {
        let Some(task) = self.tasks.get(id) else { return };
        let (candidates, passed_over) = self.candidates(task);
        let backend = candidates.into_iter().next().unwrap_or(Backend::File { manual: false });
        let phase = if Self::needs_preparation(task, &backend) { Phase::Preparing } else { Phase::Starting };
        let attempt = Attempt { number: next_number(task), backend, passed_over, started_at: now, phase };
        self.apply(Change::AttemptBegan(id.clone(), attempt), now, turn);
    }
}

fn next_number(task: &Task) -> u32 {
    task.attempts.last().map_or(1, |attempt| attempt.number + 1)
}
