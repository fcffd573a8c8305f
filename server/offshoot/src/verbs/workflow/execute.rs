//! `workflow execute --workflow FILE`.

use crate::context::Context;
use crate::exit::Exit;
use crate::verbs::run;
use protocol::Error;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The workflow file; it need not be committed
    #[arg(long, value_name = "FILE")]
    workflow: PathBuf,
    #[command(flatten)]
    options: run::Options,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    run::start(context, &args.workflow, args.options).await
}
