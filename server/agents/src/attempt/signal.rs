//! What a supervisor says on its stdout while it runs, one JSON object per line. Lossy: nothing
//! here is state, all of it can be read again from the folder.

use serde::{Deserialize, Serialize};

use super::folder::Started;

/// One line. A reader ignores what it does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The agent runs.
    Started(Started),
    /// The agent wrote something; at most ten a second.
    Output {
        /// The last line so far, made printable and cut.
        line: String,
        /// All output so far, in bytes: also the offset to read the log up to.
        bytes: u64,
    },
    /// What the tree uses now; once a second.
    Usage(Usage),
    /// The result can be read. The supervisor ends once it is on disk; who waits for that learns it later.
    Ended,
}

/// What a tree uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Resident memory, in bytes; shared pages count once per process.
    pub rss_bytes: u64,
    /// Processor time so far, in milliseconds.
    pub cpu_ms: u64,
    /// Processes alive.
    pub processes: u64,
}
