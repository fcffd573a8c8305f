//! A finding as artifacts write it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// Something worth telling about a file. Lines and columns count from 1; the end is exclusive.
#[derive(Debug, Clone, PartialEq, Default, Serialize, JsonSchema)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// Stable name of the rule; absent where an agent gave it none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// One sentence.
    pub message: String,
    /// The tool that says so; absent = the kind of the artifact.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Relative to the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// First line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// First character in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// Last line; absent = the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    /// The character after the last; absent = to the end of the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
    /// Other places that matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// The way out: an address or a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What columns count.
    #[serde(skip)]
    pub units: Units,
    /// Fields of another version or of the tool's own; kept as they are.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Has to be mended.
    Error,
    /// Should be looked at.
    #[default]
    Warning,
    /// Worth knowing.
    Info,
}

/// What columns count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Units {
    /// Characters.
    #[default]
    Characters,
    /// Units of UTF-16, as SARIF has them where it does not say otherwise.
    Utf16,
}

/// Another place that matters to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Related {
    /// Relative to the repository.
    pub path: String,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What is there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl Severity {
    /// The severity behind a word of any tool; none for one that is no such word.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "error" | "fatal" | "fatal error" | "critical" | "blocker" | "high" | "fail"
            | "failed" | "major" => Self::Error,
            "warning" | "warn" | "medium" | "moderate" | "minor" => Self::Warning,
            "info" | "information" | "informational" | "note" | "notice" | "none" | "low"
            | "hint" | "help" | "style" | "suggestion" | "trivial" => Self::Info,
            _ => return None,
        })
    }

    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}
