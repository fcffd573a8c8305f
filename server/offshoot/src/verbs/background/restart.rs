//! `background restart [TASK]`: the daemon, or a task.

use super::{retry, start, stop};
use crate::context::Context;
use crate::exit::Exit;
use client::Api;
use protocol::daemon::Empty;
use protocol::{Error, ErrorKind};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A task to start again, in the place of the daemon
    task: Option<String>,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<Exit, Error> {
    if let Some(task) = args.task {
        return retry::retry(context, task).await;
    }
    let mode = match context.running_daemon().await {
        Ok(client) => client.daemon_status(Empty {}).await?.mode,
        Err(error) if error.kind == ErrorKind::NotRunning => String::new(),
        // It cannot be talked to; stopping it will say so once more, with the way out.
        Err(_) => String::new(),
    };
    match stop::stop(context, true).await {
        Err(error) if error.kind != ErrorKind::NotRunning => return Err(error),
        _ => {}
    }
    let arguments: &[&str] = if mode == "production" {
        &["--production"]
    } else {
        &[]
    };
    let client = client::ensure_daemon_with(&context.home, &context.program, arguments).await?;
    start::started(context, &client).await?;
    Ok(Exit::DONE)
}
