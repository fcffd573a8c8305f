//! What a killed daemon left at work: its git processes go on without it, and would meet those of the next
//! daemon in the same worktrees and refs. They carry a cookie, as attempts do.

use client::Home;
use rustix::process::{Pid, Signal, kill_process};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Most of what git does for us takes milliseconds: what ends by itself leaves no lock behind.
const COURTESY: Duration = Duration::from_millis(500);
/// Told to end, git removes its lock files; what it runs (filters, drivers) may need longer.
const GRACE: Duration = Duration::from_secs(2);
/// What KILL does not end hangs in the kernel: it is not waited for.
const PATIENCE: Duration = Duration::from_secs(4);
const AGAIN: Duration = Duration::from_millis(5);

static COOKIE: OnceLock<String> = OnceLock::new();
static OWNER: OnceLock<std::path::PathBuf> = OnceLock::new();

/// The variable that all our git processes carry; none in a process that is no daemon.
pub(crate) fn cookie() -> Option<(String, String)> {
    let value = COOKIE.get()?.clone();
    Some((agents::attempt::spec::COOKIE_VARIABLE.to_owned(), value))
}

/// Clears up after daemons that were killed: their git, and the indexes it worked on.
pub(crate) fn clear(home: &Home) {
    OWNER.get_or_init(|| crate::path::canonical(home.root()));
    end(home);
    worktree::clear_abandoned();
}

/// Our state folder: whose worktrees are ours. None in a process that is no daemon.
pub(crate) fn owner() -> Option<&'static std::path::Path> {
    OWNER.get().map(std::path::PathBuf::as_path)
}

/// Names the cookie of this state folder, and ends what carries it: whoever made that is dead, because its
/// lock is ours now. What it was doing is done again by whoever needs it.
fn end(home: &Home) {
    let cookie = COOKIE.get_or_init(|| format!("git of {}", home.root().display()));
    let began = Instant::now();
    let mut told = false;
    loop {
        let left = agents::attempt::survivors(cookie);
        let waited = began.elapsed();
        if left.is_empty() || waited > PATIENCE {
            return;
        }
        if waited > GRACE {
            send(&left, Signal::KILL);
        } else if waited > COURTESY && !told {
            tracing::info!(?left, "git of an earlier daemon is told to end");
            send(&left, Signal::TERM);
            told = true;
        }
        std::thread::sleep(AGAIN);
    }
}

fn send(processes: &[i32], signal: Signal) {
    for pid in processes.iter().filter_map(|pid| Pid::from_raw(*pid)) {
        let _ = kill_process(pid, signal);
    }
}
