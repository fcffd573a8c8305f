//! `apply [RUN] [PATH…] [--check|--commit|--into BRANCH|--undo]`.

use crate::context::Context;
use crate::exit::Exit;
use crate::render::ending;
use crate::row::Row;
use crate::style::{Paint, Style};
use crate::times::count;
use crate::verbs::diff;
use client::Api;
use protocol::Error;
use protocol::results::{Applied, ApplyMode, ApplyParams, Clash, FileChange};

/// Files that are named; the rest is counted.
const NAMED: usize = 20;

/// Arguments of `apply`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The run: its id or a unique beginning of it; the newest one where no other could be meant
    #[arg(required_if_eq("undo", "true"))]
    run: Option<String>,
    /// Only these files or folders of the repository
    #[arg(value_name = "PATH", conflicts_with = "undo")]
    paths: Vec<String>,
    /// Only say whether it would work
    #[arg(long, conflicts_with_all = ["undo", "commit", "into"])]
    check: bool,
    /// Commit it onto what is checked out; tracked files must not have uncommitted changes
    #[arg(long, conflicts_with_all = ["undo", "into"])]
    commit: bool,
    /// Commit it onto a branch that is not checked out anywhere
    #[arg(long, value_name = "BRANCH", conflicts_with = "undo")]
    into: Option<String>,
    /// Take the last apply of the run back
    #[arg(long)]
    undo: bool,
}

impl Args {
    fn mode(&self) -> ApplyMode {
        match (self.check, self.commit, &self.into, self.undo) {
            (true, ..) => ApplyMode::Check,
            (_, true, ..) => ApplyMode::Commit,
            (_, _, Some(_), _) => ApplyMode::Into,
            (.., true) => ApplyMode::Undo,
            _ => ApplyMode::Apply,
        }
    }
}

/// `apply`. With clashes nothing is done, and the exit code says that a person has to decide.
pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let unnamed = args.run.is_none();
    let params = ApplyParams {
        mode: args.mode(),
        run_id: args.run.unwrap_or_default(),
        branch: args.into,
        paths: args.paths,
        repo: Some(context.repo_text()),
    };
    let applied = context.daemon().await?.run_apply(params).await?;
    let style = context.out.style;
    context
        .out
        .result(&applied, |applied| lines(applied, unnamed, style));
    Ok(if applied.clashes.is_empty() {
        Exit::DONE
    } else {
        Exit::NEEDS_INPUT
    })
}

fn lines(applied: &Applied, unnamed: bool, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    if unnamed {
        lines.push(format!("run {}", applied.run_id));
    }
    if applied.clashes.is_empty() {
        lines.push(done(applied));
        lines.extend(some(&applied.changes, style, |file| changed(file, style)));
    } else {
        let files = count(applied.clashes.len(), "file");
        lines.push(format!(
            "nothing was done: {files} {} against it",
            stand(applied.clashes.len())
        ));
        lines.extend(some(&applied.clash_reasons, style, clashing));
    }
    lines.extend(applied.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(ending::commands(&next(applied), style));
    lines
}

fn stand(files: usize) -> &'static str {
    if files == 1 { "stands" } else { "stand" }
}

fn done(applied: &Applied) -> String {
    let files = count(applied.changes.len(), "file");
    let branch = applied.branch.as_deref().unwrap_or_default();
    let commit: String = applied
        .commit
        .iter()
        .flat_map(|id| id.chars().take(9))
        .collect();
    match applied.mode {
        ApplyMode::Apply | ApplyMode::Check if applied.changes.is_empty() => {
            "everything is there already: there is nothing to do".to_owned()
        }
        ApplyMode::Apply => format!("put {files} into the working tree, uncommitted"),
        ApplyMode::Check => format!("{files} would change, nothing clashes"),
        ApplyMode::Undo if branch.is_empty() => format!("took {files} back"),
        ApplyMode::Undo => format!("moved {branch} back to where it was: {files}"),
        ApplyMode::Commit | ApplyMode::Into if applied.changes.is_empty() => {
            format!("{branch} stays at {commit}")
        }
        ApplyMode::Commit | ApplyMode::Into => {
            format!("committed {files} onto {branch} ({commit})")
        }
    }
}

/// The first ones, and how many more there are.
fn some<T>(items: &[T], style: Style, line: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = items.iter().take(NAMED).map(line).collect();
    if items.len() > NAMED {
        let dots = style.either("…", "...");
        lines.push(format!("  {dots} and {} more", items.len() - NAMED));
    }
    lines
}

fn changed(file: &FileChange, style: Style) -> String {
    let (sign, paint) = diff::kind(file);
    let arrow = style.either("→", "->");
    let from = file.from.as_ref().map(|from| format!("{from} {arrow} "));
    let row = Row::new().text("  ").with(paint, sign).text(" ");
    let row = row.with(Paint::Dim, &from.unwrap_or_default());
    row.text(&file.path).finish(None, style)
}

fn clashing(clash: &Clash) -> String {
    format!("  {}: {}", clash.path, clash.reason)
}

fn next(applied: &Applied) -> Vec<(String, &'static str)> {
    let id = &applied.run_id;
    if !applied.clashes.is_empty() {
        return vec![(format!("offshoot diff {id}"), "see what it changed")];
    }
    match applied.mode {
        ApplyMode::Undo => Vec::new(),
        _ if applied.changes.is_empty() => Vec::new(),
        ApplyMode::Check => vec![(format!("offshoot apply {id}"), "do it")],
        _ => vec![(format!("offshoot apply {id} --undo"), "take it back")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_files_are_named_and_the_rest_counted() {
        let changes = |files: usize| {
            let file = |n| FileChange {
                path: format!("f{n}"),
                status: "added".to_owned(),
                ..FileChange::default()
            };
            Applied {
                run_id: "r-1".to_owned(),
                changes: (0..files).map(file).collect(),
                ..Applied::default()
            }
        };
        let style = Style {
            color: false,
            unicode: true,
        };
        let few = lines(&changes(20), false, style);
        assert!(few.contains(&"  A f19".to_owned()), "{few:#?}");
        assert!(!few.iter().any(|line| line.contains("more")), "{few:#?}");
        let many = lines(&changes(23), true, style);
        assert_eq!(many[0], "run r-1");
        assert_eq!(many[1], "put 23 files into the working tree, uncommitted");
        assert!(
            many.iter().any(|line| line.ends_with(" and 3 more")),
            "{many:#?}"
        );
        assert!(!many.contains(&"  A f20".to_owned()), "{many:#?}");
    }
}
