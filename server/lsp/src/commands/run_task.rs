//! `offshoot.runTask {task, operation?, target?}`: runs one of the built-in tasks.

use super::{Call, argument};
use crate::daemon::Connect;
use protocol::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::Value;

/// Its name.
pub(super) const NAME: &str = "offshoot.runTask";

/// The built-in tasks by name. None of them is in this version.
const TASKS: [&str; 3] = ["docs", "ops", "context"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    /// One of [`TASKS`].
    task: String,
    #[serde(default)]
    #[expect(dead_code, reason = "part of the command; read so that a wrong shape is refused")]
    operation: Option<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "part of the command; read so that a wrong shape is refused")]
    target: Option<String>,
}

/// Says which tasks there are.
pub(super) async fn run<C: Connect>(call: Call<C>) -> Result<Value, Error> {
    let Argument { task, .. } = argument(NAME, call.argument)?;
    let known = TASKS.join("`, `");
    if !TASKS.contains(&task.as_str()) {
        let message = format!("there is no built-in task `{task}`");
        return Err(Error::new(ErrorKind::NotFound, message).hint(format!("there are `{known}`")));
    }
    let message = format!("the built-in task `{task}` is not in this version");
    Err(Error::new(ErrorKind::Refused, message).hint("send it to an agent: `offshoot.submitTask`"))
}
