//! `config validate`.

use crate::context::Context;
use crate::diagnostics;
use crate::exit::Exit;
use client::Api;
use protocol::Error;
use protocol::config::RepoRef;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) async fn run(context: &Context, _args: Args) -> Result<Exit, Error> {
    let repo = Some(context.repo_text());
    let settings = context
        .daemon()
        .await?
        .config_show(RepoRef { repo })
        .await?;
    if diagnostics::any_error(&settings.diagnostics) {
        return Err(Error::invalid(
            "the settings have errors",
            &settings.diagnostics,
        ));
    }
    context.out.diagnostics(&settings.diagnostics);
    context.out.result(&settings, |settings| {
        vec![match settings.diagnostics.len() {
            0 => "the settings are in order".to_owned(),
            many => format!(
                "the settings can be used, with {}",
                crate::times::count(many, "warning")
            ),
        }]
    });
    Ok(Exit::DONE)
}
