//! `workflow findings [RUN]`.

use crate::context::Context;
use crate::exit::Exit;
use crate::render::finding;
use client::Api;
use protocol::Error;
use protocol::finding::FindingFilter;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only of this run: its id or a unique beginning of it; else of the newest run of each workflow
    run: Option<String>,
    /// Only those that were dismissed
    #[arg(long)]
    dismissed: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let filter = FindingFilter {
        repo: context.repo_text(),
        run_id: args.run,
        dismissed: args.dismissed,
    };
    let list = context.daemon().await?.finding_list(filter).await?;
    context
        .out
        .result(&list, |list| finding::list(list, context.out.style));
    Ok(Exit::DONE)
}
