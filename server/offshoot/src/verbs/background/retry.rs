//! `background retry TASK`.

use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use client::Api;
use protocol::Error;
use protocol::task::TaskRef;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task: its id or a unique beginning of it
    task: String,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    retry(context, args.task).await
}

pub(super) async fn retry(context: &Context, task_id: String) -> Result<Exit, Error> {
    let wanted = TaskRef {
        task_id,
        environment: context.environment(),
    };
    let task = context.daemon().await?.task_retry(wanted).await?;
    context
        .out
        .result(&task, |task| render::task::show(task, context.out.style));
    Ok(Exit::DONE)
}
