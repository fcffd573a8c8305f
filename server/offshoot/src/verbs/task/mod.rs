//! `task …`: the built-in tasks, run directly in a folder.

mod context;
mod docs;
mod ground;
mod kept;
mod ops;
mod refused;
mod report;
mod switch;
mod tools;
mod web;

pub(crate) use refused::not_understood;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use model::built_in::{Group, by_operation};
use protocol::Error;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only leave artifacts that say that it was not run, for this reason: for the daemon, which knows the settings
    #[arg(long, global = true, hide = true, value_name = "REASON")]
    not_run: Option<String>,
    /// Where it cannot be begun, leave artifacts that say so: for the daemon, whose steps leave one in any case
    #[arg(long, global = true, hide = true)]
    as_step: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Documentation: coverage, links, commands and code in pages; an API reference and `llms.txt`
    Docs(docs::Args),
    /// Documentation of the libraries that a project uses
    Context(context::Args),
    /// Operations and security; without a verb all of them, one after the other
    Ops(ops::Args),
}

impl Verb {
    fn which(&self) -> (Group, &'static str) {
        match self {
            Self::Docs(_) => (Group::Docs, ""),
            Self::Context(args) => (Group::Context, args.which().0),
            Self::Ops(args) => (Group::Ops, args.operation()),
        }
    }

    /// The folder it is asked to work on.
    fn folder(&self, context: &Context) -> Result<Option<PathBuf>, Error> {
        Ok(match self {
            Self::Docs(args) => args.folder(context)?,
            Self::Context(args) => args.which().1,
            Self::Ops(args) => args.folder(context)?,
        })
    }
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let (group, operation) = args.verb.which();
    let as_step = args.as_step;
    let done = perform(context, group, operation, args).await;
    if let (Err(error), true, Some(task)) = (&done, as_step, by_operation(group, operation)) {
        refused::leave(context, task, error);
    }
    done
}

async fn perform(
    context: &Context,
    group: Group,
    operation: &str,
    args: Args,
) -> Result<Exit, Error> {
    let folder = args.verb.folder(context)?;
    let folder = folder.as_deref();
    if let Some(reason) = switch::off(context, group, folder, args.not_run)? {
        return switch::not_run(context, group, operation, folder, &reason);
    }
    match args.verb {
        Verb::Docs(args) => docs::run(context, args).await,
        Verb::Context(args) => args.run(context).await,
        Verb::Ops(args) => ops::run(context, args).await,
    }
}
