//! `background …`: the daemon, and the queue of tasks. One file per verb.

mod cancel;
mod list;
mod logs;
mod priority;
mod reload;
mod restart;
mod retry;
mod show;
mod start;
mod status;
pub(crate) mod stop;
mod submit;

use crate::context::Context;
use crate::exit::Exit;
use crate::processes::DaemonArgs;
use clap::Subcommand;
use protocol::Error;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Start the daemon (every run does that by itself)
    Start(DaemonArgs),
    /// Stop the daemon; attempts end and go back into the queue
    Stop(stop::Args),
    /// Start the daemon anew, agents go on; with a TASK start that again
    Restart(restart::Args),
    /// Show what the daemon does; never starts one
    Status(status::Args),
    /// Read all settings again
    Reload(reload::Args),
    /// Show what a step or task printed, or the daemon's own log
    Logs(logs::Args),
    /// Put a task into the queue: an agent's, or a command after `--`
    Submit(submit::Args),
    /// List tasks, newest first
    List(list::Args),
    /// Show a task
    Show(show::Args),
    /// Stop a task
    Cancel(cancel::Args),
    /// Set an ended task going again
    Retry(retry::Args),
}

impl Verb {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self {
            Self::Start(args) => start::run(context, args).await,
            Self::Stop(args) => stop::run(context, args).await,
            Self::Restart(args) => restart::run(context, args).await,
            Self::Status(args) => status::run(context, args).await,
            Self::Reload(args) => reload::run(context, args).await,
            Self::Logs(args) => logs::run(context, args).await,
            Self::Submit(args) => submit::run(context, args).await,
            Self::List(args) => list::run(context, args).await,
            Self::Show(args) => show::run(context, args).await,
            Self::Cancel(args) => cancel::run(context, args).await,
            Self::Retry(args) => retry::run(context, args).await,
        }
    }
}

pub(crate) use status::pool as pool_line;
