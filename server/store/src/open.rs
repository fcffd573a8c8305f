//! Opening: refuse what cannot work, set aside what cannot be used, configure, migrate.
//!
//! `synchronous=FULL`: with WAL that is one `fdatasync` of the log per commit, and what was
//! committed survives a power failure, which "on disk before its effect starts" needs. `NORMAL`
//! would lose the last commits. Measured by `tests/speed.rs`, one update and one event: 0.06 ms
//! with `NORMAL`; with `FULL` 0.35 ms on a quiet disk and 1 to 3 ms beside two compilers. Group
//! commit shares the difference.
//!
//! The pages are checked at every start (`quick_check`): some 2 ms per MB, and a queue of 10 000
//! tasks is 8 MB.

use crate::commit::EnvironmentIds;
use crate::error::Error;
use crate::netfs::network_kind;
use crate::schema::{self, APPLICATION_ID};
use crate::set_aside::{Reason, SetAside, set_aside};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

/// How long a lock of another program is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// Statements kept prepared; there are fewer in this crate.
const STATEMENTS: usize = 48;

/// The database, open. Belongs to one thread at a time.
#[derive(Debug)]
pub struct Store {
    pub(crate) db: Connection,
    pub(crate) environments: EnvironmentIds,
}

/// What opening brought.
#[derive(Debug)]
pub struct Opened {
    /// The store, at the current version.
    pub store: Store,
    /// The database that was there before and could not be used.
    pub set_aside: Option<SetAside>,
}

impl Store {
    /// Opens the database at this path, or begins one (mode 0600). The folder has to exist.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::ReadOnly`], [`Error::Full`], [`Error::NetworkFileSystem`];
    /// [`Error::Io`] where the folder is missing. A database that is damaged, newer or not ours
    /// is no error: it is set aside.
    pub fn open(path: &Path) -> Result<Opened, Error> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        if let Some(kind) = network_kind(folder) {
            let path = folder.to_owned();
            return Err(Error::NetworkFileSystem { path, kind });
        }
        let mut db = connect(path)?;
        let mut aside = None;
        if let Some(reason) = unusable(&db)? {
            // Closing the last connection would copy the WAL into a file that is to stay as it is.
            db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            drop(db);
            aside = Some(set_aside(path, reason)?);
            db = connect(path)?;
        }
        configure(&db)?;
        schema::migrate(&mut db)?;
        Ok(Opened {
            store: Self {
                db,
                environments: EnvironmentIds::default(),
            },
            set_aside: aside,
        })
    }

    /// Closes the database with its log folded in. Dropping the store does the same and says
    /// nothing where it fails; either way nothing that was committed is lost.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn close(self) -> Result<(), Error> {
        self.db.flush_prepared_statement_cache();
        self.db.close().map_err(|(_, error)| error.into())
    }
}

fn connect(path: &Path) -> Result<Connection, Error> {
    begin_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(|error| cannot_open(error, path))?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // SQLite opens a file that it may not write for reading, and says nothing.
    if db.is_readonly("main")? {
        return Err(Error::ReadOnly);
    }
    Ok(db)
}

/// Makes the file with its mode; SQLite gives the files beside it the same. A file that exists is
/// not opened: closing it would drop the locks that this process holds on it.
fn begin_private(path: &Path) -> Result<(), Error> {
    if std::fs::symlink_metadata(path).is_ok() {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::io("create", path, error)),
    }
}

fn cannot_open(error: rusqlite::Error, path: &Path) -> Error {
    let read_only = error.sqlite_error_code() == Some(ErrorCode::CannotOpen)
        && rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_err();
    if read_only {
        Error::ReadOnly
    } else {
        error.into()
    }
}

/// Why this database cannot be used, if so. Errors are those that say nothing about the file.
fn unusable(db: &Connection) -> Result<Option<Reason>, Error> {
    match verdict(db).map_err(Error::from) {
        Ok(verdict) => Ok(verdict),
        Err(Error::Damaged(what)) => Ok(Some(Reason::Damaged(what))),
        Err(other) => Err(other),
    }
}

fn verdict(db: &Connection) -> rusqlite::Result<Option<Reason>> {
    let found = schema::user_version(db)?;
    let application: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let known = schema::VERSION;
    if tables == 0 && found == 0 {
        return Ok(None);
    }
    if application != APPLICATION_ID {
        return Ok(Some(Reason::Foreign));
    }
    if found > known {
        return Ok(Some(Reason::Newer { found, known }));
    }
    if tables == 0 {
        return Ok(Some(Reason::Damaged("its tables are gone".to_owned())));
    }
    let said: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((said != "ok").then_some(Reason::Damaged(said)))
}

/// The idle daemon is to stay small: a page cache of 2 MB, no memory map. `auto_vacuum` counts
/// only before the first table; the order matters.
fn configure(db: &Connection) -> Result<(), Error> {
    db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "cache_size", -2000)?;
    db.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))
        .or_else(no_rows)?;
    // The log shrinks to this after a burst made it grow.
    db.pragma_update_and_check(None, "journal_size_limit", 4 << 20, |_| Ok(()))?;
    Ok(())
}

fn no_rows(error: rusqlite::Error) -> rusqlite::Result<()> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        other => Err(other),
    }
}
