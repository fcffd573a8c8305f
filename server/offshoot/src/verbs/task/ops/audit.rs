//! `task ops audit`.

use super::super::ground::{Folder, perform};
use super::super::report;
use super::super::tools::Installed;
use super::super::web::Online;
use super::places;
use crate::context::Context;
use crate::exit::Exit;
use artifact::Artifact;
use jiff::{SignedDuration, Timestamp};
use protocol::{Error, ErrorKind};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;
use tasks::ops::deps;
use tasks::tools::{NoTools, Tools};
use tasks::web::{Offline, Web};

/// What the story of this task gives it.
const TIMEOUT: u64 = 1200;
/// How long a database counts as fresh.
const FRESH: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Another address of OSV: its service, and its databases below it.
const SERVICE: &str = "OFFSHOOT_OSV_URL";
/// Before a service that failed is asked again.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default, clap::Args)]
pub(crate) struct Args {
    /// The folder; without it the repository, or the working directory
    pub(super) folder: Option<PathBuf>,
    /// First take advisories into the database of this machine: files of OSV, archives such as all.zip, folders of these
    #[arg(long, value_name = "PATH", num_args = 1..)]
    import: Vec<PathBuf>,
    /// First fetch the databases of the ecosystems that are used here; uses the network
    #[arg(long)]
    update: bool,
    /// Also ask the service of OSV, with the names and versions of all packages; uses the network
    #[arg(long)]
    online: bool,
    /// Also ask `cargo audit`, and with --online `npm audit` and `pip-audit`, where they are installed
    #[arg(long)]
    tools: bool,
    /// Lockfiles that are left out; may be given several times
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// An advisory that is left out, by any of its names; may be given several times
    #[arg(long, value_name = "ID")]
    ignore: Vec<String>,
    /// A licence that packages may have, and then none but those; may be given several times
    #[arg(long, value_name = "SPDX", alias = "allow-licence")]
    allow_license: Vec<String>,
    /// A licence that packages may not have; may be given several times
    #[arg(long, value_name = "SPDX", alias = "deny-licence")]
    deny_license: Vec<String>,
    /// End with 1 when there is a finding of severity `error`
    #[arg(long)]
    strict: bool,
    /// At most this many seconds
    #[arg(long, value_name = "S", default_value_t = TIMEOUT)]
    timeout: u64,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let now = Timestamp::now();
    let time = Duration::from_secs(args.timeout);
    let folder = Folder::open(context, args.folder.as_deref(), time)?;
    let strict = args.strict;
    let network = args.online || args.update;
    let tools = args.tools;
    let options = options(context, args, now)?;
    let artifact = perform(folder, move |ground| {
        let web: &dyn Web = if network { &Online::new() } else { &Offline };
        let tools: &dyn Tools = if tools { &Installed } else { &NoTools };
        deps::run(ground, &options, deps::Surroundings { web, tools })
    })
    .await?;
    let exit = report::show(context, deps::ARTIFACT, &artifact, strict);
    context.out.lines(old(&artifact, now));
    Ok(exit)
}

/// What is audited when nothing is said about it: without network and tools.
pub(super) fn usual(context: &Context, allow: &[String]) -> Result<deps::Options, Error> {
    let args = Args {
        exclude: allow.to_vec(),
        ..Args::default()
    };
    options(context, args, Timestamp::now())
}

fn options(context: &Context, args: Args, now: Timestamp) -> Result<deps::Options, Error> {
    let cache = places::cache().ok_or_else(|| {
        let message = "there is no folder for the database: HOME is not set";
        Error::new(ErrorKind::InvalidInput, message).hint("set XDG_CACHE_HOME")
    })?;
    let other = std::env::var(SERVICE).ok().filter(|url| !url.is_empty());
    let at = |usual: &str| other.clone().unwrap_or_else(|| usual.to_owned());
    // Seconds are enough for something that is fresh for days.
    let told = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Ok(deps::Options {
        cache: cache.join("offshoot/osv"),
        import: args
            .import
            .iter()
            .map(|path| context.folder.join(path))
            .collect(),
        update: args.update,
        online: args.online,
        tools: args.tools,
        service: at(deps::SERVICE),
        pause: PAUSE,
        databases: at(deps::DATABASES),
        exclude: args.exclude,
        ignore: args.ignore,
        licences: deps::Policy {
            allow: args.allow_license,
            deny: args.deny_license,
        },
        places: places::of_packages(),
        stamp: deps::Stamp {
            at: told(now),
            expires: told(now.saturating_add(FRESH).unwrap_or(now)),
        },
    })
}

/// What a person should know of databases that are old. The artifact says when they are, not that they are: it is the
/// same for the same input.
fn old(artifact: &Artifact, now: Timestamp) -> Vec<String> {
    let sources = artifact.other.get("sources").and_then(Value::as_array);
    let is_old = |source: &&Value| {
        let expires = source.get("expires_at").and_then(Value::as_str);
        expires.is_some_and(|time| time.parse::<Timestamp>().is_ok_and(|time| time < now))
    };
    let old: Vec<&str> = sources
        .into_iter()
        .flatten()
        .filter(is_old)
        .filter_map(|source| source.get("ecosystem")?.as_str())
        .collect();
    if old.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "the database is old for {}: fetch it anew with --update",
        old.join(", ")
    )]
}
