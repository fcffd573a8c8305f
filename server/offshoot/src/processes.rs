//! The verbs that are processes of their own: started before there is a runtime of ours.

use crate::cli::{Cli, Verb};
use crate::verbs::background;
use client::Home;
use protocol::{Error, ErrorKind};
use std::process::ExitCode;

/// How the daemon is started.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct DaemonArgs {
    /// In the foreground, one slot, verbose
    #[arg(long)]
    pub(crate) dev: bool,
    /// Refuse to start where a required limit cannot be enforced
    #[arg(long, conflicts_with = "dev")]
    pub(crate) production: bool,
}

/// Becomes the process this verb asks for; none where the verb is an ordinary one.
pub(crate) fn start(cli: &Cli) -> Option<Result<ExitCode, Error>> {
    match &cli.verb {
        Verb::Daemon(args) => Some(daemon(*args)),
        Verb::Background(background::Verb::Start(args)) if args.dev => Some(daemon(*args)),
        Verb::Lsp => Some(lsp()),
        _ => None,
    }
}

fn daemon(args: DaemonArgs) -> Result<ExitCode, Error> {
    let _ = (Home::from_env()?, args);
    Err(Error::new(ErrorKind::Internal, "not linked yet"))
}

fn lsp() -> Result<ExitCode, Error> {
    Err(Error::new(ErrorKind::Internal, "not linked yet"))
}
