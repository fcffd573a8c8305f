//! Settings: the files and variables they come from, and the values that result. What a file may say, and what
//! is said of one that is wrong, is in the crate `settings`.
//!
//! Precedence, strongest first: flag, environment (`OFFSHOOT_…`), `.tapps-agents/auto_execution_config.yaml`,
//! `.tapps-agents/config.yaml`, `agentic_config.yaml` of the repository, the user's own file, default.
//! What a workflow's metadata says stands between environment and files and is applied per run, not here.
//!
//! [`load()`] never fails: problems come back as diagnostics with their place, all at once. On a
//! [`reload`] a file with an error keeps the values it had when it was last good.

pub mod background_agents;
mod build;
mod edit;
mod error;
mod layer;
mod load;
mod resolve;
mod set;
#[cfg(test)]
mod tests;
mod value;
mod variables;

pub use error::Error;
pub use load::{Loaded, Sources, load, reload, user_config_path};
pub use set::{Changed, set};
pub use settings::{Bound, Kind, Scope, Setting, foreign, meaning, reference};
pub use value::{FileDiagnostic, Origin, Value, Written};
