//! `task docs`.

use super::ground::{Folder, perform};
use super::kept::Kept;
use super::report;
use super::web::Online;
use crate::context::Context;
use crate::exit::Exit;
use crate::git;
use artifact::Severity;
use protocol::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tasks::docs::{self, Means};
use tasks::web::{Offline, Web};

/// What the story of this task gives it.
const TIMEOUT: u64 = 900;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only report on this folder or file
    path: Option<PathBuf>,
    /// Write the report only: no reference, no `llms.txt`
    #[arg(long)]
    check: bool,
    /// Also ask the servers that links lead to
    #[arg(long)]
    links: bool,
    /// End with 1 when there is a finding of severity `warning` or `error`
    #[arg(long)]
    strict: bool,
    /// At most this many seconds
    #[arg(long, value_name = "S", default_value_t = TIMEOUT)]
    timeout: u64,
}

impl Args {
    /// The folder to work in; none = the repository.
    pub(super) fn folder(&self, context: &Context) -> Result<Option<PathBuf>, Error> {
        split(context, self.path.as_deref()).map(|(root, _)| root)
    }
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let (root, within) = split(context, args.path.as_deref())?;
    let time = Duration::from_secs(args.timeout);
    let folder = Folder::open(context, root.as_deref(), time)?;
    let cache = Kept::of(context, folder.place(), "docs");
    let options = docs::Options {
        within,
        check: args.check,
        links: args.links,
    };
    let artifact = perform(folder, move |ground| {
        let online = options.links.then(Online::new);
        let web = online
            .as_ref()
            .map_or(&Offline as &dyn Web, |online| online);
        docs::run(ground, Means { cache: &cache, web }, &options)
    })
    .await?;
    let totals = &artifact.other.get("totals");
    let total = |name: &str| {
        totals
            .and_then(|totals| totals.get(name)?.as_u64())
            .unwrap_or_default()
    };
    let figure = format!(
        "{} of {} public items documented",
        total("documented"),
        total("public")
    );
    let exit = report::show_with(context, docs::ARTIFACT, &artifact, false, Some(&figure));
    let bad = |severity| matches!(severity, Severity::Warning | Severity::Error);
    let strict = args.strict
        && artifact
            .findings
            .iter()
            .any(|finding| bad(finding.severity));
    Ok(if strict && exit == Exit::DONE {
        Exit::FAILED
    } else {
        exit
    })
}

/// The folder to work in, and what in it is reported on: a path in a repository is a part of that.
fn split(
    context: &Context,
    path: Option<&Path>,
) -> Result<(Option<PathBuf>, Option<String>), Error> {
    let Some(path) = path else {
        return Ok((None, None));
    };
    let path = context.folder.join(path).canonicalize().map_err(|error| {
        let message = format!("`{}` cannot be used: {error}", path.display());
        Error::new(ErrorKind::NotFound, message)
    })?;
    let folder = if path.is_dir() {
        path.as_path()
    } else {
        path.parent().unwrap_or(&path)
    };
    let root = git::open(folder).map_or_else(|_| folder.to_owned(), |repo| repo.root().to_owned());
    let root = root.canonicalize().unwrap_or(root);
    let within = path
        .strip_prefix(&root)
        .ok()
        .map(|path| path.to_string_lossy().into_owned());
    Ok((Some(root), within.filter(|within| !within.is_empty())))
}
