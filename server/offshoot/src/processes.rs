//! The verbs that are processes of their own: started before there is a runtime of ours.

use crate::cli::{Cli, Verb};
use crate::context;
use crate::verbs::background;
use client::Home;
use protocol::Error;
use std::ffi::OsString;
use std::path::Path;
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
    let options = daemon::Options {
        development: args.dev,
        production: args.production,
        program: context::program()?,
    };
    Ok(daemon::run(Home::from_env()?, options))
}

fn lsp() -> Result<ExitCode, Error> {
    Ok(lsp::run(Home::from_env()?, context::program()?))
}

/// The process beside an agent: `supervise DIR`, as the daemon starts it. None for other arguments.
pub(crate) fn supervise(arguments: &[OsString]) -> Option<ExitCode> {
    match arguments {
        [_, verb, folder] if verb == "supervise" => {
            let code = agents::supervise::main(Path::new(folder));
            Some(ExitCode::from(u8::try_from(code).unwrap_or(1)))
        }
        _ => None,
    }
}
