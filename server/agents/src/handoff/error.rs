//! What can go wrong with a hand-off before or after the waiting. While waiting nothing is an
//! error: what cannot be used is a warning, and the watch goes on.

use std::io;
use std::path::{Path, PathBuf};

/// A hand-off that could not be written, resumed, collected or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system said no.
    #[error("{doing} {path}: {source}", path = path.display())]
    Io {
        /// What was tried, for example `write`.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// `polling.status_file_name` is no plain file name.
    #[error("use {name:?} as status file: give a plain file name without folders")]
    StatusFileName {
        /// The name as configured.
        name: String,
    },
    /// JSON cannot name the path, so no agent could be told of it.
    #[error("hand off in {path}: the path is not UTF-8; use another back end or move the repository", path = path.display())]
    PathNotUtf8 {
        /// The path.
        path: PathBuf,
    },
    /// The stored baseline is not what this version writes.
    #[error("resume the hand-off from {path}: {reason}; retry the step", path = path.display())]
    Baseline {
        /// `handoff.json`.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A command file that says nothing that could be done.
    #[error("read the command file {path}: {reason}", path = path.display())]
    Command {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl Error {
    /// Turns an `io::Error` into one that says what was tried.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}
