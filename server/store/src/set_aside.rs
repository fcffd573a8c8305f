//! A database that cannot be used is renamed, with its WAL, and never deleted or written over.

use crate::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// What the files beside a database are called.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A database that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Where it lies now.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
}

/// Why a database was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is not a database, or its pages do not fit together: SQLite's words.
    Damaged(String),
    /// A newer Offshoot wrote it.
    Newer {
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// It is the database of another program.
    Foreign,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(what) => write!(f, "the state database was damaged ({what})"),
            Self::Newer { found, known } => write!(
                f,
                "the state database was written by a newer offshoot (version {found}, this one knows {known})"
            ),
            Self::Foreign => f.write_str("the state database belongs to another program"),
        }
    }
}

impl fmt::Display for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}; it was kept as {} and a new one was begun",
            self.reason,
            self.path.display()
        )
    }
}

/// Renames the database at `path` to a free name that says why.
///
/// The WAL goes first: were the database moved and the WAL left by a crash between the two, SQLite
/// would delete the WAL as a leftover when it makes the new, empty database.
pub(crate) fn set_aside(path: &Path, reason: Reason) -> Result<SetAside, Error> {
    let target = free_name(path, &reason);
    for companion in COMPANIONS {
        let from = with_suffix(path, companion);
        if fs::symlink_metadata(&from).is_ok() {
            rename(&from, &with_suffix(&target, companion))?;
        }
    }
    rename(path, &target)?;
    Ok(SetAside {
        path: target,
        reason,
    })
}

fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(|source| Error::io("set aside", from, source))
}

fn free_name(path: &Path, reason: &Reason) -> PathBuf {
    let label = match reason {
        Reason::Damaged(_) => "damaged".to_owned(),
        Reason::Newer { found, .. } => format!("newer-v{found}"),
        Reason::Foreign => "foreign".to_owned(),
    };
    let mut number = 1_u32;
    loop {
        let candidate = with_suffix(path, &format!(".{label}-{number}"));
        let taken = std::iter::once("")
            .chain(COMPANIONS)
            .any(|suffix| fs::symlink_metadata(with_suffix(&candidate, suffix)).is_ok());
        if !taken {
            return candidate;
        }
        number += 1;
    }
}

/// The path with text added to its last component.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut text: OsString = path.as_os_str().to_owned();
    text.push(suffix);
    PathBuf::from(text)
}
