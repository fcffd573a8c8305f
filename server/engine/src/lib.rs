//! One actor owns the state of all runs and tasks. Inputs come in through a mailbox, are decided by
//! [`model::machine`], stored as one transaction per batch, and only then told, answered and acted upon.
//! What is done outside goes through the [`ports`]; what they find comes back as reports.

mod actor;
mod handle;
mod job;
pub mod ports;
mod work;

pub use actor::{Start, start};
pub use handle::{Engine, EngineError, Happening};
pub use job::Job;
pub use ports::Reporter;
