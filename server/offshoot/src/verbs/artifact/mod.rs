//! `artifact …`: what tasks and steps left, from a folder or from a run.

mod export;
mod list;
mod show;
mod source;

use crate::context::Context;
use crate::exit::Exit;
use artifact::Severity;
use clap::Subcommand;
use protocol::Error;
use protocol::run::FindingCounts;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// The artifacts, and how many findings each has
    List(list::Args),
    /// One artifact: its findings and its figures
    Show(show::Args),
    /// All of them in one file, for code scanning or for other programs
    Export(export::Args),
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::List(args) => list::run(context, args).await,
            Self::Show(args) => show::run(context, args).await,
            Self::Export(args) => export::run(context, args).await,
        }
    }
}

/// How many of each severity.
pub(crate) fn counts(severities: impl Iterator<Item = Severity>) -> FindingCounts {
    let mut counts = FindingCounts::default();
    for severity in severities {
        *match severity {
            Severity::Error => &mut counts.error,
            Severity::Warning => &mut counts.warning,
            Severity::Info => &mut counts.info,
        } += 1;
    }
    counts
}
