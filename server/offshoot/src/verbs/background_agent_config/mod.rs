//! `background-agent-config …`: the file that says which agents watch for command files.

mod generate;
mod validate;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use protocol::Error;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Write `.cursor/background-agents.yaml` with an agent that does every command file
    Generate(generate::Args),
    /// Show all problems of `.cursor/background-agents.yaml`
    Validate(validate::Args),
}

impl Verb {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::Generate(args) => generate::run(context, &args),
            Self::Validate(args) => validate::run(context, &args),
        }
    }
}
