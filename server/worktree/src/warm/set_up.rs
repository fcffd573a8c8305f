//! What setup put into a worktree beside the tracked files: noted right after it ran, so that it can
//! stay when the tree is used again, as long as nobody touched it since.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{AtFlags, statat};

use super::index_file::{IndexFile, Moment, Stamp};
use super::sweep::stamp_of;
use crate::bytes;

/// The first line; another one means another form.
const HEAD: &[u8] = b"offshoot set-up 1";
/// The clock of a file system goes on within 10 ms; one that does not says too little anyway.
const TICKS: u32 = 20;
const TICK: Duration = Duration::from_millis(1);

/// Files by path, and folders, relative to the worktree.
#[derive(Debug, Default)]
pub(crate) struct SetUp {
    files: HashMap<Vec<u8>, (u32, Stamp)>,
    /// With their permissions.
    folders: HashMap<Vec<u8>, u32>,
    /// When it was noted: what changed in that tick of the clock or later is not trusted.
    noted: Moment,
}

impl SetUp {
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether setup put a file at this path.
    pub(crate) fn has_file(&self, path: &[u8]) -> bool {
        self.files.contains_key(path)
    }

    /// Whether the file at this path is still the one that setup put there.
    pub(crate) fn is_same(&self, path: &[u8], mode: u32, stamp: &Stamp) -> bool {
        let noted = self.files.get(path);
        noted.is_some_and(|(m, s)| *m == mode && s == stamp && s.changed < self.noted)
    }

    /// Permissions of a folder that setup made.
    pub(crate) fn folder(&self, path: &[u8]) -> Option<u32> {
        self.folders.get(path).copied()
    }

    /// Everything in the worktree that its index does not have.
    pub(crate) fn of(root: &Path, index: &IndexFile) -> io::Result<Self> {
        let tracked: HashSet<&[u8]> = index.entries.iter().map(|e| index.name(e)).collect();
        let mut above = HashSet::new();
        for path in &tracked {
            let ends = path.iter().enumerate().filter(|(_, b)| **b == b'/');
            above.extend(ends.map(|(end, _)| &path[..end]));
        }
        let mut found = Self::default();
        let walk = walkdir::WalkDir::new(root).min_depth(1).into_iter();
        let walk = walk.filter_entry(|entry| entry.depth() > 1 || entry.file_name() != ".git");
        for entry in walk {
            let entry = entry?;
            let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
            let path = bytes::of(path);
            if tracked.contains(path) {
                continue;
            }
            let stat = statat(rustix::fs::CWD, entry.path(), AtFlags::SYMLINK_NOFOLLOW)?;
            if entry.file_type().is_dir() {
                if !above.contains(path) {
                    found.folders.insert(path.to_vec(), stat.st_mode & 0o7777);
                }
                continue;
            }
            found
                .files
                .insert(path.to_vec(), (stat.st_mode, stamp_of(&stat)));
        }
        Ok(found)
    }

    /// Writes it, once the clock has gone on since the last file of it changed. Fields end in a NUL,
    /// because names may hold line ends.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let last = self.files.values().map(|(_, stamp)| stamp.changed).max();
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        for _ in 0..TICKS {
            if last.is_none_or(|last| moment(&file.as_file().metadata().ok()) > last) {
                break;
            }
            std::thread::sleep(TICK);
            file = tempfile::NamedTempFile::new_in(folder)?;
        }
        let mut out = io::BufWriter::new(file.as_file_mut());
        out.write_all(HEAD)?;
        for (folder, mode) in &self.folders {
            write!(out, "\0d {mode}\0")?;
            out.write_all(folder)?;
        }
        for (path, (mode, stamp)) in &self.files {
            let Stamp {
                changed: (c, cn),
                modified: (m, mn),
                device,
                inode,
                owner,
                group,
                size,
            } = stamp;
            write!(
                out,
                "\0f {mode} {c} {cn} {m} {mn} {device} {inode} {owner} {group} {size}\0"
            )?;
            out.write_all(path)?;
        }
        out.write_all(b"\0")?;
        out.flush()?;
        drop(out);
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Reads one; none where there is none, or one that is not understood.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let text = fs::read(path).ok()?;
        let text = text.strip_suffix(b"\0")?;
        let mut fields = text.split(|b| *b == 0);
        if fields.next()? != HEAD {
            return None;
        }
        let mut found = Self {
            noted: moment(&fs::metadata(path).ok()),
            ..Self::default()
        };
        while let Some(kind) = fields.next() {
            let path = fields.next()?.to_vec();
            let kind = std::str::from_utf8(kind).ok()?;
            if let Some(mode) = kind.strip_prefix("d ") {
                found.folders.insert(path, mode.parse().ok()?);
            } else {
                found.files.insert(path, stamped(kind)?);
            }
        }
        Some(found)
    }
}

/// When a file was last written; the beginning of time where that is not known.
pub(crate) fn moment(meta: &Option<fs::Metadata>) -> Moment {
    let Some(meta) = meta else { return (0, 0) };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "cut to 32 bits as git does"
    )]
    let moment = (meta.mtime() as u32, meta.mtime_nsec() as u32);
    moment
}

fn stamped(field: &str) -> Option<(u32, Stamp)> {
    let numbers: Vec<u32> = field
        .strip_prefix("f ")?
        .split(' ')
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    let [mode, c, cn, m, mn, device, inode, owner, group, size] = numbers[..] else {
        return None;
    };
    let stamp = Stamp {
        changed: (c, cn),
        modified: (m, mn),
        device,
        inode,
        owner,
        group,
        size,
    };
    Some((mode, stamp))
}
