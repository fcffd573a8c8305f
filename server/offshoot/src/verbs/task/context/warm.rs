//! `task context warm`.

use super::show::{self, show};
use super::surroundings::{Access, Limits, Place};
use crate::context::Context;
use crate::exit::Exit;
use artifact::status;
use protocol::Error;
use serde_json::Value;
use std::path::PathBuf;
use tasks::context::warm;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder; without it the repository, or the working directory
    pub(super) folder: Option<PathBuf>,
    /// A library, instead of those that the manifests name; may be given several times
    #[arg(long, value_name = "NAME")]
    library: Vec<String>,
    /// A topic of each, instead of the usual ones; may be given several times
    #[arg(long, value_name = "NAME")]
    topic: Vec<String>,
    #[command(flatten)]
    fetched: Fetched,
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    limits: Limits,
}

#[derive(Debug, clap::Args)]
pub(super) struct Fetched {
    /// Fetch something for at most this many libraries
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Only say what would be fetched, and why; needs no key and no network
    #[arg(long)]
    dry_run: bool,
}

impl Fetched {
    pub(super) fn options(self, libraries: Vec<String>, topics: Vec<String>) -> warm::Options {
        warm::Options {
            libraries,
            topics,
            limit: self.limit,
            dry_run: self.dry_run,
        }
    }
}

pub(super) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let place = Place::open(context, args.folder.as_ref(), &args.limits, args.access)?;
    let options = args.fetched.options(args.library, args.topic);
    place.announce_writes(!options.dry_run);
    let artifact = place
        .perform(move |ground, web, around| warm::run(ground, web, around, &options))
        .await?;
    Ok(show(context, warm::ARTIFACT.0, &artifact, |artifact| {
        let mut lines = show::rows(artifact, "libraries_cached", line);
        if lines.is_empty() && artifact.status == status::COMPLETED {
            lines.push("no manifest names a library".to_owned());
        }
        let left_out = show::number(artifact.other.get("libraries_left_out"));
        if left_out > 0 {
            lines.push(format!(
                "{left_out} more are for the next run, or for a higher --limit"
            ));
        }
        lines
    }))
}

/// What is left out is counted.
fn line(row: &Value) -> Option<String> {
    if row["left_out"] == true {
        return None;
    }
    let (name, status) = (show::text(row, "library_name")?, show::text(row, "status")?);
    let fetched = show::number(row.get("topics_fetched"));
    let what = match (status, show::text(row, "reason")) {
        ("pending", Some(reason)) => format!("pending ({reason})"),
        ("cached", _) if fetched > 0 => format!("fetched ({fetched} topics)"),
        _ => status.replace('_', " "),
    };
    let error = show::text(row, "error_message").map(|error| format!(": {error}"));
    let by = show::text(row, "used_by").map(|by| format!("  {by}"));
    Some(format!(
        "{name:<28} {what}{}{}",
        error.unwrap_or_default(),
        by.unwrap_or_default()
    ))
}
