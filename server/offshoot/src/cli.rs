//! The arguments: one line per verb here, the rest in the verb's own file.

use crate::context::Context;
use crate::exit::Exit;
use crate::verbs::{
    agent, apply, artifact, background, background_agent_config, completions, config, demo, diff,
    discard, doctor, init, pool, run, task, trust, workflow, worktree,
};
use clap::{Parser, Subcommand};
use protocol::Error;
use std::path::PathBuf;

/// Runs coding-agent workflows in the background: a git worktree per step, verified results on a branch
#[derive(Debug, Parser)]
#[command(
    name = "offshoot",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(
    after_help = "Start with `offshoot demo`, then `offshoot init` in a repository of your own."
)]
pub(crate) struct Cli {
    /// Print exactly one JSON document (one per line with --follow)
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// A folder in the repository, in the place of the working directory
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show it at work in a repository made for that; needs no key, network or editor
    Demo(demo::Args),
    /// Run a workflow file and follow it to the end
    Run(run::Args),
    /// Workflows and their runs
    #[command(subcommand)]
    Workflow(workflow::Verb),
    /// The daemon and its queue of tasks
    #[command(subcommand)]
    Background(background::Verb),
    /// The agent's side of hand-offs
    #[command(subcommand)]
    Agent(agent::Verb),
    /// The file that says which agents watch for command files
    #[command(subcommand, visible_alias = "bg-config")]
    BackgroundAgentConfig(background_agent_config::Verb),
    /// The slots in which attempts run
    #[command(subcommand)]
    Pool(pool::Verb),
    /// Settings, and where each comes from
    #[command(subcommand)]
    Config(config::Verb),
    /// What a run or a step changed
    Diff(diff::Args),
    /// Put a run's changes into the working tree, uncommitted
    Apply(apply::Args),
    /// Remove a run's branches and worktrees; everything is saved first
    Discard(discard::Args),
    /// The built-in tasks, run directly in a folder
    Task(task::Args),
    /// What tasks and steps left: findings, reports
    #[command(subcommand)]
    Artifact(artifact::Verb),
    /// Worktrees of steps, and what was saved of removed ones
    #[command(subcommand)]
    Worktree(worktree::Verb),
    /// Look whether everything is in order
    Doctor(doctor::Args),
    /// Write a first configuration and an example workflow into the repository
    Init(init::Args),
    /// Let the editor run this repository's commands
    Trust(trust::Args),
    /// Print the completions of a shell
    Completions(completions::Args),
    /// The language server, on stdin and stdout
    Lsp,
    /// The daemon itself, as it is started in the background
    #[command(hide = true)]
    Daemon(crate::processes::DaemonArgs),
}

impl Verb {
    /// Does it. What is its own process is done before there is a runtime, see [`crate::processes`].
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::Demo(args) => demo::run(context, args).await,
            Self::Run(args) => run::run(context, args).await,
            Self::Workflow(verb) => verb.run(context).await,
            Self::Background(verb) => verb.run(context).await,
            Self::Agent(verb) => verb.run(context).await,
            Self::BackgroundAgentConfig(verb) => verb.run(context),
            Self::Pool(verb) => verb.run(context).await,
            Self::Config(verb) => verb.run(context).await,
            Self::Diff(args) => diff::run(context, args).await,
            Self::Apply(args) => apply::run(context, args).await,
            Self::Discard(args) => discard::run(context, args).await,
            Self::Task(args) => task::run(context, args).await,
            Self::Artifact(verb) => verb.run(context).await,
            Self::Worktree(verb) => verb.run(context).await,
            Self::Doctor(args) => doctor::run(context, args).await,
            Self::Init(args) => init::run(context, args),
            Self::Trust(args) => trust::run(context, args).await,
            Self::Completions(args) => Ok(completions::run(context, args)),
            Self::Lsp | Self::Daemon(_) => Ok(Exit::DONE),
        }
    }
}
