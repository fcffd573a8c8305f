//! `task ops scan`.

use super::super::ground::{Folder, perform};
use super::super::report;
use crate::context::Context;
use crate::exit::Exit;
use protocol::Error;
use std::path::PathBuf;
use std::time::Duration;
use tasks::ops::scan;

/// What the story of this task gives it.
const TIMEOUT: u64 = 1200;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder; without it the repository, or the working directory
    pub(super) folder: Option<PathBuf>,
    /// Also what these commits added, for example `main..` or `HEAD`
    #[arg(long, value_name = "RANGE")]
    history: Option<String>,
    /// Files that are not read; may be given several times
    #[arg(long, value_name = "GLOB")]
    allow: Vec<String>,
    /// End with 1 when there is a finding of severity `error`
    #[arg(long)]
    strict: bool,
    /// At most this many seconds
    #[arg(long, value_name = "S", default_value_t = TIMEOUT)]
    timeout: u64,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let folder = Folder::open(
        context,
        args.folder.as_deref(),
        Duration::from_secs(args.timeout),
    )?;
    let options = scan::Options {
        history: args.history,
        allow: args.allow,
    };
    let artifact = perform(folder, move |ground| scan::run(ground, &options)).await?;
    Ok(report::show(
        context,
        scan::ARTIFACT,
        &artifact,
        args.strict,
    ))
}
