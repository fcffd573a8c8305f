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

    /// The mapping that a key of this one opens; that of an item, for `steps`. None for keys whose
    /// mappings have names of the user's own, or that are no mappings.
    pub fn below(self, key: &str) -> Option<Self> {
        Some(match (self, key) {
            (Self::File, "workflow") => Self::Workflow,
            (Self::Workflow, "settings") => Self::Settings,
            (Self::Workflow, "metadata") => Self::Metadata,
            (Self::Workflow, "steps") => Self::Step,
            (Self::Metadata, "auto_execution") => Self::AutoExecution,
            (Self::AutoExecution, "retry") => Self::AutoRetry,
            (Self::AutoExecution, "polling") => Self::AutoPolling,
            (Self::AutoExecution, "features") => Self::Features,
            (Self::Step, "retry") => Self::Retry,
            (Self::Step, "limits") => Self::Limits,
            (Self::Step, "gate") => Self::Gate,
            (Self::Step | Self::StepMetadata, "scoring") => Self::Scoring,
            (Self::Step, "metadata") => Self::StepMetadata,
            (Self::StepMetadata, "retry") => Self::StepMetadataRetry,
            _ => return None,
        })
    }

    /// Whether keys that nobody knows are fine here.
    pub fn is_free(self) -> bool {
        matches!(self, Self::Metadata | Self::StepMetadata)
    }
}

/// What the value of a key is: what an editor offers there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Free text.
    Text,
    /// Text that a shell runs.
    Shell,
    /// `true` or `false`.
    Bool,
    /// One of these, as they are written.
    OneOf(&'static [&'static str]),
    /// A number.
    Number,
    /// A span of time.
    Time,
    /// A size in bytes.
    Size,
    /// 1 to 4.
    Tier,
    /// 0 to 100, or a name.
    Priority,
    /// A mapping.
    Mapping,
    /// The list of steps.
    Steps,
    /// The id of a step.
    StepId,
    /// A list of ids of steps.
    StepIds,
    /// A list of files that steps create.
    Artifacts,
    /// A list of files that this step creates.
    Created,
    /// Words or an expression.
    Condition,
    /// A role.
    Agent,
    /// What a role does.
    Action,
    /// A list of back ends.
    Backends,
    /// A list of other texts.
    Names,
}

impl Shape {
    /// Whether a list is written there.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::Steps
                | Self::StepIds
                | Self::Artifacts
                | Self::Created
                | Self::Backends
                | Self::Names
        )
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Where it stands.
    pub level: Level,
    /// Its name.
    pub name: &'static str,
    /// What its value is, for programs.
    pub shape: Shape,
    /// What its value is, for people.
    pub value: &'static str,
    /// What holds where it is absent, for people; empty where there is nothing to say.
    pub default: &'static str,
    /// A value that could be written, as YAML in one line; empty where it would be a whole file.
    pub example: &'static str,
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
