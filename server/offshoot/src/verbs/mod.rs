//! One file per verb: its arguments, what it asks of the daemon, what it prints.

pub(crate) mod agent;
pub(crate) mod apply;
pub(crate) mod artifact;
pub(crate) mod background;
pub(crate) mod background_agent_config;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod discard;
pub(crate) mod doctor;
pub(crate) mod init;
pub(crate) mod pool;
pub(crate) mod run;
pub(crate) mod task;
pub(crate) mod trust;
pub(crate) mod workflow;
pub(crate) mod worktree;
