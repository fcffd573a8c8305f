//! A run: one execution of a workflow, or of one submitted task in a worktree of its own.

use crate::failure::Failure;
use crate::ids::{RunId, TaskId};
use crate::time::Timestamp;
use crate::workflow::Workflow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A run and all that is known of it; its steps are tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Root of the repository.
    pub repo: PathBuf,
    /// What was asked for, as it was asked.
    pub source: Source,
    /// The workflow made of it.
    pub workflow: Arc<Workflow>,
    /// The client's words about this run.
    pub options: RunOptions,
    /// Environment of its steps, shared between runs with the same one.
    pub environment: Arc<Environment>,
    /// The commit it starts from.
    pub base: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it is doing.
    pub state: RunState,
    /// One task per step, in file order.
    pub tasks: Vec<TaskId>,
    /// A person stopped it.
    pub cancelled: bool,
}

/// Where a run's workflow comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A file, read once; the text is kept because the file may change.
    File {
        /// As given, relative to the repository where it lies in it.
        path: String,
        /// Its text.
        text: Arc<str>,
    },
    /// `background submit`.
    Submission(Submission),
}

/// What was submitted; becomes a step by [`Submission::step`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Submission {
    /// Role of the agent; empty for a command.
    pub agent: String,
    /// What the agent is asked for; for a command the title.
    pub task: String,
    /// Files and folders it is about.
    pub files: Vec<String>,
    /// Parameters by name and value; of a list, one for each item.
    pub params: Vec<(String, String)>,
    /// The command: program and arguments, or empty.
    pub argv: Vec<String>,
    /// Back ends wanted.
    pub backends: Vec<String>,
    /// Names of secret variables.
    pub env: Vec<String>,
    /// Wall clock wanted.
    pub timeout: Option<Duration>,
    /// Longest silence wanted.
    pub silence: Option<Duration>,
    /// Retries after the first attempt wanted.
    pub max_retries: Option<u32>,
    /// Name of the kind of task, for statistics and rules.
    pub task_type: String,
}

/// The client's words about a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunOptions {
    /// `--auto`, or a submission.
    pub auto: bool,
    /// `--backend`.
    pub backends: Vec<String>,
    /// `--input KEY=VALUE`.
    pub inputs: Vec<(String, String)>,
    /// `--max-parallel`.
    pub max_parallel: Option<u32>,
    /// `--timeout`: wall clock of one attempt where the step says nothing.
    pub timeout: Option<Duration>,
    /// Priority of its steps where they say nothing.
    pub priority: u8,
}

/// Plain environment variables and the names of secret ones, in order of name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Environment(pub Vec<(String, String)>);

/// What a run is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum RunState {
    /// Steps are open.
    Open,
    /// All steps have ended; the result branch is being made.
    Finishing,
    /// The results of the steps do not merge.
    Conflicted {
        /// Since when.
        since: Timestamp,
        /// The paths.
        paths: Vec<String>,
    },
    /// Over.
    Ended {
        /// When.
        at: Timestamp,
        /// With what.
        outcome: RunOutcome,
        /// Its result branch.
        result: Option<ResultBranch>,
    },
}

/// With what a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunOutcome {
    /// Every step that counts completed.
    Completed,
    /// One did not.
    Failed(Failure),
    /// A person stopped it.
    Cancelled,
}

/// The branch that holds what a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultBranch {
    /// Short name, `offshoot/<run>`.
    pub name: String,
    /// Its tip.
    pub commit: String,
}

impl Run {
    /// When it ended.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match &self.state {
            RunState::Ended { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// Whether agent steps are started without a person.
    pub fn auto(&self, settings: &crate::settings::TenantSettings) -> bool {
        self.options.auto
            || self
                .workflow
                .auto_execution
                .unwrap_or(settings.auto_execution)
    }
}
