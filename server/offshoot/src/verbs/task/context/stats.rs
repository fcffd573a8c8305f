//! `task context stats`.

use super::show::{self, show};
use super::surroundings::Look;
use crate::context::Context;
use crate::exit::Exit;
use protocol::Error;
use tasks::context::statistics;

pub(super) async fn run(context: &Context, args: Look) -> Result<Exit, Error> {
    let artifact = args.perform(context, statistics::run).await?;
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
