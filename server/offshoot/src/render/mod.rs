//! Runs and tasks as text. Everything here is a function of its arguments: no clock, no terminal.

pub(crate) mod ending;
pub(crate) mod finding;
pub(crate) mod plain;
pub(crate) mod run;
pub(crate) mod symbol;
pub(crate) mod task;
pub(crate) mod tree;

use protocol::run::{Attempt, Run, Step};

/// Whether somebody works at the attempt right now.
pub(crate) fn is_open(attempt: &Attempt) -> bool {
    matches!(
        attempt.status.as_str(),
        "starting" | "running" | "verifying"
    )
}

/// Whether the run can go no further without a person: it ended, or it waits for one and no agent may
/// still answer.
pub(crate) fn is_over(run: &Run) -> bool {
    match run.status.as_str() {
        "completed" | "failed" | "cancelled" => true,
        "needs_input" => !run
            .steps
            .iter()
            .flat_map(|step| &step.attempts)
            .any(is_open),
        _ => false,
    }
}

/// The number of the last attempt; 0 before the first.
pub(crate) fn last_attempt(step: &Step) -> u32 {
    step.attempts.last().map_or(0, |attempt| attempt.attempt)
}

/// The number of the last attempt within its round; 0 before the first.
pub(crate) fn attempt_in_round(step: &Step) -> u32 {
    let last = last_attempt(step);
    let rounds = step.rounds.iter().rev();
    let before = rounds
        .map(|round| round.attempt)
        .find(|round| *round < last);
    last - before.unwrap_or(0)
}

/// The one line why: the step's error, else that of its last attempt, else its class, else what was
/// said of it.
pub(crate) fn reason(step: &Step) -> String {
    let own = step.error.as_ref();
    let last = step.attempts.last();
    let error = own.or_else(|| last.and_then(|attempt| attempt.error.as_ref()));
    let text = error
        .map(|error| error.message.as_str())
        .or(step.class.as_deref())
        .or(step.reason.as_deref());
    text.and_then(|text| text.lines().next())
        .unwrap_or_default()
        .to_owned()
}

/// The path in the worktree that the agent of a hand-off watches.
pub(crate) fn command_file(step: &Step) -> Option<String> {
    let worktree = step.worktree.as_ref()?;
    (step.backend.as_deref() == Some("file"))
        .then(|| format!("{worktree}/.cursor-skill-command.txt"))
}
