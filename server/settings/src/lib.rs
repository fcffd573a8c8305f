//! Files of settings as texts: one table of all keys, what each may hold, and every problem of a text with its
//! place. The daemon, the command line and the editor read with this, so that they say the same.
//!
//! Pure. Finding files, precedence among them, variables, flags and writing are the daemon's.

pub mod background_agents;
mod check;
pub mod document;
mod duration;
mod kind;
pub mod places;
mod read;
mod rules;
mod size;
pub mod table;
pub mod text;
pub mod variable;

pub use check::PLACEHOLDERS;
pub use kind::{Bound, Kind, Problem, Reading};
pub use read::{Content, Held, read};
pub use table::{Scope, Setting, foreign, meaning, reference};
