//! A tree that was put away is made what it was, while nobody waits for it.

use std::path::Path;
use std::time::Duration;

use super::index_file::{IndexFile, Moment};
use super::occupants;
use super::recycle::{Wanted, WarmTree, sweep};
use super::set_up::{SetUp, moment};
use crate::add::write_new;
use crate::error::{Error, Result};
use crate::repo::Repo;

/// The clock of a file system goes on every few milliseconds; one that has not after so many is none to rely on.
const TICKS: u32 = 50;

impl WarmTree {
    /// Makes it what it was at its checkout: what is not wanted goes; what was changed is written again, where a
    /// repository is given, whose settings are to be those of then. Its next worktree is swept all the same.
    ///
    /// # Errors
    /// What speaks against the tree, in words.
    pub fn tidy(&self, id_length: usize, repo: Option<&Repo>) -> std::result::Result<(), String> {
        if let Some(who) = occupants::occupant(&self.tree) {
            return Err(who);
        }
        let index = IndexFile::read(&self.index, id_length).map_err(|e| e.to_string())?;
        let mut as_it_was = Wanted {
            index: index?,
            set_up: self.set_up.as_deref().and_then(SetUp::read),
        };
        let (swept, _) = sweep(self, &as_it_was).map_err(|e| e.to_string())?;
        match repo.filter(|_| swept.intact.contains(&false)) {
            Some(repo) => repo
                .write_back(self, &mut as_it_was.index, &swept.intact)
                .map_err(|e| e.to_string()),
            None => Ok(()),
        }
    }
}

impl Repo {
    fn write_back(&self, warm: &WarmTree, index: &mut IndexFile, intact: &[bool]) -> Result<()> {
        self.write_missing(self.git_dir(), &warm.tree, index, intact)?;
        // A file of the tick of the clock in which the index is noted would not be trusted.
        let newest = index.entries.iter().map(|entry| entry.stamp.changed).max();
        let folder = warm.index.parent().unwrap_or(Path::new("/"));
        for _ in 0..TICKS {
            let now = now_in(folder).map_err(|e| Error::io("write into", folder, e))?;
            if newest.is_none_or(|newest| newest < now) {
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        write_new(&warm.index, &index.sealed())
    }
}

/// What time it is for new files there.
fn now_in(folder: &Path) -> std::io::Result<Moment> {
    let probe = tempfile::tempfile_in(folder)?;
    Ok(moment(&Some(probe.metadata()?)))
}
