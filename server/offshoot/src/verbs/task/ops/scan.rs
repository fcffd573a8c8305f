//! `task ops scan`.

use super::super::report;
use super::common::{Common, Paths};
use crate::context::Context;
use crate::exit::Exit;
use protocol::Error;
use tasks::ground::Ground;
use tasks::ops::scan;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) paths: Paths,
    /// Also what these commits added, for example `main..` or `HEAD`
    #[arg(long, value_name = "RANGE")]
    history: Option<String>,
    #[command(flatten)]
    common: Common,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let folder = args.paths.folder(context)?;
    let options = scan::Options {
        within: args.paths.within(context)?,
        history: args.history,
        allow: args.common.allow.clone(),
    };
    let work = move |ground: &dyn Ground| scan::run(ground, &options);
    let artifact = args
        .common
        .perform(context, folder.as_deref(), work)
        .await?;
    Ok(report::show(
        context,
        scan::ARTIFACT,
        &artifact,
        args.common.strict,
    ))
}
