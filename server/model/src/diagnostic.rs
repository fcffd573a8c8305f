//! A problem in a text that a person wrote, with its place.

use std::fmt;
use std::ops::Range;

/// How bad it is. An error keeps the workflow from running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Cannot run.
    Error,
    /// Runs, perhaps not as meant.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place between two characters. Lines and columns count from 0, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Line from 0.
    pub line: u32,
    /// Character in the line from 0.
    pub column: u32,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it starts and ends; a place also for an empty file.
    pub range: Range<Position>,
    /// Stable name of the kind of problem, for example `unknown-key`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub message: String,
    /// What to do, for example the nearest valid name.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// One without a hint.
    pub fn new(
        range: Range<Position>,
        code: &'static str,
        severity: Severity,
        message: impl Into<String>,
    ) -> Self {
        Self {
            range,
            code,
            severity,
            message: message.into(),
            hint: None,
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
