//! What a daemon that was killed left at work while it prepared attempts: a setup, a built-in task. Each is begun
//! anew, in a worktree of its own, so it has to go first: before its worktree does.

use super::beside::{GROUND, SETUP};
use super::spec::exchange_of;
use client::Home;
use model::attempt::Phase;
use model::task::Task;
use std::path::PathBuf;

/// Ends it all, and waits until it has gone: seconds at most.
pub(crate) async fn end(home: &Home, tasks: &[Task]) {
    let exchanges = tasks.iter().filter_map(|task| {
        let attempt = task.active()?;
        let id = task.id.attempt(attempt.number);
        matches!(attempt.phase, Phase::Preparing).then(|| exchange_of(home, &id))
    });
    let folders = exchanges.flat_map(|exchange| [SETUP, GROUND].map(|name| exchange.join(name)));
    let there: Vec<PathBuf> = folders.filter(|folder| folder.exists()).collect();
    let work = move || {
        std::thread::scope(|scope| {
            for folder in &there {
                scope.spawn(move || {
                    if let Err(error) = agents::attempt::end_leftover(folder) {
                        tracing::warn!(folder = %folder.display(), %error, "it may still run");
                    }
                });
            }
        });
    };
    if let Err(error) = tokio::task::spawn_blocking(work).await {
        tracing::warn!(%error, "what was being prepared could not be ended");
    }
}
