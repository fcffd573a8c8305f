//! `.cursor/background-agents.yaml`: which commands are run when a command file appears. Read whole, with the
//! place of every problem. Nothing here runs anything.
//!
//! The format is that of TappsCodingAgents, whose own reader passes over most mistakes in silence. What it
//! knows and we do not follow (`triggers`, `context7_cache`, …) is taken without a word, what nobody knows
//! gets a warning.

mod fields;
pub mod placeholders;
mod read;
mod shell;
#[cfg(test)]
mod tests;

use model::diagnostic::{Diagnostic, Severity};
use std::path::PathBuf;
use std::time::Duration;

/// Where the file lies in a repository.
pub const FILE: &str = ".cursor/background-agents.yaml";

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackgroundAgents {
    /// In file order.
    pub agents: Vec<BackgroundAgent>,
    /// `global.max_parallel_agents`: how many files are worked on at once.
    pub max_parallel: usize,
    /// `global.worktree_base`: whose folders are worktrees, relative to the repository.
    pub worktree_base: PathBuf,
}

/// One agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackgroundAgent {
    /// For people.
    pub name: String,
    /// Switched on.
    pub enabled: bool,
    /// Shell texts with placeholders, run one after the other.
    pub commands: Vec<String>,
    /// Globs of files; empty for an agent that is only asked for by its `triggers`.
    pub watch_paths: Vec<String>,
    /// Variables in the order of the file, as written: placeholders are filled in when it runs.
    pub environment: Vec<Variable>,
    /// Wall clock of one command.
    pub timeout: Duration,
    /// Attempts after the first.
    pub retries: u32,
    /// Folder with placeholders; none = where the command file belongs.
    pub working_directory: Option<String>,
    /// Folder for the report of what was done, relative to the repository; none = no report.
    pub report_folder: Option<String>,
}

/// An entry of `environment`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// `KEY=VALUE`.
    Plain(String, String),
    /// `KEY`, or `KEY=${KEY}`: the value that it has where the watcher runs. It may be a secret.
    Inherited(String),
}

/// What came of reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The agents, where there is a file without errors.
    pub agents: Option<BackgroundAgents>,
    /// There is a file.
    pub exists: bool,
    /// Every problem, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Read {
    /// Whether something is wrong that must be mended first.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// The keys that are known, by the mapping they stand in: the top, `global`, an agent, its `output`. The
/// schema of the file has the same.
pub fn keys() -> [(&'static str, &'static [&'static str]); 4] {
    [
        ("", &read::TOP),
        ("/properties/global", &read::GLOBAL),
        ("/properties/agents/items", &read::AGENT),
        ("/properties/agents/items/properties/output", &read::OUTPUT),
    ]
}

/// Reads the text of such a file.
pub fn read(text: &str) -> Read {
    read::read(text)
}

/// What comes of no file, or of one that cannot be read as text.
pub fn without_text(problem: Option<Diagnostic>) -> Read {
    Read {
        agents: None,
        exists: problem.is_some(),
        diagnostics: problem.into_iter().collect(),
    }
}

impl BackgroundAgent {
    /// Whether files start it.
    pub fn watches(&self) -> bool {
        self.enabled && !self.watch_paths.is_empty()
    }
}
