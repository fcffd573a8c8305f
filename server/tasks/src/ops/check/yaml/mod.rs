//! YAML as a tree in which everything knows its place.

mod load;
mod tree;

pub(crate) use load::load;
pub(crate) use tree::{Key, Kind, Node};

#[cfg(test)]
mod tests;
