//! What an agent at work has changed so far: a look that writes nothing, and is not the truth. It reads
//! the agent's own index, which is the agent's to break; what a step leaves is found out by `harvest`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::add::admin_dir;
use crate::bytes;
use crate::error::Result;
use crate::oid::Oid;
use crate::repo::Repo;

/// One that takes longer is not worth it.
const PATIENCE: Duration = Duration::from_secs(10);

impl Repo {
    /// Files in a worktree of ours that differ from its base or are new, commits included: the first `most`
    /// in order of their names.
    ///
    /// # Errors
    /// [`crate::Error::NotOurWorktree`]; those of git.
    pub fn written_so_far(&self, path: &Path, base: &Oid, most: usize) -> Result<Vec<PathBuf>> {
        let git_dir = admin_dir(path).map_err(|reason| crate::add::not_ours(path, reason))?;
        let at = |command| self.git_at(&git_dir, path, command).deadline(PATIENCE);
        let changed = at("diff").args([
            "--name-only",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            "--ignore-submodules=dirty",
            base.as_str(),
        ]);
        let new = at("ls-files").args(["-z", "--others", "--exclude-standard"]);
        let mut found: Vec<PathBuf> = Vec::new();
        for call in [changed, new] {
            found.extend(bytes::fields(&call.run()?).map(bytes::path));
        }
        found.sort();
        found.dedup();
        found.truncate(most);
        Ok(found)
    }
}
