//! Ends what a daemon that was killed left at work beside an attempt: nobody waits for it any more, and what it was
//! for is begun anew.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::folder::{self, STARTED, Started};
use super::inspect::{Revocation, revoke};
use super::kill::{kill_process, kill_tree};
use super::stop::stop;

/// From the question to the end by force: short, as a daemon may wait for it before it answers anybody.
const GRACE: Duration = Duration::from_secs(2);
/// What does not end by force hangs in the kernel.
const PATIENCE: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_millis(5);

/// Asks the supervisor in this folder to end, ends it by force where it does not, and all that it started. From then
/// on nothing runs there. A folder that is not there is no error. Blocks for some milliseconds, 12 s at most.
///
/// # Errors
/// When the folder cannot be read or written, or the supervisor cannot be ended.
pub fn end_leftover(dir: &Path) -> io::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    let began = Instant::now();
    let mut asked = false;
    loop {
        match revoke(dir)? {
            Revocation::Revoked => return kill_tree(dir).map(drop),
            // It ended its own tree.
            Revocation::Ended(_) => return Ok(()),
            Revocation::StillAlive => {}
        }
        let started: Option<Started> = folder::read(dir, STARTED)?;
        if let Some(started) = started {
            if !asked {
                // Where it cannot be asked, force comes all the same.
                let _ = stop(dir, started.supervisor_pid, "it is begun anew");
                asked = true;
            }
            if began.elapsed() > GRACE {
                kill_process(started.supervisor_pid, started.supervisor_start);
            }
        }
        if began.elapsed() > GRACE + PATIENCE {
            let message = "its supervisor cannot be ended";
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        std::thread::sleep(AGAIN);
    }
}
