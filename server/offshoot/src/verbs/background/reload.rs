//! `background reload`.

use crate::context::Context;
use crate::diagnostics;
use crate::exit::Exit;
use client::Api;
use protocol::Error;
use protocol::config::RepoRef;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) async fn run(context: &Context, _args: Args) -> Result<Exit, Error> {
    let repo = Some(context.repo_text());
    let reloaded = context
        .running_daemon()
        .await?
        .daemon_reload(RepoRef { repo })
        .await?;
    context.out.diagnostics(&reloaded.diagnostics);
    context.out.result(&reloaded, |reloaded| {
        let mut lines = vec![format!(
            "read {}",
            crate::times::count(reloaded.files.len(), "settings file")
        )];
        lines.extend(reloaded.files.iter().map(|file| format!("  {file}")));
        lines
    });
    let bad = diagnostics::any_error(&reloaded.diagnostics);
    Ok(if bad { Exit::INVALID } else { Exit::DONE })
}
