//! `offshoot.runWorkflow {workflow}` -> `{run_id}`: starts a run and does not wait for it.

use super::{Call, argument};
use crate::daemon::Connect;
use crate::uri;
use client::Api;
use protocol::run::{Origin, RunStart};
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Its name.
pub(super) const NAME: &str = "offshoot.runWorkflow";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// URI or path of the workflow file.
    workflow: String,
}

/// Starts the run.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let Argument { workflow } = argument(NAME, call.argument)?;
    let file = file_of(&workflow, call.session.folder().as_deref())?;
    let folder = file.parent().unwrap_or(&file);
    let start = RunStart {
        repo: text(folder)?,
        file: text(&file)?,
        environment: call.session.connect.environment(),
        origin: Origin::Editor,
        ..RunStart::default()
    };
    let run = call.session.to_change().await?.run_start(start).await?;
    Ok(json!({ "run_id": run.run_id }))
}

fn file_of(workflow: &str, folder: Option<&Path>) -> Result<PathBuf, Error> {
    if let Some(path) = uri::to_path(workflow) {
        return Ok(path);
    }
    if workflow.contains("://") {
        let message = format!("`{workflow}` is no file of this machine");
        return Err(
            Error::new(ErrorKind::InvalidInput, message).hint("save the workflow as a file first")
        );
    }
    match (Path::new(workflow), folder) {
        (path, _) if path.is_absolute() => Ok(path.to_owned()),
        (path, Some(folder)) => Ok(folder.join(path)),
        (_, None) => {
            let message = format!("`{workflow}` is a relative path, and no folder is open");
            Err(Error::new(ErrorKind::InvalidInput, message).hint("open the repository's folder"))
        }
    }
}

fn text(path: &Path) -> Result<String, Error> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("the path {} is not UTF-8", path.display()),
        )
        .hint("rename the file")
    })
}
