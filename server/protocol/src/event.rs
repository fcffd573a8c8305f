//! What the daemon tells without being asked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Name of the notification.
pub const EVENT: &str = "event";

/// `events.subscribe`: from then on this connection gets `event` notifications.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Subscribe {
    /// Only events after this one; absent = only new ones.
    #[serde(default)]
    pub since: Option<u64>,
    /// Only events of this run.
    #[serde(default)]
    pub run_id: Option<String>,
    /// Only events of this task.
    #[serde(default)]
    pub task_id: Option<String>,
    /// Only events of this repository.
    #[serde(default)]
    pub repo: Option<String>,
}

/// The answer: state events follow from `last_seq + 1` on.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Subscribed {
    /// The newest event at the time of the answer.
    pub last_seq: u64,
    /// Events since `since` are no longer kept: read everything again.
    pub reload: bool,
}

/// A state event (with `seq`: durable, in order, without gaps) or a signal (without: coalesced, may be lost).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Place in the journal; absent for signals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// RFC 3339, UTC.
    pub at: String,
    /// `run.<status>`, `step.<status>`, `task.<status>`, `attempt.<status>`, `gate.passed`, `gate.failed`, `overlap.waits`, `overlap.noticed`; signals: `progress`, `line`, `not_picked_up`, `findings` (what was dismissed or holds changed without an event), `reload`.
    pub kind: String,
    /// The run it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// The step it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// The task it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    /// The attempt's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// One line for people: a failure, the last line of output, a hint.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// 0 to 100, in `progress`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<u8>,
}
