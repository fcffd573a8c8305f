//! The port to programs of the machine. A task that was not given leave to start any is given one that refuses.

use crate::ground::{Ground, Stop};
use std::path::PathBuf;
use std::time::Duration;

/// A program to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its name, and its arguments.
    pub argv: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// How long it may take.
    pub time: Duration,
}

/// What it said, whatever its exit code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// The end of what it complained about.
    pub stderr: String,
}

/// Why it said nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRun {
    /// There is no such program, or none may be started.
    Missing,
    /// The task has to end: the program was ended with all that it had started.
    Stopped(Stop),
    /// It could not be run to its end: a sentence for people.
    Failed(String),
}

/// Programs of the machine.
pub trait Tools: Sync {
    /// Runs one to its end; it ends early when the ground says so.
    ///
    /// # Errors
    /// When it did not come to its end.
    fn run(&self, call: &Call, ground: &dyn Ground) -> Result<Said, NotRun>;
}

/// No programs.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTools;

impl Tools for NoTools {
    fn run(&self, _call: &Call, _ground: &dyn Ground) -> Result<Said, NotRun> {
        Err(NotRun::Missing)
    }
}
