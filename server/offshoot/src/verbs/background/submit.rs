//! `background submit`: a task for an agent, or a command.

use super::priority;
use crate::context::Context;
use crate::exit::Exit;
use crate::follow::{Show, follow_task, say_goodbye, watch};
use crate::render;
use crate::verbs::run::{Typed, seconds};
use client::{Api, Client};
use protocol::Error;
use protocol::results::DiffParams;
use protocol::run::{Run, RunRef};
use protocol::task::{Task, TaskRef, TaskSubmit};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Role of the agent, for example `reviewer`; without one `implementer`
    #[arg(
        long,
        value_name = "ROLE",
        requires = "task",
        conflicts_with = "command"
    )]
    agent: Option<String>,
    /// What the agent is asked for: an action, or free text
    #[arg(long, value_name = "TEXT", conflicts_with = "command")]
    task: Option<String>,
    /// A file or folder it is about; may be repeated
    #[arg(long = "file", value_name = "PATH", conflicts_with = "command")]
    files: Vec<PathBuf>,
    /// A parameter of what the agent is asked for, as `params` of a step has it; without a value it is true; may be
    /// repeated, for a list also with the same name
    #[arg(long = "param", value_name = "NAME=VALUE", conflicts_with = "command", value_parser = param)]
    params: Vec<(String, String)>,
    /// `critical`, `high`, `medium`, `low`, or 0 to 100
    #[arg(long, value_parser = priority::parse)]
    priority: Option<u8>,
    /// A task that has to complete before; may be repeated
    #[arg(long, value_name = "TASK")]
    after: Vec<String>,
    /// In a worktree of its own; the result becomes a branch (the default)
    #[arg(long, overrides_with = "no_worktree")]
    worktree: bool,
    /// In this folder itself
    #[arg(long)]
    no_worktree: bool,
    /// A back end to try; may be repeated
    #[arg(long = "backend", value_name = "NAME", value_delimiter = ',')]
    backends: Vec<String>,
    /// Seconds one attempt may take
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<f64>,
    /// Retries after the first attempt
    #[arg(long, value_name = "N")]
    max_retries: Option<u32>,
    /// Follow it to its end
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    typed: Typed,
    /// The command and its arguments
    #[arg(last = true, required_unless_present = "task", value_name = "COMMAND")]
    command: Vec<String>,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let wait = args.wait;
    let params = TaskSubmit {
        folder: context.repo_text(),
        agent: args.agent,
        task: args.task,
        files: args
            .files
            .iter()
            .map(|file| context.file(file).to_string_lossy().into_owned())
            .collect(),
        params: gathered(args.params),
        command: args.command,
        worktree: !args.no_worktree,
        priority: args.priority,
        after: args.after,
        scheduled_at: None,
        backends: args.backends,
        env: Vec::new(),
        timeout_s: args.timeout,
        max_retries: args.max_retries,
        task_type: None,
        environment: context.environment(),
        origin: args.typed.origin(),
    };
    let client = context.daemon().await?;
    let task = client.task_submit(params).await?;
    if wait {
        return wait_for(context, client, task).await;
    }
    context
        .out
        .result(&task, |task| render::task::show(task, context.out.style));
    Ok(Exit::DONE)
}

/// `NAME=VALUE`, or `NAME` for one that is true.
fn param(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').unwrap_or((text, "true"));
    let name = name.trim();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err("write it as NAME=VALUE".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Each name once; those given several times have a list.
fn gathered(params: Vec<(String, String)>) -> BTreeMap<String, Value> {
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    for (name, value) in params {
        let value = Value::String(value);
        match all.get_mut(&name) {
            None => {
                all.insert(name, value);
            }
            Some(Value::Array(items)) => items.push(value),
            Some(known) => *known = Value::Array(vec![known.take(), value]),
        }
    }
    all
}

/// Follows the task's run, or the task where it has none, and prints what came of it.
async fn wait_for(context: &Context, client: Client, task: Task) -> Result<Exit, Error> {
    let Some(run_id) = task.run_id.clone() else {
        let task = follow_task(context, client, task).await?;
        print(context, &task, Vec::new());
        return Ok(Exit::of_task(&task));
    };
    let run = client.run_show(RunRef { run_id, repo: None }).await?;
    let (run, exit) = watch(context, client, run, Show::Progress).await?;
    if context.out.json {
        // The daemon may have been another one's successor in between: ask whoever is there now.
        let wanted = TaskRef {
            task_id: task.task_id,
            ..TaskRef::default()
        };
        let client = context.daemon().await?;
        let task = client.task_show(wanted).await?;
        print(context, &task, changed(&client, &run).await?);
    } else {
        say_goodbye(context, &run).await;
    }
    Ok(exit)
}

/// The files that the run left different.
async fn changed(client: &Client, run: &Run) -> Result<Vec<String>, Error> {
    if run.result_branch.is_none() {
        return Ok(Vec::new());
    }
    let wanted = DiffParams {
        run_id: run.run_id.clone(),
        step_id: None,
        round: None,
        repo: None,
    };
    let files = client.run_diff(wanted).await?.files.into_iter();
    let there = files.filter(|file| file.status != "deleted");
    Ok(there.map(|file| file.path).collect())
}

fn print(context: &Context, task: &Task, artifacts: Vec<String>) {
    let result = render::task::command_result(task, artifacts);
    context
        .out
        .result(&result, |_| render::task::show(task, context.out.style));
}
