//! What a task keeps from one time to the next, in the state of the user: a file for each repository. It saves time
//! and nothing else: whatever goes wrong with it, the task reads everything anew.

use crate::context::Context;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tasks::docs::{Cache, LARGEST_CACHE};
use tempfile::NamedTempFile;

/// How much is kept. What was not used for the longest time goes first.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Repositories.
    many: usize,
    /// Bytes of all of them.
    bytes: u64,
    /// Since the last use.
    age: SignedDuration,
}

const BOUNDS: Bounds = Bounds {
    many: 16,
    bytes: 512 << 20,
    age: SignedDuration::from_hours(30 * 24),
};

/// The file of a repository.
#[derive(Debug)]
pub(super) struct Kept {
    folder: PathBuf,
    name: String,
}

impl Kept {
    /// What a task keeps of the repository in this place.
    pub(super) fn of(context: &Context, place: &Path, task: &str) -> Self {
        let hash = Sha256::digest(place.as_os_str().as_bytes());
        Self {
            folder: context.home.root().join("kept").join(task),
            name: data_encoding::HEXLOWER.encode(&hash[..16]),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)?;
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(bytes)?;
        file.persist(self.path())?;
        forget(&self.folder, Timestamp::now(), BOUNDS)
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let path = self.path();
        if path.metadata()?.len() > LARGEST_CACHE as u64 {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let bytes = fs::read(&path)?;
        // When it was used last: it stays longer than what nobody uses.
        let _ = File::options()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_modified(Timestamp::now().into()));
        Ok(bytes)
    }
}

/// Removes what was not used for the longest time.
fn forget(folder: &Path, now: Timestamp, bounds: Bounds) -> io::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf, u64)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        files.push((meta.modified()?, entry.path(), meta.len()));
    }
    files.sort();
    let oldest = now.saturating_sub(bounds.age).map(SystemTime::from).ok();
    let mut bytes = 0_u64;
    for (many, (used, path, size)) in files.into_iter().rev().enumerate() {
        bytes = bytes.saturating_add(size);
        let old = oldest.is_some_and(|oldest| used < oldest);
        if many >= bounds.many || bytes > bounds.bytes || old {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

impl Cache for Kept {
    fn load(&self) -> Option<Vec<u8>> {
        self.read().ok()
    }

    fn store(&self, bytes: &[u8]) {
        // Without it the next time takes longer.
        _ = self.write(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    fn kept(folder: &Path, name: &str) -> Kept {
        Kept {
            folder: folder.to_owned(),
            name: name.to_owned(),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Files of 10 bytes, the one with the number `n` used `n` days ago.
    fn files(many: i32) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..many {
            kept(folder.path(), &number.to_string()).store(b"0123456789");
            let file = File::options()
                .write(true)
                .open(folder.path().join(number.to_string()));
            let used = Timestamp::now() - DAY * number;
            file.unwrap().set_modified(used.into()).unwrap();
        }
        folder
    }

    #[test]
    fn many_large_and_old_ones_go() {
        let check = |bounds: Bounds, expected: &[&str]| {
            let folder = files(4);
            forget(folder.path(), Timestamp::now(), bounds).unwrap();
            assert_eq!(names(folder.path()), expected, "{bounds:?}");
        };
        let all = Bounds {
            many: 9,
            bytes: 99,
            age: DAY * 9,
        };
        check(all, &["0", "1", "2", "3"]);
        check(Bounds { many: 2, ..all }, &["0", "1"]);
        check(Bounds { bytes: 35, ..all }, &["0", "1", "2"]);
        let age = DAY + DAY / 2;
        check(Bounds { age, ..all }, &["0", "1"]);
    }

    #[test]
    fn what_is_used_stays() {
        let folder = files(3);
        assert_eq!(kept(folder.path(), "2").load().unwrap(), b"0123456789");
        forget(
            folder.path(),
            Timestamp::now(),
            Bounds { many: 2, ..BOUNDS },
        )
        .unwrap();
        assert_eq!(names(folder.path()), ["0", "2"]);
        assert_eq!(kept(folder.path(), "1").load(), None);
    }
}
