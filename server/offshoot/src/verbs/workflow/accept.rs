//! `workflow accept RUN STEP`.

use crate::context::Context;
use crate::exit::Exit;
use crate::render::ending;
use client::Api;
use protocol::Error;
use protocol::run::StepRef;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it
    run: String,
    /// The step
    step: String,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let wanted = StepRef {
        run_id: args.run,
        step_id: Some(args.step),
        environment: context.environment(),
        repo: Some(context.repo_text()),
    };
    let run = context.daemon().await?.run_accept(wanted).await?;
    context
        .out
        .result(&run, |run| ending::brief(run, context.out.style));
    Ok(Exit::DONE)
}
