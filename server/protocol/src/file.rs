//! A file of a run, as it was or as it became.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `file.read`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FileRead {
    /// Id or unique prefix.
    pub run_id: String,
    /// The step; without one the run's own base and result.
    #[serde(default)]
    pub step_id: Option<String>,
    /// Before or after.
    pub side: Side,
    /// Relative to the repository.
    pub path: String,
    /// A folder in the repository: decides where a prefix fits runs of several.
    #[serde(default)]
    pub repo: Option<String>,
}

/// Which state of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// What the run or step started from.
    Base,
    /// What it made of it; of a step that has not completed, what lies in its worktree.
    #[default]
    Result,
}

/// A file's content.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FileContent {
    /// The commit it was read from; null for a worktree.
    pub commit: Option<String>,
    /// Relative to the repository.
    pub path: String,
    /// What stands in it; null where it is binary or not there.
    pub text: Option<String>,
    /// It is no text in UTF-8.
    pub binary: bool,
    /// In bytes.
    pub size: u64,
    /// There is no such file.
    pub missing: bool,
}
