//! `workflow …`: one file per verb.

mod accept;
mod cancel;
mod dismiss;
mod execute;
pub(crate) mod file;
mod findings;
pub(crate) mod graph;
mod list;
mod resume;
mod retry;
mod show;
mod skill;
mod status;
mod validate;

use crate::context::Context;
use crate::exit::Exit;
use crate::verbs::run;
use clap::Subcommand;
use protocol::Error;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run a workflow file and follow it to the end (short: `offshoot run FILE`)
    Execute(execute::Args),
    /// The same as `offshoot run FILE`, for fingers that expect it here
    #[command(hide = true)]
    Run(run::Args),
    /// Show all problems of workflow files; runs nothing
    Validate(validate::Args),
    /// List runs, newest first; with --files the workflow files of the repository
    List(list::Args),
    /// Show everything about a run
    Show(show::Args),
    /// Show how a run stands (the newest of the repository, where none is named)
    Status(status::Args),
    /// Stop a run; what completed stays
    Cancel(cancel::Args),
    /// Go on with everything that has not completed
    Resume(resume::Args),
    /// Set failed steps, or one step and what follows from it, going again
    Retry(retry::Args),
    /// Take an unverified step as completed
    Accept(accept::Args),
    /// List what was found, with places: of a run, or what holds now in the repository
    Findings(findings::Args),
    /// Do not show a finding again, also of later runs
    Dismiss(dismiss::Args),
    /// Draw the steps of a workflow file or a run and what waits for what
    Graph(graph::Args),
    /// The agent's side of a hand-off: do the command of a command file
    ExecuteSkillCommand(skill::Args),
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::Execute(args) => execute::run(context, args).await,
            Self::Run(args) => run::run(context, args).await,
            Self::Validate(args) => validate::run(context, &args),
            Self::List(args) => list::run(context, args).await,
            Self::Show(args) => show::run(context, args).await,
            Self::Status(args) => status::run(context, args).await,
            Self::Cancel(args) => cancel::run(context, args).await,
            Self::Resume(args) => resume::run(context, args).await,
            Self::Retry(args) => retry::run(context, args).await,
            Self::Accept(args) => accept::run(context, args).await,
            Self::Findings(args) => findings::run(context, args).await,
            Self::Dismiss(args) => dismiss::run(context, args).await,
            Self::Graph(args) => graph::run(context, args).await,
            Self::ExecuteSkillCommand(args) => skill::run(context, args).await,
        }
    }
}
