//! Worktrees of steps, and what was saved of removed ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// `active`, `kept` (failed or waiting, within retention) or `orphan`.
    pub state: String,
    /// The run that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The step that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// Size on disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
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
    /// A folder in the repository.
    pub repo: String,
    /// Also those of failed runs that retention would still keep.
    #[serde(default)]
    pub all: bool,
}

/// What was removed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Pruned {
    /// Removed worktrees.
    pub removed: Vec<String>,
    /// Saved states.
    pub salvaged: Vec<String>,
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
