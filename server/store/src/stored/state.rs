//! What a task is doing, as stored.

use super::Invalid;
use super::parts::FailureDoc;
use super::path::PathText;
use model::task::{Need, SkipReason, TaskState};
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A `TaskState`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StateDoc {
    Waiting,
    Scheduled {
        #[serde(default)]
        at: i64,
    },
    Queued {
        #[serde(default)]
        since: i64,
    },
    Active,
    RetryWait {
        #[serde(default)]
        until: i64,
    },
    NeedsInput {
        #[serde(default)]
        since: i64,
        need: NeedDoc,
    },
    Completed {
        #[serde(default)]
        at: i64,
    },
    Failed {
        #[serde(default)]
        at: i64,
        failure: FailureDoc,
    },
    Skipped {
        #[serde(default)]
        at: i64,
        why: SkipDoc,
    },
    Cancelled {
        #[serde(default)]
        at: i64,
    },
    Unverified {
        #[serde(default)]
        at: i64,
        failure: FailureDoc,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NeedDoc {
    Conflict {
        #[serde(default)]
        paths: Vec<String>,
        #[serde(default)]
        steps: Vec<usize>,
        #[serde(default)]
        worktree: Option<PathText>,
    },
    Secret {
        #[serde(default)]
        names: Vec<String>,
    },
    Trust,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SkipDoc {
    Condition,
    Dependency,
    Branch {
        #[serde(default)]
        gate: usize,
    },
}

impl From<&TaskState> for StateDoc {
    fn from(state: &TaskState) -> Self {
        match state {
            TaskState::Waiting => Self::Waiting,
            TaskState::Scheduled { at } => Self::Scheduled { at: at.0 },
            TaskState::Queued { since } => Self::Queued { since: since.0 },
            TaskState::Active => Self::Active,
            TaskState::RetryWait { until } => Self::RetryWait { until: until.0 },
            TaskState::NeedsInput { since, need } => Self::NeedsInput {
                since: since.0,
                need: need.into(),
            },
            TaskState::Completed { at } => Self::Completed { at: at.0 },
            TaskState::Failed { at, failure } => Self::Failed {
                at: at.0,
                failure: failure.into(),
            },
            TaskState::Skipped { at, why } => Self::Skipped {
                at: at.0,
                why: match why {
                    SkipReason::Condition => SkipDoc::Condition,
                    SkipReason::Dependency => SkipDoc::Dependency,
                    SkipReason::Branch { gate } => SkipDoc::Branch { gate: *gate },
                },
            },
            TaskState::Cancelled { at } => Self::Cancelled { at: at.0 },
            TaskState::Unverified { at, failure } => Self::Unverified {
                at: at.0,
                failure: failure.into(),
            },
        }
    }
}

impl TryFrom<StateDoc> for TaskState {
    type Error = Invalid;

    fn try_from(doc: StateDoc) -> Result<Self, Invalid> {
        let at = Timestamp;
        Ok(match doc {
            StateDoc::Waiting => Self::Waiting,
            StateDoc::Scheduled { at: ms } => Self::Scheduled { at: at(ms) },
            StateDoc::Queued { since } => Self::Queued { since: at(since) },
            StateDoc::Active => Self::Active,
            StateDoc::RetryWait { until } => Self::RetryWait { until: at(until) },
            StateDoc::NeedsInput { since, need } => Self::NeedsInput {
                since: at(since),
                need: need.try_into()?,
            },
            StateDoc::Completed { at: ms } => Self::Completed { at: at(ms) },
            StateDoc::Failed { at: ms, failure } => Self::Failed {
                at: at(ms),
                failure: failure.try_into()?,
            },
            StateDoc::Skipped { at: ms, why } => Self::Skipped {
                at: at(ms),
                why: match why {
                    SkipDoc::Condition => SkipReason::Condition,
                    SkipDoc::Dependency => SkipReason::Dependency,
                    SkipDoc::Branch { gate } => SkipReason::Branch { gate },
                },
            },
            StateDoc::Cancelled { at: ms } => Self::Cancelled { at: at(ms) },
            StateDoc::Unverified { at: ms, failure } => Self::Unverified {
                at: at(ms),
                failure: failure.try_into()?,
            },
        })
    }
}

impl From<&Need> for NeedDoc {
    fn from(need: &Need) -> Self {
        match need {
            Need::Conflict {
                paths,
                steps,
                worktree,
            } => Self::Conflict {
                paths: paths.clone(),
                steps: steps.clone(),
                worktree: worktree.as_ref().map(PathText::from),
            },
            Need::Secret { names } => Self::Secret {
                names: names.clone(),
            },
            Need::Trust => Self::Trust,
        }
    }
}

impl TryFrom<NeedDoc> for Need {
    type Error = Invalid;

    fn try_from(doc: NeedDoc) -> Result<Self, Invalid> {
        Ok(match doc {
            NeedDoc::Conflict {
                paths,
                steps,
                worktree,
            } => Self::Conflict {
                paths,
                steps,
                worktree: worktree.map(PathBuf::try_from).transpose()?,
            },
            NeedDoc::Secret { names } => Self::Secret { names },
            NeedDoc::Trust => Self::Trust,
        })
    }
}
