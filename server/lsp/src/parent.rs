//! Notices when the client dies, also while somebody else keeps the pipe to it open.

use rustix::process::Pid;
use std::time::Duration;

/// How often a process is looked for. Its end is no event that every system tells of a process that is not
/// a child; a second is soon enough for a server that has nobody to serve.
const LOOK: Duration = Duration::from_secs(1);

/// The process that started this one.
pub(crate) fn parent() -> Option<Pid> {
    rustix::process::getppid()
}

/// Waits until the client is gone: the process it named, else the one that started this server. For ever
/// where neither can be watched.
pub(crate) async fn gone(named: Option<i32>, parent: Option<Pid>) {
    let watched = match named {
        Some(number) => Pid::from_raw(number),
        None => parent,
    };
    let Some(pid) = watched else {
        return std::future::pending().await;
    };
    loop {
        if !is_alive(pid) {
            tracing::info!(pid = pid.as_raw_pid(), "the client's process is gone");
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// A process that may not be signalled is there.
fn is_alive(pid: Pid) -> bool {
    !matches!(
        rustix::process::test_kill_process(pid),
        Err(rustix::io::Errno::SRCH)
    )
}
