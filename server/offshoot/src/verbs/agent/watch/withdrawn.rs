//! Whether a command that is under way is wanted by nobody any more: its run was cancelled, or its attempt ended
//! in another way. Only a command of our own engine names its run, so only of that can be known.

use super::claim::Claim;
use agents::handoff::names::METADATA_FILE;
use agents::handoff::skill::{SkillCommand, read_command};
use client::{Api, Home};
use protocol::run::{Run, RunRef};
use std::time::Duration;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Waits until the engine has taken the command back; for ever where it does not, or nobody can know.
pub(super) async fn withdrawn(claim: &Claim, home: &Home) {
    let Some(command) = of_engine(claim) else {
        return std::future::pending().await;
    };
    loop {
        if is_withdrawn(&command, home).await {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether the engine has taken it back.
pub(super) async fn is_withdrawn_now(claim: &Claim, home: &Home) -> bool {
    match of_engine(claim) {
        Some(command) => is_withdrawn(&command, home).await,
        None => false,
    }
}

fn of_engine(claim: &Claim) -> Option<SkillCommand> {
    let command = read_command(&claim.command_file()).ok()?;
    let known = command.run_id.is_some() && command.step_id.is_some();
    (known && claim.plan.worktree.is_some()).then_some(SkillCommand {
        worktree: claim.plan.worktree.clone()?,
        ..command
    })
}

/// The files of a hand-off leave the worktree when it ends. An agent may have deleted them, too: so the engine is
/// asked, where it can be.
async fn is_withdrawn(command: &SkillCommand, home: &Home) -> bool {
    if command.worktree.join(METADATA_FILE).exists() {
        return false;
    }
    let Ok(client) = client::connect(home).await else {
        return false;
    };
    let run = client.run_show(RunRef {
        run_id: command.run_id.clone().unwrap_or_default(),
        repo: Some(command.worktree.to_string_lossy().into_owned()),
    });
    run.await.is_ok_and(|run| is_over(&run, command))
}

/// Whether the command's attempt came to nothing, or another one follows it.
fn is_over(run: &Run, command: &SkillCommand) -> bool {
    let of_step = |id: &str| Some(id) == command.step_id.as_deref();
    let step = run.steps.iter().find(|step| of_step(&step.id));
    let Some(last) = step.and_then(|step| step.attempts.last()) else {
        return false;
    };
    let came_to_nothing = ["failed", "cancelled", "interrupted", "revoked"];
    last.attempt > command.attempt
        || (last.attempt == command.attempt && came_to_nothing.contains(&last.status.as_str()))
}
