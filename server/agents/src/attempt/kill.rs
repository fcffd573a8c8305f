//! Ends what a dead supervisor left behind.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, getpid, pidfd_open, pidfd_send_signal};

use super::folder::{self, SPEC, STARTED, Started};
use super::spec::{AttemptSpec, COOKIE_VARIABLE};
use crate::proc::{self, Stat};

/// How long a tree may take to die; after that it hangs in the kernel.
const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_millis(2);

/// What came of ending a tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Killed {
    /// What was there, by process id and name.
    pub processes: Vec<(i32, String)>,
    /// What could not be ended within ten seconds.
    pub left: Vec<i32>,
}

/// Ends everything that an attempt left behind, by its cgroup and by its cookie, and looks again
/// until nothing is left. For an attempt that was revoked: a living supervisor does this itself. Blocks, 10 s at most;
/// where nothing is there, for one look at all processes.
pub fn kill_tree(dir: &Path) -> io::Result<Killed> {
    let spec: Option<AttemptSpec> = folder::read(dir, SPEC)?;
    let started: Option<Started> = folder::read(dir, STARTED)?;
    // Without a spec nothing was ever started.
    let Some(spec) = spec else {
        return Ok(Killed::default());
    };
    let cgroup = started
        .and_then(|started| started.cgroup)
        .filter(|path| is_ours(path, &spec.cookie));
    Ok(kill(&spec.cookie, cgroup.as_deref()))
}

/// The processes that carry this cookie, and those below them.
pub fn survivors(cookie: &str) -> Vec<i32> {
    members(cookie, None)
        .into_iter()
        .map(|stat| stat.pid)
        .collect()
}

/// `started` lies in a folder of the user; what it names must still look like ours before it is killed.
fn is_ours(cgroup: &Path, cookie: &str) -> bool {
    cgroup.starts_with("/sys/fs/cgroup")
        && cgroup
            .file_name()
            .is_some_and(|name| *name == *format!("offshoot-{cookie}"))
}

fn kill(cookie: &str, cgroup: Option<&Path>) -> Killed {
    let until = Instant::now() + PATIENCE;
    let mut killed = Killed::default();
    loop {
        let members = members(cookie, cgroup);
        if members.is_empty() || Instant::now() >= until {
            killed.left = members.into_iter().map(|stat| stat.pid).collect();
            cgroup.map(proc::cgroup_remove);
            return killed;
        }
        if let Some(cgroup) = cgroup {
            proc::cgroup_kill(cgroup).ok();
        }
        for stat in &members {
            kill_process(stat.pid, stat.start);
        }
        for stat in members {
            if killed.processes.iter().all(|(pid, _)| *pid != stat.pid) {
                killed.processes.push((stat.pid, stat.name));
            }
        }
        std::thread::sleep(AGAIN);
    }
}

/// Everything alive that belongs to the attempt, ourselves excepted.
fn members(cookie: &str, cgroup: Option<&Path>) -> Vec<Stat> {
    let own = getpid().as_raw_nonzero().get();
    let entry = format!("{COOKIE_VARIABLE}={cookie}");
    let carriers = proc::all()
        .into_iter()
        .filter(|pid| proc::carries(*pid, entry.as_bytes()));
    let mut open: Vec<i32> = cgroup.map(proc::cgroup_processes).unwrap_or_default();
    open.extend(carriers);
    let mut found: Vec<Stat> = Vec::new();
    for pid in open {
        let below = if pid == own {
            Vec::new()
        } else {
            proc::descendants(pid)
        };
        found.extend(proc::stat(pid).into_iter().chain(below));
    }
    found.retain(|stat| stat.pid != own && !stat.is_dead());
    found.sort_by_key(|stat| stat.pid);
    found.dedup_by_key(|stat| stat.pid);
    found
}

/// Through a descriptor and with the start time compared, so that no other process is hit.
pub(super) fn kill_process(pid: i32, start: u64) {
    let Some(raw) = Pid::from_raw(pid) else {
        return;
    };
    let Ok(process) = pidfd_open(raw, PidfdFlags::empty()) else {
        return;
    };
    if proc::start_time(pid) == Some(start) {
        pidfd_send_signal(process, Signal::KILL).ok();
    }
}
