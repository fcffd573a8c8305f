//! `offshoot.submitTask {agent?, task?, prompt?, files?, priority?, after?}` -> `{task_id, run_id?, status}`: sends
//! something to the background.

use super::target::{file_of, text};
use super::{Call, argument};
use crate::daemon::Connect;
use client::Api;
use model::language::values::priority;
use protocol::run::Origin;
use protocol::task::TaskSubmit;
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};

/// Its name.
pub(super) const NAME: &str = "offshoot.submitTask";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// Role of the agent.
    #[serde(default)]
    agent: Option<String>,
    /// An action of the agent's.
    #[serde(default)]
    task: Option<String>,
    /// What is asked for, in words.
    #[serde(default)]
    prompt: Option<String>,
    /// Files it is about: URIs or paths.
    #[serde(default)]
    files: Vec<String>,
    /// 0 to 100, or a name.
    #[serde(default)]
    priority: Value,
    /// Tasks that have to complete before.
    #[serde(default)]
    after: Vec<String>,
}

/// Sends it.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let argument: Argument = argument(NAME, call.argument)?;
    let folder = call.session.folder();
    let files = argument.files.iter();
    let files = files.map(|file| file_of(file, folder.as_deref())).collect::<Result<Vec<_>, _>>()?;
    let open = folder.or_else(|| files.first()?.parent().map(ToOwned::to_owned));
    let Some(folder) = open else {
        let message = "no folder is open, and no file is named";
        return Err(Error::new(ErrorKind::InvalidInput, message).hint("open the repository's folder"));
    };
    let submit = TaskSubmit {
        folder: text(&folder)?,
        agent: argument.agent,
        task: words(argument.task, argument.prompt)?,
        files: files.iter().map(|file| text(file)).collect::<Result<_, _>>()?,
        worktree: true,
        priority: number(&argument.priority)?,
        after: argument.after,
        environment: call.session.connect.environment(),
        origin: Origin::Editor,
        ..TaskSubmit::default()
    };
    let task = call.session.to_change().await?.task_submit(submit).await?;
    Ok(json!({ "task_id": task.task_id, "run_id": task.run_id, "status": task.status }))
}

fn words(task: Option<String>, prompt: Option<String>) -> Result<Option<String>, Error> {
    match (task, prompt) {
        (Some(_), Some(_)) => {
            let message = "`task` and `prompt` both say what is asked for";
            Err(Error::new(ErrorKind::InvalidInput, message).hint("give one of them"))
        }
        (task, prompt) => Ok(task.or(prompt)),
    }
}

fn number(given: &Value) -> Result<Option<u8>, Error> {
    let found = match given {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_u64().and_then(|number| u8::try_from(number).ok()),
        Value::String(name) => priority(name),
        _ => None,
    };
    found.filter(|number| *number <= 100).map(Some).ok_or_else(|| {
        let message = format!("`priority` is 0 to 100, `critical`, `high`, `medium` or `low`, not {given}");
        Error::new(ErrorKind::InvalidInput, message)
    })
}
