//! Runs as stored. Beside the columns a run has two documents: its source, written once, and the
//! rest. The workflow is not stored: it is made of the source again.

use super::parts::{FailureDoc, millis};
use super::{Invalid, VERSION, document};
use model::ids::TaskId;
use model::run::{ResultBranch, Run, RunOptions, RunOutcome, RunState};
use model::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A `Run` without what stands in columns (id, repository, time of creation) or in its source.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RunDoc {
    pub(super) v: u32,
    #[serde(default)]
    options: OptionsDoc,
    #[serde(default)]
    base: String,
    state: StateDoc,
    #[serde(default)]
    tasks: Vec<String>,
    #[serde(default)]
    cancelled: bool,
}

/// The parts of a run that its document holds.
#[derive(Debug, PartialEq)]
pub(crate) struct RunParts {
    pub(crate) options: RunOptions,
    pub(crate) base: String,
    pub(crate) state: RunState,
    pub(crate) tasks: Vec<TaskId>,
    pub(crate) cancelled: bool,
}

document!(RunDoc);

#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct OptionsDoc {
    auto: bool,
    backends: Vec<String>,
    inputs: Vec<(String, String)>,
    max_parallel: Option<u32>,
    timeout_ms: Option<u64>,
    priority: u8,
}

impl Default for OptionsDoc {
    fn default() -> Self {
        Self::from(&RunOptions::default())
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateDoc {
    Open,
    Finishing,
    Conflicted {
        #[serde(default)]
        since: i64,
        #[serde(default)]
        paths: Vec<String>,
    },
    Ended {
        #[serde(default)]
        at: i64,
        outcome: OutcomeDoc,
        #[serde(default)]
        result: Option<ResultDoc>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeDoc {
    Completed,
    Failed(FailureDoc),
    Cancelled,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct ResultDoc {
    name: String,
    commit: String,
}

impl From<&Run> for RunDoc {
    fn from(run: &Run) -> Self {
        Self {
            v: VERSION,
            options: (&run.options).into(),
            base: run.base.clone(),
            state: (&run.state).into(),
            tasks: run.tasks.iter().map(ToString::to_string).collect(),
            cancelled: run.cancelled,
        }
    }
}

impl TryFrom<RunDoc> for RunParts {
    type Error = Invalid;

    fn try_from(doc: RunDoc) -> Result<Self, Invalid> {
        Ok(Self {
            options: doc.options.into(),
            base: doc.base,
            state: doc.state.try_into()?,
            tasks: doc.tasks.into_iter().map(TaskId::new).collect(),
            cancelled: doc.cancelled,
        })
    }
}

impl From<&RunOptions> for OptionsDoc {
    fn from(options: &RunOptions) -> Self {
        Self {
            auto: options.auto,
            backends: options.backends.clone(),
            inputs: options.inputs.clone(),
            max_parallel: options.max_parallel,
            timeout_ms: options.timeout.map(millis),
            priority: options.priority,
        }
    }
}

impl From<OptionsDoc> for RunOptions {
    fn from(doc: OptionsDoc) -> Self {
        Self {
            auto: doc.auto,
            backends: doc.backends,
            inputs: doc.inputs,
            max_parallel: doc.max_parallel,
            timeout: doc.timeout_ms.map(Duration::from_millis),
            priority: doc.priority,
        }
    }
}

impl From<&RunState> for StateDoc {
    fn from(state: &RunState) -> Self {
        match state {
            RunState::Open => Self::Open,
            RunState::Finishing => Self::Finishing,
            RunState::Conflicted { since, paths } => Self::Conflicted {
                since: since.0,
                paths: paths.clone(),
            },
            RunState::Ended {
                at,
                outcome,
                result,
            } => Self::Ended {
                at: at.0,
                outcome: outcome.into(),
                result: result.as_ref().map(|branch| ResultDoc {
                    name: branch.name.clone(),
                    commit: branch.commit.clone(),
                }),
            },
        }
    }
}

impl TryFrom<StateDoc> for RunState {
    type Error = Invalid;

    fn try_from(doc: StateDoc) -> Result<Self, Invalid> {
        Ok(match doc {
            StateDoc::Open => Self::Open,
            StateDoc::Finishing => Self::Finishing,
            StateDoc::Conflicted { since, paths } => Self::Conflicted {
                since: Timestamp(since),
                paths,
            },
            StateDoc::Ended {
                at,
                outcome,
                result,
            } => Self::Ended {
                at: Timestamp(at),
                outcome: outcome.try_into()?,
                result: result.map(|branch| ResultBranch {
                    name: branch.name,
                    commit: branch.commit,
                }),
            },
        })
    }
}

impl From<&RunOutcome> for OutcomeDoc {
    fn from(outcome: &RunOutcome) -> Self {
        match outcome {
            RunOutcome::Completed => Self::Completed,
            RunOutcome::Failed(failure) => Self::Failed(failure.into()),
            RunOutcome::Cancelled => Self::Cancelled,
        }
    }
}

impl TryFrom<OutcomeDoc> for RunOutcome {
    type Error = Invalid;

    fn try_from(doc: OutcomeDoc) -> Result<Self, Invalid> {
        Ok(match doc {
            OutcomeDoc::Completed => Self::Completed,
            OutcomeDoc::Failed(failure) => Self::Failed(failure.try_into()?),
            OutcomeDoc::Cancelled => Self::Cancelled,
        })
    }
}
