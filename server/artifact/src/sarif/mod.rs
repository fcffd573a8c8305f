//! SARIF 2.1.0, in and out. Results are read one by one: an odd one costs only itself.

mod input;
mod output;

pub(crate) use input::{is_one, read};
pub use output::{TOOL, to_sarif};

#[cfg(test)]
mod tests;
