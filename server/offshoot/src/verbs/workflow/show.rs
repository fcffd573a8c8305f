//! `workflow show RUN`.

use crate::context::Context;
use crate::exit::Exit;
use crate::render;
use client::Api;
use protocol::Error;
use protocol::run::RunRef;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it
    run: String,
    /// As a Markdown page
    #[arg(long)]
    markdown: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let client = context.daemon().await?;
    let wanted = RunRef {
        run_id: args.run,
        repo: Some(context.repo_text()),
    };
    if args.markdown {
        let summary = client.run_summary(wanted).await?;
        context.out.result(&summary, |summary| {
            vec![summary.markdown.trim_end().to_owned()]
        });
        return Ok(Exit::DONE);
    }
    let run = client.run_show(wanted).await?;
    context.out.result(&run, |run| {
        render::run::show(run, context.out.columns(), context.out.style)
    });
    Ok(Exit::DONE)
}
