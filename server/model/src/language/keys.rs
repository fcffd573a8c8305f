//! Every key of a workflow file, in one table: what is not in it is warned about, the editor shows
//! its meanings, and the reference in `docs/` is made from it.

mod table;

pub use table::KEYS;

/// The mapping that a key stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// The top of a file whose workflow is wrapped in `workflow:`.
    File,
    /// The workflow: the top of a flat file, or what `workflow:` holds.
    Workflow,
    /// `settings` of the workflow.
    Settings,
    /// `metadata` of the workflow. Free: other keys are kept without a warning.
    Metadata,
    /// `metadata.auto_execution` as an object.
    AutoExecution,
    /// `metadata.auto_execution.retry`.
    AutoRetry,
    /// `metadata.auto_execution.polling`.
    AutoPolling,
    /// `metadata.auto_execution.features`.
    Features,
    /// A step.
    Step,
    /// `retry` of a step.
    Retry,
    /// `limits` of a step.
    Limits,
    /// `gate` of a step.
    Gate,
    /// `scoring` of a step.
    Scoring,
    /// `metadata` of a step. Free, as that of the workflow.
    StepMetadata,
    /// `metadata.retry` of a step.
    StepMetadataRetry,
}

impl Level {
    /// How messages call the mapping.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "the file",
            Self::Workflow => "a workflow",
            Self::Settings => "`settings`",
            Self::Metadata | Self::StepMetadata => "`metadata`",
            Self::AutoExecution => "`auto_execution`",
            Self::AutoRetry | Self::Retry | Self::StepMetadataRetry => "`retry`",
            Self::AutoPolling => "`polling`",
            Self::Features => "`features`",
            Self::Step => "a step",
            Self::Limits => "`limits`",
            Self::Gate => "`gate`",
            Self::Scoring => "`scoring`",
        }
    }

    /// Whether keys that nobody knows are fine here.
    pub fn is_free(self) -> bool {
        matches!(self, Self::Metadata | Self::StepMetadata)
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Where it stands.
    pub level: Level,
    /// Its name.
    pub name: &'static str,
    /// What its value is, for people.
    pub value: &'static str,
    /// One sentence.
    pub meaning: &'static str,
}

/// The keys of a level, in the order in which docs show them.
pub fn keys(level: Level) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.level == level)
}

/// The key of this level and name.
pub fn key(level: Level, name: &str) -> Option<&'static Key> {
    keys(level).find(|key| key.name == name)
}

/// Names that other programs use for keys of a step, and ours.
pub(super) const FOREIGN: [(&str, &str); 24] = [
    ("after", "needs"),
    ("agent_type", "agent"),
    ("cmd", "run"),
    ("command", "run"),
    ("commands", "run"),
    ("continue_on_error", "on_error"),
    ("depends", "needs"),
    ("depends_on", "needs"),
    ("dependencies", "needs"),
    ("environment", "env"),
    ("if", "condition"),
    ("inputs", "requires"),
    ("name", "title"),
    ("outputs", "creates"),
    ("parameters", "params"),
    ("persona", "agent"),
    ("produces", "creates"),
    ("retries", "retry"),
    ("script", "run"),
    ("shell", "run"),
    ("timeout_minutes", "timeout"),
    ("timeout_seconds", "timeout"),
    ("when", "condition"),
    ("with", "params"),
];
