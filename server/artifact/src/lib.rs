//! Artifacts that steps leave, and the findings in them: their types, their versions, their ids, SARIF.
//!
//! Pure: bytes in, values out; nothing here reads a file or starts a process. What comes in was
//! written by agents and tools: it is bounded, and nothing in it makes this crate panic.

mod addition;
mod bounds;
mod finding;
mod form;
mod identity;
mod item;
mod output;
mod path;
mod read;
mod sarif;
mod shapes;

pub use addition::NotTaken;
pub use bounds::{LARGEST, MOST};
pub use finding::{Finding, Related, Severity, Units};
pub use form::{Artifact, SCHEMA_VERSION, status};
pub use identity::{Identity, ids};
pub use output::spot;
pub use path::{Refused, inside};
pub use read::{Invalid, Reading, looks_like_one, read};
pub use sarif::{Exported, TOOL, to_sarif};
