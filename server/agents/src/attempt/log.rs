//! Reads the log of an attempt, running or ended, by offset. The format is `supervise::log`'s:
//! offsets count all output, the head is `log`, the rest lies in `log.tail-<offset>`.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::folder::{LOG, LOG_TAIL};
use crate::supervise::printable;

/// How much of the end `last_line` looks at, in bytes.
const END: u64 = 4 << 10;

/// A piece of a log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogChunk {
    /// Where `bytes` starts: as asked for, or later where that is not kept.
    pub offset: u64,
    /// The output as it came: any bytes, in no encoding.
    pub bytes: Vec<u8>,
    /// Where to read on.
    pub next: u64,
    /// What lies between the offset asked for and `offset`, and is not kept.
    pub dropped: u64,
    /// One past the last byte kept so far: with `next == end` nothing more is there yet.
    pub end: u64,
}

/// A file of the log and what it covers.
struct Segment {
    path: PathBuf,
    start: u64,
    length: u64,
}

impl Segment {
    fn end(&self) -> u64 {
        self.start + self.length
    }
}

/// Reads at most `max` bytes from `offset` on. Empty where there is no log (yet).
pub fn read_log(dir: &Path, offset: u64, max: usize) -> io::Result<LogChunk> {
    let segments = segments(dir)?;
    let end = segments.last().map_or(0, Segment::end);
    let mut chunk = LogChunk {
        offset,
        next: offset,
        end,
        ..LogChunk::default()
    };
    for segment in segments.iter().filter(|segment| segment.end() > offset) {
        if chunk.bytes.is_empty() {
            chunk.offset = offset.max(segment.start);
            chunk.next = chunk.offset;
        }
        // A hole ends the chunk; the next read reports it.
        if segment.start > chunk.next || chunk.bytes.len() >= max {
            break;
        }
        let wanted = (segment.end() - chunk.next).min((max - chunk.bytes.len()) as u64);
        let read = read_at(segment, chunk.next - segment.start, wanted)?;
        chunk.next += read.len() as u64;
        chunk.bytes.extend(read);
    }
    chunk.dropped = chunk.offset - offset;
    Ok(chunk)
}

/// The last line that shows anything, made printable.
pub fn last_line(dir: &Path) -> io::Result<Option<String>> {
    let end = read_log(dir, u64::MAX, 0)?.end;
    let chunk = read_log(
        dir,
        end.saturating_sub(END),
        usize::try_from(END).unwrap_or(usize::MAX),
    )?;
    Ok(chunk
        .bytes
        .rsplit(|byte| *byte == b'\n')
        .map(printable)
        .find(|line| !line.is_empty()))
}

/// A segment that goes away meanwhile gives nothing: the next read finds what is there instead.
fn read_at(segment: &Segment, from: u64, count: u64) -> io::Result<Vec<u8>> {
    let file = match File::open(&segment.path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut bytes = vec![0; usize::try_from(count).unwrap_or(usize::MAX)];
    let read = file.read_at(&mut bytes, from)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// All segments that hold anything, in order.
fn segments(dir: &Path) -> io::Result<Vec<Segment>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(start) = name.to_str().and_then(start_of) else {
            continue;
        };
        // Gone between the two calls: an old segment, see `read_at`.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        all.push(Segment {
            path: entry.path(),
            start,
            length: metadata.len(),
        });
    }
    all.retain(|segment| segment.length > 0);
    all.sort_by_key(|segment| segment.start);
    Ok(all)
}

fn start_of(name: &str) -> Option<u64> {
    if name == LOG {
        Some(0)
    } else {
        name.strip_prefix(LOG_TAIL)?.parse().ok()
    }
}
