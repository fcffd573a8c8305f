//! What surfaces ask for, beside the open state that the engine holds in memory.

use crate::error::{Error, Unreadable};
use crate::open::Store;
use crate::read::{RUN, Reader, TASK, run_subject, task_subject};
use crate::stored::{path_from_text, path_to_text};
use model::ids::{RunId, TaskId};
use model::run::Run;
use model::task::Task;
use model::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::PathBuf;

/// Matches of a prefix that are named; more than one is ambiguous anyway.
const MATCHES: u32 = 16;

/// Rows in the order asked for, and those that could not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Rows that were left out.
    pub unreadable: Vec<Unreadable>,
}

/// Which runs.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Of this repository (its root).
    pub repo: Option<PathBuf>,
    /// Of this workflow.
    pub workflow_id: Option<String>,
    /// Older than this run: the last one of the page before.
    pub before: Option<RunId>,
    /// At most this many.
    pub limit: u32,
}

/// Which tasks.
#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    /// Of this repository or folder.
    pub tenant: Option<PathBuf>,
    /// With this status word of a task.
    pub status: Option<String>,
    /// At most this many.
    pub limit: u32,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct RunLine {
    /// The run.
    pub run: Run,
    /// Its tasks, in the order of steps.
    pub tasks: Vec<TaskLine>,
}

/// A task in a run in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLine {
    /// Its id.
    pub id: TaskId,
    /// The index of its step.
    pub step: usize,
    /// Status word of the task.
    pub status: String,
    /// Status word of the step.
    pub step_status: String,
}

/// How many tasks have these three in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Repository or folder.
    pub tenant: PathBuf,
    /// 0 to 100.
    pub priority: u8,
    /// Status word of a task.
    pub status: String,
    /// How many.
    pub tasks: u64,
}

impl Store {
    /// A run and its tasks in the order of steps; `None` where there is no such run.
    ///
    /// # Errors
    /// [`Error::Unreadable`], or what SQLite says.
    pub fn run(&self, id: &RunId) -> Result<Option<(Run, Vec<Task>)>, Error> {
        let sql = format!("SELECT {RUN} FROM run WHERE id = ?1");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query([id.as_str()])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        match Reader::new(&self.db).whole_run(row) {
            Ok(found) => Ok(Some(found)),
            Err(fault) => Err(fault.about(run_subject(row))?.into()),
        }
    }

    /// A task; `None` where there is no such task.
    ///
    /// # Errors
    /// [`Error::Unreadable`], or what SQLite says.
    pub fn task(&self, id: &TaskId) -> Result<Option<Task>, Error> {
        let sql = format!("SELECT {TASK} FROM task WHERE id = ?1");
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query([id.as_str()])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        match Reader::new(&self.db).lone_task(row) {
            Ok(found) => Ok(Some(found)),
            Err(fault) => Err(fault.about(task_subject(row))?.into()),
        }
    }

    /// The runs whose id begins with this, at most 16. An exact match is the only one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn find_run(&self, prefix: &str) -> Result<Vec<RunId>, Error> {
        let found = find(&self.db, "run", prefix)?;
        Ok(found.into_iter().map(RunId::new).collect())
    }

    /// The tasks whose id begins with this, at most 16. An exact match is the only one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn find_task(&self, prefix: &str) -> Result<Vec<TaskId>, Error> {
        let found = find(&self.db, "task", prefix)?;
        Ok(found.into_iter().map(TaskId::new).collect())
    }

    /// Runs, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn runs(&self, filter: &RunFilter) -> Result<Page<RunLine>, Error> {
        let sql = format!(
            "SELECT {RUN} FROM run
             WHERE (?1 IS NULL OR repo = ?1) AND (?2 IS NULL OR workflow_id = ?2)
               AND (?3 IS NULL OR number < (SELECT number FROM run WHERE id = ?3))
             ORDER BY number DESC LIMIT ?4"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query(params![
            filter.repo.as_deref().map(path_to_text),
            filter.workflow_id,
            filter.before.as_ref().map(RunId::as_str),
            filter.limit
        ])?;
        let mut reader = Reader::new(&self.db);
        let mut page = Page::default();
        while let Some(row) = rows.next()? {
            match reader.run(row) {
                Ok(planned) => page.items.push(RunLine {
                    tasks: task_lines(&self.db, &planned.run.id)?,
                    run: planned.run,
                }),
                Err(fault) => page.unreadable.push(fault.about(run_subject(row))?),
            }
        }
        Ok(page)
    }

    /// Tasks, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn tasks(&self, filter: &TaskFilter) -> Result<Page<Task>, Error> {
        let sql = format!(
            "SELECT {TASK} FROM task
             WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR status = ?2)
             ORDER BY number DESC LIMIT ?3"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query(params![
            filter.tenant.as_deref().map(path_to_text),
            filter.status,
            filter.limit
        ])?;
        let mut reader = Reader::new(&self.db);
        let mut page = Page::default();
        while let Some(row) = rows.next()? {
            match reader.lone_task(row) {
                Ok(task) => page.items.push(task),
                Err(fault) => page.unreadable.push(fault.about(task_subject(row))?),
            }
        }
        Ok(page)
    }

    /// How many tasks there are, by tenant, priority and status, ended ones included.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn counts(&self) -> Result<Vec<Count>, Error> {
        let mut statement = self.db.prepare_cached(
            "SELECT tenant, priority, status, count(*) FROM task GROUP BY status, priority, tenant",
        )?;
        let rows = statement.query_map([], |row| {
            let tenant: String = row.get(0)?;
            Ok(Count {
                // A path whose stored form is broken is shown as it is stored.
                tenant: path_from_text(tenant.clone()).unwrap_or_else(|_| tenant.into()),
                priority: row.get(1)?,
                status: row.get(2)?,
                tasks: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many tasks ended at this moment or later.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn ended_since(&self, at: Timestamp) -> Result<u64, Error> {
        let mut statement = self
            .db
            .prepare_cached("SELECT count(*) FROM task WHERE ended_at >= ?1")?;
        Ok(statement.query_row([at.0], |row| row.get(0))?)
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            unreadable: Vec::new(),
        }
    }
}

fn task_lines(db: &Connection, run: &RunId) -> rusqlite::Result<Vec<TaskLine>> {
    db.prepare_cached(
        "SELECT id, step, status, step_status FROM task WHERE run_id = ?1 ORDER BY step",
    )?
    .query_map([run.as_str()], |row| {
        Ok(TaskLine {
            id: TaskId::new(row.get::<_, String>(0)?),
            step: row.get(1)?,
            status: row.get(2)?,
            step_status: row.get(3)?,
        })
    })?
    .collect()
}

/// Ids that begin with a prefix: a range of the index on `id`, which orders by bytes.
fn find(db: &Connection, table: &str, prefix: &str) -> rusqlite::Result<Vec<String>> {
    let exact = format!("SELECT id FROM {table} WHERE id = ?1");
    let exact = db
        .prepare_cached(&exact)?
        .query_row([prefix], |row| row.get(0));
    if let Some(id) = exact.optional()? {
        return Ok(vec![id]);
    }
    let end = format!("{prefix}\u{10ffff}");
    let range =
        format!("SELECT id FROM {table} WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT {MATCHES}");
    db.prepare_cached(&range)?
        .query_map([prefix, &end], |row| row.get(0))?
        .collect()
}
