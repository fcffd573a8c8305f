//! `offshoot.runWorkflow {workflow, from?, auto?, inputs?, backends?, max_parallel?, timeout_s?}` -> `{run_id, warnings}`:
//! starts a run and does not wait for it.

use super::target::{file_of, text};
use super::{Call, argument};
use crate::daemon::Connect;
use client::Api;
use protocol::Error;
use protocol::run::{Origin, RunStart};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Its name.
pub(super) const NAME: &str = "offshoot.runWorkflow";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// URI or path of the workflow file.
    workflow: String,
    /// As in [`RunStart`], like those that follow.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    auto: bool,
    #[serde(default)]
    inputs: BTreeMap<String, String>,
    #[serde(default)]
    backends: Vec<String>,
    #[serde(default)]
    max_parallel: Option<u32>,
    #[serde(default)]
    timeout_s: Option<f64>,
}

/// Starts the run.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let argument: Argument = argument(NAME, call.argument)?;
    let file = file_of(&argument.workflow, call.session.folder().as_deref())?;
    let folder = file.parent().unwrap_or(&file);
    let start = RunStart {
        repo: text(folder)?,
        file: text(&file)?,
        from: argument.from,
        auto: argument.auto,
        inputs: argument.inputs,
        backends: argument.backends,
        max_parallel: argument.max_parallel,
        timeout_s: argument.timeout_s,
        environment: call.session.connect.environment(),
        origin: Origin::Editor,
        ..RunStart::default()
    };
    let run = call.session.to_change().await?.run_start(start).await?;
    Ok(json!({ "run_id": run.run_id, "warnings": run.warnings }))
}
