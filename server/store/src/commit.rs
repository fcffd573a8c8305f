//! One batch, one transaction.

use crate::error::Error;
use crate::open::Store;
use crate::stored::path_to_text;
use crate::stored::{self, EnvironmentDoc, RunDoc, SourceDoc, SubmissionDoc, TaskDoc};
use model::ids::{RunId, StepId, TaskId};
use model::journal::{Batch, Event};
use model::run::{Environment, Run, RunOutcome, RunState, Source};
use model::task::Task;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Weak};

/// Live environments above which the dead ones are looked for.
const SWEEP_AT: usize = 64;

impl Store {
    /// Writes all of the batch, or nothing of it. On return it is on disk.
    ///
    /// A run's source and a task's submission are written when the thing is first seen, and not
    /// again: they do not change.
    ///
    /// # Errors
    /// [`Error::Full`], [`Error::ReadOnly`], [`Error::Locked`], [`Error::Rootless`], or what
    /// SQLite says: an event whose `seq` is already there, a task whose run is not.
    pub fn commit(&mut self, batch: &Batch) -> Result<(), Error> {
        if batch.is_empty() {
            return Ok(());
        }
        let done = write(&mut self.db, &mut self.environments, batch);
        if done.is_err() {
            // Ids of rows that were rolled back.
            self.environments.forget();
        }
        done
    }
}

fn write(db: &mut Connection, ids: &mut EnvironmentIds, batch: &Batch) -> Result<(), Error> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for run in &batch.runs {
        write_run(&tx, ids, run)?;
    }
    for task in &batch.tasks {
        write_task(&tx, ids, task)?;
    }
    for event in &batch.events {
        write_event(&tx, event)?;
    }
    tx.commit()?;
    Ok(())
}

fn write_run(db: &Connection, ids: &mut EnvironmentIds, run: &Run) -> Result<(), Error> {
    let id = run.id.as_str();
    let environment = ids.of(db, &run.environment)?;
    let doc = stored::encode(&RunDoc::from(run))?;
    let state = state_word(&run.state);
    let ended_at = run.ended_at().map(|at| at.0);
    let changed = db
        .prepare_cached(
            "UPDATE run SET state = ?2, ended_at = ?3, environment_id = ?4, doc = ?5 WHERE id = ?1",
        )?
        .execute(params![id, state, ended_at, environment, doc])?;
    if changed > 0 {
        return Ok(());
    }
    let source = stored::encode(&SourceDoc::from(&run.source))?;
    db.prepare_cached(
        "INSERT INTO run (id, repo, workflow_id, state, submitted, created_at, ended_at,
            environment_id, doc, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        id,
        path_to_text(&run.repo),
        run.workflow.id,
        state,
        matches!(run.source, Source::Submission(_)),
        run.created_at.0,
        ended_at,
        environment,
        doc,
        source,
    ])?;
    Ok(())
}

/// For people who look into the database; the document says the same and more.
fn state_word(state: &RunState) -> &'static str {
    match state {
        RunState::Open => "open",
        RunState::Finishing => "finishing",
        RunState::Conflicted { .. } => "conflicted",
        RunState::Ended { outcome, .. } => match outcome {
            RunOutcome::Completed => "completed",
            RunOutcome::Failed(_) => "failed",
            RunOutcome::Cancelled => "cancelled",
        },
    }
}

fn write_task(db: &Connection, ids: &mut EnvironmentIds, task: &Task) -> Result<(), Error> {
    let id = task.id.as_str();
    let environment = ids.of(db, &task.environment)?;
    let doc = stored::encode(&TaskDoc::from(task))?;
    let ended_at = task.ended_at().map(|at| at.0);
    let changed = db
        .prepare_cached(
            "UPDATE task SET status = ?2, step_status = ?3, priority = ?4, ended_at = ?5,
                environment_id = ?6, doc = ?7 WHERE id = ?1",
        )?
        .execute(params![
            id,
            task.task_status(),
            task.step_status(),
            task.priority,
            ended_at,
            environment,
            doc
        ])?;
    if changed > 0 {
        return Ok(());
    }
    insert_task(db, task, environment, &doc)
}

fn insert_task(db: &Connection, task: &Task, environment: i64, doc: &str) -> Result<(), Error> {
    if task.run.is_none() && task.submission.is_none() {
        return Err(Error::Rootless(task.id.clone()));
    }
    let submission = match task.submission.as_deref() {
        Some(submission) => Some(stored::encode(&SubmissionDoc::from(submission))?),
        None => None,
    };
    db.prepare_cached(
        "INSERT INTO task (id, tenant, run_id, step, status, step_status, priority, created_at,
            ended_at, environment_id, doc, submission)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        task.id.as_str(),
        path_to_text(&task.tenant),
        task.run.as_ref().map(|(run, _)| run.as_str()),
        task.run.as_ref().map(|(_, step)| *step),
        task.task_status(),
        task.step_status(),
        task.priority,
        task.created_at.0,
        task.ended_at().map(|at| at.0),
        environment,
        doc,
        submission,
    ])?;
    Ok(())
}

fn write_event(db: &Connection, event: &Event) -> Result<(), Error> {
    db.prepare_cached(
        "INSERT INTO event (seq, at, kind, run_id, step_id, task_id, attempt, message)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        event.seq,
        event.at.0,
        event.kind,
        event.run.as_ref().map(RunId::as_str),
        event.step.as_ref().map(StepId::as_str),
        event.task.as_ref().map(TaskId::as_str),
        event.attempt,
        event.message,
    ])?;
    Ok(())
}

/// The rows of environments that were written or looked up, by the address of the shared value:
/// 10 000 tasks with one environment cost one hash. The `Weak` keeps the address from being
/// used again, and keeps a shared value from being changed in place.
#[derive(Debug, Default)]
pub(crate) struct EnvironmentIds(HashMap<usize, (Weak<Environment>, i64)>);

impl EnvironmentIds {
    /// Drops all that is remembered.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    fn of(&mut self, db: &Connection, environment: &Arc<Environment>) -> Result<i64, Error> {
        let address = Arc::as_ptr(environment).addr();
        if let Some((_, id)) = self.0.get(&address) {
            return Ok(*id);
        }
        let id = intern(db, environment)?;
        if self.0.len() >= SWEEP_AT {
            self.0.retain(|_, (value, _)| value.strong_count() > 0);
        }
        self.0.insert(address, (Arc::downgrade(environment), id));
        Ok(id)
    }
}

fn intern(db: &Connection, environment: &Environment) -> Result<i64, Error> {
    let doc = stored::encode(&EnvironmentDoc::from(environment))?;
    let hash = Sha256::digest(&doc);
    let found = db
        .prepare_cached("SELECT id FROM environment WHERE hash = ?1")?
        .query_row([hash.as_slice()], |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO environment (hash, doc) VALUES (?1, ?2)")?
        .execute(params![hash.as_slice(), doc])?;
    Ok(db.last_insert_rowid())
}
