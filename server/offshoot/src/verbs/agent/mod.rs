//! `agent …`: the agent's side of hand-offs, as a program that stays.

mod watch;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use protocol::Error;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Do what `.cursor/background-agents.yaml` says when command files appear, until it is stopped
    Watch(watch::Args),
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::Watch(args) => watch::run(context, args).await,
        }
    }
}
