//! The domain: ids, workflows, runs, tasks, attempts, and what is decided about them.
//!
//! Pure: no IO, no clock, no async runtime, no wire format. What lives here is tested in
//! microseconds. The state machine is [`machine`]; the workflow language is [`language`].

pub mod attempt;
pub mod backend;
pub mod built_in;
pub mod command;
pub mod condition;
pub mod diagnostic;
pub mod failure;
pub mod finding;
pub mod glob;
pub mod ids;
pub mod journal;
pub mod language;
pub mod machine;
pub mod overlap;
pub mod round;
pub mod run;
pub mod score;
pub mod settings;
mod submission;
pub mod task;
pub mod time;
pub mod verdict;
pub mod workflow;
pub mod worktrees;
