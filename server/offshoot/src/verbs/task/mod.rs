//! `task …`: the built-in tasks, run directly in a folder.

mod context;
mod docs;
mod ground;
mod kept;
mod ops;
mod report;
mod switch;
mod tools;
mod web;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use model::built_in::Group;
use protocol::Error;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only leave artifacts that say that it was not run, for this reason: for the daemon, which knows the settings
    #[arg(long, global = true, hide = true, value_name = "REASON")]
    not_run: Option<String>,
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

/// A built-in task as it was called: its group, its operation, and the folder it is asked to work on.
type Which = (Group, &'static str, Option<PathBuf>);

impl Verb {
    fn which(&self, context: &Context) -> Result<Which, Error> {
        Ok(match self {
            Self::Docs(args) => (Group::Docs, "", args.folder(context)?),
            Self::Context(args) => {
                let (operation, folder) = args.which();
                (Group::Context, operation, folder)
            }
            Self::Ops(args) => {
                let (operation, folder) = args.which();
                (Group::Ops, operation, folder)
            }
        })
    }
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let (group, operation, folder) = args.verb.which(context)?;
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
