//! The file hand-off: a back end without a process. The engine writes files into a worktree, an
//! agent that watches files does the work, the engine sees the end.
//!
//! [`write()`] starts one, [`watch()`] waits for its end, [`collect()`] moves its files away. In between
//! everything needed lies in `handoff.json` ([`Baseline`]), so that a restarted daemon goes on.
//! Nothing here decides whether a step is done: an end is what somebody *said*, to be verified.
//!
//! The format is that of TappsCodingAgents, with what protocol 1.1 adds; [`status`] and [`marker`]
//! read what agents answer, [`skill`] is the agent's side.

mod artifacts;
mod aside;
mod baseline;
mod claim;
mod collect;
mod end;
mod error;
mod files;
mod folders;
mod hub;
mod instructions;
mod job;
mod judge;
mod look;
pub mod marker;
pub mod names;
mod nets;
mod place;
mod since;
pub mod skill;
pub mod status;
mod value;
mod watch;
mod write;

pub use baseline::{Baseline, Before, Expected, Side};
pub use collect::{COLLECTED_DIR, Collected, collect};
pub use end::{By, HandOffEnd, Signal, Via};
pub use error::Error;
pub use files::PROTOCOL_VERSION;
pub use folders::Folders;
pub use job::{Features, HandOff};
pub use names::FILES;
pub use place::{Escape, Stamp};
pub use since::Since;
pub use watch::{PICK_UP, Watch, elapsed, watch};
pub use write::write;

#[cfg(test)]
mod tests;
