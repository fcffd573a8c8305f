//! What a status file says: pure, total over any bytes. What cannot be used is kept as a note or a
//! reason and ends nothing. The forms are those of TappsCodingAgents (without a `version`, 1.0,
//! 1.x), read more kindly than it does: a wrong type in one field never spoils the others.

mod fields;

use super::place::confine;
pub(super) use fields::{Fields, cut};
use serde_json::Value;
use std::path::Path;

/// A larger file is no status.
pub const MAX_BYTES: usize = 1 << 20;
/// Bytes of `output` that are passed on; the file itself is kept whole.
const MAX_OUTPUT: usize = 64 << 10;
/// Bytes of one message.
const MAX_MESSAGE: usize = 4 << 10;
/// Artifacts that one status may name.
const MAX_ARTIFACTS: usize = 1_000;

/// Whose status is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The nonce.
    pub execution_id: &'a str,
    /// What may stand as `workflow_id`: the workflow's and the run's id.
    pub workflow_ids: [&'a str; 2],
    /// The step.
    pub step_id: &'a str,
    /// Root of the worktree: its symlinks resolved, and as the command file spells it.
    pub worktree: [&'a Path; 2],
    /// What the file system says of the file's age.
    pub freshness: Freshness,
}

/// Whether a file can be an answer to the command at all. It only matters without our nonce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Written since the command.
    New,
    /// The file that was there before, or its tracked content again.
    Unchanged,
    /// Last changed before the command was written.
    Older,
}

/// What was read, and what was passed over in reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusReading {
    /// What it means.
    pub said: Said,
    /// Fields that could not be used, as fragments for people.
    pub notes: Vec<String>,
}

/// What a status file means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// No status: half-written, no JSON object, too large. Look again.
    Malformed(String),
    /// A status of something else. Look again.
    Ignored(Ignored),
    /// An object without a status that is known. Look again.
    Unknown(String),
    /// Seen by the agent, not begun.
    Pending,
    /// Under way.
    Running(Progress),
    /// The agent says that it is done.
    Completed(Results),
    /// The agent says that it failed.
    Failed(Failed),
    /// The agent, or somebody who ended it, says that it was cancelled.
    Cancelled(Failed),
    /// The agent ran out of its own time.
    TimedOut(Failed),
}

/// Why a status is not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ignored {
    /// It names another `execution_id`.
    OtherExecution(String),
    /// It names another workflow.
    OtherWorkflow(String),
    /// It names another step.
    OtherStep(String),
    /// It names another worktree.
    OtherWorktree(String),
    /// It was there before.
    Unchanged,
    /// It was last changed before the command was written.
    Older,
    /// It names nothing, and two steps that wait here could be meant.
    Ambiguous,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// 0 to 100.
    pub percentage: Option<u8>,
    /// Step and message in one line; empty when nothing was said.
    pub message: String,
}

/// What a completed status names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Results {
    /// Relative to the worktree, without duplicates; not yet checked for symlinks.
    pub artifacts: Vec<String>,
    /// What the agent wants to have said.
    pub output: Option<String>,
}

/// What a status names that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Never empty.
    pub message: String,
    /// The agent's own code.
    pub code: Option<String>,
    /// What the agent thinks of another attempt.
    pub retryable: Option<bool>,
}

impl Ignored {
    /// For people; `None` where it is the normal state of things and nobody wants to hear of it.
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Self::OtherExecution(id) => {
                format!("it names execution_id {id:?}, which is another attempt's")
            }
            Self::OtherWorkflow(id) => format!("it names workflow {id:?}, which is another one"),
            Self::OtherStep(id) => format!("it names step {id:?}, which is another one"),
            Self::OtherWorktree(path) => {
                format!("it names worktree {path:?}, which is another one")
            }
            Self::Older => "it is older than the command".to_owned(),
            Self::Ambiguous => {
                "another run waits for the same step of this workflow, and it names neither an \
                 execution_id nor a worktree_path"
                    .to_owned()
            }
            Self::Unchanged => return None,
        })
    }
}

/// Reads a status file.
#[must_use]
pub fn parse(bytes: &[u8], expected: &Expectation<'_>) -> StatusReading {
    let object = match object(bytes) {
        Ok(object) => object,
        Err(problem) => {
            return StatusReading {
                said: Said::Malformed(problem),
                notes: Vec::new(),
            };
        }
    };
    let mut fields = Fields::new(&object);
    let said = match not_ours(&mut fields, expected) {
        Some(reason) => Said::Ignored(reason),
        None => said(&mut fields, &expected.worktree),
    };
    StatusReading {
        said,
        notes: fields.notes,
    }
}

/// The JSON object in these bytes, or why there is none.
pub(super) fn object(bytes: &[u8]) -> Result<serde_json::Map<String, Value>, String> {
    if bytes.len() > MAX_BYTES {
        return Err("it is larger than 1 MiB".to_owned());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err("it is empty".to_owned());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(other) => Err(format!("it is {}, not a JSON object", fields::kind(&other))),
        Err(error) => Err(format!("it is no JSON: {error}")),
    }
}

/// Why the object is about something else, judged by every id it has and, without our nonce, by age.
pub(super) fn not_ours(fields: &mut Fields<'_>, expected: &Expectation<'_>) -> Option<Ignored> {
    let mut confirmed = false;
    for id in fields.ids("execution_id") {
        if id != expected.execution_id {
            return Some(Ignored::OtherExecution(cut(&id, 100)));
        }
        confirmed = true;
    }
    if let Some(id) = fields
        .ids("workflow_id")
        .into_iter()
        .find(|id| !expected.workflow_ids.contains(&id.as_str()))
    {
        return Some(Ignored::OtherWorkflow(cut(&id, 100)));
    }
    if let Some(id) = fields
        .ids("step_id")
        .into_iter()
        .find(|id| id != expected.step_id)
    {
        return Some(Ignored::OtherStep(cut(&id, 100)));
    }
    match expected.freshness {
        Freshness::Unchanged if !confirmed => Some(Ignored::Unchanged),
        Freshness::Older if !confirmed => Some(Ignored::Older),
        _ => None,
    }
}

/// One word for each state; `None` for words that are nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
    TimedOut,
}

impl Word {
    pub(super) fn fold(text: &str) -> Option<Self> {
        let word = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        Some(match word.as_str() {
            "pending" | "queued" => Self::Pending,
            "running" | "in_progress" => Self::Running,
            "completed" | "success" | "done" => Self::Completed,
            "failed" | "error" => Self::Failed,
            "cancelled" | "canceled" => Self::Cancelled,
            "timeout" => Self::TimedOut,
            _ => return None,
        })
    }
}

fn said(fields: &mut Fields<'_>, worktree: &[&Path]) -> Said {
    let success = fields.flag("success");
    let word = match fields.text("status") {
        Some(text) => match Word::fold(&text) {
            Some(word) => word,
            None => return Said::Unknown(cut(&text, 100)),
        },
        None => match success {
            Some(true) => Word::Completed,
            Some(false) => Word::Failed,
            None => return Said::Unknown(String::new()),
        },
    };
    match word {
        Word::Pending => Said::Pending,
        Word::Running => Said::Running(fields.progress()),
        Word::Completed if success == Some(false) => {
            fields.note("`status` says completed and `success` says false; taken as failed");
            Said::Failed(failed(fields))
        }
        Word::Completed => Said::Completed(results(fields, worktree)),
        Word::Failed => Said::Failed(failed(fields)),
        Word::Cancelled => {
            Said::Cancelled(reason(fields, "the agent reported that it was cancelled"))
        }
        Word::TimedOut => {
            Said::TimedOut(reason(fields, "the agent reported that it ran out of time"))
        }
    }
}

/// `error`: a text, an object, or whatever else somebody put there.
pub(super) fn failed(fields: &mut Fields<'_>) -> Failed {
    let (message, code, retryable) = match fields.get("error") {
        Some(Value::Object(error)) => {
            let mut inner = Fields::new(error);
            (
                inner.any_text("message"),
                inner.any_text("code"),
                inner.flag("retryable"),
            )
        }
        _ => (
            fields.any_text("error"),
            fields.any_text("error_type"),
            None,
        ),
    };
    let message = message.or_else(|| fields.any_text("message"));
    let message =
        message.unwrap_or_else(|| "the agent reported a failure without a message".to_owned());
    Failed {
        message: cut(&message, MAX_MESSAGE),
        code: code.map(|code| cut(&code, 200)),
        retryable,
    }
}

fn reason(fields: &mut Fields<'_>, otherwise: &str) -> Failed {
    let given = fields.get("error").is_some() || fields.get("message").is_some();
    let mut said = failed(fields);
    if !given {
        said.message = otherwise.to_owned();
    }
    said
}

/// What partial results name comes first, as upstream reads it; what only the top level names follows.
fn results(fields: &mut Fields<'_>, worktree: &[&Path]) -> Results {
    let mut named = Vec::new();
    let mut output = None;
    if let Some(Value::Object(partial)) = fields.get("partial_results") {
        let mut inner = Fields::new(partial);
        named.extend(inner.list("artifacts"));
        output = inner.any_text("output");
        fields.notes.append(&mut inner.notes);
    }
    named.extend(fields.list("artifacts"));
    let output = fields.any_text("output").or(output);
    Results {
        artifacts: confined(fields, named, worktree),
        output: output.map(|text| cut(&text, MAX_OUTPUT)),
    }
}

pub(super) fn confined(
    fields: &mut Fields<'_>,
    named: Vec<String>,
    worktree: &[&Path],
) -> Vec<String> {
    let mut artifacts: Vec<String> = Vec::new();
    for path in named {
        match confine(&path, worktree) {
            Ok(path) if artifacts.contains(&path) => {}
            Ok(_) if artifacts.len() == MAX_ARTIFACTS => {
                fields.note("it names more than 1000 artifacts; the rest is passed over");
                break;
            }
            Ok(path) => artifacts.push(path),
            Err(escape) => {
                fields.note(&format!(
                    "the artifact {:?} {}",
                    cut(&path, 200),
                    escape.as_str()
                ));
            }
        }
    }
    artifacts
}

#[cfg(test)]
mod tests;
