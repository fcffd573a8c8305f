//! `offshoot.openWorktree {run_id, step_id, path?, line?}` -> `{worktree, branch, path}`: opens a step's
//! worktree, or a file in it.

use super::target::step_of;
use super::{Call, argument, show};
use crate::daemon::Connect;
use client::Api;
use protocol::run::{RunRef, Step};
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Component, Path};

/// Its name.
pub(super) const NAME: &str = "offshoot.openWorktree";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// Id or unique prefix.
    run_id: String,
    /// The step.
    step_id: String,
    /// A file, relative to the repository.
    #[serde(default)]
    path: Option<String>,
    /// A line in it, from 1.
    #[serde(default)]
    line: Option<u32>,
}

/// Opens it.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let Argument { run_id, step_id, path, line } = argument(NAME, call.argument)?;
    let reference = RunRef { run_id, repo: None };
    let run = call.session.to_read().await?.run_show(reference).await?;
    let step = step_of(&run, &step_id)?;
    let worktree = step.worktree.as_deref().ok_or_else(|| none(step))?;
    let shown = match &path {
        Some(path) => Path::new(worktree).join(inside(path)?),
        None => worktree.into(),
    };
    show::show(&call.session, &shown, line);
    Ok(json!({ "worktree": worktree, "branch": step.branch, "path": shown }))
}

fn none(step: &Step) -> Error {
    let message = format!("step `{}` has no worktree: it is {}", step.id, step.status);
    let error = Error::new(ErrorKind::NotFound, message);
    match &step.branch {
        Some(branch) => error.hint(format!("its result is on the branch {branch}")),
        None => error,
    }
}

fn inside(path: &str) -> Result<&Path, Error> {
    let path = Path::new(path);
    if path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Ok(path);
    }
    let message = format!("`{}` is not in the repository", path.display());
    Err(Error::new(ErrorKind::InvalidInput, message))
}
