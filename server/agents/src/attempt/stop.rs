//! Asks a supervisor to end its attempt.

use std::io;
use std::path::Path;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::folder::{self, STARTED, STOP, Started, Stop};
use crate::proc;

/// Why an attempt could not be asked to stop.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// The reason could not be written.
    #[error("cannot write into the attempt's folder; look for room and rights on that disk")]
    Folder(#[source] io::Error),
    /// The supervisor could not be signalled.
    #[error("cannot signal the supervisor (process {pid})")]
    Signal {
        /// Its process id.
        pid: i32,
        /// The system's error.
        #[source]
        source: io::Error,
    },
}

/// Writes down why, then asks the supervisor to end the tree (TERM, grace, KILL). Returns at once;
/// the end comes the way every end comes. A supervisor that is gone is no error.
pub fn stop(dir: &Path, pid: i32, reason: &str) -> Result<(), StopError> {
    folder::write(dir, STOP, &Stop::new(reason)).map_err(StopError::Folder)?;
    let Some(raw) = Pid::from_raw(pid) else {
        return Ok(());
    };
    let sent = match pidfd_open(raw, PidfdFlags::empty()) {
        Ok(supervisor) if is_supervisor(dir, pid) => pidfd_send_signal(supervisor, Signal::TERM),
        Ok(_) => Ok(()),
        Err(error) => Err(error),
    };
    match sent {
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(error) => Err(StopError::Signal {
            pid,
            source: error.into(),
        }),
    }
}

/// Whether the process with this number is the one that `started` names. Before `started` is there, the
/// number can only come from `launch`, whose child it is.
pub(super) fn is_supervisor(dir: &Path, pid: i32) -> bool {
    let started: Option<Started> = folder::read(dir, STARTED).unwrap_or_default();
    started.is_none_or(|started| {
        started.supervisor_pid == pid && proc::start_time(pid) == Some(started.supervisor_start)
    })
}
