//! Settings and trust.

use crate::error::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A folder in a repository, or none for the user's settings alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct RepoRef {
    /// The folder.
    #[serde(default)]
    pub repo: Option<String>,
}

/// Every setting with its effective value.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// In order of key.
    pub settings: Vec<Setting>,
    /// Problems in the files.
    pub diagnostics: Vec<Diagnostic>,
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Setting {
    /// Path of the key, for example `offshoot.max_parallel`.
    pub key: String,
    /// Its effective value.
    pub value: serde_json::Value,
    /// `default`, `user`, `project`, `auto`, `environment` or `flag`.
    pub origin: String,
    /// File or variable that set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Line in that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// One sentence.
    #[serde(default)]
    pub meaning: String,
}

/// `config.set`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SetParams {
    /// A folder in the repository; not needed for scope `user`.
    #[serde(default)]
    pub repo: Option<String>,
    /// The key.
    pub key: String,
    /// The value, as YAML.
    pub value: String,
    /// `project`, `auto` or `user`; absent = where the key belongs.
    #[serde(default)]
    pub scope: Option<String>,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SetResult {
    /// The key.
    pub key: String,
    /// The file.
    pub file: String,
}

/// `trust.set`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TrustParams {
    /// A folder in the repository.
    pub repo: String,
    /// Trusted or not; absent = only ask.
    #[serde(default)]
    pub trusted: Option<bool>,
}

/// Whether a repository's commands may be run from the editor.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Trust {
    /// Canonical root.
    pub repo: String,
    /// The answer.
    pub trusted: bool,
}

/// Workflow files found in a repository.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct WorkflowFiles {
    /// Root of the repository.
    #[serde(default)]
    pub repo: String,
    /// In order of path.
    pub files: Vec<WorkflowFile>,
}

/// A workflow file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct WorkflowFile {
    /// Relative to the repository.
    pub path: String,
    /// The workflow's id; null when the file cannot be run.
    pub workflow_id: Option<String>,
    /// Its title.
    pub name: String,
    /// How many steps.
    pub steps: u32,
    /// How many errors.
    pub errors: u32,
    /// How many warnings.
    pub warnings: u32,
}
