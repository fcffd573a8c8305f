//! What can go wrong, told apart by what a person can do about it.

use crate::stored::Invalid;
use model::ids::{RunId, TaskId};
use rusqlite::{ErrorCode, ffi};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why the store did not do what was asked. Nothing of a failed batch is kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another program holds the database for longer than the two seconds waited for it.
    #[error("the state database is locked by another program: end that program and try again")]
    Locked,
    /// The disk, the folder or the file cannot be written.
    #[error(
        "the state folder cannot be written: make it writable, or set OFFSHOOT_HOME to another folder"
    )]
    ReadOnly,
    /// No room.
    #[error(
        "the disk of the state folder is full: make room, or set OFFSHOOT_HOME to another disk"
    )]
    Full,
    /// SQLite's locks and shared memory do not work there.
    #[error(
        "{} is on a network file system ({kind}), where a database is not safe: set OFFSHOOT_HOME to a folder on a local disk",
        path.display()
    )]
    NetworkFileSystem {
        /// The folder.
        path: PathBuf,
        /// Name of the file system, for example `nfs`.
        kind: String,
    },
    /// Damage found while running; the next start sets the database aside.
    #[error("the state database is damaged ({0}): restart the engine, which sets it aside")]
    Damaged(String),
    /// One row that cannot be read was asked for.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A task without run has to say what was submitted.
    #[error("task {0} has neither a run nor a submission")]
    Rootless(TaskId),
    /// A file operation of ours.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// Verb.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A value that has no JSON form.
    #[error("cannot encode a value for the state database: {0}")]
    Encode(#[from] serde_json::Error),
    /// Anything else SQLite says.
    #[error("the state database failed: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

/// A row that cannot be read. It stays in the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{subject} {reason}")]
pub struct Unreadable {
    /// Which.
    pub subject: Subject,
    /// Why: reads on from the subject.
    pub reason: String,
}

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A run, with all its tasks.
    Run(RunId),
    /// A task without run.
    Task(TaskId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(id) => write!(f, "run {id}"),
            Self::Task(id) => write!(f, "task {id}"),
        }
    }
}

impl Error {
    /// A failed file operation.
    pub(crate) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io {
                what,
                path: path.to_owned(),
                source,
            },
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(cause, _) = &error else {
            return Self::Sqlite(error);
        };
        match cause.code {
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed => Self::Locked,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                Self::Damaged(error.to_string())
            }
            // Growing the WAL index is the one write that SQLite does not report as "full".
            ErrorCode::SystemIoFailure if cause.extended_code == ffi::SQLITE_IOERR_SHMSIZE => {
                Self::Full
            }
            _ => Self::Sqlite(error),
        }
    }
}

/// Inside the crate: what came between a row and its value.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The database failed: nothing more can be read.
    Sql(rusqlite::Error),
    /// This row is not readable: others may be.
    Row(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            error @ rusqlite::Error::SqliteFailure(..) => Self::Sql(error),
            other => Self::Row(format!("is not readable: {other}")),
        }
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        Self::Row(invalid.to_string())
    }
}

impl Fault {
    /// The row that is at fault, or the error of the database.
    pub(crate) fn about(self, subject: Subject) -> Result<Unreadable, Error> {
        match self {
            Self::Sql(error) => Err(error.into()),
            Self::Row(reason) => Ok(Unreadable { subject, reason }),
        }
    }
}
