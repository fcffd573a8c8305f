//! `config get KEY`.

use super::text;
use crate::context::Context;
use crate::exit::Exit;
use client::Api;
use protocol::config::RepoRef;
use protocol::{Error, ErrorKind};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Path of the setting, for example `offshoot.max_parallel`
    key: String,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let repo = Some(context.repo_text());
    let settings = context
        .daemon()
        .await?
        .config_show(RepoRef { repo })
        .await?;
    let short = format!("offshoot.{}", args.key);
    let named = |key: &str| settings.settings.iter().find(|setting| setting.key == key);
    let setting = named(&args.key).or_else(|| named(&short)).ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            format!("there is no setting `{}`", args.key),
        )
        .hint("`offshoot config show` lists all of them")
    })?;
    context
        .out
        .result(setting, |setting| vec![text(&setting.value)]);
    Ok(Exit::DONE)
}
