//! Launches an attempt and waits for its end: for checks and tools, where nobody wants the signals.

use std::io;
use std::path::Path;

use super::inspect::revoke;
use super::kill::kill_tree;
use super::launch::{LaunchJob, SpawnError, launch};
use super::watch::{End, watch_end};

/// The folder of a check, within that of the attempt it checks.
pub const CHECK_FOLDER: &str = "check";

/// Why there is no end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It could not be launched.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    /// Its folder could not be read.
    #[error("cannot watch the attempt's folder; look for rights on that disk")]
    Watch(#[source] io::Error),
}

/// Runs an attempt to its end. Where the supervisor vanishes, what it left is revoked and killed.
/// Dropping the future does not end the attempt; `stop` does.
pub async fn run_to_end(job: LaunchJob) -> Result<End, RunError> {
    let dir = job.dir.clone();
    let launched = launch(job)?;
    let end = watch_end(&dir, Some(launched.pid))
        .await
        .map_err(RunError::Watch)?;
    if end == End::Vanished {
        let cleaned =
            tokio::task::spawn_blocking(move || revoke(&dir).and_then(|_| kill_tree(&dir))).await;
        cleaned
            .map_err(io::Error::from)
            .and_then(|cleaned| cleaned)
            .map_err(RunError::Watch)?;
    }
    Ok(end)
}

/// Runs a check: an attempt like any other, in the folder `check` of the attempt it belongs to,
/// which replaces `job.dir`.
pub async fn run_check(attempt: &Path, mut job: LaunchJob) -> Result<End, RunError> {
    job.dir = attempt.join(CHECK_FOLDER);
    run_to_end(job).await
}
