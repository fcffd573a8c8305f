//! `workflow dismiss ID`.

use crate::context::Context;
use crate::exit::Exit;
use client::Api;
use protocol::Error;
use protocol::finding::FindingDismiss;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id of the finding, as `workflow findings` shows it
    id: String,
    /// Show it again
    #[arg(long)]
    undo: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let params = FindingDismiss {
        repo: context.repo_text(),
        id: args.id,
        undo: args.undo,
    };
    let dismissed = context.daemon().await?.finding_dismiss(params).await?;
    context.out.result(&dismissed, |done| {
        let id = &done.id;
        vec![if done.dismissed {
            format!("{id} is not shown any more; `offshoot workflow dismiss {id} --undo` takes that back")
        } else {
            format!("{id} is shown again")
        }]
    });
    Ok(Exit::DONE)
}
