//! The daemon itself: hello, status, stop, pool.

use crate::error::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// No parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Empty {}

/// `daemon.hello`, first on every connection.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HelloParams {
    /// Version of the client's binary.
    pub version: String,
    /// [`crate::PROTOCOL_VERSION`] of the client.
    pub protocol: u32,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Hello {
    /// Version of the daemon's binary.
    pub version: String,
    /// Its protocol.
    pub protocol: u32,
    /// Its process.
    pub pid: u32,
}

/// `daemon.stop`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Stop {
    /// Agents go on; the next daemon takes them over.
    #[serde(default)]
    pub leave_running: bool,
}

/// What the stop means.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Stopping {
    /// The daemon's process.
    pub pid: u32,
    /// Repositories with open work.
    pub repositories: Vec<String>,
    /// Attempts under way that go back into the queue (or go on).
    pub attempts: u32,
}

/// `background status`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    /// The daemon's process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// Since its start.
    pub uptime_s: u64,
    /// `production` or `development`.
    pub mode: String,
    /// Path of its socket.
    pub socket: String,
    /// The slots.
    pub pool: Pool,
    /// The queue.
    pub queue: Queue,
    /// What holds limits here.
    pub enforcement: Enforcement,
    /// Resident memory of the daemon.
    pub rss_bytes: u64,
    /// Tasks ended in the last minute.
    pub tasks_per_minute: u32,
    /// Open hand-offs.
    pub hand_off: HandOffs,
    /// What does not work right now, for example a full disk; empty when all is well.
    #[serde(default)]
    pub problems: Vec<String>,
}

/// The slots.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Pool {
    /// Slots now.
    pub size: u32,
    /// Never fewer.
    pub min: u32,
    /// Never more.
    pub max: u32,
    /// Occupied.
    pub busy: u32,
    /// Free.
    pub idle: u32,
    /// Nothing new is started.
    pub paused: bool,
    /// Why.
    pub reason: Option<String>,
}

/// The queue in numbers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Queue {
    /// Ready, waiting for a slot.
    pub queued: u64,
    /// Under way.
    pub running: u64,
    /// Waiting for others or for a person.
    pub blocked: u64,
    /// Waiting for another attempt.
    pub retry_wait: u64,
    /// Ended well (of those kept).
    pub completed: u64,
    /// Ended badly (of those kept).
    pub failed: u64,
    /// Age of the oldest queued task in seconds.
    pub oldest_s: u64,
    /// Queued by priority.
    pub by_priority: BTreeMap<String, u64>,
    /// Queued by tenant.
    pub by_tenant: BTreeMap<String, u64>,
}

/// What holds limits on this machine.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Enforcement {
    /// `cgroup`, `cookie` or `group`: how a process tree is found.
    pub tree: String,
    /// `cgroup` or `rss`; `none` where memory is not limited.
    pub memory: String,
    /// `cgroup` or `duty-cycle`; `none` where processor time is not limited.
    pub cpu: String,
    /// `landlock` or `none`.
    pub writes: String,
}

/// Open hand-offs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HandOffs {
    /// Each of them.
    pub waiting: Vec<HandOff>,
}

/// A hand-off that waits for its agent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HandOff {
    /// The run.
    pub run_id: String,
    /// The step.
    pub step_id: String,
    /// Path of the command file.
    pub command_file: String,
}

/// `pool.scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Scale {
    /// Slots wanted.
    pub size: u32,
}

/// What a reload of the settings found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Reloaded {
    /// Files that were read.
    pub files: Vec<String>,
    /// Problems; what is wrong keeps its last good value.
    pub diagnostics: Vec<Diagnostic>,
}
