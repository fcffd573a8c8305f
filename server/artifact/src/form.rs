//! Our own form of an artifact, as the built-in tasks write it and agents are asked to.

use crate::finding::Finding;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// The version that is written. A newer one is read as far as it is understood.
pub const SCHEMA_VERSION: &str = "1.0";

/// Words for [`Artifact::status`].
pub mod status {
    /// It is being written; what is there so far is valid.
    pub const RUNNING: &str = "running";
    /// All that was to be done was done.
    pub const COMPLETED: &str = "completed";
    /// It could not be done; `error` says why.
    pub const FAILED: &str = "failed";
    /// Somebody stopped it.
    pub const CANCELLED: &str = "cancelled";
    /// It ran out of time.
    pub const TIMEOUT: &str = "timeout";
    /// It was switched off, or is impossible here; `error` says why.
    pub const NOT_RUN: &str = "not_run";
}

/// An artifact with findings.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Artifact {
    /// Version of this form.
    pub schema_version: String,
    /// What it is, for example `security-scan`.
    pub kind: String,
    /// `running`, `completed`, `failed`, `cancelled`, `timeout` or `not_run`.
    pub status: String,
    /// Why it is not `completed`.
    pub error: Option<String>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// What else it says: figures of its kind.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Artifact {
    /// A completed one without findings.
    pub fn new(kind: &str) -> Self {
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            kind: kind.to_owned(),
            status: status::COMPLETED.to_owned(),
            error: None,
            findings: Vec::new(),
            other: Map::new(),
        }
    }

    /// The text of the file: the same for the same content.
    ///
    /// # Errors
    /// Never for what was read or made here; a caller's own [`serde_json::Value`] may refuse.
    pub fn to_json(&self) -> serde_json::Result<String> {
        // By way of a value: its fields are in the order of their names.
        let value = serde_json::to_value(self)?;
        serde_json::to_string_pretty(&value).map(|text| text + "\n")
    }
}
