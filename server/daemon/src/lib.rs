//! See docs/architecture.md.

pub mod environment;
pub mod settings;
pub mod workflows;
