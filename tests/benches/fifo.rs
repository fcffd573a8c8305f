//! The moment at which a task does its first thing: it writes a byte into a pipe with a name.

use nix::sys::stat::Mode;
use std::fs::OpenOptions;
use std::io::Read;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer takes nothing here; it would wait for ever.
const LIMIT: Duration = Duration::from_secs(60);

/// A named pipe, and the moments at which something came out of it.
pub(crate) struct Fifo {
    path: PathBuf,
    moments: Receiver<Instant>,
}

impl Fifo {
    /// Makes it. A thread reads it until the process ends.
    pub(crate) fn new(path: PathBuf) -> Self {
        nix::unistd::mkfifo(&path, Mode::S_IRWXU).expect("a named pipe");
        // Also open for writing: with the last writer gone it would end otherwise.
        let mut pipe = OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .expect("the pipe");
        let (sender, moments) = channel();
        std::thread::spawn(move || {
            let mut byte = [0];
            while pipe.read_exact(&mut byte).is_ok() && sender.send(Instant::now()).is_ok() {}
        });
        Self { path, moments }
    }

    /// A shell command that writes one byte.
    pub(crate) fn command(&self) -> String {
        format!("echo > '{}'", self.path.display())
    }

    /// When the next byte came.
    pub(crate) fn wait(&self) -> Instant {
        self.moments
            .recv_timeout(LIMIT)
            .expect("a task that says it runs")
    }
}
