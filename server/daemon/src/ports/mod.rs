//! The engine's ports, wired to the crates that do the work.

mod agents;
mod beside;
mod built_in;
mod called;
mod files;
mod findings;
mod finish;
mod furnish;
mod hand_off;
mod harvest;
mod lay;
mod leftovers;
mod libraries;
mod merging;
mod needs;
mod repository;
mod round;
mod scores;
mod spec;
mod store;
mod supervisors;
mod variables;
mod worktrees;

pub(crate) use agents::AgentPort;
pub(crate) use beside::{SETUP, TEARDOWN};
pub(crate) use finish::{conflict_place, saved_as as conflict_saved_as};
pub(crate) use furnish::tear_down_all;
pub(crate) use leftovers::end as end_leftovers;
pub(crate) use merging::clear_conflict;
pub(crate) use repository::{hand_off_files, open_with, trailer};
pub(crate) use spec::Common;
pub(crate) use store::StoreThread;
pub(crate) use worktrees::WorktreePort;

use crate::clock::SystemClock;

/// All of them.
pub(crate) struct Wiring {
    pub(crate) store: StoreThread,
    pub(crate) worktrees: WorktreePort,
    pub(crate) agents: AgentPort,
}

impl engine::ports::Ports for Wiring {
    type Store = StoreThread;
    type Worktrees = WorktreePort;
    type Agents = AgentPort;
    type Clock = SystemClock;

    fn store(&self) -> &StoreThread {
        &self.store
    }

    fn worktrees(&self) -> &WorktreePort {
        &self.worktrees
    }

    fn agents(&self) -> &AgentPort {
        &self.agents
    }

    fn clock(&self) -> &SystemClock {
        &SystemClock
    }
}
