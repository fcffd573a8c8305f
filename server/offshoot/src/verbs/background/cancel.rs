//! `background cancel TASK`.

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
    let wanted = TaskRef {
        task_id: args.task,
        ..TaskRef::default()
    };
    let task = context.daemon().await?.task_cancel(wanted).await?;
    context
        .out
        .result(&task, |task| render::task::show(task, context.out.style));
    Ok(Exit::DONE)
}
