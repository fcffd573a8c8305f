//! `offshoot.discardRun {run_id}` -> `{run_id, branches, salvaged}`: gives a run's result up; what only it held is
//! saved.

use super::target::Target;
use super::{Call, argument, value};
use crate::daemon::Connect;
use client::Api;
use protocol::Error;
use protocol::run::RunRef;
use serde_json::Value;

/// Its name.
pub(super) const NAME: &str = "offshoot.discardRun";

/// Gives it up.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let Target { run_id, .. } = argument(NAME, call.argument)?;
    let api = call.session.to_change().await?;
    let discarded = api.run_discard(RunRef { run_id, repo: None }).await?;
    call.session.findings.notify_one();
    value(discarded)
}
