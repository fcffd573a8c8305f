//! `config …`: settings, and where each comes from.

mod get;
mod set;
mod show;
mod validate;

use crate::context::Context;
use crate::exit::Exit;
use clap::Subcommand;
use protocol::Error;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show the effective value of every setting
    Show(show::Args),
    /// Show one setting
    Get(get::Args),
    /// Write a setting into a file
    Set(set::Args),
    /// Show all problems of the settings files
    Validate(validate::Args),
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::Show(args) => show::run(context, args).await,
            Self::Get(args) => get::run(context, args).await,
            Self::Set(args) => set::run(context, args).await,
            Self::Validate(args) => validate::run(context, args).await,
        }
    }
}

/// A value as it is written on one line.
fn text(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
