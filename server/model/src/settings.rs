//! Settings as values. Where they come from, and with what precedence, is the daemon's business.

use crate::built_in::TaskSwitches;
use crate::overlap::Overlap;
use crate::workflow::Retry;
use crate::worktrees::{WorktreeLimits, WorktreeSettings};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a repository's files and the user's file say about work in that repository.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantSettings {
    /// Agents by argv template.
    pub agents: BTreeMap<String, AgentTemplate>,
    /// The agent taken where no persona names one.
    pub default_agent: Option<String>,
    /// Which agent does the work of which role.
    pub personas: BTreeMap<String, String>,
    /// Back ends in the order they are tried; empty = `command` where an agent is configured, then `file`.
    pub chain: Vec<String>,
    /// An agent is set up that watches for command files: hand-offs come before commands.
    pub watched: bool,
    /// Whether agent steps are started without a person (below the workflow's own word).
    pub auto_execution: bool,
    /// Retry of agent steps under auto execution.
    pub retry: Option<Retry>,
    /// The file hand-off.
    pub hand_off: HandOffSettings,
    /// Steps of one run at once; none = as many as the pool has.
    pub max_parallel: Option<u32>,
    /// How often a step with a gate runs before a gate that does not pass fails it.
    pub gate_rounds: u32,
    /// Wall clock of one attempt of a workflow step.
    pub step_timeout: Duration,
    /// Wall clock of one attempt of a submitted task.
    pub task_timeout: Duration,
    /// Longest silence of a submitted task with an agent.
    pub task_silence: Option<Duration>,
    /// Retries of a submitted task after the first attempt; none = by the class of the failure.
    pub task_retries: Option<u32>,
    /// Environment variables kept beside the built-in list.
    pub env: Vec<String>,
    /// What is put into worktrees.
    pub worktrees: WorktreeSettings,
    /// Executions are recorded in `.tapps-agents/metrics`.
    pub metrics: bool,
    /// Events are recorded in `.tapps-agents/audit`.
    pub audit: bool,
    /// What lies in a worktree where git-lfs keeps a file.
    pub large_files: LargeFiles,
    /// What is done where two steps would edit the same files at once (below the workflow's own word).
    pub overlap: Overlap,
    /// The built-in tasks.
    pub tasks: TaskSwitches,
    /// The documentation of libraries.
    pub knowledge: KnowledgeSettings,
}

/// How the documentation of libraries is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnowledgeSettings {
    /// After so many days it is stale, where nothing about the library's name says that it is so earlier.
    pub stale_after_days: u32,
    /// Bytes that are left of it when it is cleaned.
    pub max_bytes: u64,
}

/// What lies in a new worktree where git-lfs keeps a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LargeFiles {
    /// Its pointer.
    #[default]
    Pointers,
    /// Its content, where the repository has it already.
    Local,
    /// Its content, fetched where it is missing.
    Pull,
}

/// How an agent is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentTemplate {
    /// argv with placeholders `{prompt} {command} {worktree} {step_id} {run_id} {instructions_file}`.
    pub command: Vec<String>,
    /// Names of secret variables it is given.
    pub env: Vec<String>,
    /// Wall clock of one attempt.
    pub timeout: Option<Duration>,
    /// Whether its writes are confined to the worktree.
    pub confine: bool,
}

/// How the file hand-off behaves.
#[derive(Debug, Clone, PartialEq)]
pub struct HandOffSettings {
    /// The poll that backs up the file events.
    pub poll: Duration,
    /// Wall clock of one hand-off.
    pub timeout: Duration,
    /// Name of the status file.
    pub status_file_name: String,
    /// Whether new artifacts alone may end a step.
    pub artifact_detection: bool,
    /// Whether the status file is read.
    pub status_tracking: bool,
    /// After this long without a sign of life an event says how to start an agent.
    pub pick_up_after: Duration,
}

/// What the user's own settings say about the machine.
#[derive(Debug, Clone, PartialEq)]
pub struct MachineSettings {
    /// Slots: attempts with a process at once.
    pub pool_size: u32,
    /// Hand-offs that may be open at once.
    pub hand_off_limit: u32,
    /// The daemon ends itself after this long without work and clients; none = never.
    pub idle_exit: Option<Duration>,
    /// Ended runs are kept this long.
    pub retention: Duration,
    /// Ended runs kept per repository.
    pub retention_runs: u32,
    /// What worktrees may take.
    pub worktrees: WorktreeLimits,
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            agents: BTreeMap::new(),
            default_agent: None,
            personas: BTreeMap::new(),
            chain: Vec::new(),
            watched: false,
            auto_execution: false,
            retry: None,
            hand_off: HandOffSettings::default(),
            max_parallel: None,
            gate_rounds: crate::round::DEFAULT_ROUNDS,
            step_timeout: Duration::from_secs(3600),
            task_timeout: Duration::from_secs(600),
            task_silence: Some(Duration::from_secs(300)),
            task_retries: None,
            env: Vec::new(),
            worktrees: WorktreeSettings::default(),
            metrics: true,
            audit: true,
            large_files: LargeFiles::default(),
            overlap: Overlap::default(),
            tasks: TaskSwitches::default(),
            knowledge: KnowledgeSettings::default(),
        }
    }
}

impl Default for KnowledgeSettings {
    fn default() -> Self {
        Self {
            stale_after_days: 30,
            max_bytes: 100 << 20,
        }
    }
}

impl Default for HandOffSettings {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(5),
            timeout: Duration::from_secs(3600),
            status_file_name: ".cursor-skill-status.json".to_owned(),
            artifact_detection: true,
            status_tracking: true,
            pick_up_after: Duration::from_secs(60),
        }
    }
}

impl Default for MachineSettings {
    fn default() -> Self {
        Self {
            pool_size: 5,
            hand_off_limit: 32,
            idle_exit: Some(Duration::from_secs(1800)),
            retention: Duration::from_secs(30 * 86_400),
            retention_runs: 200,
            worktrees: WorktreeLimits::default(),
        }
    }
}
