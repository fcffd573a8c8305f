//! `result.json`, version 1: how an attempt ended. Written once, by the supervisor, last.

use model::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::spec::VERSION;

/// How an attempt ended and what it used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptResult {
    /// [`VERSION`].
    pub version: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// The main process's exit status, also where something else decided the outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// When the agent was started, in milliseconds since 1970, UTC.
    pub started_at: i64,
    /// When the last process of its tree was gone, in milliseconds since 1970, UTC.
    pub ended_at: i64,
    /// From start to end on the monotonic clock, in milliseconds.
    pub duration_ms: u64,
    /// The most resident memory seen: of the tree where it was sampled, else of its largest process.
    #[serde(default)]
    pub peak_rss_bytes: u64,
    /// Processor time of all processes of the tree, user and system, in milliseconds.
    #[serde(default)]
    pub cpu_ms: u64,
    /// What outlived the main process by more than `leak_grace_ms` and was ended for it.
    #[serde(default)]
    pub leaked_processes: Vec<LeakedProcess>,
    /// The output, counted.
    #[serde(default)]
    pub log: LogTotals,
    /// How the tree was held together.
    pub tree: Tree,
    /// The last lines of the output, at most ten, made printable.
    #[serde(default)]
    pub last_lines: Vec<String>,
}

impl AttemptResult {
    /// A result of an attempt whose agent never ran.
    pub fn not_spawned(message: impl Into<String>, errno: Option<i32>, now: Timestamp) -> Self {
        Self {
            version: VERSION,
            outcome: Outcome::SpawnFailed {
                message: message.into(),
                errno,
            },
            exit_code: None,
            started_at: now.0,
            ended_at: now.0,
            duration_ms: 0,
            peak_rss_bytes: 0,
            cpu_ms: 0,
            leaked_processes: Vec::new(),
            log: LogTotals::default(),
            tree: Tree::Group,
            last_lines: Vec::new(),
        }
    }
}

/// How an attempt ended. What ended it first wins: an agent that answers the TERM of a limit with
/// exit 0 still ran into the limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The main process ended by itself.
    Exited {
        /// Its status.
        code: i32,
    },
    /// The main process was ended by a signal that is not ours.
    Signalled {
        /// Its number.
        signal: i32,
    },
    /// Somebody asked the supervisor to stop it.
    Stopped {
        /// Why, as in `stop`.
        reason: String,
    },
    /// It ran into a limit.
    Limit {
        /// Which.
        class: LimitClass,
        /// The limit, in milliseconds, bytes or processes.
        allowed: u64,
    },
    /// The agent's program could not be started.
    SpawnFailed {
        /// Lower-case fragment that says why.
        message: String,
        /// The system's error number, where it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        errno: Option<i32>,
    },
}

/// The limits that end an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitClass {
    /// Wall clock, milliseconds.
    Timeout,
    /// Time without output, milliseconds.
    Silent,
    /// Output, bytes.
    Output,
    /// Resident memory of the tree, bytes.
    Memory,
    /// Processes of the tree.
    Process,
}

/// A process that outlived the main process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeakedProcess {
    /// Its process id, which is free again by now.
    pub pid: i32,
    /// Its name as the kernel knows it, at most 15 bytes.
    pub name: String,
    /// Whether it could not be ended, even by KILL.
    #[serde(default)]
    pub alive: bool,
}

/// The output, counted in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogTotals {
    /// All that the tree wrote.
    pub bytes: u64,
    /// What of it is not kept.
    pub dropped: u64,
}

/// What holds an attempt's tree together, so that all of it can be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tree {
    /// An own cgroup v2.
    Cgroup,
    /// The subreaper while the supervisor lives, the cookie in the environment after it.
    Cookie,
    /// The process group alone.
    Group,
}

impl Tree {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cgroup => "cgroup",
            Self::Cookie => "cookie",
            Self::Group => "group",
        }
    }
}
