//! `discard RUN`.

use crate::context::Context;
use crate::exit::Exit;
use client::Api;
use protocol::Error;
use protocol::results::Discarded;
use protocol::run::RunRef;

/// Arguments of `discard`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it
    run: String,
}

/// `discard`.
pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let wanted = RunRef {
        run_id: args.run,
        repo: Some(context.repo_text()),
    };
    let discarded = context.daemon().await?.run_discard(wanted).await?;
    context.out.result(&discarded, lines);
    Ok(Exit::DONE)
}

fn lines(discarded: &Discarded) -> Vec<String> {
    let mut lines = vec![format!("discarded {}", discarded.run_id)];
    lines.extend(
        discarded
            .branches
            .iter()
            .map(|branch| format!("  removed {branch}")),
    );
    for name in &discarded.salvaged {
        lines.push(format!(
            "  saved: `offshoot worktree restore {name} FOLDER` brings it back"
        ));
    }
    let warnings = discarded.warnings.iter();
    lines.extend(warnings.map(|warning| format!("warning: {warning}")));
    lines
}
