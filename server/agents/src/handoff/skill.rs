//! The agent's side: what the command file asks for, and the status file in answer. For
//! `workflow execute-skill-command`; the engine's side never calls this.

mod report;

pub use report::{State, StatusUpdate, write_status};

use super::error::Error;
use super::names::{COMMAND_FILE, CURSOR_DIR, STATUS_FILE, is_plain_name};
use super::place::{self, Found};
use super::status::Fields;
use super::value::In;
use model::workflow::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Whole documents may be inlined in a command.
const MAX_BYTES: usize = 16 << 20;

/// A command to be done. Texts that are not given are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct SkillCommand {
    /// The command string.
    pub command: String,
    /// Free text of the step.
    pub prompt: String,
    /// Parameters as data; only protocol 1.1 has them.
    pub params: Vec<(String, Value)>,
    /// The workflow; none in plain text.
    pub workflow_id: Option<String>,
    /// The step.
    pub step_id: Option<String>,
    /// The run; only protocol 1.1.
    pub run_id: Option<String>,
    /// The nonce to answer with; only protocol 1.1.
    pub execution_id: Option<String>,
    /// From 1.
    pub attempt: u32,
    /// Title, notes, context tier and what to consult.
    pub context: Context,
    /// Files that must be there at the end.
    pub expected_artifacts: Vec<String>,
    /// Where the work is done and the status is written.
    pub worktree: PathBuf,
    /// Name of the status file in the worktree's root.
    pub status_file: String,
    /// What the engine will wait.
    pub timeout: Option<Duration>,
    /// Secrets in `command` were replaced by a placeholder: it cannot be done as it stands.
    pub redacted: bool,
}

/// What helps to do it well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// For people.
    pub title: String,
    /// For the agent.
    pub notes: String,
    /// 1 to 4.
    pub context_tier: Option<u8>,
    /// Knowledge to look into.
    pub consults: Vec<String>,
}

/// Reads a command file: JSON as TappsCodingAgents wrote it early and late, ours, or plain text.
///
/// # Errors
/// When the file cannot be read, or nothing in it says what to do.
pub fn read_command(path: &Path) -> Result<SkillCommand, Error> {
    let fail = |reason: String| Error::Command {
        path: path.to_owned(),
        reason,
    };
    let bytes = match place::read_file(path, MAX_BYTES) {
        Found::File(bytes, _) => bytes,
        Found::Absent => return Err(fail("there is no such file".to_owned())),
        Found::Unusable(reason) => return Err(fail(reason)),
    };
    if bytes.len() > MAX_BYTES {
        return Err(fail("it is larger than 16 MiB".to_owned()));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| fail("it is not UTF-8".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    let mut command = if text.starts_with('{') {
        from_json(text, folder_of(path)).map_err(&fail)?
    } else {
        from_text(text, folder_of(path))
    };
    command.command = command.command.trim().to_owned();
    if command.command.is_empty() && command.prompt.is_empty() {
        return Err(fail(
            "it has no `command`; the agent may still be writing it".to_owned(),
        ));
    }
    Ok(command)
}

/// The worktree a command file lies in: its folder, or that of its `.cursor`.
fn folder_of(path: &Path) -> PathBuf {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    match (folder.file_name(), folder.parent()) {
        (Some(name), Some(parent)) if name == CURSOR_DIR => parent.to_owned(),
        _ => folder.to_owned(),
    }
}

/// Plain text: the twin of a command file, whose ids it then takes, or a command on its own.
fn from_text(text: &str, worktree: PathBuf) -> SkillCommand {
    let twin = worktree.join(COMMAND_FILE);
    if let Found::File(bytes, _) = place::read_file(&twin, MAX_BYTES)
        && let Ok(json) = std::str::from_utf8(&bytes)
        && let Ok(command) = from_json(json, worktree.clone())
        && command.command.trim() == text
    {
        return command;
    }
    SkillCommand {
        command: text.to_owned(),
        ..empty(worktree)
    }
}

fn empty(worktree: PathBuf) -> SkillCommand {
    SkillCommand {
        command: String::new(),
        prompt: String::new(),
        params: Vec::new(),
        workflow_id: None,
        step_id: None,
        run_id: None,
        execution_id: None,
        attempt: 1,
        context: Context::default(),
        expected_artifacts: Vec::new(),
        worktree,
        status_file: STATUS_FILE.to_owned(),
        timeout: None,
        redacted: false,
    }
}

fn from_json(text: &str, folder: PathBuf) -> Result<SkillCommand, String> {
    let object = match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(object)) => object,
        Ok(_) => return Err("it is no JSON object".to_owned()),
        Err(error) => return Err(format!("it is no JSON: {error}")),
    };
    let mut fields = Fields::new(&object);
    let first = |ids: Vec<String>| ids.into_iter().next();
    let said = fields.any_text("worktree_path").map(PathBuf::from);
    let status_file = fields
        .text("status_file")
        .filter(|name| is_plain_name(name));
    let attempt = fields.get("attempt").and_then(serde_json::Value::as_u64);
    let seconds = fields
        .get("timeout_seconds")
        .and_then(serde_json::Value::as_f64);
    let empty = empty(folder.clone());
    Ok(SkillCommand {
        command: fields.text("command").unwrap_or_default(),
        prompt: fields.text("prompt").unwrap_or_default(),
        params: params(text),
        workflow_id: first(fields.ids("workflow_id")),
        step_id: first(fields.ids("step_id")),
        run_id: first(fields.ids("run_id")),
        execution_id: first(fields.ids("execution_id")),
        attempt: attempt.and_then(|n| n.try_into().ok()).unwrap_or(1),
        context: context(&fields),
        expected_artifacts: expected(&mut fields),
        // A file that was copied elsewhere still means the worktree it names, where that exists.
        worktree: said
            .filter(|path| path.is_absolute() && path.is_dir())
            .unwrap_or(folder),
        status_file: status_file.unwrap_or(empty.status_file),
        timeout: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        redacted: fields.flag("redaction_applied") == Some(true),
    })
}

fn context(fields: &Fields<'_>) -> Context {
    let Some(serde_json::Value::Object(inner)) = fields.get("context") else {
        return Context::default();
    };
    let mut inner = Fields::new(inner);
    let tier = inner
        .get("context_tier")
        .and_then(serde_json::Value::as_u64);
    Context {
        title: inner.text("title").unwrap_or_default(),
        notes: inner.text("notes").unwrap_or_default(),
        context_tier: tier.and_then(|tier| tier.try_into().ok()),
        consults: inner.list("consults"),
    }
}

fn expected(fields: &mut Fields<'_>) -> Vec<String> {
    let inner = ["correlation", "workflow_context"]
        .into_iter()
        .find_map(|group| {
            let group = fields.get(group)?.as_object()?;
            group
                .contains_key("expected_artifacts")
                .then(|| Fields::new(group).list("expected_artifacts"))
        });
    inner.unwrap_or_else(|| fields.list("expected_artifacts"))
}

/// In the order of the file, which `serde_json::Value` does not keep.
fn params(text: &str) -> Vec<(String, Value)> {
    let mut top: HashMap<String, In> = serde_json::from_str(text).unwrap_or_default();
    match top.remove("params") {
        Some(In(Value::Map(params))) => params,
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
