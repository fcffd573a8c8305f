//! `background stop [--leave-running]`.

use crate::context::Context;
use crate::exit::Exit;
use crate::times::count;
use client::{Api, Home};
use protocol::daemon::{Stop, Stopping};
use protocol::{Error, ErrorKind};
use std::time::Duration;
use tokio::time::Instant;

/// Attempts get TERM, 10 s, KILL; then results are stored.
const GONE: Duration = Duration::from_secs(30);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Agents go on; the next daemon takes them over
    #[arg(long)]
    leave_running: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let stopping = stop(context, args.leave_running).await?;
    context
        .out
        .result(&stopping, |stopping| lines(stopping, args.leave_running));
    Ok(Exit::DONE)
}

/// Stops the daemon and waits until it is gone.
pub(super) async fn stop(context: &Context, leave_running: bool) -> Result<Stopping, Error> {
    let client = context.running_daemon().await?;
    let stopping = client.daemon_stop(Stop { leave_running }).await?;
    drop(client);
    wait_gone(&context.home, stopping.pid).await?;
    Ok(stopping)
}

/// Waits until this daemon does not answer any more, and its process is gone.
pub(crate) async fn wait_gone(home: &Home, pid: u32) -> Result<(), Error> {
    let deadline = Instant::now() + GONE;
    while is_there(home, pid).await {
        if Instant::now() > deadline {
            return Err(Error::new(
                ErrorKind::Unreachable,
                format!(
                    "the daemon (process {pid}) is still there after {} s",
                    GONE.as_secs()
                ),
            )
            .hint("`offshoot background logs` shows what it waits for"));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

async fn is_there(home: &Home, pid: u32) -> bool {
    let process = i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if process.is_some_and(|process| rustix::process::test_kill_process(process).is_ok()) {
        return true;
    }
    let client = client::connect(home).await;
    client.is_ok_and(|client| client.hello().is_some_and(|hello| hello.pid == pid))
}

fn lines(stopping: &Stopping, left: bool) -> Vec<String> {
    let mut lines = vec![format!("the daemon (process {}) is stopped", stopping.pid)];
    if stopping.attempts > 0 {
        let attempts = count(stopping.attempts as usize, "attempt");
        let what = if left {
            "left running"
        } else {
            "back in the queue until the next start"
        };
        lines.push(format!("  {attempts} {what}"));
    }
    lines.extend(
        stopping
            .repositories
            .iter()
            .map(|repo| format!("  open work in {repo}")),
    );
    lines
}
