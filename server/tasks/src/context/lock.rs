//! Locks of the knowledge base: `flock` on files below `.locks`, as others take them. A file stays when its lock
//! goes: who removed it would leave two holders, one on each of two files of one name. Others do remove it, so whoever
//! got a lock looks whether its file is still the one of that name.

use crate::ground::{Ground, Halt, go_on};
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);
/// Tries: half a minute, as the others wait.
const TRIES: u32 = 1500;

/// A lock that is held; it goes with this value.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "the lock ends with the file")] File);

/// Waits for a lock, but not beyond the end of the task.
pub(super) fn wait(ground: &dyn Ground, path: &Path) -> Result<Lock, Halt> {
    for _ in 0..TRIES {
        go_on(ground)?;
        if let Some(lock) = take(path).map_err(|error| failed(&error))? {
            return Ok(lock);
        }
        std::thread::sleep(PAUSE);
    }
    let message =
        "the knowledge base is locked by another program for half a minute: is one of them stuck?";
    Err(Halt::Failed(message.to_owned()))
}

fn failed(error: &io::Error) -> Halt {
    Halt::Failed(format!("the knowledge base cannot be locked: {error}"))
}

/// The lock, where nobody has it now.
pub(super) fn take(path: &Path) -> io::Result<Option<Lock>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if path.is_symlink() {
        return Err(io::Error::other("its lock file is a link"));
    }
    let open = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    match open.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let held = open.metadata()?;
    let named = fs::symlink_metadata(path).ok();
    let same = named.is_some_and(|named| (named.dev(), named.ino()) == (held.dev(), held.ino()));
    Ok(same.then_some(Lock(open)))
}

#[cfg(test)]
mod tests {
    use super::take;

    #[test]
    fn one_holder_at_a_time_and_a_removed_file_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".locks/a.lock");
        let first = take(&path).unwrap().expect("free");
        assert!(take(&path).unwrap().is_none());
        // Another program removes the file while it holds the lock on it: the next file is another lock.
        std::fs::remove_file(&path).unwrap();
        let second = take(&path).unwrap().expect("free again");
        drop(first);
        assert!(take(&path).unwrap().is_none());
        drop(second);
        assert!(path.exists());
        assert!(take(&path).unwrap().is_some());
    }
}
