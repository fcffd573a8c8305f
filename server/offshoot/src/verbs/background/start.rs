//! `background start [--production]`; `--dev` never comes here, it is a process of its own.

use crate::context::Context;
use crate::exit::Exit;
use crate::processes::DaemonArgs;
use client::{Api, Client};
use protocol::daemon::{Empty, Status};
use protocol::{Error, ErrorKind};

pub(crate) async fn run(context: &Context, args: DaemonArgs) -> Result<Exit, Error> {
    let arguments: &[&str] = if args.production {
        &["--production"]
    } else {
        &[]
    };
    let client = client::ensure_daemon_with(&context.home, &context.program, arguments).await?;
    let status = started(context, &client).await?;
    if args.production && status.mode != "production" {
        return Err(Error::new(
            ErrorKind::Refused,
            format!(
                "the daemon (process {}) already runs in {} mode",
                status.pid, status.mode
            ),
        )
        .hint("`offshoot background stop`, then start it again"));
    }
    Ok(Exit::DONE)
}

/// Says which daemon answers.
pub(super) async fn started(context: &Context, client: &Client) -> Result<Status, Error> {
    let status = client.daemon_status(Empty {}).await?;
    context.out.result(&status, |status| {
        vec![format!(
            "daemon {} runs as process {} with {} in {} mode",
            status.version,
            status.pid,
            crate::times::count(status.pool.size as usize, "slot"),
            status.mode
        )]
    });
    Ok(status)
}
