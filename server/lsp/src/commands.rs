//! `workspace/executeCommand`: one file per command, one line each in the table below.

use crate::daemon::Connect;
use crate::guard::answer;
use crate::session::Session;
use protocol::{Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use tower_lsp::jsonrpc;

mod show;
mod shown;
mod target;

/// What a command gets.
pub(crate) struct Call<C: Connect> {
    /// The session it was given in.
    pub(crate) session: Arc<Session<C>>,
    /// Its one argument.
    pub(crate) argument: Value,
}

macro_rules! commands {
    ($($module:ident;)*) => {
        $(mod $module;)*

        /// All commands, as `initialize` names them.
        pub(crate) const NAMES: &[&str] = &[$($module::NAME),*];

        async fn dispatch<C: Connect>(name: &str, call: Call<C>) -> Result<Value, Error> {
            match name {
                $($module::NAME => $module::run(call).await,)*
                _ => Err(Error::new(
                    ErrorKind::UnknownMethod,
                    format!("there is no command `{name}`"),
                )),
            }
        }
    };
}

commands! {
    run_workflow;
    cancel_run;
    resume_run;
    retry_step;
    accept_step;
    open_worktree;
    show_diff;
    apply_run;
    apply_step_to_file;
    discard_run;
    show_log;
    dismiss_finding;
    run_task;
    submit_task;
    show_health;
    reload_config;
}

/// Runs a command in a task of its own: a panic in it is one failed answer, not the end of the session, and
/// what it changes is not left half way when the client cancels the request.
pub(crate) async fn execute<C: Connect>(name: String, call: Call<C>) -> jsonrpc::Result<Value> {
    let place = call.session.waiting.place().map_err(answer)?;
    let outcome = tokio::spawn(async move {
        let _place = place;
        dispatch(&name, call).await
    })
    .await;
    outcome
        .unwrap_or_else(|error| Err(Error::new(ErrorKind::Internal, error.to_string())))
        .map_err(answer)
}

/// Reads a command's argument.
fn argument<T: DeserializeOwned>(name: &str, argument: Value) -> Result<T, Error> {
    serde_json::from_value(argument).map_err(|error| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("the argument of `{name}` cannot be read: {error}"),
        )
    })
}

/// An answer of the daemon's as the command's.
fn value<T: serde::Serialize>(answer: T) -> Result<Value, Error> {
    serde_json::to_value(answer).map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
}
