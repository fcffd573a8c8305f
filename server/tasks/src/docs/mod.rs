//! `docs`: what is documented, what the texts say wrongly, what the pages link to, and the reference made from it.

mod api;
#[cfg(test)]
mod bed;
mod cache;
mod item;
mod language;
mod llms;
mod pages;
mod place;
mod read;
mod record;
mod report;
mod said;
mod source;
#[cfg(test)]
mod tests;
mod tree;
mod work;

use crate::ground::Ground;
use crate::sheet::Sheet;
use crate::web::Web;
use artifact::Artifact;
pub use cache::{Cache, Forgetful, LARGEST as LARGEST_CACHE};
pub use language::{COUNTED, Counted, Language};
pub use report::Report;
use std::io;
use work::Work;

/// Where its artifact lies.
pub const ARTIFACT: &str = "reports/docs/coverage.json";
/// The kind of its artifact.
pub const KIND: &str = "documentation";

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Only what lies in this folder or file is reported. Relative to the root, with `/`; all else is read for what
    /// leads there.
    pub within: Option<String>,
    /// Nothing but the artifact and the page beside it is written.
    pub check: bool,
    /// Links that lead outside are asked for.
    pub links: bool,
}

/// What it may use beside the folder.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// What was read before.
    pub cache: &'a dyn Cache,
    /// The network, for links that lead outside.
    pub web: &'a dyn Web,
}

impl std::fmt::Debug for Means<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Means")
    }
}

/// Does it, and leaves the artifact, the reference and the index.
///
/// # Errors
/// When the artifact cannot be written; everything else is said in it.
pub fn run(ground: &dyn Ground, means: Means<'_>, options: &Options) -> io::Result<Artifact> {
    let mut sheet = Sheet::begin(ground.root(), ARTIFACT, KIND)?;
    let mut work = Work::new(ground, means, options);
    let outcome = work.all(&mut sheet);
    work.finish(sheet, &outcome)
}
