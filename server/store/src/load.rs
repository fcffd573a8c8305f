//! What the engine needs at its start: all that is open.

use crate::error::{Error, Unreadable};
use crate::open::Store;
use crate::read::{RUN, Reader, TASK, run_subject, task_subject};
use model::ids::TaskId;
use model::journal::Loaded;
use std::collections::HashSet;

/// What was loaded, and what could not be.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The open part of the state.
    pub loaded: Loaded,
    /// Rows that were left out, and are still in the database. A run is left out as a whole.
    pub unreadable: Vec<Unreadable>,
}

impl Store {
    /// Everything that has not ended, with all tasks of its runs, and what open tasks wait for.
    /// Tasks come run by run in the order of steps, then those without a run, oldest first.
    ///
    /// # Errors
    /// What SQLite says; a single row that cannot be read is none.
    pub fn load(&self) -> Result<Snapshot, Error> {
        // One read transaction, so that the lock is not taken for every statement.
        let _tx = self.db.unchecked_transaction()?;
        let mut reader = Reader::new(&self.db);
        let mut out = Snapshot::default();
        self.load_runs(&mut reader, &mut out)?;
        self.load_tasks(&mut reader, &mut out)?;
        self.load_awaited(&mut reader, &mut out)?;
        out.loaded.last_seq = self.last_seq()?;
        Ok(out)
    }

    fn load_runs(&self, reader: &mut Reader<'_>, out: &mut Snapshot) -> Result<(), Error> {
        let sql = format!("SELECT {RUN} FROM run WHERE ended_at IS NULL ORDER BY number");
        let mut statement = self.db.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            match reader.whole_run(row) {
                Ok((run, tasks)) => {
                    out.loaded.runs.push(run);
                    out.loaded.tasks.extend(tasks);
                }
                Err(fault) => out.unreadable.push(fault.about(run_subject(row))?),
            }
        }
        Ok(())
    }

    fn load_tasks(&self, reader: &mut Reader<'_>, out: &mut Snapshot) -> Result<(), Error> {
        let sql = format!(
            "SELECT {TASK} FROM task WHERE ended_at IS NULL AND run_id IS NULL ORDER BY number"
        );
        let mut statement = self.db.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            match reader.task(row, None) {
                Ok(task) => out.loaded.tasks.push(task),
                Err(fault) => out.unreadable.push(fault.about(task_subject(row))?),
            }
        }
        Ok(())
    }

    /// Ended tasks that open ones name in `after`.
    fn load_awaited(&self, reader: &mut Reader<'_>, out: &mut Snapshot) -> Result<(), Error> {
        let tasks = &out.loaded.tasks;
        let known: HashSet<&TaskId> = tasks.iter().map(|task| &task.id).collect();
        let mut awaited: Vec<TaskId> = tasks
            .iter()
            .filter(|task| !task.is_ended())
            .flat_map(|task| &task.after)
            .filter(|id| !known.contains(id))
            .cloned()
            .collect();
        awaited.sort();
        awaited.dedup();
        let sql = format!("SELECT {TASK} FROM task WHERE id = ?1");
        for id in awaited {
            let mut statement = self.db.prepare_cached(&sql)?;
            let mut rows = statement.query([id.as_str()])?;
            let Some(row) = rows.next()? else { continue };
            match reader.lone_task(row) {
                Ok(task) => out.loaded.tasks.push(task),
                Err(fault) => {
                    let unreadable = fault.about(task_subject(row))?;
                    if !out.unreadable.contains(&unreadable) {
                        out.unreadable.push(unreadable);
                    }
                }
            }
        }
        Ok(())
    }
}
