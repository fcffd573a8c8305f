//! The attempt's folder: names of its files, how they are written and read, and its lock.
//!
//! ```text
//! spec.json    by the daemon, before the supervisor starts
//! lock         flock, held by the supervisor for life; the truth
//! revoked      by whoever called the attempt dead, under the lock; nothing runs here any more
//! started      by the supervisor: before the agent starts, and a second line with the agent's pid
//! stop         by the daemon, before it signals
//! log, log.tail-<offset>   the output: head, and segments of the end (see `supervise::log`)
//! supervisor.log   what went wrong in the supervisor itself; usually not there
//! result.json  by the supervisor, last; durable when the lock is free
//! ```

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use model::time::Timestamp;
use rustix::fs::{FlockOperation, flock};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::spec::VERSION;

/// See the head of this file.
pub const SPEC: &str = "spec.json";
/// See the head of this file.
pub const LOCK: &str = "lock";
/// See the head of this file.
pub const REVOKED: &str = "revoked";
/// See the head of this file.
pub const STARTED: &str = "started";
/// See the head of this file.
pub const STOP: &str = "stop";
/// See the head of this file.
pub const LOG: &str = "log";
/// The start of the names of the log's later segments; the offset follows in 16 digits.
pub const LOG_TAIL: &str = "log.tail-";
/// See the head of this file.
pub const RESULT: &str = "result.json";
/// See the head of this file.
pub const SUPERVISOR_LOG: &str = "supervisor.log";

/// The largest file of the folder that is read as a whole (a spec carries an environment).
const MAX_FILE: u64 = 16 << 20;

/// `started`, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// [`VERSION`].
    pub version: u32,
    /// The supervisor's process id.
    pub supervisor_pid: i32,
    /// When it started, in clock ticks since boot (field 22 of `/proc/<pid>/stat`): tells it from
    /// a later process with its number.
    pub supervisor_start: u64,
    /// The agent's main process and its group; none yet in the first of the two writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_pid: Option<i32>,
    /// The attempt's own cgroup, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cgroup: Option<PathBuf>,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
}

/// `stop`, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// [`VERSION`].
    pub version: u32,
    /// One word or fragment for people and for the engine.
    pub reason: String,
}

/// Makes an attempt's folder, readable by its owner only. The folder above must exist.
pub fn create(dir: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(dir)
}

/// Whether there is a file of this name. An unreadable folder counts as having it, so that
/// doubt never starts anything.
pub fn has(dir: &Path, name: &str) -> bool {
    !matches!(
        rustix::fs::access(dir.join(name), rustix::fs::Access::EXISTS),
        Err(rustix::io::Errno::NOENT)
    )
}

/// Reads a JSON file of the folder, the last whole record where it has several; `None` where it is not there.
pub fn read<T: DeserializeOwned>(dir: &Path, name: &str) -> io::Result<Option<T>> {
    let file = match File::open(dir.join(name)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::with_capacity(8 << 10);
    file.take(MAX_FILE).read_to_end(&mut bytes)?;
    let mut records = serde_json::Deserializer::from_slice(&bytes).into_iter();
    let first = records
        .next()
        .ok_or(io::ErrorKind::UnexpectedEof)?
        .map_err(io::Error::from)?;
    Ok(Some(records.map_while(Result::ok).last().unwrap_or(first)))
}

/// Writes a JSON file so that a reader sees all of it or nothing. Survives the end of every
/// process, not of the machine: after that nothing of an attempt is alive, and its lock says so.
pub fn write<T: Serialize>(dir: &Path, name: &str, value: &T) -> io::Result<()> {
    replace(dir, name, value, false)
}

/// Adds a record to a file that `write` made: a reader sees the earlier one or this one. Replacing the
/// file would delete one per attempt, and file systems are slow to reuse what was just deleted.
pub fn append<T: Serialize>(dir: &Path, name: &str, value: &T) -> io::Result<()> {
    let mut bytes = vec![b'\n'];
    serde_json::to_writer(&mut bytes, value)?;
    let mut file = OpenOptions::new().append(true).open(dir.join(name))?;
    file.write_all(&bytes)
}

/// Brings a file that `write` made to disk, under its name.
pub fn make_durable(dir: &Path, name: &str) -> io::Result<()> {
    File::open(dir.join(name))?.sync_all()?;
    File::open(dir)?.sync_all()
}

/// Like [`write()`], and on disk when it returns.
pub fn write_durable<T: Serialize>(dir: &Path, name: &str, value: &T) -> io::Result<()> {
    replace(dir, name, value, true)
}

fn replace<T: Serialize>(dir: &Path, name: &str, value: &T, durable: bool) -> io::Result<()> {
    let bytes = serde_json::to_vec(value)?;
    let temporary = dir.join(format!("{name}.tmp"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(&bytes)?;
    if durable {
        file.sync_all()?;
    }
    std::fs::rename(&temporary, dir.join(name))?;
    if durable {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// The lock of an attempt, held until it is dropped.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Takes the lock; `None` where somebody holds it.
    pub fn try_take(dir: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(dir.join(LOCK))?;
        Ok(try_flock(&file, FlockOperation::NonBlockingLockExclusive)?.then_some(Self(file)))
    }

    /// Whether somebody holds it exclusively. Looks with a shared lock of its own for an instant: lookers
    /// do not disturb each other, and a supervisor that meets one tries again.
    pub fn is_held(path: &Path) -> io::Result<bool> {
        match File::open(path) {
            Ok(file) if try_flock(&file, FlockOperation::NonBlockingLockShared)? => {
                drop(Self(file));
                Ok(false)
            }
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Lock {
    /// Closing is not enough: a process that another thread is just starting has a copy of the
    /// descriptor until its exec, and would hold the lock that long.
    fn drop(&mut self) {
        flock(&self.0, FlockOperation::Unlock).ok();
    }
}

fn try_flock(file: &File, operation: FlockOperation) -> io::Result<bool> {
    match flock(file, operation) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The wall clock. An attempt's own times are the one thing here that is not the engine's to say.
pub fn now() -> Timestamp {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
    Timestamp(now.tv_sec * 1_000 + now.tv_nsec / 1_000_000)
}

impl Stop {
    /// With this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            reason: reason.into(),
        }
    }
}
