//! `workflow retry RUN [STEP]`.

use crate::context::Context;
use crate::exit::Exit;
use crate::follow::{Show, follow};
use crate::render::ending;
use client::{Api, Client};
use protocol::Error;
use protocol::run::{Run, StepRef};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it
    run: String,
    /// The step; all that failed where none is given
    step: Option<String>,
    /// Return at once
    #[arg(long)]
    detach: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let client = context.daemon().await?;
    let wanted = StepRef {
        run_id: args.run,
        step_id: args.step,
        environment: context.environment(),
        repo: Some(context.repo_text()),
    };
    let run = client.run_retry(wanted).await?;
    go_on(context, client, run, args.detach).await
}

/// Follows a run that was set going again, unless it is to be detached.
pub(super) async fn go_on(
    context: &Context,
    client: Client,
    run: Run,
    detach: bool,
) -> Result<Exit, Error> {
    if !detach {
        return follow(context, client, run, Show::Progress).await;
    }
    context
        .out
        .result(&run, |run| ending::brief(run, context.out.style));
    Ok(Exit::DONE)
}
