//! `workflow resume RUN`.

use crate::context::Context;
use crate::exit::Exit;
use crate::verbs::workflow::retry::go_on;
use client::Api;
use protocol::Error;
use protocol::run::StepRef;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it
    run: String,
    /// Return at once
    #[arg(long)]
    detach: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let client = context.daemon().await?;
    let wanted = StepRef {
        run_id: args.run,
        step_id: None,
        environment: context.environment(),
        repo: Some(context.repo_text()),
    };
    let run = client.run_resume(wanted).await?;
    go_on(context, client, run, args.detach).await
}
