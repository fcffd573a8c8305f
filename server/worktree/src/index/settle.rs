//! Making git trust the stamps of a kept index.
//!
//! git, as distributions build it, compares times by the second: a file written in the second in which its
//! index was written may have changed unseen, so it is read again, its folder's tree made again. After a
//! checkout that took less than a second that is every file. An index holds nanoseconds too, and with those
//! it can be told here whether anything changed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::TempIndex;
use crate::bytes;

/// A moment as stored in an index, and as the file system tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stamp {
    seconds: i64,
    nanoseconds: i64,
}

impl TempIndex {
    /// Moves the index's time behind those of its entries where no file changed in a way that only
    /// nanoseconds show. Where one did, or where this cannot be told, it stays as it is: git reads on.
    /// `ready` is when the checkout was over and nobody else had been at work in it yet.
    pub(crate) fn settle(&self, work_tree: &Path, ready: SystemTime) {
        if settled(&self.path, work_tree, ready).is_none() {
            tracing::debug!("git reads again what was written in the second of the checkout");
        }
    }
}

fn settled(index: &Path, work_tree: &Path, ready: SystemTime) -> Option<()> {
    let ready = ready.duration_since(UNIX_EPOCH).ok()?;
    let ready = Stamp {
        seconds: i64::try_from(ready.as_secs()).ok()?,
        nanoseconds: i64::from(ready.subsec_nanos()),
    };
    let file = fs::File::options().write(true).open(index).ok()?;
    let written = mtime(&file.metadata().ok()?).seconds;
    let entries = git2::Index::open(index).ok()?;
    let mut same_second = entries
        .iter()
        .filter(|entry| i64::from(entry.mtime.seconds()) >= written);
    if same_second.any(|entry| may_hide_a_change(&entry, work_tree, ready)) {
        return None;
    }
    let next = Duration::from_secs(u64::try_from(written).ok()?.checked_add(1)?);
    file.set_modified(UNIX_EPOCH + next).ok()
}

/// Whether a file can differ from its entry while git, comparing seconds, takes them for the same.
fn may_hide_a_change(entry: &git2::IndexEntry, work_tree: &Path, ready: Stamp) -> bool {
    let (recorded, recorded_change) = (stamp(entry.mtime), stamp(entry.ctime));
    if recorded.max(recorded_change) >= ready {
        // In one tick of the file system's clock with what came after.
        return true;
    }
    let path = work_tree.join(bytes::path(&entry.path));
    let Ok(now) = fs::symlink_metadata(&path) else {
        // git sees that it is gone.
        return false;
    };
    let (modified, changed) = (mtime(&now), ctime(&now));
    let same_for_git = modified.seconds == recorded.seconds
        && changed.seconds == recorded_change.seconds
        && now.size() as u32 == entry.file_size
        && now.ino() as u32 == entry.ino;
    same_for_git && (modified, changed) != (recorded, recorded_change)
}

fn stamp(time: git2::IndexTime) -> Stamp {
    Stamp {
        seconds: i64::from(time.seconds()),
        nanoseconds: i64::from(time.nanoseconds()),
    }
}

fn mtime(meta: &fs::Metadata) -> Stamp {
    Stamp {
        seconds: meta.mtime(),
        nanoseconds: meta.mtime_nsec(),
    }
}

fn ctime(meta: &fs::Metadata) -> Stamp {
    Stamp {
        seconds: meta.ctime(),
        nanoseconds: meta.ctime_nsec(),
    }
}
