//! A setting's effective value, where it came from, and a problem with its place.

use model::diagnostic::Diagnostic;
use settings::{Scope, table};
use std::path::{Path, PathBuf};

/// The effective value of one setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Full key, for example `offshoot.agents.claude.command`.
    pub key: String,
    /// Times are seconds, `never` is the text, not set is `null`.
    pub value: serde_json::Value,
    /// Who said so.
    pub origin: Origin,
}

impl Value {
    /// The value for people: `1h` for 3600 seconds, `a, b` for a list.
    pub fn text(&self) -> String {
        table::row_of(&self.key)
            .map_or_else(|| self.value.to_string(), |row| row.kind.show(&self.value))
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The table.
    Default,
    /// A file.
    File {
        /// Which kind of file.
        scope: Scope,
        /// Its path.
        file: PathBuf,
        /// Line from 1.
        line: u32,
    },
    /// An environment variable of this name.
    Environment(String),
    /// The command line.
    Flag,
}

impl Origin {
    /// The name in JSON: `default`, `user`, `project`, `auto`, `environment` or `flag`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Default => "default",
            // A file of the repository like the other: what tells them apart is the path.
            Self::File {
                scope: Scope::Agentic,
                ..
            } => "project",
            Self::File { scope, .. } => scope.as_str(),
            Self::Environment(_) => "environment",
            Self::Flag => "flag",
        }
    }

    /// The file, where it was one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File { file, .. } => Some(file),
            _ => None,
        }
    }

    /// The line from 1 in that file.
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::File { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// Whether a file of the repository says so, and not the user. An agent's command of such an
    /// origin needs the workspace's trust.
    pub fn from_repository(&self) -> bool {
        matches!(self, Self::File { scope, .. } if *scope != Scope::User)
    }
}

/// A problem and the text that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDiagnostic {
    /// What has the problem.
    pub written: Written,
    /// The problem; its place is meaningful only in a file.
    pub diagnostic: Diagnostic,
}

/// A text that holds settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A file.
    File(PathBuf),
    /// An environment variable of this name.
    Variable(String),
    /// A flag, by the key that it sets.
    Flag(String),
}

impl Written {
    /// The name for people and JSON: the path, `$NAME`, or the key.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Variable(name) => format!("${name}"),
            Self::Flag(key) => key.clone(),
        }
    }
}
