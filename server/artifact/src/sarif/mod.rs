//! SARIF 2.1.0, in and out. Results are read one by one: an odd one costs only itself.

mod export;
mod input;
mod output;

pub use export::{Exported, to_sarif};
pub(crate) use input::{is_one, read};
pub use output::TOOL;

#[cfg(test)]
mod tests;
