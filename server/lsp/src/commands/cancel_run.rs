//! `offshoot.cancelRun {run_id}` -> `{run_id, status}`: stops a run; what completed stays.

use super::target::Target;
use super::{Call, argument};
use crate::daemon::Connect;
use client::Api;
use protocol::Error;
use protocol::run::RunRef;
use serde_json::{Value, json};

/// Its name.
pub(super) const NAME: &str = "offshoot.cancelRun";

/// Stops the run.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let Target { run_id, .. } = argument(NAME, call.argument)?;
    let api = call.session.to_change().await?;
    let run = api.run_cancel(RunRef { run_id, repo: None }).await?;
    Ok(json!({ "run_id": run.run_id, "status": run.status }))
}
