//! The supervisors that are at work for this daemon, down to the last moment of their processes.
//!
//! A supervisor that has said its end still brings the result to disk, and starts a daemon where it then finds none.
//! A daemon that was told to stop must be there until that is over, or it would be started again.

use agents::attempt::{self, Condition};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;

/// All of them, by the folders of their attempts.
#[derive(Debug, Clone)]
pub(crate) struct Supervisors(Arc<watch::Sender<Vec<PathBuf>>>);

/// One of them, until this is dropped.
#[derive(Debug)]
#[must_use]
pub(super) struct AtWork {
    dir: PathBuf,
    all: Supervisors,
}

impl Default for Supervisors {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Supervisors {
    /// One is about to be started, or is there already.
    pub(super) fn enter(&self, dir: &Path) -> AtWork {
        self.0.send_modify(|all| all.push(dir.to_owned()));
        AtWork {
            dir: dir.to_owned(),
            all: self.clone(),
        }
    }

    /// Waits until none is at work.
    pub(crate) async fn gone(&self) {
        // The sender lives as long as we do.
        let _ = self.0.subscribe().wait_for(Vec::is_empty).await;
    }

    /// Asks those that are left to end what they look after.
    pub(crate) fn stop(&self, reason: &str) {
        let all = self.0.borrow().clone();
        for dir in all {
            if let Ok(Condition::Running {
                started: Some(started),
            }) = attempt::inspect(&dir)
                && let Err(error) = attempt::stop(&dir, started.supervisor_pid, reason)
            {
                tracing::warn!(dir = %dir.display(), %error, "what runs there could not be asked to stop");
            }
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let dir = &self.dir;
        self.all.0.send_modify(|all| {
            if let Some(at) = all.iter().position(|known| known == dir) {
                all.swap_remove(at);
            }
        });
    }
}
