//! Worktrees of steps, and what was saved of removed ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Worktrees and saved states.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct WorktreeList {
    /// Worktrees.
    pub worktrees: Vec<Worktree>,
    /// What `worktree restore` can bring back.
    pub salvaged: Vec<Salvage>,
}

/// A worktree.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Worktree {
    /// Its root.
    pub path: String,
    /// Its branch.
    pub branch: Option<String>,
    /// `active`, `conflict` (a person resolves one there), `kept` (failed or waiting, within retention), `warm` (of a completed step, to be used again),
    /// `orphan`, or `foreign` (of another state folder, see `owner`).
    pub state: String,
    /// The state folder that owns it, where that is another than this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The run that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The step that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// Bytes on disk, as they were last measured; not there until they have been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Since when it is in this state, or was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Ports that are leased to it, by the name of their variable.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<String, u16>,
}

/// A saved state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Salvage {
    /// Name for `worktree restore`.
    pub name: String,
    /// The commit.
    pub commit: String,
}

/// `worktree.prune`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PruneParams {
    /// A folder in the repository. Not asked for with `gone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<String>,
    /// Also those of failed runs that retention would still keep.
    #[serde(default)]
    pub all: bool,
    /// Instead, those of repositories that are not there any more. What is in them is not saved.
    #[serde(default)]
    pub gone: bool,
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Pruned {
    /// Removed worktrees.
    pub removed: Vec<String>,
    /// Saved states.
    pub salvaged: Vec<String>,
    /// Worktrees that were not removed though nobody here needs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
    /// What went wrong and did not keep a worktree from being removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A worktree that was left where it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Left {
    /// Its root.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// `worktree.restore`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct RestoreParams {
    /// A folder in the repository.
    pub repo: String,
    /// Name of the saved state.
    pub name: String,
    /// New folder to put it into.
    pub path: String,
}

/// Where it was put.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Restored {
    /// The folder.
    pub path: String,
    /// Its branch.
    pub branch: Option<String>,
}
