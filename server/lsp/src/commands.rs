//! `workspace/executeCommand`: one file per command, one line each in the list and in [`dispatch`].

use crate::daemon::Connect;
use crate::guard::answer;
use crate::session::Session;
use protocol::{Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use tower_lsp::jsonrpc;

mod cancel_run;
mod run_workflow;

/// All commands, as `initialize` names them.
pub(crate) const NAMES: [&str; 2] = [run_workflow::NAME, cancel_run::NAME];

/// What a command gets.
pub(crate) struct Call<C: Connect> {
    /// The session it was given in.
    pub(crate) session: Arc<Session<C>>,
    /// Its one argument.
    pub(crate) argument: Value,
}

/// Runs a command in a task of its own: a panic in it is one failed answer, not the end of the session.
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

async fn dispatch<C: Connect>(name: &str, call: Call<C>) -> Result<Value, Error> {
    match name {
        run_workflow::NAME => run_workflow::run(call).await,
        cancel_run::NAME => cancel_run::run(call).await,
        _ => Err(Error::new(
            ErrorKind::UnknownMethod,
            format!("there is no command `{name}`"),
        )),
    }
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
