//! The agent's whole tree: who is in it, and how all of it is ended.
//!
//! As a subreaper we are the parent of every orphan below us, so the tree is what descends from
//! us, whatever it does with sessions, groups and streams; "no child left" (ECHILD) is exact.

use rustix::process::{Pid, Signal, getpid, kill_process};

use super::cgroup::Cgroup;
use crate::attempt::Tree;
use crate::attempt::signal::Usage;
use crate::proc::{self, Stat};

/// How often we look for newcomers before the KILL of what we have. Only what forks in a loop
/// needs more than two, and only where there is no cgroup.
const ROUNDS: usize = 50;

/// The tree below this process.
pub(super) struct AgentTree {
    cgroup: Option<Cgroup>,
}

impl AgentTree {
    pub(super) fn new(cgroup: Option<Cgroup>) -> Self {
        Self { cgroup }
    }

    pub(super) fn mechanism(&self) -> Tree {
        if self.cgroup.is_some() {
            Tree::Cgroup
        } else {
            Tree::Cookie
        }
    }

    /// All that is alive in it.
    pub(super) fn members(&self) -> Vec<Stat> {
        let mut all = proc::descendants(own_pid());
        // Also what somebody put into the cgroup without being its parent.
        for pid in self.cgroup.iter().flat_map(Cgroup::processes) {
            if all.iter().all(|stat| stat.pid != pid) {
                all.extend(proc::stat(pid));
            }
        }
        all.retain(|stat| !stat.is_dead());
        all
    }

    /// Asks all of it to end.
    pub(super) fn term(&self) {
        for stat in self.members() {
            send(&stat, Signal::TERM);
            // A stopped process would not see it.
            send(&stat, Signal::CONT);
        }
    }

    /// Ends all that is there now; the caller comes again until nothing is left.
    pub(super) fn kill(&self) {
        if let Some(cgroup) = &self.cgroup {
            cgroup.kill().ok();
        }
        for stat in self.stop_all() {
            send(&stat, Signal::KILL);
        }
    }

    /// Stops what runs until nobody is new: what stands still cannot fork away from the KILL.
    fn stop_all(&self) -> Vec<Stat> {
        let mut stopped: Vec<Stat> = Vec::new();
        for _ in 0..ROUNDS {
            let mut news = self.members();
            news.retain(|stat| stopped.iter().all(|known| known.pid != stat.pid));
            if news.is_empty() {
                break;
            }
            news.iter().for_each(|stat| send(stat, Signal::STOP));
            stopped.extend(news);
        }
        stopped
    }

    /// What the tree uses now; `reaped_cpu_ms` is what its ended processes used.
    pub(super) fn usage(&self, reaped_cpu_ms: u64) -> Usage {
        let page = rustix::param::page_size() as u64;
        let members = self.members();
        Usage {
            rss_bytes: members.iter().map(|stat| stat.rss_pages * page).sum(),
            cpu_ms: reaped_cpu_ms + members.iter().map(Stat::cpu_ms).sum::<u64>(),
            processes: members.len() as u64,
        }
    }
}

/// By number, right after it was found: to hit another process, all other numbers would have to
/// be used up in between.
fn send(stat: &Stat, signal: Signal) {
    if let Some(pid) = Pid::from_raw(stat.pid) {
        kill_process(pid, signal).ok();
    }
}

fn own_pid() -> i32 {
    getpid().as_raw_nonzero().get()
}
