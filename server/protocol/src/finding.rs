//! Findings: what is worth telling about the results of steps, with places in the user's files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something noticed about a step's result. Lines and columns count from 1, columns in characters;
/// the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The same in every run that finds the same in the same text, wherever that has moved to.
    #[serde(default)]
    pub id: String,
    /// Stable name, for example `escaped` or `unchanged-artifact`.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// One sentence.
    pub message: String,
    /// `offshoot`, or the tool or kind of artifact that says so, for example `security-scan`.
    #[serde(default)]
    pub source: String,
    /// Relative to the repository.
    pub path: Option<String>,
    /// First line.
    pub line: Option<u32>,
    /// First character in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Last line; absent = the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// The character after the last; absent = to the end of the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// The lines as they stand in the step's result: at most 10, and 2 KiB. Lets an editor find the place again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Path of the artifact it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<String>,
    /// Other places that matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// The way out: an address or a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Another place that matters to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    /// Relative to the repository.
    pub path: String,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What is there.
    pub message: String,
}

/// `finding.list`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FindingFilter {
    /// A folder in the repository.
    pub repo: String,
    /// Of this run only, by id or unique prefix, also where a newer one has come.
    #[serde(default)]
    pub run_id: Option<String>,
    /// Only those that were dismissed; otherwise only the others.
    #[serde(default)]
    pub dismissed: bool,
}

/// What holds now, the findings of the newest run first, in the order of steps.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FindingList {
    /// The findings; each id stands here once.
    pub findings: Vec<FoundFinding>,
    /// How many more there are, beyond what one answer holds.
    #[serde(default)]
    pub left_out: u64,
}

/// A finding and where it was made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FoundFinding {
    /// The run.
    pub run_id: String,
    /// The step; null where it is about the run as a whole.
    pub step_id: Option<String>,
    /// The finding.
    pub finding: Finding,
}

/// `finding.dismiss`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct FindingDismiss {
    /// A folder in the repository.
    pub repo: String,
    /// Id of the finding.
    pub id: String,
    /// Show it again.
    #[serde(default)]
    pub undo: bool,
}

/// How it stands with a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Dismissed {
    /// Id of the finding.
    pub id: String,
    /// It is not shown any more, in this and in later runs.
    pub dismissed: bool,
}
