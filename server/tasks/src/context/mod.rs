//! The Context7 knowledge base: documentation of the libraries that a project uses, kept on disk as TappsCodingAgents
//! keeps it, shared by all worktrees of a repository, and handed to the steps of its workflows.
//!
//! What is in the knowledge base stays there: artifacts have names of libraries and numbers, no topics, no ids of
//! Context7 and no questions.

mod api;
#[cfg(test)]
mod bed;
mod cache;
pub mod clean;
mod counts;
mod entry;
mod fetch;
pub mod hand_over;
pub mod health;
mod lock;
mod manifests;
mod matching;
mod names;
mod policy;
mod queue;
pub mod refresh;
pub mod search;
mod shelf;
pub mod staleness;
mod stamp;
pub mod statistics;
mod topics;
pub mod warm;
pub mod whole;
mod yaml;

pub use api::{Access, Key, Quota, URL};
pub use cache::FOLDER;
pub use policy::{Advice, Kind, Policy};

use crate::ground::{Ground, Halt};
use crate::sheet::Sheet;
use artifact::Artifact;
use cache::Cache;
use jiff::Timestamp;
use serde::Serialize;
use std::io;
use std::path::PathBuf;
/// What all operations are told.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The main checkout, in which the knowledge base lies.
    pub checkout: PathBuf,
    /// The time.
    pub now: Timestamp,
    /// When documentation is stale.
    pub policy: Policy,
    /// How Context7 is asked, or why it is not.
    pub access: Result<Access, String>,
}

/// What an operation comes to: its report, a summary for people, and how it ended.
type Outcome<R> = (R, String, Result<(), Halt>);

/// Does an operation between the two ends of its artifact.
fn operate<R: Serialize + Default>(
    (path, kind): (&str, &str),
    ground: &dyn Ground,
    around: &Surroundings,
    work: impl FnOnce(&mut Sheet, &Cache) -> io::Result<Outcome<R>>,
) -> io::Result<Artifact> {
    let mut sheet = Sheet::begin(ground.root(), path, kind)?;
    let (report, summary, ended) = match Cache::open(&around.checkout) {
        Ok(cache) => work(&mut sheet, &cache)?,
        Err(halt) => (R::default(), String::new(), Err(halt)),
    };
    sheet.report(&report)?;
    sheet.end(&ended, &summary)
}

#[cfg(test)]
mod tests;
