//! `workflow status [RUN] [--follow]`.

use crate::context::Context;
use crate::exit::Exit;
use crate::follow::{Show, follow};
use crate::output;
use crate::render::tree::{self, Canvas, Picture};
use client::Api;
use jiff::Timestamp;
use protocol::Error;
use protocol::run::{Run, RunRef};
use std::collections::BTreeMap;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it; the newest of the repository where none is given
    run: Option<String>,
    /// Follow it to its end
    #[arg(long, short)]
    follow: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let client = context.daemon().await?;
    let wanted = RunRef {
        run_id: args.run.unwrap_or_default(),
        repo: Some(context.repo_text()),
    };
    let run = client.run_show(wanted).await?;
    if args.follow {
        return follow(context, client, run, Show::Changes).await;
    }
    context.out.result(&run, |run| lines(context, run));
    Ok(Exit::DONE)
}

fn lines(context: &Context, run: &Run) -> Vec<String> {
    let picture = Picture {
        run,
        lines: &BTreeMap::new(),
        now: Timestamp::now(),
        frame: 0,
    };
    let canvas = Canvas {
        width: context
            .out
            .columns()
            .unwrap_or_else(|| output::size().0.max(120)),
        height: usize::MAX,
        style: context.out.style,
    };
    tree::render(&picture, canvas)
}
