//! The lock that makes a second daemon impossible: held for life, freed by the kernel.

use client::Home;
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::os::unix::fs::OpenOptionsExt;

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
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
            Err(error) => return Err(error.into()),
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
