//! The attempt's log on disk: the head in `log`, the end in segments `log.tail-<offset>`.
//!
//! Offsets count every byte that the agent wrote, kept or not, so they stay valid while old
//! segments go. A disk that is full loses output, never the agent: what cannot be written is
//! counted, and another segment is tried a second later. An agent that says nothing has no log.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::attempt::folder::{LOG, LOG_TAIL};
use crate::attempt::{LogCaps, LogTotals};

/// The end is kept in this many segments; the oldest goes as a whole.
const SEGMENTS: u64 = 8;
/// After a failed write, how long nothing is tried.
const RETRY: Duration = Duration::from_secs(1);

/// The log of one attempt.
pub(super) struct Log {
    dir: PathBuf,
    caps: LogCaps,
    open: Option<Segment>,
    tail: VecDeque<Kept>,
    head_over: bool,
    totals: LogTotals,
    retry_at: Option<Instant>,
}

struct Segment {
    file: File,
    room: u64,
}

/// A segment of the end: its first offset and its length.
struct Kept {
    start: u64,
    length: u64,
}

impl Log {
    pub(super) fn new(dir: PathBuf, caps: LogCaps) -> Self {
        Self {
            dir,
            caps,
            open: None,
            tail: VecDeque::new(),
            head_over: false,
            totals: LogTotals::default(),
            retry_at: None,
        }
    }

    pub(super) fn totals(&self) -> LogTotals {
        self.totals
    }

    /// Appends; what does not find room on the disk is dropped and counted.
    pub(super) fn append(&mut self, mut bytes: &[u8], now: Instant) {
        while !bytes.is_empty() {
            let written = self.append_some(bytes, now);
            let done = match written {
                Some(count) => count,
                None => {
                    self.totals.dropped += bytes.len() as u64;
                    bytes.len()
                }
            };
            self.totals.bytes += done as u64;
            bytes = bytes.get(done..).unwrap_or_default();
        }
    }

    fn append_some(&mut self, bytes: &[u8], now: Instant) -> Option<usize> {
        if self.retry_at.is_some_and(|at| now < at) {
            return None;
        }
        self.retry_at = None;
        let result = self.write_some(bytes);
        if result.is_err() {
            self.open = None;
            self.head_over = true;
            self.retry_at = Some(now + RETRY);
        }
        result.ok()
    }

    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.open.as_ref().is_none_or(|segment| segment.room == 0) {
            self.open = None;
            self.open = Some(self.next_segment()?);
        }
        let Some(segment) = &mut self.open else {
            return Err(io::ErrorKind::StorageFull.into());
        };
        let fits = bytes
            .len()
            .min(usize::try_from(segment.room).unwrap_or(usize::MAX));
        let count = segment.file.write(bytes.get(..fits).unwrap_or_default())?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        segment.room -= count as u64;
        if let Some(kept) = self.tail.back_mut() {
            kept.length += count as u64;
        }
        Ok(count)
    }

    /// The head first; later a new segment of the end, after room was made for it.
    fn next_segment(&mut self) -> io::Result<Segment> {
        if !self.head_over {
            self.head_over = true;
            if self.caps.head_bytes > 0 {
                return Ok(Segment {
                    file: self.create(LOG)?,
                    room: self.caps.head_bytes,
                });
            }
        }
        let room = self.caps.tail_bytes / SEGMENTS;
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.forget_until(self.caps.tail_bytes - room);
        let start = self.totals.bytes;
        let file = self.create(&segment_name(start))?;
        self.tail.push_back(Kept { start, length: 0 });
        Ok(Segment { file, room })
    }

    fn forget_until(&mut self, at_most: u64) {
        while self.tail.iter().map(|kept| kept.length).sum::<u64>() > at_most
            || self.tail.len() as u64 >= SEGMENTS
        {
            let Some(oldest) = self.tail.pop_front() else {
                return;
            };
            fs::remove_file(self.dir.join(segment_name(oldest.start))).ok();
            self.totals.dropped += oldest.length;
        }
    }

    fn create(&self, name: &str) -> io::Result<File> {
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(self.dir.join(name))
    }
}

fn segment_name(start: u64) -> String {
    format!("{LOG_TAIL}{start:016}")
}
