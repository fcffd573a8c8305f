//! Taking a worktree back to its commit: for leftovers that are nobody's work.

use std::path::Path;

use crate::add::admin_dir;
use crate::error::Result;
use crate::repo::Repo;

impl Repo {
    /// Drops uncommitted changes and untracked files of a worktree of ours, but for ignored files and
    /// nested repositories. For what a `check` left behind after everything was harvested.
    ///
    /// # Errors
    /// [`crate::Error::NotOurWorktree`]; those of git.
    pub fn drop_leftovers(&self, path: &Path) -> Result<()> {
        let path = self.worktree_at(path)?.path;
        let git_dir = admin_dir(&path).map_err(|reason| crate::add::not_ours(&path, reason))?;
        self.git_at(&git_dir, &path, "reset")
            .args(["--hard", "--quiet"])
            .run()?;
        self.git_at(&git_dir, &path, "clean").args(["-fdq"]).run()?;
        Ok(())
    }
}
