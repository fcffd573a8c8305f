//! `spec.json`, version 1: everything the supervisor needs to run one attempt. Written once by
//! the daemon; holds names of secrets, never their values.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The version written into every file of the folder. A reader takes this one and ignores
/// fields that it does not know.
pub const VERSION: u32 = 1;

/// The variable that every process of an attempt carries, with the attempt's cookie as its value.
pub const COOKIE_VARIABLE: &str = "OFFSHOOT_ATTEMPT";

/// What to run, where, with what around it, and within which limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptSpec {
    /// [`VERSION`].
    pub version: u32,
    /// Names every process of the attempt, also in the name of its cgroup: unique on the machine,
    /// of `[A-Za-z0-9._-]`. The attempt's id, or `<id>.check` for a check.
    pub cookie: String,
    /// What is started.
    pub program: Program,
    /// The working folder, absolute.
    pub cwd: PathBuf,
    /// The whole environment but the secrets and the cookie; nothing is inherited.
    pub env: Vec<(String, String)>,
    /// Names of the secrets, whose values come by the supervisor's stdin.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// What ends the attempt early.
    #[serde(default)]
    pub limits: Limits,
    /// How much of the output is kept.
    #[serde(default)]
    pub log: LogCaps,
    /// From TERM to KILL, in milliseconds.
    #[serde(default = "default_grace")]
    pub grace_ms: u64,
    /// What the rest of the tree gets after the main process ended, before TERM, and again
    /// between TERM and KILL, in milliseconds.
    #[serde(default = "default_leak_grace")]
    pub leak_grace_ms: u64,
    /// The daemon to start when the attempt ends and none is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_daemon: Option<StartDaemon>,
}

fn default_grace() -> u64 {
    10_000
}

fn default_leak_grace() -> u64 {
    2_000
}

impl AttemptSpec {
    /// A spec with the defaults: an empty environment, no limits, 10 s of grace.
    pub fn new(cookie: impl Into<String>, program: Program, cwd: impl Into<PathBuf>) -> Self {
        Self {
            version: VERSION,
            cookie: cookie.into(),
            program,
            cwd: cwd.into(),
            env: Vec::new(),
            secrets: Vec::new(),
            limits: Limits::default(),
            log: LogCaps::default(),
            grace_ms: default_grace(),
            leak_grace_ms: default_leak_grace(),
            start_daemon: None,
        }
    }
}

/// What is started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// A program and its arguments; a name without `/` is looked up in the attempt's own PATH.
    Argv(Vec<String>),
    /// A script for `sh -e -c`.
    Shell(String),
}

impl Program {
    /// The arguments as they are passed to the kernel.
    pub fn argv(&self) -> Vec<&str> {
        match self {
            Self::Argv(argv) => argv.iter().map(String::as_str).collect(),
            Self::Shell(script) => vec!["sh", "-e", "-c", script],
        }
    }
}

/// What ends an attempt early; `None` is no limit. Times run on the monotonic clock, which
/// stands still while the machine sleeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The longest run, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall_ms: Option<u64>,
    /// The longest time without a byte of output, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence_ms: Option<u64>,
    /// The most output, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_bytes: Option<u64>,
    /// The most resident memory of the whole tree, in bytes, looked at four times a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// The most processes of the tree at one time, looked at four times a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processes: Option<u64>,
}

/// How much of the output is kept, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogCaps {
    /// From the start.
    pub head_bytes: u64,
    /// Of the end.
    pub tail_bytes: u64,
}

impl Default for LogCaps {
    fn default() -> Self {
        Self {
            head_bytes: 8 << 20,
            tail_bytes: 8 << 20,
        }
    }
}

/// The daemon to start when the attempt ends while nobody holds the daemon's lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartDaemon {
    /// The daemon's lock file. Where it does not exist, the state folder is gone, and nothing starts.
    pub lock: PathBuf,
    /// The daemon's program (absolute) and arguments.
    pub argv: Vec<String>,
    /// The daemon's whole environment.
    #[serde(default)]
    pub env: Vec<(String, String)>,
}
