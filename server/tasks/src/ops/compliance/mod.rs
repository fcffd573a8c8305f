//! `ops compliance`: what a repository should have and should not have: licence, owners, lockfiles, a way to report
//! vulnerabilities; no secrets, no data. It says what a repository can show, and proves compliance with nothing.

mod commits;
mod frameworks;
mod licence;
mod licence_checks;
mod manifests;
mod owners;
mod pages;
mod repository;
mod run;
mod table;
mod table_files;

#[cfg(test)]
mod tests;

pub use frameworks::{FRAMEWORKS, Framework, Section};
pub(crate) use repository::Repository;
pub use run::{ARTIFACT, Checked, KIND, Options, Outcome, Report, run};

use super::check::Rule;

/// All rules of this task.
pub fn rules() -> Vec<&'static Rule> {
    table::RULES.iter().chain(table_files::RULES).collect()
}
