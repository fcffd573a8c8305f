//! What `--json` prints of verbs that the command line does by itself, without a method of the daemon.

use crate::error::{Diagnostic, Error};
use crate::run::FindingCounts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `workflow validate`, where every file can be run; else the problems are in an error's details.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Validated {
    /// In the order given.
    pub files: Vec<ValidatedFile>,
}

/// A workflow file that was read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ValidatedFile {
    /// Path as given.
    pub file: String,
    /// The workflow's id; null when the file cannot be run.
    pub workflow_id: Option<String>,
    /// How many steps.
    pub steps: usize,
    /// Every problem.
    pub diagnostics: Vec<Diagnostic>,
}

/// `workflow graph`: the steps in file order and the pairs of which the second waits for the first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Graph {
    /// The workflow's id.
    pub workflow_id: String,
    /// The steps.
    pub nodes: Vec<Node>,
    /// What waits for what.
    pub edges: Vec<Edge>,
}

/// A step of a graph.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Node {
    /// Id of the step.
    pub id: String,
    /// For people.
    pub title: String,
    /// Its status, in the graph of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What holds it up, or why it was skipped, in the graph of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The round it is in, or was in last, where a loop sent it through several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<u32>,
    /// What its gate asks: the condition, and what scores are held against; each a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<String>,
}

/// A step waits for another.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Edge {
    /// Is waited for.
    pub from: String,
    /// Waits.
    pub to: String,
    /// The way that the gate of `from` goes here: `pass` or `fail`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    /// It goes back: `to` runs again, and does not wait for `from`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub back: bool,
    /// How many rounds there are at most where it goes back; none in the graph of a file that leaves that to the
    /// settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rounds: Option<u32>,
}

/// `doctor`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Examination {
    /// Nothing failed.
    pub healthy: bool,
    /// In the order they were made.
    pub checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Stable name, for example `git` or `disk`.
    pub name: String,
    /// How it stands.
    pub state: CheckState,
    /// What was found.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Check {
    /// A check without a hint.
    pub fn new(name: &str, state: CheckState, message: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            state,
            message: message.into(),
            hint: None,
        }
    }

    /// The same with the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A check that failed with this error.
    pub fn of_error(name: &str, error: Error) -> Self {
        Self {
            hint: error.hint,
            ..Self::new(name, CheckState::Fail, error.message)
        }
    }
}

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    /// In order.
    Ok,
    /// Works, but somebody should know.
    Warn,
    /// Does not work.
    Fail,
}

/// `init`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Initialized {
    /// Root of the repository.
    pub repo: String,
    /// Files that were written, relative to it.
    pub written: Vec<String>,
    /// Files that were there and stayed as they are.
    pub kept: Vec<String>,
}

/// `background logs` without a run or task: the daemon's own log.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct DaemonLog {
    /// Path of the file.
    pub path: String,
    /// Its last 64 KiB in whole lines.
    pub text: String,
}

/// `agent watch`: one for each piece of news.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct WatchEvent {
    /// RFC 3339, UTC.
    pub at: String,
    /// `watching`; of a file: `taken`, `skipped`, `ended`; of a command: `started`, `adopted` (an earlier watcher began it),
    /// `attempt_completed`, `attempt` (it failed); or `problem`.
    pub kind: String,
    /// Name of the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The file that appeared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The command, as the agents' file has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Its attempt, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// `completed`, `failed`, `timeout` or `cancelled`, in `ended`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Exit status of a command that ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// How long a command took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// One line for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `background-agent-config validate`, where the file can be used; else the problems are in an error's details.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct CheckedAgents {
    /// Path of the file.
    pub file: String,
    /// How many agents it has.
    pub agents: usize,
    /// Names of those that files start.
    pub watching: Vec<String>,
    /// Every problem.
    pub diagnostics: Vec<Diagnostic>,
}

/// `artifact list`, and `task ops` alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ArtifactList {
    /// By step or path.
    pub artifacts: Vec<ArtifactEntry>,
}

/// An artifact, and what it came to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ArtifactEntry {
    /// Relative to the repository; as given for a file elsewhere.
    pub path: String,
    /// The run that left it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The step that left it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// For example `security-scan`; `sarif`; `file` where nothing is known.
    pub kind: String,
    /// The version of its form.
    pub schema_version: Option<String>,
    /// How its task ended: `running`, `completed`, `failed`, `cancelled`, `timeout` or `not_run`.
    pub status: Option<String>,
    /// Why it is not `completed`.
    pub error: Option<String>,
    /// How many findings it has.
    pub findings: FindingCounts,
}
