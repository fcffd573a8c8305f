//! `offshoot.runTask {task, operation?, target?, params?}` -> `{task_id, run_id?, status}`: sends a built-in task to the
//! background, for the folder that is open or the one that is named.

use super::target::{file_of, text};
use super::{Call, argument};
use crate::daemon::Connect;
use client::Api;
use model::built_in::{BuiltIn, Group, TABLE, by_operation};
use protocol::run::Origin;
use protocol::task::TaskSubmit;
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Its name.
pub(super) const NAME: &str = "offshoot.runTask";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// `docs`, `ops` or `context`.
    task: String,
    /// A verb of it; none = the usual whole.
    #[serde(default)]
    operation: Option<String>,
    /// A folder in the repository: a URI or path.
    #[serde(default)]
    target: Option<String>,
    /// Its parameters, as those of a step.
    #[serde(default)]
    params: BTreeMap<String, Value>,
}

/// Sends it.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let Argument {
        task,
        operation,
        target,
        params,
    } = argument(NAME, call.argument)?;
    let built_in = find(&task, operation.as_deref().unwrap_or_default())?;
    let open = call.session.folder();
    let target = target.map(|target| file_of(&target, open.as_deref()));
    let Some(folder) = target.transpose()?.or(open) else {
        let message = "no folder is open, and none is named";
        return Err(Error::new(ErrorKind::InvalidInput, message).hint("open the repository's folder"));
    };
    let submit = TaskSubmit {
        folder: text(&folder)?,
        agent: Some(built_in.group.role().to_owned()),
        task: built_in.actions.first().map(|action| (*action).to_owned()),
        params,
        worktree: true,
        environment: call.session.connect.environment(),
        origin: Origin::Editor,
        ..TaskSubmit::default()
    };
    let task = call.session.to_change().await?.task_submit(submit).await?;
    Ok(json!({ "task_id": task.task_id, "run_id": task.run_id, "status": task.status }))
}

fn find(task: &str, operation: &str) -> Result<&'static BuiltIn, Error> {
    let not_found = |what: String, known: &[&str]| {
        Error::new(ErrorKind::NotFound, what).hint(format!("there are `{}`", known.join("`, `")))
    };
    let Some(group) = Group::parse(task) else {
        let known = Group::ALL.map(Group::as_str);
        return Err(not_found(format!("there is no built-in task `{task}`"), &known));
    };
    by_operation(group, operation).ok_or_else(|| {
        let of_group = TABLE.iter().filter(|task| task.group == group);
        let known: Vec<&str> = of_group
            .map(|task| task.operation)
            .filter(|operation| !operation.is_empty())
            .collect();
        not_found(format!("`{task}` has no operation `{operation}`"), &known)
    })
}
