//! `task ops …`.

pub(super) mod all;
mod audit;
mod common;
mod compliance;
mod infra;
mod places;
mod scan;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use protocol::Error;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    all: all::Whole,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Look for known vulnerabilities in the packages that lockfiles pin, and list them with their licences
    Audit(Box<audit::Args>),
    /// Look for secrets in files, and in what a range of commits added
    Scan(scan::Args),
    /// Check Dockerfiles, compose files, Kubernetes manifests and GitHub workflows
    Infra(infra::Args),
    /// Check what the repository should have, and should not have
    Compliance(compliance::Args),
}

impl Args {
    /// Its operation; empty = all of them.
    pub(super) fn operation(&self) -> &'static str {
        match &self.verb {
            None => "",
            Some(Verb::Audit(_)) => "audit",
            Some(Verb::Scan(_)) => "scan",
            Some(Verb::Infra(_)) => "infra",
            Some(Verb::Compliance(_)) => "compliance",
        }
    }

    /// The folder it is asked to work on.
    pub(super) fn folder(&self, context: &Context) -> Result<Option<PathBuf>, Error> {
        match &self.verb {
            None => Ok(self.all.folder.clone()),
            Some(Verb::Audit(args)) => Ok(args.folder.clone()),
            Some(Verb::Scan(args)) => args.paths.folder(context),
            Some(Verb::Infra(args)) => args.paths.folder(context),
            Some(Verb::Compliance(args)) => args.paths.folder(context),
        }
    }
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    match args.verb {
        None => all::run(context, args.all).await,
        Some(Verb::Audit(args)) => audit::run(context, *args).await,
        Some(Verb::Scan(args)) => scan::run(context, args).await,
        Some(Verb::Infra(args)) => infra::run(context, args).await,
        Some(Verb::Compliance(args)) => compliance::run(context, args).await,
    }
}
