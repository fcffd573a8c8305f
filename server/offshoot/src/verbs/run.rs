//! `run FILE`, and `workflow execute --workflow FILE`, which is the same.

use crate::context::Context;
use crate::exit::Exit;
use crate::follow::{Show, follow};
use crate::render::ending;
use crate::verbs::workflow::file;
use client::Api;
use protocol::run::{Origin, RunStart};
use protocol::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The workflow file; it need not be committed
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    options: Options,
}

/// What `run` and `workflow execute` share.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Start it and return at once
    #[arg(long)]
    detach: bool,
    /// Start from this step, with what completed before it in the file's newest run
    #[arg(long, value_name = "STEP")]
    from: Option<String>,
    /// Start agents without a person, whatever the files say
    #[arg(long)]
    auto: bool,
    /// A back end to try before the steps' own; may be repeated
    #[arg(long = "backend", value_name = "NAME", value_delimiter = ',')]
    backends: Vec<String>,
    /// An input of the workflow; may be repeated
    #[arg(long = "input", value_name = "KEY=VALUE")]
    inputs: Vec<String>,
    /// At most this many steps at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_parallel: Option<u32>,
    /// Seconds one attempt may take, where the step says nothing
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<f64>,
    /// Start from the checkout as it is, uncommitted and untracked files included
    #[arg(long)]
    include_dirty: bool,
    #[command(flatten)]
    typed: Typed,
}

/// Whether this counts as typed by a person.
#[derive(Debug, clap::Args)]
pub(crate) struct Typed {
    /// Only where the repository is trusted (`offshoot trust`): for hooks and scripts, which nobody types
    #[arg(long)]
    trusted_only: bool,
}

impl Typed {
    pub(crate) fn origin(&self) -> Origin {
        match self.trusted_only {
            true => Origin::Hook,
            false => Origin::Cli,
        }
    }
}

/// `run FILE`.
pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    start(context, &args.file, args.options).await
}

/// Starts a run of this file and, unless it is to be detached, follows it.
pub(crate) async fn start(
    context: &Context,
    given: &Path,
    options: Options,
) -> Result<Exit, Error> {
    // Problems are shown before anything is started, also those that are only warnings.
    let file = context.file(given);
    file::check(context, given, &file)?;
    let params = RunStart {
        repo: context.repo_text(),
        file: file.to_string_lossy().into_owned(),
        from: options.from,
        inputs: inputs(&options.inputs)?,
        auto: options.auto,
        backends: options.backends,
        max_parallel: options.max_parallel,
        timeout_s: options.timeout,
        priority: None,
        include_dirty: options.include_dirty,
        environment: context.environment(),
        origin: options.typed.origin(),
    };
    let client = context.daemon().await?;
    let run = client.run_start(params).await?;
    if !options.detach {
        return follow(context, client, run, Show::Progress).await;
    }
    context
        .out
        .result(&run, |run| ending::brief(run, context.out.style));
    Ok(Exit::DONE)
}

fn inputs(given: &[String]) -> Result<BTreeMap<String, String>, Error> {
    let pair = |input: &String| {
        let (key, value) = input.split_once('=')?;
        (!key.is_empty()).then(|| (key.to_owned(), value.to_owned()))
    };
    given
        .iter()
        .map(|input| {
            pair(input).ok_or_else(|| {
                Error::new(
                    ErrorKind::InvalidInput,
                    format!("the input `{input}` is not KEY=VALUE"),
                )
            })
        })
        .collect()
}

/// A positive number of seconds.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("give a positive number of seconds".to_owned()),
    }
}
