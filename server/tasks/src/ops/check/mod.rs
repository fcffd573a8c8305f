//! Checks by rules: what a rule is, where things stand, and the marks by which people say that they looked.
//!
//! A rule is a row of a table, and its documentation is that row: `docs/rules.md` is made of the tables, and one test runs
//! both examples of each.

mod hits;
mod marks;
mod names;
mod patterns;
mod place;
mod rule;
mod run;
mod select;
pub(crate) mod yaml;

#[cfg(test)]
pub(super) mod examples;

pub(crate) use hits::Hits;
pub(crate) use hits::name;
pub(crate) use marks::Marks;
pub(crate) use names::{is_literal, is_secret_name};
pub(crate) use patterns::pattern;
pub(crate) use place::{Place, Text};
pub(crate) use rule::Check;
pub use rule::{Group, Rule};
pub use run::PassedOver;
pub(crate) use run::{Record, Tally};
pub use select::Options;
pub(crate) use select::Selection;
