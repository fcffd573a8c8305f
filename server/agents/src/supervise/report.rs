//! Tells the daemon, over our stdout, how it goes. Never waits for it, and does without it.

use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::attempt::signal::Signal;

/// At most ten lines a second.
const SPACING: Duration = Duration::from_millis(100);
/// What a pipe takes as a whole or not at all (PIPE_BUF).
const ATOMIC: usize = 4096;

/// The way to the daemon.
pub(super) struct Report {
    alive: bool,
    last_output: Option<Instant>,
}

impl Report {
    pub(super) fn new() -> Self {
        let stdout = rustix::stdio::stdout();
        // A daemon that stands still must not stop us.
        let flags =
            fcntl_getfl(stdout).and_then(|flags| fcntl_setfl(stdout, flags | OFlags::NONBLOCK));
        Self {
            alive: flags.is_ok(),
            last_output: None,
        }
    }

    /// When the next line about output may go.
    pub(super) fn due(&self) -> Option<Instant> {
        self.last_output.map(|at| at + SPACING)
    }

    pub(super) fn note_output(&mut self, now: Instant) {
        self.last_output = Some(now);
    }

    /// Says it, or drops it.
    pub(super) fn say(&mut self, signal: &Signal) {
        if !self.alive {
            return;
        }
        let Ok(mut line) = serde_json::to_vec(signal) else {
            return;
        };
        line.push(b'\n');
        if line.len() > ATOMIC {
            return;
        }
        // Rust ignores SIGPIPE, so a daemon that is gone is an error here and nothing more.
        if rustix::io::write(rustix::stdio::stdout(), &line) == Err(rustix::io::Errno::PIPE) {
            self.alive = false;
        }
    }
}
