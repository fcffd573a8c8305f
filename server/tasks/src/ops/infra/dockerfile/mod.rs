//! Dockerfiles: their instructions, and the rules about them.

mod checks;
mod files;
mod parse;
mod stages;
mod table;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use parse::Dockerfile;
pub(super) use parse::parse;
pub(super) use table::RULES;
