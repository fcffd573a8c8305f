//! What `/proc` says about processes, for both sides of an attempt.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// One process, from `/proc/<pid>/stat` (proc(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) pid: i32,
    pub(crate) name: String,
    pub(crate) state: u8,
    pub(crate) parent: i32,
    /// Clock ticks since boot.
    pub(crate) start: u64,
    pub(crate) rss_pages: u64,
    /// User and system time of itself and of its reaped children, in clock ticks.
    pub(crate) cpu_ticks: u64,
}

/// The process with this number, unless there is none.
pub(crate) fn stat(pid: i32) -> Option<Stat> {
    let mut text = [0_u8; 1024];
    let mut file = File::open(format!("/proc/{pid}/stat")).ok()?;
    let length = file.read(&mut text).ok()?;
    parse_stat(&String::from_utf8_lossy(text.get(..length)?))
}

/// The name may hold spaces and parentheses, so the fields are counted from the last `)`.
fn parse_stat(text: &str) -> Option<Stat> {
    let (before, after) = text.rsplit_once(')')?;
    let (pid, name) = before.split_once(" (")?;
    // `after` starts with field 3 (state).
    let fields: Vec<&str> = after.split_ascii_whitespace().collect();
    let field = |number: usize| fields.get(number - 3).copied();
    Some(Stat {
        pid: pid.parse().ok()?,
        name: name.to_owned(),
        state: field(3)?.bytes().next()?,
        parent: field(4)?.parse().ok()?,
        start: field(22)?.parse().ok()?,
        rss_pages: field(24)?.parse().unwrap_or(0),
        cpu_ticks: (14..=17)
            .filter_map(|number| field(number)?.parse::<u64>().ok())
            .sum(),
    })
}

impl Stat {
    /// Whether it has ended and only waits to be reaped.
    pub(crate) fn is_dead(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }

    /// Processor time in milliseconds.
    pub(crate) fn cpu_ms(&self) -> u64 {
        self.cpu_ticks * 1_000 / rustix::param::clock_ticks_per_second().max(1)
    }
}

/// The start time of a process, which tells it from a later one with its number.
pub(crate) fn start_time(pid: i32) -> Option<u64> {
    stat(pid).map(|stat| stat.start)
}

/// Whether a process has ended or was killed, though threads of it may still be in the kernel.
pub(crate) fn is_dying(pid: i32) -> bool {
    let killed = || -> Option<bool> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let pending = status.lines().filter_map(|line| line.split_once("Pnd:"));
        let mut pending = pending.filter_map(|(_, set)| u64::from_str_radix(set.trim(), 16).ok());
        // Bit 8 is signal 9.
        Some(pending.any(|set| set & (1 << 8) != 0))
    };
    stat(pid).is_some_and(|stat| stat.is_dead()) || killed().unwrap_or(false)
}

/// The numbers of all processes.
pub(crate) fn all() -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect()
}

/// Everything below this process, itself not included, dead or alive.
pub(crate) fn descendants(root: i32) -> Vec<Stat> {
    match children(root) {
        Some(first) => walk(first, |pid| children(pid).unwrap_or_default()),
        None => scan(root),
    }
}

/// From the kernel's own lists of children: costs only the tree itself. A list may miss what is
/// forked while it is read; who ends a tree looks again until it is empty.
fn walk(mut open: Vec<i32>, children: impl Fn(i32) -> Vec<i32>) -> Vec<Stat> {
    let mut found = Vec::new();
    while let Some(pid) = open.pop() {
        if let Some(stat) = stat(pid) {
            open.extend(children(pid));
            found.push(stat);
        }
    }
    found
}

/// The children of a process; `None` where the kernel keeps no such lists (CONFIG_PROC_CHILDREN).
fn children(pid: i32) -> Option<Vec<i32>> {
    let mut all = Vec::new();
    for task in fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten() {
        let text = fs::read_to_string(task.path().join("children")).ok()?;
        all.extend(
            text.split_ascii_whitespace()
                .filter_map(|pid| pid.parse::<i32>().ok()),
        );
    }
    Some(all)
}

/// The same from the parents of all processes.
fn scan(root: i32) -> Vec<Stat> {
    let mut by_parent: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for stat in all().into_iter().filter_map(stat) {
        by_parent.entry(stat.parent).or_default().push(stat.pid);
    }
    let below = |pid| by_parent.get(&pid).cloned().unwrap_or_default();
    walk(below(root), below)
}

/// Whether the environment this process was started with has the entry `NAME=value`. False for
/// what has ended, and for the processes of others.
pub(crate) fn carries(pid: i32, entry: &[u8]) -> bool {
    let Ok(environment) = fs::read(format!("/proc/{pid}/environ")) else {
        return false;
    };
    environment
        .split(|byte| *byte == 0)
        .any(|candidate| candidate == entry)
}

/// The processes of a cgroup and of those below it (an agent may make some).
pub(crate) fn cgroup_processes(path: &Path) -> Vec<i32> {
    let text = fs::read_to_string(path.join("cgroup.procs")).unwrap_or_default();
    let mut all: Vec<i32> = text.lines().filter_map(|pid| pid.parse().ok()).collect();
    for below in folders(path) {
        all.extend(cgroup_processes(&below));
    }
    all
}

/// Ends everything in a cgroup and below it, also what forks in a loop.
pub(crate) fn cgroup_kill(path: &Path) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .open(path.join("cgroup.kill"))?
        .write_all(b"1")
}

/// Removes a cgroup and those below it; fails while anything is in them.
pub(crate) fn cgroup_remove(path: &Path) -> io::Result<()> {
    for below in folders(path) {
        cgroup_remove(&below)?;
    }
    fs::remove_dir(path)
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
        .map(|e| e.path())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_living_are_not_dying() {
        assert!(!is_dying(std::process::id().cast_signed()));
        assert!(!is_dying(i32::MAX), "nobody is not dying");
    }

    #[test]
    fn stat_lines_are_read_behind_the_last_parenthesis() {
        let line =
            "77 (a) b (c) S 12 77 77 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4242 1000 33 1844";
        let stat = parse_stat(line).unwrap();
        assert_eq!(
            (
                stat.pid,
                stat.name.as_str(),
                stat.state,
                stat.parent,
                stat.start,
                stat.rss_pages
            ),
            (77, "a) b (c", b'S', 12, 4242, 33)
        );
        assert_eq!(parse_stat("77 (a"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn this_process_is_there_and_its_parent_has_it_below() {
        let own = i32::try_from(std::process::id()).unwrap();
        let stat = stat(own).unwrap();
        assert!(!stat.is_dead());
        assert!(
            descendants(stat.parent)
                .iter()
                .any(|child| child.pid == own)
        );
        assert!(scan(stat.parent).iter().any(|child| child.pid == own));
        assert_eq!(super::stat(-1), None);
    }
}
