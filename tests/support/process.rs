//! Processes as `/proc` shows them: who still belongs to a sandbox, and ending those.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs;
use std::path::Path;

/// A process that belongs to a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub pid: i32,
    /// Its command line.
    pub command: String,
}

/// Every process that has the folder in its environment, on its command line, or as its working folder.
///
/// Agents carry the sandbox's `HOME`, the daemon its state folder: whatever a test starts is found, however
/// often it forked. Zombies have neither and are not counted.
pub fn belonging_to(folder: &Path) -> Vec<Found> {
    let me = std::process::id() as i32;
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new(); // No /proc (macOS): nothing can be proved.
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| *pid != me && touches(*pid, folder))
        .map(|pid| Found {
            pid,
            command: command_line(pid),
        })
        .collect()
}

fn touches(pid: i32, folder: &Path) -> bool {
    let needle = folder.as_os_str().as_encoded_bytes();
    let names = |file: &str| {
        fs::read(format!("/proc/{pid}/{file}"))
            .is_ok_and(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    };
    let inside =
        || fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
    names("environ") || names("cmdline") || inside()
}

fn command_line(pid: i32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .replace('\0', " ")
        .trim()
        .to_owned()
}

/// The parent of a process, where it lives.
pub fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the name: the state, and the parent.
    let mut rest = stat.rsplit(") ").next()?.split(' ');
    rest.nth(1)?.parse().ok()
}

/// Whether a process lives (a zombie does not).
pub fn alive(pid: i32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return cfg!(not(target_os = "linux")) && kill(Pid::from_raw(pid), None).is_ok();
    };
    // The state follows the name, which stands in parentheses and may hold anything.
    !matches!(
        stat.rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next()),
        Some('Z' | 'X')
    )
}

/// Sends a signal to one process.
///
/// # Panics
///
/// When the process is not there (any more): a test that kills nothing proves nothing.
#[track_caller]
pub fn signal(pid: i32, signal: Signal) {
    if let Err(error) = kill(Pid::from_raw(pid), signal) {
        panic!("cannot send {signal} to {pid}: {error}");
    }
}

/// `kill -9`, and waits until it is gone.
#[track_caller]
pub fn kill9(pid: i32) {
    signal(pid, Signal::SIGKILL);
    crate::wait_until("the killed process to end", crate::LIMIT, || {
        (!alive(pid)).then_some(())
    });
}

/// `kill -9` for everything that is left, found or not.
pub fn clear(left: &[Found]) {
    for found in left {
        // It may have ended by itself in the meantime.
        let _ = kill(Pid::from_raw(found.pid), Signal::SIGKILL);
    }
}
