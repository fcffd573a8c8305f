//! Learns the end of an attempt. One path for own children and for attempts of an earlier daemon.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::folder::{LOCK, Lock};
use super::inspect::{Condition, inspect};
use super::result::AttemptResult;
use super::stop::is_supervisor;

/// Between two looks at a lock whose holder is not known.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How an attempt ended for the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With a result.
    Result(Box<AttemptResult>),
    /// Nobody holds the lock, and there is no result. Revoke it, then `kill_tree`.
    Vanished,
}

/// Waits for the end of the attempt. `pid` is the supervisor's: of `launch`, or of `started`; without
/// one, the lock is looked at until it is free. Reaps the supervisor where it is our child.
/// Cancel-safe.
pub async fn watch_end(dir: &Path, pid: Option<i32>) -> io::Result<End> {
    if let Some(pid) = pid
        && let Some(supervisor) = open(dir, pid)?
    {
        let supervisor = register(supervisor)?;
        supervisor.readable().await?.retain_ready();
        reap(supervisor.get_ref());
    }
    // For a holder without a number; and the moment in which a process that ended still has its files.
    while Lock::is_held(&dir.join(LOCK))? {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    match inspect(dir)? {
        Condition::Ended(result) => Ok(End::Result(result)),
        Condition::Running { .. } | Condition::NotStarted | Condition::Dead => Ok(End::Vanished),
    }
}

/// The supervisor, unless it is gone or its number is another's by now.
fn open(dir: &Path, pid: i32) -> io::Result<Option<OwnedFd>> {
    let Some(raw) = Pid::from_raw(pid) else {
        return Ok(None);
    };
    match pidfd_open(raw, PidfdFlags::empty()) {
        // The number was checked after the descriptor was opened, so both mean the same process.
        Ok(supervisor) if is_supervisor(dir, pid) => Ok(Some(supervisor)),
        Ok(_) | Err(rustix::io::Errno::SRCH) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Puts the descriptor under the runtime's watch.
#[expect(
    unsafe_code,
    reason = "tokio has no safe way to watch a descriptor since 1.54"
)]
fn register(supervisor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: the `AsyncFd` owns the descriptor, so it stays open and the same as long as it is watched.
    unsafe { AsyncFd::register_with_interest(supervisor, Interest::READABLE) }
        .map_err(io::Error::from)
}

/// Only our own children can be reaped; for others this is ECHILD, and somebody else does it.
fn reap(supervisor: &OwnedFd) {
    use std::os::fd::AsFd;
    waitid(
        WaitId::PidFd(supervisor.as_fd()),
        WaitIdOptions::EXITED | WaitIdOptions::NOHANG,
    )
    .ok();
}
