//! Operations and security.

pub mod check;
pub mod compliance;
pub mod deps;
pub mod infra;
pub mod scan;
pub mod secrets;
