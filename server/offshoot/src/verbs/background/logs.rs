//! `background logs [RUN [STEP] | TASK]`: what an attempt printed, or the daemon's own log.

use crate::context::Context;
use crate::exit::Exit;
use client::{Api, Client};
use protocol::documents::DaemonLog;
use protocol::log::{LogChunk, LogRead};
use protocol::run::{Run, RunRef};
use protocol::{Error, ErrorKind};
use std::io::{Read, Seek, SeekFrom};
use std::time::Duration;

/// How much of the daemon's log is shown.
const TAIL: u64 = 64 * 1024;

/// How often a growing log is looked at.
const POLL: Duration = Duration::from_millis(200);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A run or a task; the daemon itself where none is given
    #[arg(value_name = "RUN|TASK")]
    id: Option<String>,
    /// The step of the run; the one that failed, else the last that began, where none is given
    step: Option<String>,
    /// The attempt; the last where none is given
    #[arg(long, value_name = "N", requires = "id")]
    attempt: Option<u32>,
    /// Go on until the attempt ends
    #[arg(long, short, requires = "id")]
    follow: bool,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    let Some(id) = args.id else {
        return own(context);
    };
    let client = context.daemon().await?;
    let mut wanted = LogRead {
        attempt: args.attempt,
        ..LogRead::default()
    };
    if id.starts_with("t-") {
        wanted.task_id = Some(id);
    } else {
        let run = client
            .run_show(RunRef {
                run_id: id,
                repo: Some(context.repo_text()),
            })
            .await?;
        wanted.step_id = Some(args.step.map_or_else(|| interesting(&run), Ok)?);
        wanted.run_id = Some(run.run_id);
    }
    print(context, &client, wanted, args.follow).await
}

/// The step whose log people want to see.
fn interesting(run: &Run) -> Result<String, Error> {
    let tried = || run.steps.iter().filter(|step| !step.attempts.is_empty());
    let failed = tried().find(|step| step.status == "failed");
    let began =
        |step: &&protocol::run::Step| step.attempts.last().map(|last| last.started_at.clone());
    let step = failed.or_else(|| tried().max_by_key(began));
    step.map(|step| step.id.clone()).ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            format!("no step of `{}` has begun yet", run.run_id),
        )
    })
}

async fn print(
    context: &Context,
    client: &Client,
    mut wanted: LogRead,
    follow: bool,
) -> Result<Exit, Error> {
    let mut whole: Option<LogChunk> = None;
    loop {
        let chunk = client.log_read(wanted.clone()).await?;
        let more = chunk.next > wanted.offset;
        wanted.offset = chunk.next;
        // A retry in between does not change whose log this is.
        wanted.attempt = Some(chunk.attempt);
        let end = chunk.end;
        if !context.out.json {
            context.out.raw(&chunk.text);
        } else if follow {
            if more {
                context.out.document_line(&chunk);
            }
        } else {
            collect(&mut whole, chunk);
        }
        if end || !(follow || more) {
            break;
        }
        if !more {
            tokio::time::sleep(POLL).await;
        }
    }
    if let Some(whole) = whole {
        context.out.document(&whole);
    }
    Ok(Exit::DONE)
}

fn collect(whole: &mut Option<LogChunk>, chunk: LogChunk) {
    match whole {
        None => *whole = Some(chunk),
        Some(whole) => {
            whole.text.push_str(&chunk.text);
            whole.next = chunk.next;
            whole.dropped = chunk.dropped;
            whole.end = chunk.end;
        }
    }
}

/// The daemon's log, which can be read also where none runs.
fn own(context: &Context) -> Result<Exit, Error> {
    let path = context.home.log_path();
    let text = tail(&path).map_err(|error| {
        Error::new(
            ErrorKind::NotFound,
            format!(
                "the daemon's log `{}` cannot be read: {error}",
                path.display()
            ),
        )
        .hint("no daemon has run yet")
    })?;
    let log = DaemonLog {
        path: path.display().to_string(),
        text,
    };
    context
        .out
        .result(&log, |log| vec![log.text.trim_end().to_owned()]);
    Ok(Exit::DONE)
}

fn tail(path: &std::path::Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let start = file.metadata()?.len().saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // The first line is cut in the middle.
    Ok(match text.split_once('\n') {
        Some((_, rest)) if start > 0 => rest.to_owned(),
        _ => text,
    })
}
