//! Our YAML as a language: what is completed, explained, found and offered in workflow and settings files.
//! Pure: a text, a place, and what is known of runs and agents in; what an editor shows out. The handlers
//! that ask are in [`crate::features`].

pub(crate) mod complete;
pub(crate) mod fixes;
pub(crate) mod fold;
pub(crate) mod hints;
pub(crate) mod hover;
mod known;
pub(crate) mod lenses;
pub(crate) mod names;
mod reading;
mod roles;
mod schema;
mod states;
pub(crate) mod symbols;
#[cfg(test)]
mod tests;

pub(crate) use known::{Agents, Known};
pub(crate) use reading::{Content, Reading, is_ours};
pub(crate) use schema::Schema;
