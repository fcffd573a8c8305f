//! Tasks as stored: all but what stands in columns (id, tenant, run and step, priority, time of
//! creation) and what is stored once for many (environment) or never changes (submission).

use super::attempt::AttemptDoc;
use super::beside::BesideDoc;
use super::parts::{LimitsDoc, RetryDoc, millis};
use super::path::PathText;
use super::product::{ProductDoc, WorktreeDoc};
use super::round::{RoundDoc, SentBackDoc};
use super::state::StateDoc;
use super::{Invalid, VERSION, document};
use model::attempt::Attempt;
use model::ids::TaskId;
use model::overlap::Beside;
use model::round::{DEFAULT_ROUNDS, Round, SentBack};
use model::task::{Place, Policy, Product, StopReason, Task, TaskState, Worktree};
use model::time::Timestamp;
use model::workflow::{Limits, Retry};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A `Task` as its document holds it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TaskDoc {
    pub(super) v: u32,
    place: PlaceDoc,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    scheduled_at: Option<i64>,
    #[serde(default)]
    policy: PolicyDoc,
    state: StateDoc,
    #[serde(default)]
    attempts: Vec<AttemptDoc>,
    #[serde(default)]
    worktree: Option<WorktreeDoc>,
    #[serde(default)]
    product: ProductDoc,
    #[serde(default)]
    stop: Option<StopDoc>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rounds: Vec<RoundDoc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    back: Option<SentBackDoc>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    beside: Vec<BesideDoc>,
}

document!(TaskDoc);

/// The parts of a task that its document holds.
#[derive(Debug, PartialEq)]
pub(crate) struct TaskParts {
    pub(crate) place: Place,
    pub(crate) after: Vec<TaskId>,
    pub(crate) scheduled_at: Option<Timestamp>,
    pub(crate) policy: Policy,
    pub(crate) state: TaskState,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) worktree: Option<Worktree>,
    pub(crate) product: Product,
    pub(crate) stop: Option<StopReason>,
    pub(crate) rounds: Vec<Round>,
    pub(crate) back: Option<SentBack>,
    pub(crate) beside: Vec<Beside>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PlaceDoc {
    Worktree,
    Folder(PathText),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct PolicyDoc {
    timeout_ms: u64,
    silence_ms: Option<u64>,
    limits: LimitsDoc,
    retry: Option<RetryDoc>,
    rounds: u32,
}

impl Default for PolicyDoc {
    fn default() -> Self {
        Self {
            timeout_ms: 600_000, // the contract's wall clock of a pool task
            silence_ms: None,
            limits: LimitsDoc::default(),
            retry: None,
            rounds: DEFAULT_ROUNDS,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StopDoc {
    Cancel,
    Requeue,
}

impl From<&Task> for TaskDoc {
    fn from(task: &Task) -> Self {
        Self {
            v: VERSION,
            place: match &task.place {
                Place::Worktree => PlaceDoc::Worktree,
                Place::Folder(path) => PlaceDoc::Folder(path.into()),
            },
            after: task.after.iter().map(ToString::to_string).collect(),
            scheduled_at: task.scheduled_at.map(|at| at.0),
            policy: (&task.policy).into(),
            state: (&task.state).into(),
            attempts: task.attempts.iter().map(AttemptDoc::from).collect(),
            worktree: task.worktree.as_ref().map(WorktreeDoc::from),
            product: (&task.product).into(),
            stop: task.stop.map(|stop| match stop {
                StopReason::Cancel => StopDoc::Cancel,
                StopReason::Requeue => StopDoc::Requeue,
            }),
            rounds: task.rounds.iter().map(RoundDoc::from).collect(),
            back: task.back.as_ref().map(SentBackDoc::from),
            beside: task.beside.iter().map(BesideDoc::from).collect(),
        }
    }
}

impl TryFrom<TaskDoc> for TaskParts {
    type Error = Invalid;

    fn try_from(doc: TaskDoc) -> Result<Self, Invalid> {
        let attempts = doc.attempts.into_iter().map(Attempt::try_from);
        let rounds = doc.rounds.into_iter().map(Round::try_from);
        Ok(Self {
            place: match doc.place {
                PlaceDoc::Worktree => Place::Worktree,
                PlaceDoc::Folder(path) => Place::Folder(path.try_into()?),
            },
            after: doc.after.into_iter().map(TaskId::new).collect(),
            scheduled_at: doc.scheduled_at.map(Timestamp),
            policy: doc.policy.into(),
            state: doc.state.try_into()?,
            attempts: attempts.collect::<Result<_, _>>()?,
            worktree: doc.worktree.map(Worktree::try_from).transpose()?,
            product: doc.product.try_into()?,
            stop: doc.stop.map(|stop| match stop {
                StopDoc::Cancel => StopReason::Cancel,
                StopDoc::Requeue => StopReason::Requeue,
            }),
            rounds: rounds.collect::<Result<_, _>>()?,
            back: doc.back.map(SentBack::from),
            beside: doc.beside.into_iter().map(Beside::from).collect(),
        })
    }
}

impl From<&Policy> for PolicyDoc {
    fn from(policy: &Policy) -> Self {
        Self {
            timeout_ms: millis(policy.timeout),
            silence_ms: policy.silence.map(millis),
            limits: (&policy.limits).into(),
            retry: policy.retry.as_ref().map(RetryDoc::from),
            rounds: policy.rounds,
        }
    }
}

impl From<PolicyDoc> for Policy {
    fn from(doc: PolicyDoc) -> Self {
        Self {
            timeout: Duration::from_millis(doc.timeout_ms),
            silence: doc.silence_ms.map(Duration::from_millis),
            limits: Limits::from(doc.limits),
            retry: doc.retry.map(Retry::from),
            rounds: doc.rounds,
        }
    }
}
