//! The process beside the agent: one per attempt, single-threaded, no async runtime.
//!
//! It takes the attempt's lock, starts the agent, keeps its log, holds it to its limits, ends its whole
//! tree and leaves `result.json`. It needs nobody: when the daemon dies, it goes on.

mod cgroup;
mod command;
mod course;
mod events;
mod exec;
mod last;
mod lines;
mod log;
mod mask;
mod output;
mod phase;
mod report;
mod secrets;
mod tree;

use std::any::Any;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use cgroup::mechanism;
pub(crate) use lines::printable;
pub(crate) use secrets::encode as encode_secrets;

use crate::attempt::folder::{self, Lock, RESULT, REVOKED, SPEC, STARTED, SUPERVISOR_LOG, Started};
use crate::attempt::spec::VERSION;
use crate::attempt::{AttemptResult, AttemptSpec};
use crate::proc;
use events::Events;

/// The attempt ran (or could not be started) and its result is on disk.
pub const ENDED: i32 = 0;
/// Something is broken: the spec, the folder, the disk. `supervisor.log` says what, where it could.
pub const BROKEN: i32 = 1;
/// Another process holds the lock.
pub const BUSY: i32 = 3;
/// Not to be run: revoked, or run before.
pub const NOT_TO_RUN: i32 = 4;

/// How long the lock may be busy with somebody who only looks.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

/// Runs the attempt of this folder to its end and returns the exit code of the process. To be
/// called first thing in `main`: it expects one thread.
pub fn main(dir: &Path) -> i32 {
    // A panic is a defect of ours; the agent dies with us, and the daemon clears up behind us.
    let done = catch_unwind(AssertUnwindSafe(|| supervise(dir)));
    match done.unwrap_or_else(|panic| Err(io::Error::other(words_of(&*panic)))) {
        Ok(code) => code,
        Err(error) => {
            note(dir, &error);
            BROKEN
        }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().cloned();
    let words = words.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    format!("the supervisor panicked: {}", words.unwrap_or_default())
}

fn supervise(dir: &Path) -> io::Result<i32> {
    // First of all: a signal from now on waits until it is read.
    let events = Events::new()?;
    let Some(lock) = take_lock(dir)? else {
        return Ok(BUSY);
    };
    if [REVOKED, STARTED, RESULT]
        .iter()
        .any(|name| folder::has(dir, name))
    {
        return Ok(NOT_TO_RUN);
    }
    rustix::process::setsid().ok();
    let spec = match read_spec(dir) {
        Ok(spec) => spec,
        Err(error) => return give_up(dir, &error),
    };
    let result = course::run(dir, &spec, events)?;
    last::keep(dir, &result)?;
    // Before the lock goes, so that a daemon that starts finds either us or the result.
    if let Some(daemon) = &spec.start_daemon {
        last::start_daemon(daemon);
    }
    drop(lock);
    Ok(ENDED)
}

/// Takes the lock. Who holds it is another supervisor, somebody who revokes, or somebody who only
/// looks; the first two leave a file.
fn take_lock(dir: &Path) -> io::Result<Option<Lock>> {
    let until = Instant::now() + LOCK_PATIENCE;
    loop {
        if let Some(lock) = Lock::try_take(dir)? {
            return Ok(Some(lock));
        }
        let taken = [STARTED, REVOKED].iter().any(|name| folder::has(dir, name));
        if taken || Instant::now() >= until {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn read_spec(dir: &Path) -> io::Result<AttemptSpec> {
    let spec: AttemptSpec = folder::read(dir, SPEC)?.ok_or(io::ErrorKind::NotFound)?;
    if spec.version != VERSION {
        let message = format!(
            "spec.json has version {}, this program reads {VERSION}",
            spec.version
        );
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(spec)
}

/// A spec that cannot be read is the end of the attempt, and the daemon must learn it.
fn give_up(dir: &Path, error: &io::Error) -> io::Result<i32> {
    let message = format!("cannot read spec.json of the attempt: {error}");
    last::keep(
        dir,
        &AttemptResult::not_spawned(message, error.raw_os_error(), folder::now()),
    )?;
    Ok(ENDED)
}

/// Ourselves, as others need to know us.
fn started(cgroup: Option<PathBuf>) -> Started {
    let pid = rustix::process::getpid().as_raw_nonzero().get();
    Started {
        version: VERSION,
        supervisor_pid: pid,
        supervisor_start: proc::start_time(pid).unwrap_or(0),
        agent_pid: None,
        cgroup,
        at: folder::now().0,
    }
}

/// Leaves word of what went wrong with us.
fn note(dir: &Path, error: &io::Error) {
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(dir.join(SUPERVISOR_LOG));
    if let Ok(mut file) = file {
        writeln!(file, "{error}").ok();
    }
}
