//! What the engine asks for: one step of one run, to be done by an agent that watches files.

use super::names::STATUS_FILE;
use model::time::Timestamp;
use model::workflow::Value;
use std::path::PathBuf;
use std::time::Duration;

/// Which ends are believed. Explicit ends (markers, `.skill-completed.txt`) always are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Features {
    /// The expected artifacts, new or changed and stable, end a step that has no status.
    pub artifact_detection: bool,
    /// The status file is read.
    pub status_tracking: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            artifact_detection: true,
            status_tracking: true,
        }
    }
}

/// One hand-off. Texts that are not given are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct HandOff {
    /// The attempt's folder; it must exist. `handoff.json` and the collected files go there.
    pub attempt_dir: PathBuf,
    /// Root of the step's worktree.
    pub worktree: PathBuf,
    /// Root of the repository: agents leave markers there.
    pub repo: PathBuf,
    /// The run.
    pub run_id: String,
    /// The workflow.
    pub workflow_id: String,
    /// The step.
    pub step_id: String,
    /// From 1.
    pub attempt: u32,
    /// A nonce, unique for this attempt: a status that names another one is not ours.
    pub execution_id: String,
    /// The command string, `@agent action --param value …`.
    pub command: String,
    /// The same parameters as data.
    pub params: Vec<(String, Value)>,
    /// Free text of the step for the agent.
    pub prompt: String,
    /// The step's title, for people.
    pub title: String,
    /// The step's notes for the agent.
    pub notes: String,
    /// 1 to 4.
    pub context_tier: Option<u8>,
    /// Knowledge the step wants to be given.
    pub consults: Vec<String>,
    /// Files the step promises, relative to the worktree; a trailing `/` is a folder.
    pub expected_artifacts: Vec<String>,
    /// Those of [`super::names::FILES`] that the base commit tracks, as paths from the worktree's
    /// root (also `.cursor/…`). Their content comes back at the end.
    pub tracked: Vec<String>,
    /// Wall clock of the attempt.
    pub timeout: Duration,
    /// `polling.status_file_name`.
    pub status_file_name: String,
    /// `polling_interval`: the net under the file events.
    pub poll_interval: Duration,
    /// Which ends are believed.
    pub features: Features,
    /// Now, as the engine's clock has it.
    pub created_at: Timestamp,
}

impl HandOff {
    /// The usual file name of the status.
    pub const DEFAULT_STATUS_FILE: &'static str = STATUS_FILE;
    /// The usual poll interval.
    pub const DEFAULT_POLL: Duration = Duration::from_secs(5);
}
