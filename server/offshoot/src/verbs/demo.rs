//! `demo`: a small repository, a workflow on it, and what came of it; leaves nothing behind.

mod project;

use crate::context::Context;
use crate::exit::Exit;
use crate::follow::{Show, watch};
use crate::render::ending;
use crate::row::Row;
use crate::style::{Paint, Style};
use crate::table;
use crate::verbs::diff;
use client::{Api, Client, Home};
use protocol::daemon::Stop;
use protocol::results::DiffParams;
use protocol::run::{Origin, Run, RunStart, Step};
use protocol::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::path::Path;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Keep the repository and the state folder
    #[arg(long)]
    keep: bool,
}

/// `demo`. The exit code is that of its run.
pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let folder = tempfile::Builder::new()
        .prefix("offshoot-demo-")
        .tempdir()
        .map_err(|error| Error::new(ErrorKind::Storage, format!("no temporary folder: {error}")))?;
    let repository = folder.path().join("words");
    project::create(&repository)?;
    let demo = Context {
        out: context.out,
        folder: repository.clone(),
        repo: repository.clone(),
        home: Home::new(&folder.path().join("state")),
        program: context.program.clone(),
    };
    let outcome = play(&demo).await;
    let stopped = stop(&demo).await;
    if args.keep {
        let kept = folder.keep();
        context.out.lines(kept_lines(&demo, &kept));
    }
    let exit = outcome?;
    stopped.map(|()| exit)
}

async fn play(demo: &Context) -> Result<Exit, Error> {
    introduce(demo);
    let client = demo.daemon().await?;
    let params = RunStart {
        repo: demo.repo_text(),
        file: demo
            .repo
            .join(project::WORKFLOW)
            .to_string_lossy()
            .into_owned(),
        environment: demo.environment(),
        origin: Origin::Cli,
        ..RunStart::default()
    };
    let started = client.run_start(params).await?;
    let (run, exit) = watch(demo, client.clone(), started, Show::Progress).await?;
    if demo.out.json {
        demo.out.document(&run);
    } else {
        conclude(demo, &client, &run).await?;
    }
    Ok(exit)
}

/// Ends the demo's daemon; one that never came up is no trouble.
async fn stop(demo: &Context) -> Result<(), Error> {
    let Ok(client) = demo.running_daemon().await else {
        return Ok(());
    };
    let stopping = client.daemon_stop(Stop::default()).await?;
    drop(client);
    crate::verbs::background::stop::wait_gone(&demo.home, stopping.pid).await
}

fn introduce(demo: &Context) {
    let style = demo.out.style;
    let dim = |text: &str| Row::new().with(Paint::Dim, text).finish(None, style);
    demo.out.lines([
        format!("A small program and its tests, in {}.", demo.repo.display()),
        "A workflow prepares its release: each step works in a git worktree of its own, one of them needs a \
         second attempt, and three are built-in tasks: documentation, secrets, and what is known of libraries."
            .to_owned(),
        String::new(),
        dim(&format!("$ offshoot run {}", project::WORKFLOW)),
        String::new(),
    ]);
}

/// What came of it, and how it goes on.
async fn conclude(demo: &Context, client: &Client, run: &Run) -> Result<(), Error> {
    let style = demo.out.style;
    demo.out
        .lines(ending::happened(run, &BTreeMap::new(), style));
    demo.out.lines(left_behind(run, style));
    if run.result_branch.is_some() {
        let wanted = DiffParams {
            run_id: run.run_id.clone(),
            step_id: None,
            round: None,
            repo: None,
        };
        let changed = client.run_diff(wanted).await?;
        let head = Row::new().with(
            Paint::Dim,
            &format!("$ offshoot diff --stat {}", run.run_id),
        );
        demo.out.lines([String::new(), head.finish(None, style)]);
        demo.out.lines(diff::stat(&changed, style));
    }
    demo.out.lines(["", "Your checkout stayed as it was: a result is a branch until you apply it. In a repository of your own:"]);
    demo.out.lines(ending::commands(
        &[
            ("offshoot init".to_owned(), "write a first workflow"),
            ("offshoot run workflows/example.yaml".to_owned(), "run it"),
            ("offshoot diff RUN".to_owned(), "see what it changed"),
            (
                "offshoot apply RUN".to_owned(),
                "put that into your working tree",
            ),
        ],
        style,
    ));
    Ok(())
}

/// The files that the steps were to make and did make.
fn left_behind(run: &Run, style: Style) -> Vec<String> {
    let paths = |step: &Step| {
        let paths = step.artifacts.iter().map(|artifact| artifact.path.as_str());
        paths.collect::<Vec<_>>().join(", ")
    };
    let made: Vec<(&str, String)> = run
        .steps
        .iter()
        .map(|step| (step.id.as_str(), paths(step)))
        .collect();
    let mut lines = vec![String::new(), "Verified artifacts, by step:".to_owned()];
    lines.extend(table::pairs(&made, None, style));
    lines
}

fn kept_lines(demo: &Context, folder: &Path) -> Vec<String> {
    let state = ending::quoted(&demo.home.root().to_string_lossy());
    let repository = ending::quoted(&demo.repo.to_string_lossy());
    vec![
        String::new(),
        format!("Kept in {}. To look at it:", folder.display()),
        format!("  export OFFSHOOT_HOME={state}; cd {repository}"),
        "  offshoot workflow list".to_owned(),
    ]
}
