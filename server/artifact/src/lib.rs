//! Artifacts that steps leave, and the findings in them.
//!
//! Pure: bytes in, values out; nothing here reads a file or starts a process.

mod identity;

pub use identity::{Identity, ids};
