//! Submitted tasks.

use crate::error::Error;
use crate::run::{Attempt, Origin};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `task.submit`. Either `agent` and `task`, or `command`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TaskSubmit {
    /// The folder it is submitted from.
    pub folder: String,
    /// Role of the agent; `implementer` where a task is given without one.
    #[serde(default)]
    pub agent: Option<String>,
    /// What the agent is asked for: an action, or free text.
    #[serde(default)]
    pub task: Option<String>,
    /// Files and folders it is about.
    #[serde(default)]
    pub files: Vec<String>,
    /// Parameters of what the agent is asked for, as those of a step: a text, a number, a boolean or a list of these.
    #[serde(default)]
    pub params: BTreeMap<String, serde_json::Value>,
    /// Program and arguments.
    #[serde(default)]
    pub command: Vec<String>,
    /// A worktree of its own (then it is a run of one step), or the folder itself.
    #[serde(default = "yes")]
    pub worktree: bool,
    /// 0 to 100; default 50.
    #[serde(default)]
    pub priority: Option<u8>,
    /// Tasks that have to complete before; also accepted as `dependencies`.
    #[serde(default, alias = "dependencies")]
    pub after: Vec<String>,
    /// Not before this moment (RFC 3339).
    #[serde(default)]
    pub scheduled_at: Option<String>,
    /// Back ends in order.
    #[serde(default)]
    pub backends: Vec<String>,
    /// Names of secret variables.
    #[serde(default)]
    pub env: Vec<String>,
    /// Wall clock of one attempt in seconds; also accepted as `timeout`.
    #[serde(default, alias = "timeout")]
    pub timeout_s: Option<f64>,
    /// Retries after the first attempt.
    #[serde(default)]
    pub max_retries: Option<u32>,
    /// Kind of task, for statistics and rules.
    #[serde(default)]
    pub task_type: Option<String>,
    /// The client's environment.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Who asks.
    #[serde(default)]
    pub origin: Origin,
}

fn yes() -> bool {
    true
}

/// A task by id or unique prefix.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TaskRef {
    /// Id or unique prefix.
    pub task_id: String,
    /// The client's environment: brings secrets that a restart lost.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
}

/// `task.list`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TaskFilter {
    /// Only tasks of the repository or folder this folder is in.
    #[serde(default)]
    pub repo: Option<String>,
    /// Only tasks with this status.
    #[serde(default)]
    pub status: Option<String>,
    /// At most this many, newest first; default 50.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Tasks, newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TaskList {
    /// The tasks.
    pub tasks: Vec<Task>,
}

/// A task. Times are RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// `t-…`.
    pub task_id: String,
    /// The run it is a step of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// Role of the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// `@agent action …`, or the command line.
    pub command: String,
    /// Kind of task.
    pub task_type: String,
    /// `queued scheduled blocked running retry_wait completed failed cancelled dependency_failed`.
    pub status: String,
    /// 0 to 100.
    pub priority: u8,
    /// `critical high medium low`: the nearest name at or below the number.
    pub priority_name: String,
    /// Root of the repository, or the folder.
    pub tenant: String,
    /// Tasks that have to complete before.
    pub dependencies: Vec<String>,
    /// Not before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<String>,
    /// Place in the queue from 1, while it is queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// Oldest first.
    pub attempts: Vec<Attempt>,
    /// Limits that hold for it.
    pub resource_requirements: ResourceRequirements,
    /// Seconds, where it was learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_duration: Option<f64>,
    /// Retries after the first attempt.
    pub max_retries: u32,
    /// Wall clock of one attempt in seconds.
    pub timeout: f64,
    /// When it was made.
    pub created_at: String,
    /// When its first attempt began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Why it failed or what it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
    /// The folder or worktree it runs in, while there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worktree: Option<String>,
}

/// Limits of one attempt; absent = not limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ResourceRequirements {
    /// Bytes of resident memory of the whole tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Percent of one core.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<u32>,
}

/// What `submit --wait --json` and `execute-skill-command --json` print.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct CommandResult {
    /// `completed`, `failed` or `timeout`.
    pub status: String,
    /// The command.
    pub command: String,
    /// Where it ran.
    pub worktree: Option<String>,
    /// Files it left behind.
    pub artifacts: Vec<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// Of the whole.
    pub duration_seconds: f64,
    /// Its task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    /// Its run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
}
