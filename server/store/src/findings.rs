//! What surfaces need to know of findings beside the findings themselves, which are part of a task:
//! which runs count, and what a person dismissed.

use crate::error::Error;
use crate::open::Store;
use crate::stored::path_to_text;
use model::ids::RunId;
use model::time::Timestamp;
use rusqlite::params;
use std::collections::HashSet;
use std::path::Path;

impl Store {
    /// The newest run of each workflow of a repository, and of each task that was submitted with the
    /// same words; newest first, without those that were discarded; only among its newest `within` runs.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn newest_of_workflows(&self, repo: &Path, within: u32) -> Result<Vec<RunId>, Error> {
        let mut statement = self.db.prepare_cached(
            "WITH recent AS (
                SELECT number, id, workflow_id, ended_at, discarded_at,
                    CASE WHEN submitted THEN source END AS submission
                FROM run WHERE repo = ?1 ORDER BY number DESC LIMIT ?2
             ), ranked AS (
                SELECT *, row_number() OVER (PARTITION BY workflow_id, submission
                    ORDER BY number DESC) AS place FROM recent
             ) SELECT id FROM ranked
             WHERE place = 1 AND (discarded_at IS NULL OR ended_at IS NULL OR ended_at > discarded_at)
             ORDER BY number DESC",
        )?;
        let rows = statement.query_map(params![path_to_text(repo), within], |row| {
            row.get::<_, String>(0)
        })?;
        let ids = rows.collect::<Result<Vec<_>, _>>()?;
        Ok(ids.into_iter().map(RunId::new).collect())
    }

    /// Remembers that a run's result was given up. Set going again, it counts again.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn set_discarded(&self, run: &RunId, at: Timestamp) -> Result<(), Error> {
        self.db
            .prepare_cached("UPDATE run SET discarded_at = ?2 WHERE id = ?1")?
            .execute(params![run.as_str(), at.0])?;
        Ok(())
    }

    /// Whether a run's result was given up since it ended.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn is_discarded(&self, run: &RunId) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM run WHERE id = ?1 AND discarded_at >= COALESCE(ended_at, 0)";
        Ok(self.db.prepare_cached(sql)?.exists(params![run.as_str()])?)
    }

    /// Remembers that a person does not want to see a finding of this repository again.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn dismiss(&self, repo: &Path, finding: &str, at: Timestamp) -> Result<(), Error> {
        self.db
            .prepare_cached(
                "INSERT INTO dismissed (repo, finding, at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (repo, finding) DO NOTHING",
            )?
            .execute(params![path_to_text(repo), finding, at.0])?;
        Ok(())
    }

    /// Shows a dismissed finding again. Says whether it was dismissed.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn undismiss(&self, repo: &Path, finding: &str) -> Result<bool, Error> {
        let mut statement = self
            .db
            .prepare_cached("DELETE FROM dismissed WHERE repo = ?1 AND finding = ?2")?;
        Ok(statement.execute(params![path_to_text(repo), finding])? > 0)
    }

    /// The ids of the dismissed findings of a repository.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn dismissed(&self, repo: &Path) -> Result<HashSet<String>, Error> {
        let mut statement = self
            .db
            .prepare_cached("SELECT finding FROM dismissed WHERE repo = ?1")?;
        let rows = statement.query_map([path_to_text(repo)], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
