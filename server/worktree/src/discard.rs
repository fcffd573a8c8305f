//! Doing away with a result.

use std::path::PathBuf;

use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::refs::{BASE, SALVAGE, safe};
use crate::repo::Repo;
use crate::salvage::SalvageRef;
use crate::unfinished::rebased_branch;

/// What discarding a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discarded {
    /// Short names of the branches that are gone.
    pub branches: Vec<String>,
    /// What no other ref held, and is held by these now.
    pub salvaged: Vec<SalvageRef>,
}

impl Repo {
    /// Deletes a run's branches and its base ref. What no other branch or tag contains is kept
    /// under `refs/offshoot/salvage/<run>/…`. `result` is the result branch where its name is not
    /// the usual one. The run's worktrees must be gone.
    ///
    /// # Errors
    /// [`Error::CheckedOut`], with nothing deleted.
    pub fn discard(&self, run: &str, result: Option<&str>) -> Result<Discarded> {
        let run = safe(run)?;
        let branches = self.branches_of(run, result)?;
        let names: Vec<&str> = branches.iter().map(|(name, _)| name.as_str()).collect();
        self.refuse_checked_out(&names)?;
        let mut done = Discarded::default();
        for (name, tip) in &branches {
            if !self.is_kept_by_a_branch(tip, &names)? {
                let short = name.rsplit('/').next().unwrap_or("branch");
                let part = if name.ends_with(&format!("/{run}")) {
                    "result"
                } else {
                    short
                };
                done.salvaged
                    .push(self.keep_salvage(&format!("{run}/{part}"), tip)?);
            }
        }
        for (name, tip) in &branches {
            self.delete_ref(name, tip)?;
            done.branches
                .push(name.trim_start_matches("refs/heads/").to_owned());
        }
        let base = format!("{BASE}{run}");
        if let Some(oid) = self.resolve_ref(&base)? {
            self.delete_ref(&base, &oid)?;
        }
        self.forget_merges(run)?;
        self.forget_submodule_commits(run)?;
        Ok(done)
    }

    /// Full names and tips of a run's branches; the result first, because it contains the steps.
    fn branches_of(&self, run: &str, result: Option<&str>) -> Result<Vec<(String, Oid)>> {
        let mut found = Vec::new();
        let usual = ["offshoot", "offshoot-run"].map(|prefix| format!("{prefix}/{run}"));
        for short in result.map(str::to_owned).into_iter().chain(usual) {
            let name = format!("refs/heads/{short}");
            if found.iter().all(|(other, _)| *other != name)
                && let Some(tip) = self.resolve_ref(&name)?
            {
                found.push((name, tip));
            }
        }
        for prefix in ["offshoot-step", "offshoot-run-step"] {
            found.extend(self.refs_below(&format!("refs/heads/{prefix}/{run}/"))?);
        }
        Ok(found)
    }

    /// Whether the commit survives the deletion of these branches: in another branch, a tag, or salvage.
    pub(crate) fn is_kept_by_a_branch(&self, commit: &Oid, going: &[&str]) -> Result<bool> {
        let args = [
            "--format=%(refname)",
            "--contains",
            commit.as_str(),
            "refs/heads",
            "refs/tags",
            SALVAGE,
        ];
        let output = self.git("for-each-ref").args(args).run()?;
        Ok(bytes::lossy(&output)
            .lines()
            .any(|name| !going.contains(&name)))
    }

    pub(crate) fn refuse_checked_out<S: AsRef<str>>(&self, names: &[S]) -> Result<()> {
        for (path, branch) in self.checked_out()? {
            if names.iter().any(|name| name.as_ref() == branch) {
                let branch = branch.trim_start_matches("refs/heads/").to_owned();
                return Err(Error::CheckedOut { branch, path });
            }
        }
        Ok(())
    }

    /// Every checkout and the full name of its branch, also of one that a rebase is at work on.
    fn checked_out(&self) -> Result<Vec<(PathBuf, String)>> {
        let output = self
            .git("worktree")
            .args(["list", "--porcelain", "-z"])
            .run()?;
        let (mut found, mut path) = (Vec::new(), PathBuf::new());
        for field in bytes::fields(&output) {
            if let Some(name) = field.strip_prefix(b"worktree ") {
                path = bytes::path(name);
                let git_dir = match self.admin_dir_for(&path) {
                    Some(git_dir) => git_dir,
                    None => self.common_dir().to_owned(),
                };
                found.extend(rebased_branch(&git_dir).map(|branch| (path.clone(), branch)));
            } else if let Some(branch) = field.strip_prefix(b"branch ") {
                found.push((path.clone(), bytes::lossy(branch)));
            }
        }
        Ok(found)
    }
}
