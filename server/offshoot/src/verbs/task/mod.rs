//! `task …`: the built-in tasks, run directly in a folder.

mod docs;
mod ground;
mod kept;
mod ops;
mod report;
mod web;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use protocol::Error;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Documentation: coverage, links, commands and code in pages; an API reference and `llms.txt`
    Docs(docs::Args),
    /// Operations and security; without a verb all of them, one after the other
    Ops(ops::Args),
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::Docs(args) => docs::run(context, args).await,
            Self::Ops(args) => ops::run(context, args).await,
        }
    }
}
