//! `task context stats`.

use super::show::{self, show};
use super::surroundings::{Access, Limits, Place};
use crate::context::Context;
use crate::exit::Exit;
use protocol::Error;
use std::path::PathBuf;
use tasks::context::statistics;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder; without it the repository, or the working directory
    pub(super) folder: Option<PathBuf>,
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
    let artifact = place
        .perform(|ground, _, around| statistics::run(ground, around))
        .await?;
    Ok(show(
        context,
        statistics::ARTIFACT.0,
        &artifact,
        |artifact| {
            let of = |names: &[(&str, &str)]| show::figures(artifact, names);
            vec![
                of(&[
                    ("total_entries", "entries"),
                    ("total_libraries", "libraries"),
                    ("total_size_bytes", "bytes"),
                    ("total_tokens", "tokens"),
                ]),
                of(&[
                    ("cache_hits", "hits"),
                    ("cache_misses", "misses"),
                    ("hit_rate", "hit rate in %"),
                    ("fuzzy_matches", "fuzzy matches"),
                ]),
                of(&[
                    ("api_calls", "questions to Context7"),
                    ("queued", "queued"),
                    ("given_up", "given up"),
                ]),
            ]
        },
    ))
}
