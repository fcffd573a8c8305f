//! `apply RUN [PATH…] [--check|--undo]`.

use crate::context::Context;
use crate::exit::Exit;
use crate::render::ending;
use crate::times::count;
use client::Api;
use protocol::Error;
use protocol::results::{Applied, ApplyMode, ApplyParams};

/// Arguments of `apply`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it
    run: String,
    /// Only these files or folders of the repository
    #[arg(value_name = "PATH", conflicts_with = "undo")]
    paths: Vec<String>,
    /// Only say whether it would work
    #[arg(long, conflicts_with = "undo")]
    check: bool,
    /// Take an apply back
    #[arg(long)]
    undo: bool,
}

/// `apply`. With clashes nothing is done, and the exit code says that a person has to decide.
pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let mode = match (args.check, args.undo) {
        (true, _) => ApplyMode::Check,
        (_, true) => ApplyMode::Undo,
        _ => ApplyMode::Apply,
    };
    let params = ApplyParams {
        run_id: args.run,
        mode,
        paths: args.paths,
        repo: Some(context.repo_text()),
    };
    let applied = context.daemon().await?.run_apply(params).await?;
    context
        .out
        .result(&applied, |applied| lines(context, applied));
    Ok(if applied.clashes.is_empty() {
        Exit::DONE
    } else {
        Exit::NEEDS_INPUT
    })
}

fn lines(context: &Context, applied: &Applied) -> Vec<String> {
    let id = &applied.run_id;
    let style = context.out.style;
    let (head, files) = if applied.clashes.is_empty() {
        let files = count(applied.changed.len(), "file");
        let head = match applied.mode {
            ApplyMode::Apply => format!("put {files} into the working tree, uncommitted"),
            ApplyMode::Check => format!("{files} would change, nothing clashes"),
            ApplyMode::Undo => format!("took {files} back"),
        };
        (head, &applied.changed)
    } else {
        let files = count(applied.clashes.len(), "file");
        (
            format!("nothing was done: your own edits clash in {files}"),
            &applied.clashes,
        )
    };
    let mut lines = vec![head];
    lines.extend(files.iter().map(|file| format!("  {file}")));
    let next: &[(String, &str)] = match (applied.clashes.is_empty(), applied.mode) {
        (true, ApplyMode::Apply) => &[(format!("offshoot apply {id} --undo"), "take it back")],
        (true, ApplyMode::Check) => &[(format!("offshoot apply {id}"), "do it")],
        (true, ApplyMode::Undo) => &[],
        (false, _) => &[(format!("offshoot diff {id}"), "see what it changed")],
    };
    lines.extend(ending::commands(next, style));
    lines
}
