//! The one error of the surfaces: kind, message, hint. Kind maps to exit code and JSON-RPC code here and nowhere else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a caller can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// What was given cannot be used; `details.diagnostics` has places where there are any.
    InvalidInput,
    /// No such run, task, step, file or setting.
    NotFound,
    /// The folder is not in a git repository.
    NotARepository,
    /// It cannot be done in the present state.
    Refused,
    /// The run, step or task failed.
    Failed,
    /// A person has to decide.
    NeedsInput,
    /// Changes do not merge.
    Conflict,
    /// The repository's commands need the workspace's trust.
    Untrusted,
    /// A person stopped it.
    Cancelled,
    /// No daemon runs, and none is to be started.
    NotRunning,
    /// The daemon cannot be reached or started.
    Unreachable,
    /// Daemon and client do not understand each other.
    Version,
    /// The state's disk is full, read-only, or its database is locked.
    Storage,
    /// Something on the health list is not well.
    Unhealthy,
    /// The method does not exist.
    UnknownMethod,
    /// A defect of Offshoot.
    Internal,
}

/// An error as every surface shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Error {
    /// What a caller can act on.
    pub kind: ErrorKind,
    /// Lower-case fragment for people.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// More, for programs: `diagnostics`, `paths`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
}

/// `{"error": …}`: stands alone where there is no run or task to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorDocument {
    /// The error.
    pub error: Error,
}

/// A problem in a file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// Path as given.
    pub file: String,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// Stable name of the kind of problem.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// One sentence.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl ErrorKind {
    /// Exit code of the command line.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed | Self::Internal => 1,
            Self::InvalidInput
            | Self::NotFound
            | Self::NotARepository
            | Self::Refused
            | Self::UnknownMethod => 2,
            Self::NotRunning | Self::Unreachable | Self::Version | Self::Storage => 3,
            Self::NeedsInput | Self::Conflict | Self::Untrusted => 4,
            Self::Unhealthy => 5,
            Self::Cancelled => 130,
        }
    }

    /// JSON-RPC error code: the reserved ones where they fit, else from -32000 down.
    pub fn rpc_code(self) -> i64 {
        match self {
            Self::InvalidInput => -32602,
            Self::UnknownMethod => -32601,
            Self::Internal => -32603,
            Self::NotFound => -32001,
            Self::NotARepository => -32002,
            Self::Refused => -32003,
            Self::Failed => -32004,
            Self::NeedsInput => -32005,
            Self::Conflict => -32006,
            Self::Untrusted => -32007,
            Self::Cancelled => -32008,
            Self::NotRunning => -32009,
            Self::Unreachable => -32010,
            Self::Version => -32011,
            Self::Storage => -32012,
            Self::Unhealthy => -32013,
        }
    }
}

impl Error {
    /// An error of this kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            details: None,
        }
    }

    /// The same with the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with details for programs.
    #[must_use]
    pub fn details(mut self, details: serde_json::Value) -> Self {
        self.details = Some(details);
        self
    }

    /// An error about places in files.
    pub fn invalid(message: impl Into<String>, diagnostics: &[Diagnostic]) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
            .details(serde_json::json!({ "diagnostics": diagnostics }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
