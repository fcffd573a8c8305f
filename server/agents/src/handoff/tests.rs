//! The hand-off with real files: what is written, who ends it, what is left.

pub(in crate::handoff) mod bed;
mod golden;
mod lifecycle;
mod resuming;
mod watching;
