//! The agent's two streams: read without ever waiting, masked, counted, written to one log.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::Instant;

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pipe::{PipeFlags, pipe_with};

use super::lines::LastLines;
use super::log::Log;
use super::mask::Mask;
use crate::attempt::{LogCaps, LogTotals};

/// What is read at once from a stream before the other, signals and clocks get their turn.
const CHUNK: usize = 64 << 10;

struct Stream {
    /// `None` when every writer has closed it.
    pipe: Option<OwnedFd>,
    mask: Mask,
}

/// Both streams and where they go.
pub(super) struct Output {
    streams: [Stream; 2],
    log: Log,
    lines: LastLines,
    buffer: Vec<u8>,
    last: Instant,
    received: u64,
}

impl Output {
    /// Makes the pipes; the ends to write to are the agent's.
    pub(super) fn new(
        dir: &Path,
        caps: LogCaps,
        secrets: &[(String, String)],
    ) -> io::Result<(Self, OwnedFd, OwnedFd)> {
        let values: Vec<String> = secrets.iter().map(|(_, value)| value.clone()).collect();
        let stream = |values: &[String]| -> io::Result<(Stream, OwnedFd)> {
            let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
            fcntl_setfl(&reader, OFlags::NONBLOCK)?;
            Ok((
                Stream {
                    pipe: Some(reader),
                    mask: Mask::new(values),
                },
                writer,
            ))
        };
        let (stdout, stdout_writer) = stream(&values)?;
        let (stderr, stderr_writer) = stream(&values)?;
        let output = Self {
            streams: [stdout, stderr],
            log: Log::new(dir.to_owned(), caps),
            lines: LastLines::default(),
            buffer: vec![0; CHUNK],
            last: Instant::now(),
            received: 0,
        };
        Ok((output, stdout_writer, stderr_writer))
    }

    /// The open streams, to wait for.
    pub(super) fn inputs(&self) -> Vec<BorrowedFd<'_>> {
        self.streams
            .iter()
            .filter_map(|stream| stream.pipe.as_ref().map(AsFd::as_fd))
            .collect()
    }

    /// Takes what is there; true if there was anything.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let mut any = false;
        for stream in &mut self.streams {
            let Some(pipe) = &stream.pipe else { continue };
            match rustix::io::read(pipe, &mut self.buffer) {
                Ok(0) => stream.pipe = None,
                Ok(count) => {
                    any = true;
                    self.last = now;
                    self.received += count as u64;
                    let chunk = self.buffer.get(..count).unwrap_or_default();
                    if stream.mask.is_idle() {
                        self.log.append(chunk, now);
                        self.lines.push(chunk);
                    } else {
                        let shown = stream.mask.pass(chunk);
                        self.log.append(&shown, now);
                        self.lines.push(&shown);
                    }
                }
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                Err(_) => stream.pipe = None,
            }
        }
        any
    }

    /// Takes what is left when nobody writes any more, without waiting for a pipe that somebody
    /// outside the tree holds open.
    pub(super) fn finish(&mut self, now: Instant) {
        // A pipe holds a megabyte at most; the bound is for a writer that got away.
        for _ in 0..(1 << 20) / CHUNK * 4 {
            if !self.take(now) {
                break;
            }
        }
        for stream in &mut self.streams {
            let rest = stream.mask.finish();
            self.log.append(&rest, now);
            self.lines.push(&rest);
        }
    }

    /// All bytes that came from the agent.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// When the last of them came.
    pub(super) fn last(&self) -> Instant {
        self.last
    }

    pub(super) fn totals(&self) -> LogTotals {
        self.log.totals()
    }

    pub(super) fn lines(&self) -> &LastLines {
        &self.lines
    }
}
