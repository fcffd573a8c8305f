//! `artifact list`.

use super::source::{Found, Source};
use crate::context::Context;
use crate::exit::Exit;
use crate::style::Paint;
use crate::table::{Cell, render};
use protocol::Error;
use protocol::documents::{ArtifactEntry, ArtifactList};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let found = args.source.read(context).await?;
    let entries = found.into_iter().map(|Found { entry, .. }| entry);
    let list = ArtifactList {
        artifacts: entries.collect(),
    };
    context.out.result(&list, |list| lines(context, list));
    Ok(Exit::DONE)
}

fn lines(context: &Context, list: &ArtifactList) -> Vec<String> {
    if list.artifacts.is_empty() {
        return vec![
            "There are no artifacts here. `offshoot task ops` makes some; --run names a run that left others.".to_owned(),
        ];
    }
    let steps = list.artifacts.iter().any(|entry| entry.step_id.is_some());
    let row = |entry: &ArtifactEntry| -> Vec<Cell> {
        let found = entry.findings;
        let status = entry.status.clone().unwrap_or_default();
        let paint = match status.as_str() {
            "completed" | "" => Paint::Plain,
            "failed" => Paint::Red,
            _ => Paint::Yellow,
        };
        let mut row = vec![
            (Paint::Bold, entry.kind.clone()),
            (paint, status),
            (Paint::Plain, found.error.to_string()),
            (Paint::Plain, found.warning.to_string()),
            (Paint::Plain, found.info.to_string()),
            (Paint::Plain, entry.path.clone()),
        ];
        if steps {
            row.insert(0, (Paint::Dim, entry.step_id.clone().unwrap_or_default()));
        }
        row
    };
    let rows: Vec<Vec<Cell>> = list.artifacts.iter().map(row).collect();
    let mut head = vec!["KIND", "STATUS", "ERRORS", "WARNINGS", "INFO", "PATH"];
    if steps {
        head.insert(0, "STEP");
    }
    let first = usize::from(steps);
    let right = [first + 2, first + 3, first + 4];
    let out = context.out;
    render(&head, &rows, &right, out.columns(), out.style)
}
