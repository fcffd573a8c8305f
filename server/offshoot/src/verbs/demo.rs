//! `demo`.

use crate::context::Context;
use crate::exit::Exit;
use protocol::{Error, ErrorKind};

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Keep the repository and the state folder
    #[arg(long)]
    keep: bool,
}

pub(crate) async fn run(_context: &Context, args: Args) -> Result<Exit, Error> {
    Err(Error::new(
        ErrorKind::Internal,
        format!("not linked yet {}", args.keep),
    ))
}
