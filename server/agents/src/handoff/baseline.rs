//! What was there before, and everything else that is needed to go on watching: `handoff.json` in
//! the attempt's folder, written before the command file appears. A restarted daemon reads it.

use super::error::Error;
use super::job::Features;
use super::names;
use super::place::{self, Found, Stamp};
use super::since::Since;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The version of `handoff.json`.
pub(super) const VERSION: u32 = 1;
/// Its name in the attempt's folder.
pub(super) const FILE: &str = "handoff.json";
/// More than any baseline we write: a step has few artifacts.
const MAX_BYTES: usize = 16 << 20;

/// A hand-off that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// [`VERSION`].
    pub version: u32,
    /// The attempt's folder: where this was loaded from.
    #[serde(skip)]
    pub attempt_dir: PathBuf,
    /// Root of the step's worktree.
    pub worktree: PathBuf,
    /// Root of the repository.
    pub repo: PathBuf,
    /// The run.
    pub run_id: String,
    /// The workflow.
    pub workflow_id: String,
    /// The step.
    pub step_id: String,
    /// From 1.
    pub attempt: u32,
    /// The nonce.
    pub execution_id: String,
    /// Name of the status file, a plain file name.
    pub status_file: String,
    /// The net under the events, milliseconds.
    pub poll_ms: u64,
    /// Wall clock of the attempt, milliseconds.
    pub timeout_ms: u64,
    /// Which ends are believed.
    pub features: Features,
    /// When the command was written, UTC, milliseconds since 1970.
    pub created_at_ms: i64,
    /// The same on a clock that does not run while the machine sleeps.
    pub since: Since,
    /// A status without our nonce that was last changed before this is not an answer:
    /// nanoseconds since 1970, by the clock of the worktree's file system.
    pub not_before_ns: i64,
    /// The promised files as they were.
    pub expected: Vec<Expected>,
    /// Files of the hand-off that were there before.
    pub before: Vec<Before>,
}

/// A promised file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// As the step names it, relative to the worktree.
    pub path: String,
    /// Fingerprint of what was there; none where nothing was.
    pub was: Option<String>,
}

/// In which folder a path is relative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The step's worktree.
    Worktree,
    /// The repository.
    Repo,
}

/// A file of an earlier attempt, or of the base commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Where the path starts.
    pub side: Side,
    /// Relative path.
    pub path: String,
    /// What it was.
    pub stamp: Stamp,
    /// Whether the base commit has it: then its content comes back at the end.
    pub tracked: bool,
    /// Where it was moved to, relative to the attempt's folder; none where it was left (markers).
    pub kept: Option<String>,
    /// Permission bits.
    pub mode: u32,
}

impl Baseline {
    /// Where `handoff.json` of an attempt lies.
    pub fn path_in(attempt_dir: &Path) -> PathBuf {
        attempt_dir.join(FILE)
    }

    /// Reads the baseline that [`super::write()`] stored.
    ///
    /// # Errors
    /// When there is none, or one that this version cannot read.
    pub fn load(attempt_dir: &Path) -> Result<Self, Error> {
        let path = Self::path_in(attempt_dir);
        let fail = |reason: String| Error::Baseline {
            path: path.clone(),
            reason,
        };
        let bytes = match place::read_file(&path, MAX_BYTES) {
            Found::File(bytes, _) => bytes,
            Found::Absent => return Err(fail("it is not there".to_owned())),
            Found::Unusable(reason) => return Err(fail(reason)),
        };
        let version = serde_json::from_slice::<Versioned>(&bytes)
            .map_err(|e| fail(e.to_string()))?
            .version;
        if version != VERSION {
            return Err(fail(format!(
                "it has version {version}, this engine reads {VERSION}"
            )));
        }
        let mut baseline: Self = serde_json::from_slice(&bytes).map_err(|e| fail(e.to_string()))?;
        attempt_dir.clone_into(&mut baseline.attempt_dir);
        Ok(baseline)
    }

    pub(super) fn store(&self) -> Result<(), Error> {
        let path = Self::path_in(&self.attempt_dir);
        let text = serde_json::to_vec_pretty(self).map_err(|e| Error::Baseline {
            path: path.clone(),
            reason: e.to_string(),
        })?;
        place::write_atomic(&path, &text, 0o600).map_err(Error::io("write", &path))?;
        Ok(())
    }

    /// The command file, for whoever says how to start an agent.
    pub fn command_file(&self) -> PathBuf {
        self.worktree.join(names::COMMAND_FILE)
    }

    /// Wall clock of the attempt.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// When the command was written.
    pub fn created_at(&self) -> Timestamp {
        Timestamp(self.created_at_ms)
    }

    /// Names of this hand-off's files, each in the worktree's root or in `.cursor/`.
    pub fn file_names(&self) -> Vec<String> {
        names::files_with(&self.status_file)
    }

    /// The step's marker folder relative to the repository or the worktree; none where the ids
    /// are no plain names (then nobody can have left a marker there).
    pub(super) fn marker_folder(&self) -> Option<String> {
        marker_folder(&self.workflow_id, &self.step_id)
    }

    pub(super) fn before(&self, side: Side, path: &str) -> Option<&Before> {
        self.before
            .iter()
            .find(|before| before.side == side && before.path == path)
    }
}

/// `.tapps-agents/workflows/markers/<workflow>/step-<step>`.
pub(super) fn marker_folder(workflow_id: &str, step_id: &str) -> Option<String> {
    let plain = names::is_plain_name(workflow_id) && names::is_plain_name(step_id);
    plain.then(|| {
        format!(
            "{}/workflows/markers/{workflow_id}/step-{step_id}",
            names::TAPPS_DIR
        )
    })
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}
