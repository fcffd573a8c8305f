//! The tables, and how an older database becomes a current one.
//!
//! A migration is one text in [`MIGRATIONS`], is never edited once released, and runs in one
//! transaction with the ones before it; `user_version` counts them. What is asked for in queries
//! has a column; the rest of a thing is a JSON document (see `stored`).

use crate::error::Error;
use rusqlite::{Connection, TransactionBehavior};

/// `application_id` of our databases: "OFFS".
pub(crate) const APPLICATION_ID: i64 = 0x4f46_4653;

/// The version that a current database has.
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

const MIGRATIONS: &[&str] = &[V1, V2];

// `number` is the order of arrival; it stays when the file is compacted, which a bare rowid does
// not. Documents come last, so that reading the columns before them leaves their pages alone.
const V1: &str = "
CREATE TABLE environment (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    doc TEXT NOT NULL
) STRICT;

CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    repo TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    environment_id INTEGER NOT NULL REFERENCES environment (id),
    doc TEXT NOT NULL,
    source TEXT NOT NULL
) STRICT;
CREATE INDEX run_open ON run (number) WHERE ended_at IS NULL;
CREATE INDEX run_environment ON run (environment_id);

CREATE TABLE task (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    run_id TEXT REFERENCES run (id) ON DELETE CASCADE,
    step INTEGER,
    status TEXT NOT NULL,
    step_status TEXT NOT NULL,
    priority INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    environment_id INTEGER NOT NULL REFERENCES environment (id),
    doc TEXT NOT NULL,
    submission TEXT
) STRICT;
CREATE UNIQUE INDEX task_run ON task (run_id, step) WHERE run_id IS NOT NULL;
CREATE INDEX task_open ON task (number) WHERE ended_at IS NULL;
CREATE INDEX task_ended ON task (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX task_count ON task (status, priority, tenant);
CREATE INDEX task_environment ON task (environment_id);

CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    run_id TEXT,
    step_id TEXT,
    task_id TEXT,
    attempt INTEGER,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX event_run ON event (run_id) WHERE run_id IS NOT NULL;

CREATE TABLE note (
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
";

// A finding is dismissed in one repository. What was noted before, without saying in which, was never
// written by a released daemon. A run that was discarded stays known, but what it found holds no more.
const V2: &str = "
CREATE TABLE dismissed (
    repo TEXT NOT NULL,
    finding TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (repo, finding)
) STRICT, WITHOUT ROWID;
DELETE FROM note WHERE space = 'dismissed';

ALTER TABLE run ADD COLUMN discarded_at INTEGER;
CREATE INDEX run_repo ON run (repo, number);
";

/// Brings the database to [`VERSION`]. Takes the write lock also when there is nothing to do, so
/// that a program that holds it is noticed at the start and not at the first task.
pub(crate) fn migrate(db: &mut Connection) -> Result<(), Error> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = user_version(&tx)?;
    let done = usize::try_from(found).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        tx.execute_batch(migration)?;
    }
    if found < VERSION {
        tx.pragma_update(None, "user_version", VERSION)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    tx.commit()?;
    Ok(())
}

/// The version of the tables; 0 for an empty database.
pub(crate) fn user_version(db: &Connection) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}
