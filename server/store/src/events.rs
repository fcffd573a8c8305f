//! The journal of public events.

use crate::error::Error;
use crate::open::Store;
use model::ids::{RunId, StepId, TaskId};
use model::journal::Event;
use model::time::Timestamp;
use rusqlite::{Row, params};

impl Store {
    /// The events after this `seq`, ascending, at most `limit`; only those of a run where one is
    /// named.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn events_since(
        &self,
        seq: u64,
        limit: u32,
        run: Option<&RunId>,
    ) -> Result<Vec<Event>, Error> {
        const COLUMNS: &str = "seq, at, kind, run_id, step_id, task_id, attempt, message";
        // Two statements, so that each finds its index.
        let of_run = if run.is_some() {
            "run_id = ?3"
        } else {
            "?3 IS NULL"
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM event WHERE {of_run} AND seq > ?1 ORDER BY seq LIMIT ?2"
        );
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map(params![seq, limit, run.map(RunId::as_str)], event)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first `seq` from which on nothing was dropped; a subscriber that has seen less has to
    /// read the state anew. 1 while nothing was dropped.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn oldest_seq(&self) -> Result<u64, Error> {
        let dropped = self.note(crate::meta::JOURNAL, crate::meta::DROPPED_THROUGH)?;
        let dropped: u64 = dropped.and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(dropped.saturating_add(1))
    }

    /// The highest `seq`; 0 while there is none. Pruning keeps the event that carries it.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn last_seq(&self) -> Result<u64, Error> {
        let mut statement = self
            .db
            .prepare_cached("SELECT coalesce(max(seq), 0) FROM event")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        seq: row.get(0)?,
        at: Timestamp(row.get(1)?),
        kind: row.get(2)?,
        run: row.get::<_, Option<String>>(3)?.map(RunId::new),
        step: row.get::<_, Option<String>>(4)?.map(StepId::new),
        task: row.get::<_, Option<String>>(5)?.map(TaskId::new),
        attempt: row.get(6)?,
        message: row.get(7)?,
    })
}
