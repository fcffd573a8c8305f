//! Operations and security.

pub mod scan;
pub mod secrets;
