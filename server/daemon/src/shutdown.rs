//! The ways out: stop with all attempts back in the queue, or leave them to the next daemon.

use crate::core::{Core, engine_error};
use model::machine::{Command, State};
use model::task::StopReason;
use protocol::Error;
use protocol::daemon::Stopping;
use std::collections::BTreeSet;
use std::time::Duration;

/// Grace of an attempt (10 s), its KILL, and what is left of the verification of others.
const PATIENCE: Duration = Duration::from_secs(30);
/// For what was not asked to stop before: its grace, and its KILL. With the above it is less than a client waits.
const GRACE: Duration = Duration::from_secs(15);

/// Brings the engine to rest. What it answers is what was under way.
pub(crate) async fn stop(core: &Core, leave_running: bool) -> Result<Stopping, Error> {
    let reason = Some("the daemon ends".to_owned());
    core.engine
        .command(Command::Pause(reason))
        .await
        .map_err(engine_error)?;
    let stopping = under_way(core).await?;
    if !leave_running {
        core.engine
            .command(Command::StopAll(StopReason::Requeue))
            .await
            .map_err(engine_error)?;
        end_all(core).await;
    }
    core.engine.shut_down().await;
    Ok(stopping)
}

/// Waits until no attempt is under way and no supervisor is left: neither one that still writes, and would start a
/// daemon if it found none, nor that of a teardown, which is no part of an attempt.
async fn end_all(core: &Core) {
    let supervisors = &core.wiring.agents.common.supervisors;
    let ended = async {
        rest(core).await;
        supervisors.gone().await;
    };
    if tokio::time::timeout(PATIENCE, ended).await.is_ok() {
        return;
    }
    supervisors.stop("the engine stops");
    if tokio::time::timeout(GRACE, supervisors.gone())
        .await
        .is_err()
    {
        tracing::warn!("some attempts did not end in time: the next daemon looks after them");
    }
}

async fn under_way(core: &Core) -> Result<Stopping, Error> {
    let look = |state: &State| {
        let open = state.tasks().filter(|task| !task.is_ended());
        let repositories: BTreeSet<String> =
            open.map(|task| task.tenant.display().to_string()).collect();
        (
            repositories,
            state.tasks().filter(|task| task.holds_slot()).count(),
        )
    };
    let (repositories, attempts) = core.engine.look(look).await.map_err(engine_error)?;
    Ok(Stopping {
        pid: std::process::id(),
        repositories: repositories.into_iter().collect(),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
    })
}

/// Waits until nothing that was asked to stop is under way any more.
async fn rest(core: &Core) {
    let mut happenings = core.engine.subscribe();
    loop {
        let busy = core
            .engine
            .look(|state| state.tasks().any(|task| task.stop.is_some()))
            .await;
        if !busy.unwrap_or(false) {
            return;
        }
        // Most ends are events; a verification that is put off is none, so now and then it looks anyway.
        let next = tokio::time::timeout(Duration::from_millis(200), happenings.recv()).await;
        if let Ok(Err(tokio::sync::broadcast::error::RecvError::Closed)) = next {
            return;
        }
    }
}

/// Whether one version comes after another: numbers part by part, a pre-release before its release.
pub(crate) fn is_newer(version: &str, than: &str) -> bool {
    fn key(version: &str) -> (Vec<u64>, bool) {
        let (numbers, pre) = version
            .split_once('-')
            .map_or((version, None), |(numbers, pre)| (numbers, Some(pre)));
        (
            numbers
                .split('.')
                .map(|part| part.parse().unwrap_or(0))
                .collect(),
            pre.is_none(),
        )
    }
    key(version) > key(than)
}

#[cfg(test)]
mod tests {
    use super::is_newer;

    #[test]
    fn versions_are_numbers() {
        for (version, than, expected) in [
            ("0.2.0", "0.1.9", true),
            ("0.10.0", "0.9.0", true),
            ("0.1.0", "0.1.0", false),
            ("0.1.0", "0.2.0", false),
            ("1.0.0", "1.0.0-rc.1", true),
        ] {
            assert_eq!(is_newer(version, than), expected, "{version} {than}");
        }
    }
}
