//! `workflow execute-skill-command --command-file FILE`: the agent's side of a hand-off.

use crate::context::Context;
use crate::exit::Exit;
use protocol::{Error, ErrorKind};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command file that the engine wrote, `.cursor-skill-command.txt`
    #[arg(long, value_name = "FILE")]
    command_file: PathBuf,
}

pub(crate) async fn run(_context: &Context, args: Args) -> Result<Exit, Error> {
    Err(Error::new(
        ErrorKind::Internal,
        format!("{} not linked yet", args.command_file.display()),
    ))
}
