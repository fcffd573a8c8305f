//! What is left behind when a file is done: the status that the engine waits for, where no command wrote one,
//! and the agent's report.

use super::claim::{Claim, Plan};
use agents::attempt::{AttemptResult, LimitClass, Outcome};
use agents::handoff::names::CURSOR_DIR;
use agents::handoff::skill::{SkillCommand, State, StatusUpdate, read_command, write_status};
use agents::handoff::status::{Expectation, Freshness, Said, parse};
use jiff::Timestamp;
use serde::Serialize;
use std::path::Path;

/// The largest status file that is read, as the engine has it.
const MAX_BYTES: u64 = 1 << 20;

/// How a file's work ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// All commands succeeded.
    Completed,
    /// A command failed for the last time: why, a word for programs, and whether doing all of it once
    /// more, from a fresh start, could end otherwise.
    Failed {
        message: String,
        code: String,
        retryable: bool,
    },
    /// A command took too long for the last time.
    TimedOut { message: String },
    /// A person stopped it.
    Cancelled,
    /// Whoever wanted it wants it no more.
    Withdrawn,
}

impl End {
    /// `completed`, `failed`, `timeout` or `cancelled`.
    pub(super) fn status(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed { .. } => "failed",
            Self::TimedOut { .. } => "timeout",
            Self::Cancelled | Self::Withdrawn => "cancelled",
        }
    }

    /// Why it is not done.
    pub(super) fn error(&self) -> Option<&str> {
        match self {
            Self::Completed => None,
            Self::Failed { message, .. } | Self::TimedOut { message } => Some(message),
            Self::Cancelled => Some("a person stopped it"),
            Self::Withdrawn => Some("nobody waits for it any more"),
        }
    }

    /// A command's failure.
    pub(super) fn of_result(command: &str, result: &AttemptResult) -> Self {
        let failed = |what: String, code: &str| Self::Failed {
            message: match result.last_lines.last() {
                Some(line) if !line.trim().is_empty() => format!("{what}: {line}"),
                _ => what,
            },
            code: code.to_owned(),
            // A program that is not there is not there the next time either.
            retryable: code != "spawn",
        };
        let short: String = command.chars().take(80).collect();
        match &result.outcome {
            Outcome::Limit {
                class: LimitClass::Timeout,
                allowed,
            } => Self::TimedOut {
                message: format!("`{short}` took longer than {} s", allowed / 1000),
            },
            Outcome::Exited { code } => {
                failed(format!("`{short}` ended with status {code}"), "exit")
            }
            Outcome::Signalled { signal } => {
                failed(format!("`{short}` was ended by signal {signal}"), "signal")
            }
            Outcome::SpawnFailed { message, .. } => {
                failed(format!("`{short}` cannot be started: {message}"), "spawn")
            }
            Outcome::Limit { .. } => failed(format!("`{short}` ran into a limit"), "limit"),
            Outcome::Stopped { .. } => Self::Cancelled,
        }
    }

    fn state(&self, artifacts: Vec<String>) -> State {
        match self {
            Self::Completed => State::Completed {
                artifacts,
                output: String::new(),
            },
            Self::Failed {
                message,
                code,
                retryable,
            } => State::Failed {
                message: message.clone(),
                code: code.clone(),
                retryable: *retryable,
                output: String::new(),
            },
            Self::TimedOut { message } => State::TimedOut {
                message: message.clone(),
            },
            Self::Cancelled | Self::Withdrawn => State::Cancelled {
                message: self.error().unwrap_or_default().to_owned(),
            },
        }
    }
}

/// Says that the file was taken, so that nobody is told to start an agent while it waits for its turn.
pub(super) fn taken(claim: &Claim) {
    if let Some(command) = command(claim)
        && said(&claim.plan, &command).is_none()
    {
        write(&claim.plan, &command, State::Pending);
    }
}

/// Says that the work begins.
pub(super) fn begins(claim: &Claim) {
    if let Some(command) = command(claim)
        && said(&claim.plan, &command) <= Some(Stage::Waits)
    {
        let state = State::Running {
            percentage: None,
            current_step: command.context.title.clone(),
            message: format!("{} works on it", claim.plan.agent),
        };
        write(&claim.plan, &command, state);
    }
}

/// Says how it ended, unless a command has said so itself.
pub(super) fn ended(claim: &Claim, end: &End) {
    let Some(command) = command(claim) else {
        return;
    };
    // The files of what was taken back are gone from its worktree; no new one is put there.
    if *end == End::Withdrawn || said(&claim.plan, &command) == Some(Stage::Over) {
        return;
    }
    let there = |path: &&String| command.worktree.join(path).exists();
    let artifacts = command.expected_artifacts.iter().filter(there).cloned();
    write(&claim.plan, &command, end.state(artifacts.collect()));
}

/// Whether anybody waits for what a claim is to do, before any of it was done.
pub(super) fn is_wanted(claim: &Claim) -> bool {
    let now = Timestamp::now().as_millisecond();
    let waits = |command: SkillCommand| {
        command.worktree.is_dir() && still_waits(&command, claim.plan.taken_at, now)
    };
    claim.plan.worktree.is_none() || command(claim).is_none_or(waits)
}

/// How a command file stands that nobody has taken: whether it still waits for somebody.
pub(super) fn still_waits(command: &SkillCommand, changed_at: i64, now: i64) -> bool {
    let waits = command.timeout.is_none_or(|timeout| {
        let age = u128::try_from(now.saturating_sub(changed_at)).unwrap_or(0);
        age < timeout.as_millis()
    });
    waits && read_said(command, changed_at) != Some(Stage::Over)
}

/// What a status says, in the order in which it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Waits,
    UnderWay,
    Over,
}

fn command(claim: &Claim) -> Option<SkillCommand> {
    let worktree = claim.plan.worktree.clone()?;
    let mut command = read_command(&claim.command_file()).ok()?;
    command.worktree = worktree;
    Some(command)
}

fn said(plan: &Plan, command: &SkillCommand) -> Option<Stage> {
    read_said(command, plan.taken_at)
}

/// What the status files of a command say; those that are not of it say nothing.
fn read_said(command: &SkillCommand, since: i64) -> Option<Stage> {
    let places = [command.worktree.clone(), command.worktree.join(CURSOR_DIR)];
    let stages = places
        .iter()
        .filter_map(|folder| read_one(&folder.join(&command.status_file), command, since));
    stages.max()
}

fn read_one(path: &Path, command: &SkillCommand, since: i64) -> Option<Stage> {
    let meta = std::fs::metadata(path).ok()?;
    if !meta.is_file() || meta.len() > MAX_BYTES {
        return None;
    }
    let modified = Timestamp::try_from(meta.modified().ok()?).ok()?;
    let bytes = std::fs::read(path).ok()?;
    let ids = |id: &Option<String>| id.clone().unwrap_or_default();
    let (workflow, run, step) = (
        ids(&command.workflow_id),
        ids(&command.run_id),
        ids(&command.step_id),
    );
    let execution = ids(&command.execution_id);
    let real = command.worktree.canonicalize().ok()?;
    let reading = parse(
        &bytes,
        &Expectation {
            execution_id: &execution,
            workflow_ids: [&workflow, &run],
            step_id: &step,
            worktree: [&real, &command.worktree],
            freshness: if modified.as_millisecond() < since {
                Freshness::Older
            } else {
                Freshness::New
            },
        },
    );
    match reading.said {
        Said::Completed(_) | Said::Failed(_) | Said::Cancelled(_) | Said::TimedOut(_) => {
            Some(Stage::Over)
        }
        Said::Pending => Some(Stage::Waits),
        Said::Running(_) => Some(Stage::UnderWay),
        Said::Malformed(_) | Said::Ignored(_) | Said::Unknown(_) => None,
    }
}

/// A worktree that is gone has nobody who waits: then there is nothing to say.
fn write(plan: &Plan, command: &SkillCommand, state: State) {
    let moment = model::time::Timestamp;
    let update = StatusUpdate {
        state,
        started_at: moment(plan.taken_at),
        now: moment(Timestamp::now().as_millisecond()),
    };
    let _ = write_status(&command.worktree, command, &update);
}

/// The report of an agent that has `output`.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    schema_version: &'static str,
    kind: &'static str,
    agent: &'a str,
    file: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    started_at: String,
    ended_at: String,
    duration_seconds: f64,
    commands: Vec<Run>,
}

/// One attempt in a report.
#[derive(Debug, Serialize)]
pub(super) struct Run {
    /// The command as the file has it.
    pub(super) command: String,
    /// From 1.
    pub(super) attempt: u32,
    /// The exit status, where there was one.
    pub(super) exit_code: Option<i32>,
    /// In seconds.
    pub(super) duration_seconds: f64,
    /// The last lines of its output.
    pub(super) last_lines: Vec<String>,
}

/// Writes the report of an agent that wants one. Gives why it could not be written.
pub(super) fn report(plan: &Plan, end: &End, commands: Vec<Run>) -> Option<String> {
    let path = plan.report.as_ref()?;
    let time = |at: i64| {
        let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
        format!("{at:.3}")
    };
    let now = Timestamp::now().as_millisecond();
    let report = Report {
        schema_version: "1.0",
        kind: "background-agent-report",
        agent: &plan.agent,
        file: plan.file.display().to_string(),
        status: end.status(),
        error: end.error(),
        started_at: time(plan.taken_at),
        ended_at: time(now),
        duration_seconds: (now - plan.taken_at) as f64 / 1000.0,
        commands,
    };
    let written = serde_json::to_vec_pretty(&report)
        .map_err(std::io::Error::from)
        .and_then(|mut bytes| {
            bytes.push(b'\n');
            super::write_whole(path, &bytes)
        });
    let error = written.err()?;
    Some(format!(
        "the report {} cannot be written: {error}",
        path.display()
    ))
}
