//! `task …`: the built-in tasks, run directly in a folder.

mod ground;
mod ops;
mod report;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "its first user comes with the tasks that ask servers"
    )
)]
mod web;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use protocol::Error;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Operations and security
    #[command(subcommand)]
    Ops(ops::Verb),
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::Ops(verb) => verb.run(context).await,
        }
    }
}
