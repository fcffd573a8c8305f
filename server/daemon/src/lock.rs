//! The lock that makes a second daemon impossible: held for life, freed by the kernel.

use client::Home;
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(3);

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct DaemonLock(#[expect(dead_code, reason = "held for its lock")] File);

impl DaemonLock {
    /// Takes the lock; `None` when another daemon has it.
    pub(crate) fn take(home: &Home) -> std::io::Result<Option<Self>> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(home.lock_path())?;
        if !lock(&file)? {
            return Ok(None);
        }
        // For people: the lock itself is the truth.
        file.set_len(0)?;
        file.rewind()?;
        writeln!(
            file,
            "{{\"pid\":{},\"version\":\"{}\"}}",
            std::process::id(),
            crate::VERSION
        )?;
        Ok(Some(Self(file)))
    }
}

/// Tries for a moment: a supervisor that asks whether there is a daemon holds the lock, shared, while
/// it asks.
fn lock(file: &File) -> std::io::Result<bool> {
    for _ in 0..TRIES {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::sleep(PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}
