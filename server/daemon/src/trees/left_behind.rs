//! Worktrees whose repository is not there any more. Nothing of them can be saved, so they go only when a
//! person says so: a disk that is not mounted looks the same.

use super::{Record, Trees};
use std::collections::BTreeMap;
use std::path::Path;

impl Trees {
    /// Records of worktrees that are there while their repository is not.
    pub(crate) fn left_behind(&self) -> Vec<Record> {
        let mut active = self.active();
        active.retain(|record| is_gone(&record.repo) && record.worktree.exists());
        active
    }

    /// Removes a worktree without saving anything. One that somebody has open stays; the error says who.
    pub(crate) fn throw_out(&self, worktree: &Path) -> Result<(), String> {
        if let Some(who) = worktree::seen_in(worktree) {
            return Err(who);
        }
        let folder = worktree::set_aside(worktree).map_err(|error| error.to_string())?;
        self.delete(folder);
        self.forget(worktree);
        self.forget_size(worktree);
        Ok(())
    }

    /// What people should know about them.
    pub(super) fn told_of_left_behind(&self) -> Vec<String> {
        let mut of: BTreeMap<_, (usize, u64)> = BTreeMap::new();
        for record in self.left_behind() {
            let bytes = self.rough_size(&record.worktree).unwrap_or(0);
            let (count, all) = of.entry(record.repo).or_default();
            (*count, *all) = (*count + 1, *all + bytes);
        }
        let told = of.into_iter().map(|(repo, (count, bytes))| {
            let worktrees = if count == 1 { "a worktree is" } else { "worktrees are" };
            format!(
                "{worktrees} left of {} ({} MB), which is not there: `offshoot worktree prune --gone` removes what such repositories left",
                repo.display(),
                bytes >> 20
            )
        });
        told.collect()
    }
}

/// Whether nothing is there; not where it cannot be told.
pub(super) fn is_gone(repo: &Path) -> bool {
    matches!(repo.try_exists(), Ok(false))
}
