//! `workflow execute-skill-command --command-file FILE`: the agent's side of a hand-off. Reads the command
//! file, has the configured agent do the command in the worktree, and answers with the status file.

mod agent;
mod attempt;
mod prompt;

use crate::context::Context;
use crate::exit::Exit;
use agent::Chosen;
use agents::handoff::skill::{SkillCommand, State, StatusUpdate, read_command, write_status};
use attempt::Ended;
use jiff::Timestamp;
use protocol::task::CommandResult;
use protocol::{Error, ErrorKind};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command file that the engine wrote, `.cursor-skill-command.txt`
    #[arg(long, value_name = "FILE")]
    command_file: PathBuf,
    /// The worktree, where the file is a copy that lies elsewhere
    #[arg(long, hide = true)]
    worktree: Option<PathBuf>,
    /// At most this many seconds
    #[arg(long, hide = true, value_name = "S")]
    timeout: Option<u64>,
    /// A failure is not the end: whoever calls tries again
    #[arg(long, hide = true)]
    more_attempts: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let file = context.file(&args.command_file);
    let mut command = read_command(&file).map_err(|error| {
        let kind = if file.exists() {
            ErrorKind::InvalidInput
        } else {
            ErrorKind::NotFound
        };
        Error::new(kind, error.to_string())
    })?;
    let worktree = args.worktree.as_ref().unwrap_or(&command.worktree);
    command.worktree = context.folder.join(worktree);
    let mut report = Report {
        command: &command,
        started: Timestamp::now(),
    };
    let ended = match agent::choose(context, &command) {
        Ok(mut chosen) => {
            chosen.limit(args.timeout);
            perform(context, &command, &chosen, &mut report).await?
        }
        Err(reason) => Ended::failed(&reason, "configuration"),
    };
    let artifacts = artifacts(&command);
    if !(args.more_attempts && ended.may_be_tried_again()) {
        report.write(ended.state(&artifacts))?;
    }
    let result = result(&command, &ended, artifacts, &report);
    context.out.result(&result, |result| lines(context, result));
    Ok(match (&ended, result.status.as_str()) {
        (Ended::Cancelled, _) => Exit::CANCELLED,
        (_, "completed") => Exit::DONE,
        _ => Exit::FAILED,
    })
}

async fn perform(
    context: &Context,
    command: &SkillCommand,
    chosen: &Chosen,
    report: &mut Report<'_>,
) -> Result<Ended, Error> {
    report.write(State::Running {
        percentage: None,
        current_step: command.context.title.clone(),
        message: format!("agent {} works on it", chosen.name),
    })?;
    context.out.line(&format!(
        "agent {} works in {}",
        chosen.name,
        command.worktree.display()
    ));
    attempt::run(context, command, chosen).await
}

/// Writes the status file of one command.
struct Report<'a> {
    command: &'a SkillCommand,
    started: Timestamp,
}

impl Report<'_> {
    fn write(&mut self, state: State) -> Result<(), Error> {
        let moment = |time: Timestamp| model::time::Timestamp(time.as_millisecond());
        let update = StatusUpdate {
            state,
            started_at: moment(self.started),
            now: moment(Timestamp::now()),
        };
        write_status(&self.command.worktree, self.command, &update).map_err(|error| {
            Error::new(
                ErrorKind::Failed,
                format!("the status cannot be written: {error}"),
            )
        })
    }
}

/// The expected artifacts that are there. Whether they are new is for the engine to judge.
fn artifacts(command: &SkillCommand) -> Vec<String> {
    let there = |path: &&String| Path::new(&command.worktree).join(path).exists();
    command
        .expected_artifacts
        .iter()
        .filter(there)
        .cloned()
        .collect()
}

fn result(
    command: &SkillCommand,
    ended: &Ended,
    artifacts: Vec<String>,
    report: &Report<'_>,
) -> CommandResult {
    let took = Timestamp::now().duration_since(report.started);
    CommandResult {
        status: ended.status().to_owned(),
        command: if command.command.is_empty() {
            command.prompt.clone()
        } else {
            command.command.clone()
        },
        worktree: Some(command.worktree.display().to_string()),
        artifacts,
        error: ended.error(),
        duration_seconds: took.as_millis_f64() / 1000.0,
        task_id: None,
        run_id: command.run_id.clone(),
    }
}

fn lines(context: &Context, result: &CommandResult) -> Vec<String> {
    let style = context.out.style;
    let (sign, paint) = crate::render::symbol::still(&result.status, style);
    let mut lines = vec![format!("{} {}", style.paint(paint, sign), result.status)];
    lines.extend(result.error.iter().map(|error| format!("  {error}")));
    lines.extend(result.artifacts.iter().map(|path| format!("  {path}")));
    lines
}
