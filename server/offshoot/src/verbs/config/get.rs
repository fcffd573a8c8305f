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
        let known = settings.settings.iter().map(|setting| setting.key.as_str());
        let hint = match nearest(&args.key, known) {
            Some(key) => format!("did you mean `{key}`?"),
            None => "`offshoot config show` lists all of them".to_owned(),
        };
        Error::new(
            ErrorKind::NotFound,
            format!("there is no setting `{}`", args.key),
        )
        .hint(hint)
    })?;
    context
        .out
        .result(setting, |setting| vec![text(&setting.value)]);
    Ok(Exit::DONE)
}

/// The nearest key, also without its section, when it is near enough to be a typing error.
fn nearest<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (key.chars().count() / 3).clamp(1, 4);
    let distance = |known: &str| {
        let short = known.strip_prefix("offshoot.").unwrap_or(known);
        strsim::damerau_levenshtein(key, known).min(strsim::damerau_levenshtein(key, short))
    };
    known
        .map(|known| (distance(known), known))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, known)| known)
}
