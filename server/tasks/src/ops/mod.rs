//! Operations and security.

pub mod check;
pub mod compliance;
pub mod infra;
pub mod scan;
pub mod secrets;
