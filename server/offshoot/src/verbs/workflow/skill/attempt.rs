//! The agent's process: supervised like every other, so that nothing of it stays behind.

use super::agent::Chosen;
use crate::context::Context;
use crate::follow::Signals;
use agents::attempt::{
    AttemptResult, AttemptSpec, End, LaunchJob, LimitClass, Limits, Outcome, Program, Secret,
    launch, stop, watch_end,
};
use agents::handoff::skill::{SkillCommand, State};
use protocol::{Error, ErrorKind};
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// The agent said that it succeeded.
    Completed,
    /// It failed.
    Failed {
        message: String,
        code: String,
        retryable: bool,
    },
    /// It took too long.
    TimedOut,
    /// A person stopped it.
    Cancelled,
}

impl Ended {
    /// A failure that another attempt does not change.
    pub(super) fn failed(message: &str, code: &str) -> Self {
        Self::Failed {
            message: message.to_owned(),
            code: code.to_owned(),
            retryable: false,
        }
    }

    /// Whether another attempt could come to something else.
    pub(super) fn may_be_tried_again(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::TimedOut)
    }

    /// `completed`, `failed` or `timeout`.
    pub(super) fn status(&self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::TimedOut => "timeout",
            Self::Failed { .. } | Self::Cancelled => "failed",
        }
    }

    /// Why it is not done.
    pub(super) fn error(&self) -> Option<String> {
        match self {
            Self::Completed => None,
            Self::Failed { message, .. } => Some(message.clone()),
            Self::TimedOut => Some("the agent took longer than it may".to_owned()),
            Self::Cancelled => Some("a person stopped it".to_owned()),
        }
    }

    /// For the status file.
    pub(super) fn state(&self, artifacts: &[String]) -> State {
        let message = self.error().unwrap_or_default();
        match self {
            Self::Completed => State::Completed {
                artifacts: artifacts.to_vec(),
                output: String::new(),
            },
            Self::Failed {
                code, retryable, ..
            } => State::Failed {
                message,
                code: code.clone(),
                retryable: *retryable,
                output: String::new(),
            },
            Self::TimedOut => State::TimedOut { message },
            Self::Cancelled => State::Cancelled { message },
        }
    }
}

/// Starts the agent and waits for its end, or for a signal, which ends it.
pub(super) async fn run(
    context: &Context,
    command: &SkillCommand,
    chosen: &Chosen,
) -> Result<Ended, Error> {
    context.home.create()?;
    let folder = tempfile::Builder::new()
        .prefix("skill-")
        .tempdir_in(context.home.root())
        .map_err(|error| broken("make a folder in the state folder", &error))?;
    let job = job(context, command, chosen, folder.path())?;
    let dir = job.dir.clone();
    let mut signals = Signals::listen()?;
    let launched = match launch(job) {
        Ok(launched) => launched,
        Err(error) => return Ok(Ended::failed(&error.failure().message, "spawn")),
    };
    let mut stopped = false;
    let end = watch_end(&dir, Some(launched.pid));
    tokio::pin!(end);
    let end = loop {
        tokio::select! {
            end = &mut end => break end.map_err(|error| broken("watch the agent", &error))?,
            _ = signals.next() => {
                stopped = true;
                stop(&dir, launched.pid, "interrupted").map_err(|error| broken("stop the agent", &error))?;
            }
        }
    };
    Ok(match end {
        _ if stopped => Ended::Cancelled,
        End::Result(result) => ended(&chosen.name, &result),
        End::Vanished => Ended::failed("the process that watched the agent is gone", "supervisor"),
    })
}

fn job(
    context: &Context,
    command: &SkillCommand,
    chosen: &Chosen,
    folder: &Path,
) -> Result<LaunchJob, Error> {
    let instructions = folder.join("instructions.md");
    std::fs::File::create(&instructions)
        .and_then(|mut file| file.write_all(chosen.prompt.as_bytes()))
        .map_err(|error| broken("write the instructions", &error))?;
    let argv = chosen.argv(command, &instructions);
    let name = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let mut spec = AttemptSpec::new(name, Program::Argv(argv), &command.worktree);
    spec.env = chosen.environment.clone();
    spec.env
        .push(("GIT_TERMINAL_PROMPT".to_owned(), "0".to_owned()));
    spec.secrets = chosen
        .secrets
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    spec.limits = Limits {
        wall_ms: chosen
            .timeout
            .and_then(|timeout| u64::try_from(timeout.as_millis()).ok()),
        ..Limits::default()
    };
    let secrets = chosen
        .secrets
        .iter()
        .map(|(name, value)| (name.clone(), Secret::new(value.clone())));
    Ok(LaunchJob {
        dir: folder.join("attempt"),
        spec,
        secrets: secrets.collect(),
        supervisor: context.program.clone(),
        supervisor_args: vec![OsString::from("supervise")],
    })
}

fn ended(name: &str, result: &AttemptResult) -> Ended {
    let failed = |message: String, code: &str, retryable| Ended::Failed {
        message: match result.last_lines.last() {
            Some(line) if !line.trim().is_empty() => format!("{message}: {line}"),
            _ => message,
        },
        code: code.to_owned(),
        retryable,
    };
    match &result.outcome {
        Outcome::Exited { code: 0 } => Ended::Completed,
        Outcome::Exited { code } => failed(
            format!("the agent `{name}` ended with exit code {code}"),
            "exit",
            true,
        ),
        Outcome::Signalled { signal } => failed(
            format!("the agent `{name}` was ended by signal {signal}"),
            "signal",
            true,
        ),
        Outcome::Limit {
            class: LimitClass::Timeout,
            ..
        } => Ended::TimedOut,
        Outcome::Limit { .. } => failed(
            format!("the agent `{name}` ran into a limit"),
            "limit",
            true,
        ),
        Outcome::Stopped { .. } => Ended::Cancelled,
        Outcome::SpawnFailed { message, .. } => Ended::failed(
            &format!("the agent `{name}` cannot be started: {message}"),
            "spawn",
        ),
    }
}

fn broken(doing: &str, error: &dyn std::error::Error) -> Error {
    Error::new(ErrorKind::Failed, format!("failed to {doing}: {error}"))
}
