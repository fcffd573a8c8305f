//! `task context clean`.

use super::show::{self, show};
use super::surroundings::{Access, Limits, Place};
use crate::context::Context;
use crate::exit::Exit;
use clap::ValueEnum;
use protocol::Error;
use std::path::PathBuf;
use tasks::context::clean;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// What was fetched long ago
    Age,
    /// What nobody has used for long
    Unused,
    /// What was unused longest, until the size is right
    Size,
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder; without it the repository, or the working directory
    pub(super) folder: Option<PathBuf>,
    /// Only for this reason; may be given several times
    #[arg(long, value_name = "REASON")]
    by: Vec<By>,
    /// Age: fetched longer ago than this
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    older_than: u32,
    /// Unused: not used for longer than this; what was used since then stays, whatever the reason
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    unused_for: u32,
    /// Size: all entries together, in MiB, instead of what the settings say
    #[arg(long, value_name = "MIB")]
    max_size: Option<u64>,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    limits: Limits,
}

pub(super) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let place = Place::open(
        context,
        args.folder.as_ref(),
        &args.limits,
        Access::default(),
    )?;
    let by = |reason: By| args.by.is_empty() || args.by.contains(&reason);
    let asked = args.max_size.map(|size| size.saturating_mul(1 << 20));
    let options = clean::Options {
        max_age_days: by(By::Age).then_some(args.older_than),
        unused_days: by(By::Unused).then_some(args.unused_for),
        max_bytes: by(By::Size).then(|| asked.unwrap_or_else(|| place.max_bytes())),
        recent_days: args.unused_for,
        dry_run: args.dry_run,
    };
    place.announce_writes(false);
    let artifact = place
        .perform(move |ground, _, around| clean::run(ground, around, &options))
        .await?;
    Ok(show(context, clean::ARTIFACT.0, &artifact, |artifact| {
        let mut lines = show::rows(artifact, "removed", |row| {
            let name = show::text(row, "library_name")?;
            let (entries, bytes) = (
                show::number(row.get("entries")),
                show::number(row.get("bytes")),
            );
            Some(format!(
                "{name:<28} {:<7} {entries} entries, {bytes} bytes",
                show::text(row, "reason")?
            ))
        });
        let words = if args.dry_run {
            "entries that would be removed"
        } else {
            "entries removed"
        };
        lines.push(show::figures(
            artifact,
            &[
                ("files_removed", words),
                ("space_freed_bytes", "bytes of them"),
                ("total_cache_size_bytes", "bytes that stay"),
            ],
        ));
        lines
    }))
}
