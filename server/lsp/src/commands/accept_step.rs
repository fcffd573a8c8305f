//! `offshoot.acceptStep {run_id, step_id}` -> `{run_id, status}`: takes an unverified step as completed.

use super::target::Target;
use super::{Call, argument};
use crate::daemon::Connect;
use client::Api;
use protocol::Error;
use protocol::run::StepRef;
use serde_json::{Value, json};

/// Its name.
pub(super) const NAME: &str = "offshoot.acceptStep";

/// Takes it.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let Target { run_id, step_id } = argument(NAME, call.argument)?;
    let step = StepRef {
        run_id,
        step_id,
        environment: call.session.connect.environment(),
        repo: None,
    };
    let run = call.session.to_change().await?.run_accept(step).await?;
    Ok(json!({ "run_id": run.run_id, "status": run.status }))
}
