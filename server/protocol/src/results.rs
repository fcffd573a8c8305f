//! What becomes of a run's result.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `run.diff`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct DiffParams {
    /// Id or unique prefix.
    pub run_id: String,
    /// One step's changes only.
    #[serde(default)]
    pub step_id: Option<String>,
    /// A folder in the repository: decides where a prefix fits runs of several.
    #[serde(default)]
    pub repo: Option<String>,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Diff {
    /// From this commit,
    pub from: String,
    /// to this one.
    pub to: String,
    /// As `git diff` prints it; bytes that are not UTF-8 are replaced.
    pub patch: String,
    /// Changed files.
    pub files: Vec<FileChange>,
}

/// A changed file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FileChange {
    /// Relative to the repository.
    pub path: String,
    /// `added`, `modified`, `deleted`, `renamed`, `type`.
    pub status: String,
    /// Lines added; absent for binaries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<u32>,
    /// Lines removed; absent for binaries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<u32>,
}

/// `run.apply`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ApplyParams {
    /// Id or unique prefix.
    pub run_id: String,
    /// What to do.
    pub mode: ApplyMode,
    /// Only these files or folders, relative to the repository; empty = all. `undo` takes back the whole apply.
    #[serde(default)]
    pub paths: Vec<String>,
    /// A folder in the repository: decides where a prefix fits runs of several.
    #[serde(default)]
    pub repo: Option<String>,
}

/// What `run.apply` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplyMode {
    /// Put the changes into the working tree, uncommitted.
    #[default]
    Apply,
    /// Only say whether that would work.
    Check,
    /// Take an apply back.
    Undo,
}

/// What was done, or would be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Applied {
    /// The run.
    pub run_id: String,
    /// What was asked for.
    pub mode: ApplyMode,
    /// Files changed (or to be changed).
    pub changed: Vec<String>,
    /// Files whose own edits clash: then nothing was done.
    pub clashes: Vec<String>,
}

/// `run.discard`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Discarded {
    /// The run.
    pub run_id: String,
    /// Branches that were removed.
    pub branches: Vec<String>,
    /// Where everything was saved: `worktree restore` brings it back.
    pub salvaged: Vec<String>,
}

/// A Markdown page about a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// The run.
    pub run_id: String,
    /// The page.
    pub markdown: String,
}
