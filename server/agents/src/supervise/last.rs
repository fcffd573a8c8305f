//! The last things a supervisor does: the result on disk, and a daemon where there is none.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, Instant};

use super::command::c_string;
use super::exec::{Exec, spawn};
use super::report::Report;
use crate::attempt::folder::{self, Lock, RESULT};
use crate::attempt::signal::Signal;
use crate::attempt::{AttemptResult, StartDaemon};
use crate::proc;

/// How long a result that cannot be written is tried again: somebody may make room.
const PATIENCE: Duration = Duration::from_secs(60);
const AGAIN: Duration = Duration::from_millis(200);
/// How long a killed daemon may take to go.
const DYING: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(2);

/// Writes the result, says so, and then sees to it that it survives the machine: a daemon that lives
/// journals the end itself and need not wait for our disk.
pub(super) fn keep(dir: &Path, result: &AttemptResult) -> io::Result<()> {
    let until = Instant::now() + PATIENCE;
    while let Err(error) = folder::write(dir, RESULT, result) {
        // The folder itself is gone: there is nobody left to tell.
        if error.kind() == io::ErrorKind::NotFound || Instant::now() >= until {
            return Err(error);
        }
        std::thread::sleep(AGAIN);
    }
    Report::new().say(&Signal::Ended);
    folder::make_durable(dir, RESULT)
}

/// Starts the daemon, unless one is there or its state folder is gone. Whoever finds another one
/// first leaves again, so it does no harm that many supervisors may come to this at once.
pub(super) fn start_daemon(daemon: &StartDaemon) {
    let until = Instant::now() + DYING;
    while is_held_by_dying(&daemon.lock) && Instant::now() < until {
        std::thread::sleep(LOOK);
    }
    let free = daemon.lock.exists() && matches!(Lock::is_held(&daemon.lock), Ok(false));
    if free {
        // Nobody is there to hear about an error; the next client starts the daemon.
        try_start(daemon).ok();
    }
}

/// A process that was killed has its locks until the last of its threads is out of the kernel, and one
/// that writes to the disk may be in there for long. It looks like a daemon and will not hear of our end.
fn is_held_by_dying(lock: &Path) -> bool {
    let holder = || -> Option<i32> {
        let words: serde_json::Value = serde_json::from_slice(&std::fs::read(lock).ok()?).ok()?;
        i32::try_from(words.get("pid")?.as_i64()?).ok()
    };
    matches!(Lock::is_held(lock), Ok(true)) && holder().is_some_and(proc::is_dying)
}

fn try_start(daemon: &StartDaemon) -> Result<(), String> {
    let null = File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
        .map_err(|e| e.to_string())?;
    let argv: Vec<CString> = daemon
        .argv
        .iter()
        .map(|a| c_string(a.as_str()))
        .collect::<Result<_, _>>()?;
    let env: Vec<CString> = daemon
        .env
        .iter()
        .map(|(name, value)| c_string(format!("{name}={value}")))
        .collect::<Result<_, _>>()?;
    let exec = Exec {
        files: argv.first().cloned().into_iter().collect(),
        argv,
        env,
        cwd: c_string("/")?,
        stdin: null.as_fd(),
        stdout: null.as_fd(),
        stderr: null.as_fd(),
        cgroup: None,
        detached: true,
    };
    spawn(&exec)
        .map(|_| ())
        .map_err(|error| format!("{error:?}"))
}
