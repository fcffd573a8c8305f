//! What becomes of a run's result.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `run.diff`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct DiffParams {
    /// Id or unique prefix; empty = the newest run of `repo`, where nobody could mean another.
    pub run_id: String,
    /// One step's changes only; of one that ran in several rounds those of the last.
    #[serde(default)]
    pub step_id: Option<String>,
    /// Another round of the step, from 1.
    #[serde(default)]
    pub round: Option<u32>,
    /// A folder in the repository: decides where a prefix fits runs of several.
    #[serde(default)]
    pub repo: Option<String>,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Diff {
    /// The run.
    #[serde(default)]
    pub run_id: String,
    /// From this commit,
    pub from: String,
    /// to this one.
    pub to: String,
    /// The round of the step that it is of, from 1.
    #[serde(default = "one")]
    pub round: u32,
    /// How many rounds the step has been through.
    #[serde(default = "one")]
    pub rounds: u32,
    /// As `git diff` prints it; bytes that are not UTF-8 are replaced.
    pub patch: String,
    /// Changed files.
    pub files: Vec<FileChange>,
}

fn one() -> u32 {
    1
}

/// A changed file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FileChange {
    /// Relative to the repository.
    pub path: String,
    /// Where it was, for a renamed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
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
    /// Id or unique prefix; empty = the newest run of `repo`, where nobody could mean another.
    pub run_id: String,
    /// What to do.
    pub mode: ApplyMode,
    /// The branch for `into`.
    #[serde(default)]
    pub branch: Option<String>,
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
    /// Take the last apply of the run back, whichever kind it was.
    Undo,
    /// Commit them onto what is checked out: a merge commit, or a plain one where `paths` are given or the run's
    /// base is not in its history.
    Commit,
    /// The same onto another branch, without a checkout.
    Into,
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
    /// The same files with what happened to each; a renamed one stands here once.
    #[serde(default)]
    pub changes: Vec<FileChange>,
    /// Files that stand against it: then nothing was done.
    pub clashes: Vec<String>,
    /// Why each of them does.
    #[serde(default)]
    pub clash_reasons: Vec<Clash>,
    /// The commit that holds it, for `commit` and `into`; the branch's tip as it was where it had everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The branch that was moved; `HEAD` for a detached one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// What a person should know about it.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A file that stands against applying a result.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Clash {
    /// Relative to the repository.
    pub path: String,
    /// Why.
    pub reason: String,
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
    /// What went wrong and did not keep anything from being removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A Markdown page about a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// The run.
    pub run_id: String,
    /// The page.
    pub markdown: String,
}
