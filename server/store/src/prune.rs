//! Forgetting what is old. What git and the file system hold of it is the caller's to remove:
//! ask [`Store::prunable`], remove, then [`Store::forget`]. A crash in between loses nothing.

use crate::error::Error;
use crate::meta::{DROPPED_THROUGH, JOURNAL};
use crate::open::Store;
use model::ids::{RunId, TaskId};
use model::time::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

/// Free pages given back to the disk by one pruning: 8 MB, a few milliseconds.
const VACUUM_PAGES: u32 = 2000;

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// What ended before this may go.
    pub before: Timestamp,
    /// Per repository the newest runs of workflows, and as many submitted tasks, stay unless
    /// they are older than `before`; the others may go.
    pub keep_per_repo: u32,
    /// The newest ended submitted tasks stay in any case.
    pub keep_tasks: u32,
    /// The newest events stay, but for those of runs and tasks that go.
    pub keep_events: u32,
    /// At most this many runs and as many tasks in one go: the rest waits for the next.
    pub limit: u32,
}

/// What goes, or went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Runs, with all their tasks.
    pub runs: Vec<RunId>,
    /// Tasks without a run.
    pub tasks: Vec<TaskId>,
}

impl Retention {
    /// The contract's: at least 1 000 ended tasks, and 100 000 events.
    pub fn new(before: Timestamp, keep_per_repo: u32) -> Self {
        Self {
            before,
            keep_per_repo,
            keep_tasks: 1000,
            keep_events: 100_000,
            limit: 500,
        }
    }
}

/// Submitted and ended, newest first: tasks without run, and those that became a run. `hold`
/// counts through all of them; what open tasks wait for is held whatever its age.
const SUBMITTED: &str = "
    WITH submitted AS (
        SELECT task.number, task.id, task.run_id, task.tenant, task.ended_at
        FROM task LEFT JOIN run ON run.id = task.run_id
        WHERE task.ended_at IS NOT NULL AND (task.run_id IS NULL OR run.submitted)
    ), ranked AS (
        SELECT *, row_number() OVER (ORDER BY ended_at DESC, number DESC) AS hold,
            row_number() OVER (PARTITION BY tenant
                ORDER BY ended_at DESC, number DESC) AS place
        FROM submitted
    ), awaited AS (
        SELECT value AS id FROM task, json_each(task.doc, '$.after')
        WHERE task.ended_at IS NULL AND json_valid(task.doc)
    )";

impl Store {
    /// What may go, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn prunable(&self, retention: &Retention) -> Result<Pruned, Error> {
        let workflows = "
            WITH ranked AS (
                SELECT number, id, ended_at, row_number() OVER
                    (PARTITION BY repo ORDER BY ended_at DESC, number DESC) AS place
                FROM run WHERE ended_at IS NOT NULL AND NOT submitted
            ) SELECT id FROM ranked WHERE (ended_at < ?1 OR place > ?2)
            ORDER BY ended_at, number LIMIT ?4";
        let submitted = format!(
            "{SUBMITTED} SELECT run.id FROM ranked JOIN run ON run.id = ranked.run_id
             WHERE run.ended_at IS NOT NULL AND hold > ?3 AND (ranked.ended_at < ?1 OR place > ?2)
               AND ranked.id NOT IN (SELECT id FROM awaited)
             ORDER BY ranked.ended_at, ranked.number LIMIT ?4"
        );
        let lone = format!(
            "{SUBMITTED} SELECT id FROM ranked
             WHERE run_id IS NULL AND hold > ?3 AND (ended_at < ?1 OR place > ?2)
               AND id NOT IN (SELECT id FROM awaited)
             ORDER BY ended_at, number LIMIT ?4"
        );
        let mut runs = self.ids(workflows, retention)?;
        runs.extend(self.ids(&submitted, retention)?);
        let tasks = self.ids(&lone, retention)?;
        Ok(Pruned {
            runs: runs.into_iter().map(RunId::new).collect(),
            tasks: tasks.into_iter().map(TaskId::new).collect(),
        })
    }

    fn ids(&self, sql: &str, retention: &Retention) -> Result<Vec<String>, Error> {
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map(
            params![
                retention.before.0,
                retention.keep_per_repo,
                retention.keep_tasks,
                retention.limit
            ],
            |row| row.get(0),
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Drops these, with their events, and events beyond the number kept; gives some room back
    /// to the disk. What has not ended is not dropped.
    ///
    /// # Errors
    /// What SQLite says; then nothing was dropped.
    pub fn forget(&mut self, gone: &Pruned, keep_events: u32) -> Result<(), Error> {
        // Environments may go that are remembered by their row.
        self.environments.forget();
        let tx = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut dropped = drop_things(&tx, gone)?;
        dropped = dropped.max(drop_old_events(&tx, keep_events)?);
        tx.execute_batch(
            "DELETE FROM environment WHERE id NOT IN
             (SELECT environment_id FROM run UNION SELECT environment_id FROM task)",
        )?;
        if dropped > 0 {
            tx.execute(
                "INSERT INTO note (space, key, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (space, key) DO UPDATE
                 SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
                params![JOURNAL, DROPPED_THROUGH, dropped.to_string()],
            )?;
        }
        tx.commit()?;
        // Each step of this statement frees one page.
        let sql = format!("PRAGMA incremental_vacuum({VACUUM_PAGES})");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut pages = statement.query([])?;
        while pages.next()?.is_some() {}
        Ok(())
    }

    /// [`Store::prunable`] and [`Store::forget`] in one.
    ///
    /// # Errors
    /// What SQLite says; then nothing was dropped.
    pub fn prune(&mut self, retention: &Retention) -> Result<Pruned, Error> {
        let gone = self.prunable(retention)?;
        self.forget(&gone, retention.keep_events)?;
        Ok(gone)
    }
}

/// The highest `seq` that went with them; 0 where none did.
fn drop_things(tx: &Connection, gone: &Pruned) -> Result<i64, Error> {
    let runs = drop_ended(
        tx,
        "DELETE FROM run WHERE ended_at IS NOT NULL
         AND id IN (SELECT value FROM json_each(?1)) RETURNING id",
        gone.runs.iter().map(RunId::as_str),
    )?;
    let tasks = drop_ended(
        tx,
        "DELETE FROM task WHERE ended_at IS NOT NULL AND run_id IS NULL
         AND id IN (SELECT value FROM json_each(?1)) RETURNING id",
        gone.tasks.iter().map(TaskId::as_str),
    )?;
    Ok(drop_events(tx, "run_id", &runs)?.max(drop_events(tx, "task_id", &tasks)?))
}

/// The ids of what was there and had ended.
fn drop_ended<'i>(
    tx: &Connection,
    sql: &str,
    ids: impl Iterator<Item = &'i str>,
) -> Result<Vec<String>, Error> {
    let ids = serde_json::to_string(&ids.collect::<Vec<_>>())?;
    let mut statement = tx.prepare(sql)?;
    let dropped = statement.query_map([ids], |row| row.get(0))?;
    Ok(dropped.collect::<Result<_, _>>()?)
}

/// The last event of all stays: it carries the count.
fn drop_events(tx: &Connection, column: &str, ids: &[String]) -> Result<i64, Error> {
    if ids.is_empty() {
        return Ok(0);
    }
    let mut statement = tx.prepare(&format!(
        "DELETE FROM event WHERE {column} IN (SELECT value FROM json_each(?1))
         AND seq < (SELECT max(seq) FROM event) RETURNING seq"
    ))?;
    let mut rows = statement.query([serde_json::to_string(ids)?])?;
    let mut highest = 0;
    while let Some(row) = rows.next()? {
        highest = highest.max(row.get(0)?);
    }
    Ok(highest)
}

fn drop_old_events(tx: &Connection, keep: u32) -> rusqlite::Result<i64> {
    let sql = "SELECT seq FROM event ORDER BY seq DESC LIMIT 1 OFFSET ?1";
    let mut statement = tx.prepare(sql)?;
    // At least one stays, for the count.
    let mut rows = statement.query([keep.max(1)])?;
    let Some(row) = rows.next()? else {
        return Ok(0);
    };
    let through: i64 = row.get(0)?;
    tx.execute("DELETE FROM event WHERE seq <= ?1", [through])?;
    Ok(through)
}
