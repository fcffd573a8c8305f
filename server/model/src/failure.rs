//! Why an attempt failed. The class decides whether another attempt makes sense.

use std::fmt;

/// The class of a failure, on attempts, steps and tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureClass {
    /// The program ended with a status other than 0, or the agent reported a failure.
    Exit,
    /// The program was ended by a signal that is not ours.
    Signal,
    /// The wall clock of one attempt ran out.
    Timeout,
    /// No output for longer than allowed.
    Silent,
    /// More memory than allowed.
    Memory,
    /// More processor time than allowed.
    Cpu,
    /// More processes than allowed.
    Process,
    /// No room on the disk.
    Disk,
    /// More output than allowed.
    Output,
    /// The program could not be started.
    Spawn,
    /// The worktree could not be made or read.
    Worktree,
    /// The back end failed for a reason of its own, or none was available.
    Backend,
    /// The step's `check` failed.
    Check,
    /// A declared artifact is missing or does not validate.
    Artifact,
    /// A step or task it depends on failed.
    Dependency,
    /// The results it builds on do not merge.
    Conflict,
    /// The machine or the daemon went away under it.
    Interrupted,
    /// The supervisor itself died or misbehaved.
    Supervisor,
}

impl FailureClass {
    /// All of them, for tables and tests.
    pub const ALL: [Self; 18] = [
        Self::Exit,
        Self::Signal,
        Self::Timeout,
        Self::Silent,
        Self::Memory,
        Self::Cpu,
        Self::Process,
        Self::Disk,
        Self::Output,
        Self::Spawn,
        Self::Worktree,
        Self::Backend,
        Self::Check,
        Self::Artifact,
        Self::Dependency,
        Self::Conflict,
        Self::Interrupted,
        Self::Supervisor,
    ];

    /// The name in JSON, logs and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exit => "exit",
            Self::Signal => "signal",
            Self::Timeout => "timeout",
            Self::Silent => "silent",
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::Process => "process",
            Self::Disk => "disk",
            Self::Output => "output",
            Self::Spawn => "spawn",
            Self::Worktree => "worktree",
            Self::Backend => "backend",
            Self::Check => "check",
            Self::Artifact => "artifact",
            Self::Dependency => "dependency",
            Self::Conflict => "conflict",
            Self::Interrupted => "interrupted",
            Self::Supervisor => "supervisor",
        }
    }

    /// The class with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }

    /// Retries after the first attempt where nobody said anything about retries.
    pub fn default_retries(self) -> u32 {
        match self {
            Self::Spawn | Self::Worktree | Self::Interrupted | Self::Supervisor => 2,
            _ => 0,
        }
    }

    /// Whether another attempt could end differently at all. A conflict or a failed
    /// dependency ends the same way until somebody changes something.
    pub fn retryable(self) -> bool {
        !matches!(self, Self::Dependency | Self::Conflict)
    }
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failure: its class and one sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The class.
    pub class: FailureClass,
    /// Lower-case fragment that says what happened and, where something can be done, what.
    pub message: String,
    /// Whoever failed says that another attempt would end the same way: none follows by itself. A
    /// person may want one all the same.
    pub for_good: bool,
}

impl Failure {
    /// A failure of this class.
    pub fn new(class: FailureClass, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            for_good: false,
        }
    }

    /// The same, where whoever failed said whether another attempt makes sense. Only a plain no counts.
    #[must_use]
    pub fn retryable(self, said: Option<bool>) -> Self {
        Self {
            for_good: said == Some(false),
            ..self
        }
    }
}
