//! `workflow cancel RUN`.

use crate::context::Context;
use crate::exit::Exit;
use crate::render::ending;
use client::Api;
use protocol::Error;
use protocol::run::RunRef;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it
    run: String,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let wanted = RunRef {
        run_id: args.run,
        repo: Some(context.repo_text()),
    };
    let run = context.daemon().await?.run_cancel(wanted).await?;
    context
        .out
        .result(&run, |run| ending::brief(run, context.out.style));
    Ok(Exit::DONE)
}
