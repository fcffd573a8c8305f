//! The wire between the daemon and its surfaces: types, the one method table, error codes.
//!
//! JSON-RPC 2.0, one message per line, over a local socket. Everything here is contract: fields are
//! added, never renamed; unknown fields are ignored by readers. `schemas/` and the TypeScript types are
//! generated from these types.

pub mod config;
pub mod daemon;
pub mod documents;
pub mod error;
pub mod event;
pub mod file;
pub mod finding;
pub mod log;
pub mod methods;
pub mod results;
pub mod rpc;
pub mod run;
pub mod task;
pub mod worktree;

pub use error::{Diagnostic, Error, ErrorKind};

/// Version of this protocol. A daemon understands its own and the one before.
pub const PROTOCOL_VERSION: u32 = 1;
