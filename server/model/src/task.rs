//! A task: the unit of the queue. A step of a run is one, a submitted command is one.

use crate::attempt::{Attempt, Phase};
use crate::failure::Failure;
use crate::finding::Finding;
use crate::ids::{AttemptId, RunId, TaskId};
use crate::overlap::Beside;
use crate::round::{Round, SentBack};
use crate::run::{Environment, Submission};
use crate::score::Scores;
use crate::time::Timestamp;
use crate::workflow::{Limits, Retry, Step};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A task and all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Root of the repository, or the folder of a task outside a repository.
    pub tenant: PathBuf,
    /// The run and the index of the step in it.
    pub run: Option<(RunId, usize)>,
    /// What to do.
    pub step: Arc<Step>,
    /// What was submitted, where there is no run to make the step of.
    pub submission: Option<Arc<Submission>>,
    /// Environment of its attempts, shared between tasks with the same one.
    pub environment: Arc<Environment>,
    /// Where it runs.
    pub place: Place,
    /// 0 to 100.
    pub priority: u8,
    /// Submitted tasks that have to complete before.
    pub after: Vec<TaskId>,
    /// Not before.
    pub scheduled_at: Option<Timestamp>,
    /// What was resolved at submission.
    pub policy: Policy,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it is doing.
    pub state: TaskState,
    /// All attempts, oldest first; the number of an attempt is its place from 1.
    pub attempts: Vec<Attempt>,
    /// The worktree, while there is one.
    pub worktree: Option<Worktree>,
    /// What it left behind: filled by the verification of an attempt.
    pub product: Product,
    /// Somebody wants it to stop.
    pub stop: Option<StopReason>,
    /// Rounds that are over, oldest first; empty for a step that no gate has anything to do with.
    pub rounds: Vec<Round>,
    /// A gate sent it back: what its next attempt goes on from.
    pub back: Option<SentBack>,
    /// Steps that ended while the attempt under way was at work. Stored, so that the next daemon knows
    /// whose files this one may have changed, too.
    pub beside: Vec<Beside>,
}

/// Where a task runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A worktree of its own.
    Worktree,
    /// This folder (`--no-worktree`).
    Folder(PathBuf),
}

/// Limits and retries as they hold for this task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// Wall clock of one attempt.
    pub timeout: Duration,
    /// Longest time without output.
    pub silence: Option<Duration>,
    /// Resources.
    pub limits: Limits,
    /// Retry where somebody asked for one.
    pub retry: Option<Retry>,
    /// How often it runs at most before its gate fails it.
    pub rounds: u32,
}

/// What a task is doing. While it is `Active` its last attempt says the rest.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskState {
    /// For steps or tasks before it.
    Waiting,
    /// For a moment in time.
    Scheduled {
        /// That moment.
        at: Timestamp,
    },
    /// For a slot.
    Queued {
        /// Since when: ages its priority.
        since: Timestamp,
    },
    /// Its last attempt is under way.
    Active,
    /// For the delay before another attempt.
    RetryWait {
        /// Its end.
        until: Timestamp,
    },
    /// For a person.
    NeedsInput {
        /// Since when.
        since: Timestamp,
        /// What for.
        need: Need,
    },
    /// Done and verified.
    Completed {
        /// When.
        at: Timestamp,
    },
    /// Failed for good.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        failure: Failure,
    },
    /// Not run.
    Skipped {
        /// When.
        at: Timestamp,
        /// Why not.
        why: SkipReason,
    },
    /// Ended by a person.
    Cancelled {
        /// When.
        at: Timestamp,
    },
    /// The agent says it is done; what it promised is not there.
    Unverified {
        /// When.
        at: Timestamp,
        /// What is missing.
        failure: Failure,
    },
}

/// What a person has to decide or give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// The results it builds on do not merge.
    Conflict {
        /// The paths, relative to the repository.
        paths: Vec<String>,
        /// The steps (indices in the run) that touch them.
        steps: Vec<usize>,
        /// The folder in which it can be resolved.
        worktree: Option<PathBuf>,
    },
    /// Secret variables are not at hand.
    Secret {
        /// Their names.
        names: Vec<String>,
    },
    /// The repository is not trusted.
    Trust,
}

/// Why a task was not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// Its condition was false: satisfies those that wait for it.
    Condition,
    /// A step or task before it failed.
    Dependency,
    /// A gate went another way.
    Branch {
        /// Index of the step with the gate.
        gate: usize,
    },
}

/// Why an attempt is being stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// A person cancelled it.
    Cancel,
    /// The daemon stops: back into the queue.
    Requeue,
}

/// A worktree that belongs to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its root.
    pub path: PathBuf,
    /// The step's branch; empty while the worktree only serves to resolve a conflict.
    pub branch: String,
    /// The commit it started from.
    pub base: String,
}

/// What a task left behind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Product {
    /// The commit that holds its result (the base where nothing changed).
    pub commit: Option<String>,
    /// The commit it was built on.
    pub base: Option<String>,
    /// The step's branch, also when the worktree is gone.
    pub branch: Option<String>,
    /// `KEY=VALUE` lines of `$OFFSHOOT_OUTPUT`.
    pub outputs: Vec<(String, String)>,
    /// Declared or reported files that exist.
    pub artifacts: Vec<ArtifactRef>,
    /// What was noticed.
    pub findings: Arc<[Finding]>,
    /// Its scores, where it is scored and wrote any.
    pub scores: Option<Scores>,
}

/// A file that a step left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactRef {
    /// Relative to the repository.
    pub path: String,
    /// For example `documentation`; `file` where nothing is known.
    pub kind: String,
    /// `schema_version` of a JSON artifact that has one.
    pub schema_version: Option<String>,
    /// The copy in the artifact store, for files that git ignores.
    pub stored: Option<PathBuf>,
}

impl Task {
    /// The last attempt that was made or is under way.
    pub fn last_attempt(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// The attempt under way.
    pub fn active(&self) -> Option<&Attempt> {
        matches!(self.state, TaskState::Active)
            .then(|| self.attempts.last())
            .flatten()
    }

    /// Mutable access to the attempt under way.
    pub fn active_mut(&mut self) -> Option<&mut Attempt> {
        if matches!(self.state, TaskState::Active) {
            self.attempts.last_mut()
        } else {
            None
        }
    }

    /// The id of the last attempt.
    pub fn attempt_id(&self) -> Option<AttemptId> {
        self.last_attempt()
            .map(|attempt| self.id.attempt(attempt.number))
    }

    /// Whether it occupies a slot.
    pub fn holds_slot(&self) -> bool {
        self.active()
            .is_some_and(|attempt| attempt.backend.takes_slot())
    }

    /// Whether an open hand-off belongs to it.
    pub fn holds_hand_off(&self) -> bool {
        self.active()
            .is_some_and(|attempt| attempt.backend.name() == "file")
    }

    /// Status word of a step.
    pub fn step_status(&self) -> &'static str {
        match &self.state {
            TaskState::Waiting => "waiting",
            TaskState::Scheduled { .. }
            | TaskState::Queued { .. }
            | TaskState::RetryWait { .. } => "queued",
            TaskState::Active => self.active_status(),
            TaskState::NeedsInput { .. } => "needs_input",
            TaskState::Completed { .. } => "completed",
            TaskState::Failed { .. } => "failed",
            TaskState::Skipped { .. } => "skipped",
            TaskState::Cancelled { .. } => "cancelled",
            TaskState::Unverified { .. } => "unverified",
        }
    }

    fn active_status(&self) -> &'static str {
        match self.attempts.last() {
            Some(attempt) => match &attempt.phase {
                Phase::Preparing | Phase::Starting => "preparing",
                Phase::Running { .. } if attempt.is_manual() => "needs_input",
                Phase::Running { .. } => "running",
                Phase::Verifying { .. } | Phase::Ended { .. } => "verifying",
            },
            None => "preparing",
        }
    }

    /// Status word of a task.
    pub fn task_status(&self) -> &'static str {
        match &self.state {
            TaskState::Waiting | TaskState::NeedsInput { .. } => "blocked",
            TaskState::Scheduled { .. } => "scheduled",
            TaskState::Queued { .. } => "queued",
            TaskState::Active => "running",
            TaskState::RetryWait { .. } => "retry_wait",
            TaskState::Completed { .. } => "completed",
            TaskState::Failed { failure, .. }
                if failure.class == crate::failure::FailureClass::Dependency =>
            {
                "dependency_failed"
            }
            TaskState::Failed { .. } | TaskState::Unverified { .. } => "failed",
            TaskState::Skipped {
                why: SkipReason::Dependency,
                ..
            } => "dependency_failed",
            TaskState::Skipped { .. } => "completed",
            TaskState::Cancelled { .. } => "cancelled",
        }
    }

    /// When it ended for good.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match &self.state {
            TaskState::Completed { at }
            | TaskState::Failed { at, .. }
            | TaskState::Skipped { at, .. }
            | TaskState::Cancelled { at }
            | TaskState::Unverified { at, .. } => Some(*at),
            _ => None,
        }
    }

    /// Whether it has ended for good (a person may still set it going again).
    pub fn is_ended(&self) -> bool {
        self.ended_at().is_some()
    }

    /// When its first attempt began.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.attempts.first().map(|attempt| attempt.started_at)
    }

    /// The failure it ended with.
    pub fn failure(&self) -> Option<Failure> {
        use crate::failure::FailureClass;
        match &self.state {
            TaskState::Failed { failure, .. } | TaskState::Unverified { failure, .. } => {
                Some(failure.clone())
            }
            TaskState::Skipped {
                why: SkipReason::Dependency,
                ..
            } => Some(Failure::new(
                FailureClass::Dependency,
                "a step it depends on did not complete",
            )),
            _ => None,
        }
    }

    /// Whether those that wait for it may go on.
    pub fn satisfies(&self) -> bool {
        match &self.state {
            TaskState::Completed { .. }
            | TaskState::Skipped {
                why: SkipReason::Condition | SkipReason::Branch { .. },
                ..
            } => true,
            TaskState::Failed { .. } | TaskState::Unverified { .. } => self.is_forgiven(),
            _ => false,
        }
    }

    /// Whether its failure is not one of the run.
    pub fn is_forgiven(&self) -> bool {
        self.step.optional || self.step.on_error == crate::workflow::OnError::Continue
    }
}
