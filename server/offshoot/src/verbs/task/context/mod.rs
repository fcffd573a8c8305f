//! `task context …`: documentation of the libraries that a project uses.

mod clean;
mod health;
mod interruptible;
mod refresh;
mod search;
mod show;
mod staleness;
mod stats;
mod surroundings;
mod warm;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use protocol::Error;
use show::show;
use std::path::PathBuf;
use surroundings::{Access, Limits, Look, Place};
use tasks::context::whole;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    whole: warm::Fetched,
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    limits: Limits,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Fetch documentation of the libraries that the project uses
    Warm(warm::Args),
    /// Say which documentation is too old
    Staleness(Look),
    /// Say how much is there, and how often it was an answer
    Stats(Look),
    /// Fetch again what is stale, the most urgent first
    Refresh(refresh::Args),
    /// Find documentation by the names of its library and topic
    Search(search::Args),
    /// Remove what is old, unused or too much
    Clean(clean::Args),
    /// Say whether the knowledge base does its work
    Health(Look),
}

impl Args {
    /// Its operation, and the folder it is asked to work on.
    pub(super) fn which(&self) -> (&'static str, Option<PathBuf>) {
        let (operation, folder) = match &self.verb {
            None => ("", &None),
            Some(Verb::Warm(args)) => ("warm", &args.folder),
            Some(Verb::Staleness(args)) => ("staleness", &args.folder),
            Some(Verb::Stats(args)) => ("stats", &args.folder),
            Some(Verb::Refresh(args)) => ("refresh", &args.folder),
            Some(Verb::Search(_)) => ("search", &None),
            Some(Verb::Clean(args)) => ("clean", &args.folder),
            Some(Verb::Health(args)) => ("health", &args.folder),
        };
        (operation, folder.clone())
    }

    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self.verb {
            Some(Verb::Warm(args)) => warm::run(context, args).await,
            Some(Verb::Staleness(args)) => staleness::run(context, args).await,
            Some(Verb::Stats(args)) => stats::run(context, args).await,
            Some(Verb::Refresh(args)) => refresh::run(context, args).await,
            Some(Verb::Search(args)) => search::run(context, args).await,
            Some(Verb::Clean(args)) => clean::run(context, args).await,
            Some(Verb::Health(args)) => health::run(context, args).await,
            None => whole(context, self.whole, self.access, self.limits).await,
        }
    }
}

/// The usual whole.
async fn whole(
    context: &Context,
    fetched: warm::Fetched,
    access: Access,
    limits: Limits,
) -> Result<Exit, Error> {
    let place = Place::open(context, None, &limits, access)?;
    let options = fetched.options(Vec::new(), Vec::new());
    place.announce_writes(!options.dry_run);
    let artifact = place
        .perform(move |ground, web, around| whole::run(ground, web, around, &options))
        .await?;
    Ok(show(context, whole::ARTIFACT.0, &artifact, |artifact| {
        show::rows(artifact, "operations", |row| {
            let error = show::text(row, "error").map(|error| format!(": {error}"));
            let (name, status) = (show::text(row, "operation")?, show::text(row, "status")?);
            Some(format!(
                "{name:<10} {}{}",
                status.replace('_', " "),
                error.unwrap_or_default()
            ))
        })
    }))
}
