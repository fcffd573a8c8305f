//! `task ops …`.

mod scan;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use protocol::Error;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Look for secrets in files, and in what a range of commits added
    Scan(scan::Args),
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::Scan(args) => scan::run(context, args).await,
        }
    }
}
