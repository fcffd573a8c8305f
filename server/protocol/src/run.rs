//! Runs and their steps.

use crate::error::Error;
use crate::finding::Finding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `run.start`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunStart {
    /// A folder in the repository.
    pub repo: String,
    /// Absolute path of the workflow file.
    pub file: String,
    /// Start from this step: the newest run of the same file goes on from there, with what completed before it.
    /// Refused where the file, or the commit it would start from, is another than that run's.
    #[serde(default)]
    pub from: Option<String>,
    /// `--input KEY=VALUE`.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// Start agents without a person, whatever the files say.
    #[serde(default)]
    pub auto: bool,
    /// Back ends, before the steps' own.
    #[serde(default)]
    pub backends: Vec<String>,
    /// Steps at once.
    #[serde(default)]
    pub max_parallel: Option<u32>,
    /// Wall clock of one attempt in seconds, where the step says nothing.
    #[serde(default)]
    pub timeout_s: Option<f64>,
    /// 0 to 100; default 50.
    #[serde(default)]
    pub priority: Option<u8>,
    /// Start from the checkout as it is, with what is uncommitted and untracked (not ignored), instead of its last
    /// commit. The checkout is only read.
    #[serde(default)]
    pub include_dirty: bool,
    /// The client's environment; the daemon keeps what the contract names.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Who asks: `cli` is consent, others need the workspace's trust.
    #[serde(default)]
    pub origin: Origin,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A person at a terminal: typing it is consent.
    Cli,
    /// The editor.
    #[default]
    Editor,
    /// An agent, by MCP.
    Mcp,
    /// A hook or a script, which nobody typed.
    Hook,
}

/// A run by id or unique prefix.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunRef {
    /// Id or unique prefix; empty = the newest run of `repo`.
    pub run_id: String,
    /// A folder in the repository: needed with an empty `run_id`, and decides where a prefix fits runs of several.
    #[serde(default)]
    pub repo: Option<String>,
}

/// A step of a run; without `step_id` all that the verb applies to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct StepRef {
    /// Id or unique prefix.
    pub run_id: String,
    /// The step.
    #[serde(default)]
    pub step_id: Option<String>,
    /// The client's environment: brings secrets that a restart lost.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// A folder in the repository: decides where a prefix fits runs of several.
    #[serde(default)]
    pub repo: Option<String>,
}

/// `run.list`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunFilter {
    /// Only runs of the repository this folder is in.
    #[serde(default)]
    pub repo: Option<String>,
    /// Only runs of this workflow.
    #[serde(default)]
    pub workflow_id: Option<String>,
    /// At most this many, newest first; default 20.
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Runs, newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunList {
    /// The runs.
    pub runs: Vec<Run>,
}

/// A run. Times are RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// `<slug>-<8 base32>`.
    pub run_id: String,
    /// The workflow's id.
    pub workflow_id: String,
    /// Path of the workflow file; null for a submitted task.
    pub workflow_file: Option<String>,
    /// `queued running needs_input completed failed cancelled`.
    pub status: String,
    /// When it was made.
    pub created_at: String,
    /// When its first step began.
    pub started_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// From start to end, or until now.
    pub duration_ms: u64,
    /// Root of the repository.
    pub repo: String,
    /// The commit it starts from.
    pub base_commit: String,
    /// `offshoot/<run>`, once there is one.
    pub result_branch: Option<String>,
    /// Its tip.
    pub result_commit: Option<String>,
    /// The steps in file order.
    pub steps: Vec<Step>,
    /// Why it failed or what it waits for.
    pub error: Option<Error>,
    /// Warnings about the run itself, for example a missing git identity.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Id in the workflow.
    pub id: String,
    /// For people.
    pub title: String,
    /// Role; null for a `run:` step.
    pub agent: Option<String>,
    /// What the role is asked for.
    pub action: Option<String>,
    /// `@agent action --param value …`, or the shell text.
    pub command: String,
    /// `waiting queued preparing running verifying completed failed skipped cancelled needs_input unverified`.
    pub status: String,
    /// Class of its failure.
    pub class: Option<String>,
    /// Ids of the steps it waits for.
    pub needs: Vec<String>,
    /// Back end of the last attempt.
    pub backend: Option<String>,
    /// Back ends passed over for the last attempt.
    pub passed_over: Vec<PassedOver>,
    /// Oldest first.
    pub attempts: Vec<Attempt>,
    /// Path of the worktree; null when there is none.
    pub worktree: Option<String>,
    /// Ports that are leased to it, by the name of their variable.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<String, u16>,
    /// The step's branch.
    pub branch: Option<String>,
    /// The commit that holds its result.
    pub commit: Option<String>,
    /// `KEY=VALUE` lines of `$OFFSHOOT_OUTPUT`.
    pub outputs: BTreeMap<String, String>,
    /// Files it left behind.
    pub artifacts: Vec<Artifact>,
    /// Paths that do not merge, and the steps that touch them.
    pub conflicts: Vec<Conflict>,
    /// How many of each severity.
    pub findings: FindingCounts,
    /// Of all attempts.
    pub duration_ms: u64,
    /// Why it failed or what it waits for.
    pub error: Option<Error>,
    /// Its task.
    #[serde(default)]
    pub task_id: String,
    /// What was noticed: the worst 50 of it, in the order it was found. `finding.list` has all.
    #[serde(default)]
    pub finding_list: Vec<Finding>,
    /// How it goes on after it, where it has a gate.
    #[serde(default)]
    pub gate: Option<Gate>,
    /// The round it is in, or was in last, from 1.
    #[serde(default)]
    pub round: u32,
    /// Rounds that are over, oldest first; empty for a step that no gate has anything to do with.
    #[serde(default)]
    pub rounds: Vec<Round>,
    /// Its scores by name, where it is scored and wrote any.
    #[serde(default)]
    pub scores: BTreeMap<String, f64>,
    /// What its scores are held against, where it names that: a score's name and `_min` or `_max`.
    #[serde(default)]
    pub thresholds: BTreeMap<String, f64>,
    /// Why it was skipped, or what holds it up.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A gate: asked when its step is done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// What has to hold; null: the step's scores, or that it completed.
    pub condition: Option<String>,
    /// The step it goes on with.
    pub on_pass: Option<String>,
    /// The step it goes back to, or that comes instead of `on_pass`.
    pub on_fail: Option<String>,
    /// The steps that run again when it does not pass; empty where it does not go back.
    pub again: Vec<String>,
    /// How often its step runs before a gate that does not pass fails it.
    pub max_rounds: u32,
}

/// A round of a loop that is over.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Round {
    /// From 1.
    pub round: u32,
    /// The attempt that ended it.
    pub attempt: u32,
    /// When it was over.
    pub ended_at: String,
    /// The commit that holds what the step left in it.
    pub commit: Option<String>,
    /// Whether the step's own gate passed; null where it has none.
    pub passed: Option<bool>,
    /// How it went on: `on back aside out`.
    pub way: Option<String>,
    /// What the gate asked and found.
    pub why: Option<String>,
}

/// A back end that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PassedOver {
    /// Its name.
    pub backend: String,
    /// Why.
    pub reason: String,
}

/// One try at a step or task.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// From 1.
    pub attempt: u32,
    /// `starting running verifying completed failed cancelled interrupted revoked unverified`.
    pub status: String,
    /// Class of its failure.
    pub class: Option<String>,
    /// Its failure.
    pub error: Option<Error>,
    /// The program's exit code.
    pub exit_code: Option<i32>,
    /// When it began.
    pub started_at: String,
    /// When it ended.
    pub ended_at: Option<String>,
    /// Resident memory of its tree at its peak.
    pub peak_rss_bytes: u64,
    /// Processor time.
    pub cpu_ms: u64,
    /// Path of its log.
    pub log: Option<String>,
    /// Processes that outlived the main one.
    pub leaked_processes: Vec<String>,
}

/// A file that a step left behind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Artifact {
    /// Relative to the repository.
    pub path: String,
    /// For example `documentation`; `file` where nothing is known.
    pub kind: String,
    /// `schema_version` of a JSON artifact that has one.
    pub schema_version: Option<String>,
}

/// A path on which results do not merge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// Relative to the repository.
    pub path: String,
    /// The steps that touch it.
    pub steps: Vec<String>,
}

/// How many findings of each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FindingCounts {
    /// Errors.
    pub error: u32,
    /// Warnings.
    pub warning: u32,
    /// Information.
    pub info: u32,
}
