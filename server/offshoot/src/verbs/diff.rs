//! `diff [RUN] [STEP]`.

use crate::context::Context;
use crate::exit::Exit;
use crate::row::Row;
use crate::style::{Paint, Style};
use client::Api;
use protocol::Error;
use protocol::results::{Diff, DiffParams, FileChange};

/// Arguments of `diff`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it; the newest one where no other could be meant
    run: Option<String>,
    /// One step's changes only
    step: Option<String>,
    /// Of a step that ran in several rounds, the changes of this one; else those of the last
    #[arg(long, requires = "step")]
    round: Option<u32>,
    /// Only the files and how many lines changed
    #[arg(long)]
    stat: bool,
}

/// `diff`.
pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let unnamed = args.run.is_none();
    let params = DiffParams {
        run_id: args.run.unwrap_or_default(),
        step_id: args.step,
        round: args.round,
        repo: Some(context.repo_text()),
    };
    let diff = context.daemon().await?.run_diff(params).await?;
    let style = context.out.style;
    if unnamed {
        // Beside the patch, which another program may read.
        context.out.note(&format!("changes of {}", diff.run_id));
    }
    if diff.rounds > 1 {
        let (round, rounds) = (diff.round, diff.rounds);
        context.out.note(&format!(
            "round {round} of {rounds}; `--round N` shows another"
        ));
    }
    if context.out.json {
        context.out.document(&diff);
    } else if args.stat {
        context.out.lines(stat(&diff, style));
    } else {
        context.out.raw(&patch(&diff.patch, style));
    }
    Ok(Exit::DONE)
}

/// A patch in colour; byte for byte where there is none, so that `git apply` takes it.
fn patch(text: &str, style: Style) -> String {
    if !style.color {
        return text.to_owned();
    }
    let paint = |line: &str| match line.as_bytes() {
        [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => Paint::Bold,
        [b'd', b'i', b'f', b'f', ..] | [b'i', b'n', b'd', b'e', b'x', ..] => Paint::Bold,
        [b'@', ..] => Paint::Cyan,
        [b'+', ..] => Paint::Green,
        [b'-', ..] => Paint::Red,
        _ => Paint::Plain,
    };
    text.lines()
        .map(|line| style.paint(paint(line), line) + "\n")
        .collect()
}

/// Files and how many lines changed, below each other.
pub(crate) fn stat(diff: &Diff, style: Style) -> Vec<String> {
    if diff.files.is_empty() {
        return vec!["  no changes".to_owned()];
    }
    let widest = diff
        .files
        .iter()
        .map(|file| crate::row::width(&file.path))
        .max()
        .unwrap_or(0);
    let widest = widest.min(60);
    diff.files
        .iter()
        .map(|file| stat_line(file, widest, style))
        .collect()
}

/// A letter for what happened to a file, as git has it.
pub(crate) fn kind(file: &FileChange) -> (&'static str, Paint) {
    match file.status.as_str() {
        "added" => ("A", Paint::Green),
        "deleted" => ("D", Paint::Red),
        "renamed" => ("R", Paint::Yellow),
        "type" => ("T", Paint::Yellow),
        _ => ("M", Paint::Yellow),
    }
}

fn stat_line(file: &FileChange, widest: usize, style: Style) -> String {
    let (sign, paint) = kind(file);
    let number = |count: Option<u32>, sign: &str| {
        count
            .map(|count| format!("{sign}{count}"))
            .unwrap_or_default()
    };
    Row::new()
        .text("  ")
        .with(paint, sign)
        .text(" ")
        .cell(Paint::Plain, &file.path, widest, style)
        .text("  ")
        .right(Paint::Green, &number(file.added, "+"), 5)
        .text(" ")
        .right(Paint::Red, &number(file.removed, "-"), 5)
        .finish(None, style)
}
