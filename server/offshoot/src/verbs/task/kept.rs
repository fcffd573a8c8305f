//! What a task keeps from one time to the next, in the state of the user: a file for each repository. It saves time
//! and nothing else: whatever goes wrong with it, the task reads everything anew.

use crate::context::Context;
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tasks::docs::{Cache, LARGEST_CACHE};
use tempfile::NamedTempFile;

/// Repositories that are kept; of more those that were not used for the longest time go.
const MOST: usize = 16;

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

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)?;
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(bytes)?;
        file.persist(self.folder.join(&self.name))?;
        self.forget()
    }

    /// Removes what was not used for the longest time.
    fn forget(&self) -> io::Result<()> {
        let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            files.push((entry.metadata()?.modified()?, entry.path()));
        }
        files.sort();
        let many = files.len().saturating_sub(MOST);
        files
            .iter()
            .take(many)
            .try_for_each(|(_, path)| fs::remove_file(path))
    }
}

impl Cache for Kept {
    fn load(&self) -> Option<Vec<u8>> {
        let path = self.folder.join(&self.name);
        let size = path.metadata().ok()?.len();
        (size <= LARGEST_CACHE as u64).then(|| fs::read(path).ok())?
    }

    fn store(&self, bytes: &[u8]) {
        // Without it the next time takes longer.
        _ = self.write(bytes);
    }
}
