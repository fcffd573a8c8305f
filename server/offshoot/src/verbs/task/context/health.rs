//! `task context health`.

use super::show::{self, show};
use super::surroundings::{Access, Limits, Place};
use crate::context::Context;
use crate::exit::Exit;
use protocol::Error;
use std::path::PathBuf;
use tasks::context::health;

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
        .perform(|ground, _, around| health::run(ground, around))
        .await?;
    Ok(show(context, health::ARTIFACT.0, &artifact, |artifact| {
        let word = artifact
            .other
            .get("health")
            .and_then(|word| word.as_str())
            .unwrap_or("unknown");
        let mut lines = vec![word.replace('_', " ")];
        for list in ["issues", "recommendations"] {
            lines.extend(show::rows(artifact, list, |line| {
                Some(format!("  {}", line.as_str()?))
            }));
        }
        lines
    }))
}
