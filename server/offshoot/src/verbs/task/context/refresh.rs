//! `task context refresh`.

use super::show::{self, show};
use super::surroundings::{Access, Limits, Place};
use crate::context::Context;
use crate::exit::Exit;
use protocol::Error;
use serde_json::Value;
use std::path::PathBuf;
use tasks::context::refresh;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder; without it the repository, or the working directory
    pub(super) folder: Option<PathBuf>,
    /// A library that is fetched again, stale or not; may be given several times
    #[arg(long, value_name = "NAME")]
    library: Vec<String>,
    /// Fetch at most this many tasks of the queue
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Try now what waits for another try, or was given up
    #[arg(long)]
    again: bool,
    /// Only say what would be fetched; needs no key and no network
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    limits: Limits,
}

pub(super) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let place = Place::open(context, args.folder.as_ref(), &args.limits, args.access)?;
    let options = refresh::Options {
        libraries: args.library,
        limit: args.limit,
        again: args.again,
        dry_run: args.dry_run,
    };
    place.announce_writes(!options.dry_run);
    let artifact = place
        .perform(move |ground, web, around| refresh::run(ground, web, around, &options))
        .await?;
    Ok(show(context, refresh::ARTIFACT.0, &artifact, |artifact| {
        let mut lines = show::rows(artifact, "tasks", line);
        if lines.is_empty() {
            lines.push("nothing is due".to_owned());
        }
        let left_out = show::number(artifact.other.get("tasks_left_out"));
        if left_out > 0 {
            lines.push(format!(
                "{left_out} more are for the next run, or for a higher --limit"
            ));
        }
        lines
    }))
}

fn line(row: &Value) -> Option<String> {
    let (name, status) = (show::text(row, "library_name")?, show::text(row, "status")?);
    let error = show::text(row, "error_message").map(|error| format!(": {error}"));
    let priority = show::number(row.get("priority"));
    Some(format!(
        "{name:<28} priority {priority:<2} {status}{}",
        error.unwrap_or_default()
    ))
}
