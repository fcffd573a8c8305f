//! Processes and back ends: the only crate that starts agents, checks and tools.
//!
//! `attempt` is the daemon's side of one attempt, `supervise` the process that runs beside the
//! agent, and the attempt's folder is all they share: its format is in `attempt::folder`,
//! `attempt::spec` and `attempt::result`. What to run, and when, is not decided here.

pub mod attempt;
pub mod handoff;
mod proc;
pub mod supervise;
pub mod tool;
