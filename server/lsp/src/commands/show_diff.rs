//! `offshoot.showDiff {run_id, step_id?}` -> `{from, to, patch, files, shown}`: what a run or a step changed, as a
//! file of its own.

use super::target::Target;
use super::{Call, argument, show, shown, value};
use crate::daemon::Connect;
use client::Api;
use protocol::Error;
use protocol::results::DiffParams;
use serde_json::{Value, json};

/// Its name.
pub(super) const NAME: &str = "offshoot.showDiff";

/// Shows it.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let Target { run_id, step_id } = argument(NAME, call.argument)?;
    let name = format!("{run_id}.{}.diff", step_id.as_deref().unwrap_or("run"));
    let params = DiffParams { run_id, step_id, round: None, repo: None };
    let diff = call.session.to_read().await?.run_diff(params).await?;
    let state = call.session.connect.state();
    let path = shown::write(state, name, diff.patch.clone()).await?;
    show::show(&call.session, &path, None);
    let mut answer = value(diff)?;
    answer["shown"] = json!(path);
    Ok(answer)
}
