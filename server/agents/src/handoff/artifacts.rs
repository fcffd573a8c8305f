//! What an expected artifact looks like now, as one fingerprint of its content. Bounded: a folder
//! of millions of files costs no more than one of two thousand.

use super::place::{self, Root};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

/// Bytes of content that are read for one artifact; beyond that size and time have to do.
const MAX_BYTES: u64 = 32 << 20;
/// Files and folders that are looked at for one artifact.
const MAX_ENTRIES: usize = 2_000;
/// Levels of folders.
const MAX_DEPTH: usize = 16;
/// A file may change twice within one tick of the file system's clock without its times telling.
/// So a fingerprint is taken anew until it was confirmed this long after the first.
const CONFIRM_AFTER: Duration = Duration::from_secs(1);

/// What one look found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Print {
    /// None: nothing is there (an empty folder is nothing: git cannot hold it).
    pub(super) hash: Option<String>,
    /// Why the path cannot count, or does not count whole.
    pub(super) problem: Option<String>,
}

/// Fingerprints with what is known from the look before, so that an unchanged file is not read
/// again every five seconds.
#[derive(Debug, Default)]
pub(super) struct Fingerprints(HashMap<String, Known>);

#[derive(Debug)]
struct Known {
    outside: String,
    print: Print,
    first: Duration,
    confirmed: bool,
}

/// What the file system says without reading content.
struct Outside {
    /// Path in the artifact, metadata; in order.
    files: Vec<(std::path::PathBuf, fs::Metadata)>,
    cut: bool,
}

impl Fingerprints {
    /// The fingerprint at `at`, a moment on a clock of the caller's that only goes forward.
    pub(super) fn take(&mut self, root: &Root, path: &str, at: Duration) -> Print {
        let full = match root.resolve(path) {
            Ok(full) => full,
            Err(escape) => {
                let problem = format!("the expected artifact {path:?} {}", escape.as_str());
                return Print {
                    hash: None,
                    problem: Some(problem),
                };
            }
        };
        let Some(outside) = look(&full, path.ends_with('/')) else {
            self.0.remove(path);
            return Print::default();
        };
        let summary = outside.summary();
        let known = self.0.get(path).filter(|known| known.outside == summary);
        if let Some(known) = known.filter(|known| known.confirmed) {
            return known.print.clone();
        }
        let first = known.map_or(at, |known| known.first);
        let confirmed = at.saturating_sub(first) >= CONFIRM_AFTER;
        let print = outside.print(path, &full);
        let entry = Known {
            outside: summary,
            print: print.clone(),
            first,
            confirmed,
        };
        self.0.insert(path.to_owned(), entry);
        print
    }
}

fn look(full: &Path, only_folder: bool) -> Option<Outside> {
    let meta = fs::symlink_metadata(full).ok()?;
    if meta.is_file() && !only_folder {
        return Some(Outside {
            files: vec![(full.to_owned(), meta)],
            cut: false,
        });
    }
    if !meta.is_dir() {
        return None;
    }
    let walk = walkdir::WalkDir::new(full)
        .max_depth(MAX_DEPTH)
        .sort_by_file_name();
    let entries = walk
        .into_iter()
        .filter_entry(|entry| entry.file_name() != ".git");
    let mut outside = Outside {
        files: Vec::new(),
        cut: false,
    };
    for (count, entry) in entries.flatten().enumerate() {
        if count >= MAX_ENTRIES {
            outside.cut = true;
            break;
        }
        if let Some(meta) = entry.metadata().ok().filter(|meta| !meta.is_dir()) {
            outside.files.push((entry.into_path(), meta));
        }
    }
    (!outside.files.is_empty()).then_some(outside)
}

impl Outside {
    /// Changes whenever anything about the files does that the file system tells.
    fn summary(&self) -> String {
        let mut hash = Sha256::new();
        for (path, meta) in &self.files {
            hash.update(path.as_os_str().as_bytes());
            for number in [
                meta.mtime(),
                meta.mtime_nsec(),
                meta.ctime(),
                meta.ctime_nsec(),
            ] {
                hash.update(number.to_le_bytes());
            }
            hash.update(meta.ino().to_le_bytes());
            hash.update(meta.len().to_le_bytes());
        }
        format!("{:x}", hash.finalize())
    }

    fn print(&self, name: &str, full: &Path) -> Print {
        let mut hash = Sha256::new();
        let mut left = MAX_BYTES;
        for (path, meta) in &self.files {
            let inner = path.strip_prefix(full).unwrap_or(path);
            hash.update(inner.as_os_str().as_bytes());
            hash.update([0]);
            if content(path, meta, &mut left, &mut hash).is_err() {
                // It went away or cannot be read: its outside has to do.
                hash.update(place::mtime_ns(meta).to_le_bytes());
            }
            hash.update(meta.len().to_le_bytes());
        }
        let problem = self.cut.then(|| {
            format!("the expected artifact {name:?} has more than {MAX_ENTRIES} files; only the first are compared")
        });
        Print {
            hash: Some(format!("{:x}", hash.finalize())),
            problem,
        }
    }
}

fn content(path: &Path, meta: &fs::Metadata, left: &mut u64, hash: &mut Sha256) -> io::Result<()> {
    if meta.is_symlink() {
        hash.update(fs::read_link(path)?.as_os_str().as_bytes());
        return Ok(());
    }
    if meta.len() > *left {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let (file, _) = place::open_plain(path)?;
    let read = io::copy(&mut file.take(*left), hash)?;
    *left = left.saturating_sub(read);
    Ok(())
}

#[cfg(test)]
mod tests;
