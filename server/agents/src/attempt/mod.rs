//! One attempt, seen from the daemon: launch it, learn its end, stop it, clean up after it.
//!
//! An attempt is a folder. Its lock is the truth about whether it is alive: a supervisor holds it
//! from before the agent starts until after `result.json` is on disk. PIDs are for signals.

pub mod folder;
pub mod spec;

mod failure;
mod inspect;
mod kill;
mod launch;
mod leftover;
mod log;
mod result;
mod run;
pub(crate) mod signal;
mod stop;
mod watch;

pub use inspect::{Condition, Revocation, inspect, revoke};
pub use kill::{Killed, kill_tree, survivors};
pub use launch::{LaunchJob, Launched, Secret, SpawnError, launch};
pub use leftover::end_leftover;
pub use log::{LogChunk, last_line, read_log};
pub use result::{AttemptResult, LeakedProcess, LimitClass, LogTotals, Outcome, Tree};
pub use run::{CHECK_FOLDER, RunError, run_check, run_to_end};
pub use signal::{Signal, Usage};
pub use spec::{AttemptSpec, Limits, LogCaps, Program, StartDaemon};
pub use stop::{StopError, stop};
pub use watch::{End, watch_end};
