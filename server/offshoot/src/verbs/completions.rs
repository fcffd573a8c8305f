//! `completions SHELL`.

use crate::cli::Cli;
use crate::context::Context;
use crate::exit::Exit;
use clap::CommandFactory;
use clap_complete::Shell;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// `completions`.
pub(crate) fn run(context: &Context, args: Args) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "offshoot", &mut script);
    context.out.raw(&String::from_utf8_lossy(&script));
    Exit::DONE
}
