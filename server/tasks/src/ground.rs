//! What a task works on: a folder, and what it may ask about it. The port to everything outside.

use std::path::{Path, PathBuf};

/// A folder and what is known of it.
pub trait Ground: Sync {
    /// The folder.
    fn root(&self) -> &Path;

    /// Its files, relative to it and sorted: those that git tracks or would take; outside a repository all but the
    /// usual folders of programs.
    ///
    /// # Errors
    /// When they cannot be told, or the task has to end.
    fn files(&self) -> Result<Vec<PathBuf>, Halt>;

    /// What the commits of a range added.
    ///
    /// # Errors
    /// There is no repository, or no such range; or the task has to end.
    fn added_lines(&self, range: &str) -> Result<Vec<AddedLines>, Halt>;

    /// Whether the task has to end now. Asked between two pieces of work.
    fn stop(&self) -> Option<Stop>;
}

/// Lines that a commit added to a file, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedLines {
    /// The commit.
    pub commit: String,
    /// The file, as it was named there.
    pub path: PathBuf,
    /// Number of the first line, from 1.
    pub line: u32,
    /// The lines.
    pub text: Vec<u8>,
}

/// Why a task has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Somebody stopped it.
    Cancelled,
    /// Its time is over.
    TimedOut,
}

/// How a task's work ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Halt {
    /// It has to end before it is done.
    Stopped(Stop),
    /// It cannot be done: a sentence for people.
    Failed(String),
    /// It was not begun, as something that it needs is switched off or missing here: a sentence for people.
    NotRun(String),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

/// Goes on, or ends.
pub(crate) fn go_on(ground: &dyn Ground) -> Result<(), Halt> {
    ground.stop().map_or(Ok(()), |stop| Err(stop.into()))
}
