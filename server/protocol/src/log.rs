//! Logs of attempts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `log.read`: of a step (`run_id`, `step_id`) or a task (`task_id`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct LogRead {
    /// The run.
    #[serde(default)]
    pub run_id: Option<String>,
    /// The step.
    #[serde(default)]
    pub step_id: Option<String>,
    /// The task.
    #[serde(default)]
    pub task_id: Option<String>,
    /// The attempt; absent = the last.
    #[serde(default)]
    pub attempt: Option<u32>,
    /// Byte offset to read from.
    #[serde(default)]
    pub offset: u64,
    /// At most this many bytes; default and maximum 1 MiB.
    #[serde(default)]
    pub limit: Option<u64>,
}

/// A piece of a log.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct LogChunk {
    /// The attempt it is of.
    pub attempt: u32,
    /// Offset of its first byte.
    pub offset: u64,
    /// Offset to read on from.
    pub next: u64,
    /// The text; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Bytes between head and tail that were not kept.
    pub dropped: u64,
    /// Nothing will follow: the attempt has ended and this was its last piece.
    pub end: bool,
}
