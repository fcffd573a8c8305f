//! `background list`.

use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use client::Api;
use jiff::Timestamp;
use protocol::Error;
use protocol::task::TaskFilter;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only tasks with this status, for example `running`
    #[arg(long)]
    status: Option<String>,
    /// At most this many tasks
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
    /// Only tasks of this repository or folder
    #[arg(long)]
    here: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let filter = TaskFilter {
        repo: args.here.then(|| context.repo_text()),
        status: args.status,
        limit: Some(args.limit),
    };
    let list = context.daemon().await?.task_list(filter).await?;
    context.out.result(&list, |list| {
        render::task::list(
            &list.tasks,
            Timestamp::now(),
            context.out.columns(),
            context.out.style,
        )
    });
    Ok(Exit::DONE)
}
