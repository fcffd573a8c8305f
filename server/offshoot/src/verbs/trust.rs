//! `trust [--remove]`.

use crate::context::Context;
use crate::exit::Exit;
use client::Api;
use protocol::Error;
use protocol::config::TrustParams;

/// Arguments of `trust`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Take the trust back
    #[arg(long)]
    remove: bool,
    /// Only say whether the repository is trusted
    #[arg(long, conflicts_with = "remove")]
    show: bool,
}

/// `trust`.
pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let params = TrustParams {
        repo: context.repo_text(),
        trusted: (!args.show).then_some(!args.remove),
    };
    let trust = context.daemon().await?.trust_set(params).await?;
    context.out.result(&trust, |trust| {
        vec![if trust.trusted {
            format!(
                "{} is trusted: the editor and agents may run its commands",
                trust.repo
            )
        } else {
            format!(
                "{} is not trusted: only you at a terminal run its commands",
                trust.repo
            )
        }]
    });
    Ok(Exit::DONE)
}
