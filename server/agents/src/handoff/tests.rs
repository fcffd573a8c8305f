//! The hand-off with real files: what is written, who ends it, what is left.

mod agent;
pub(in crate::handoff) mod bed;
mod golden;
mod lifecycle;
mod resuming;
mod timing;
mod watching;
