//! Small things that the daemon remembers: trusted folders, notes of its own.

use crate::error::Error;
use crate::open::Store;
use crate::stored::{path_from_text, path_to_text};
use model::time::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use std::path::{Path, PathBuf};

/// The space of what the store itself remembers of the journal.
pub(crate) const JOURNAL: &str = "journal";
/// The highest `seq` that was dropped.
pub(crate) const DROPPED_THROUGH: &str = "dropped_through";
const TRUST: &str = "trust";

impl Store {
    /// Trusts the commands of the repository or folder with this canonical root.
    ///
    /// # Errors
    /// What SQLite says; so with all of these.
    pub fn trust(&self, root: &Path, at: Timestamp) -> Result<(), Error> {
        self.set_note(TRUST, &path_to_text(root), &at.0.to_string())
    }

    /// Whether exactly this root is trusted.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn is_trusted(&self, root: &Path) -> Result<bool, Error> {
        Ok(self.note(TRUST, &path_to_text(root))?.is_some())
    }

    /// Takes the trust back. Says whether there was any.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn untrust(&self, root: &Path) -> Result<bool, Error> {
        self.remove_note(TRUST, &path_to_text(root))
    }

    /// All trusted roots, in the order of their names.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn trusted(&self) -> Result<Vec<PathBuf>, Error> {
        let roots = self.notes(TRUST)?.into_iter();
        Ok(roots
            .filter_map(|(root, _)| path_from_text(root).ok())
            .collect())
    }

    /// A value of the daemon's own, by space and key. The spaces `trust` and `journal` are
    /// taken.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn note(&self, space: &str, key: &str) -> Result<Option<String>, Error> {
        let mut statement = self
            .db
            .prepare_cached("SELECT value FROM note WHERE space = ?1 AND key = ?2")?;
        let found = statement.query_row([space, key], |row| row.get(0));
        Ok(found.optional()?)
    }

    /// Sets a value.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn set_note(&self, space: &str, key: &str, value: &str) -> Result<(), Error> {
        self.db
            .prepare_cached(
                "INSERT INTO note (space, key, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (space, key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![space, key, value])?;
        Ok(())
    }

    /// Removes a value. Says whether there was one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn remove_note(&self, space: &str, key: &str) -> Result<bool, Error> {
        let mut statement = self
            .db
            .prepare_cached("DELETE FROM note WHERE space = ?1 AND key = ?2")?;
        Ok(statement.execute([space, key])? > 0)
    }

    /// All keys and values of a space, in the order of keys.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn notes(&self, space: &str) -> Result<Vec<(String, String)>, Error> {
        let mut statement = self
            .db
            .prepare_cached("SELECT key, value FROM note WHERE space = ?1 ORDER BY key")?;
        let rows = statement.query_map([space], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
