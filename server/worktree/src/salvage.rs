//! Saving work before a worktree or branch goes: refs below `refs/offshoot/salvage/`.

use std::path::{Path, PathBuf};

use crate::add::{AddWorktree, FIRST_INDEX, Worktree, admin_dir, branch_of, read_note};
use crate::error::{Error, Result};
use crate::index::Snapshot;
use crate::oid::Oid;
use crate::refs::{SALVAGE, alternatives, safe};
use crate::repo::Repo;

/// Saved work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalvageRef {
    /// The full name of the ref.
    pub name: String,
    /// The commit: its tree is what lay in the worktree, its parent is what was checked out.
    pub commit: Oid,
}

impl Repo {
    /// Saves what a worktree holds and no ref does: uncommitted and untracked files (not ignored
    /// ones), and commits on a HEAD that no branch contains. `None` when there is nothing to save.
    ///
    /// # Errors
    /// [`Error::BadName`] for a name that cannot be part of a ref; `/` may separate parts.
    pub fn salvage(&self, path: &Path, name: &str) -> Result<Option<SalvageRef>> {
        name.split('/').try_for_each(|part| safe(part).map(drop))?;
        if !path.is_dir() {
            return Ok(None);
        }
        let git_dir = admin_dir(path).ok();
        let head = match &git_dir {
            Some(git_dir) => self.head_of(git_dir, path)?,
            None => None,
        };
        let tree = self.tree_on_disk(path, git_dir.as_deref(), head.as_ref(), name)?;
        let same = match &head {
            Some(head) => self.tree_of(head)? == tree,
            None => self.is_empty_tree(&tree)?,
        };
        let commit = match head {
            Some(head) if same && !self.is_kept_by_other(&head, &[])? => head,
            _ if same => return Ok(None),
            head => {
                let branch = git_dir.as_deref().and_then(branch_of).unwrap_or_default();
                let message = format!(
                    "Salvage {name}\n\nOffshoot-Worktree: {}\nOffshoot-Branch: {branch}\n",
                    path.display()
                );
                let parents: Vec<&Oid> = head.iter().collect();
                self.commit_tree(&tree, &parents, &message, &self.identity()?)?
            }
        };
        self.keep_salvage(name, &commit).map(Some)
    }

    /// Puts a salvage ref at a commit, under a name with `-2`, `-3`… where one is there already.
    pub(crate) fn keep_salvage(&self, name: &str, commit: &Oid) -> Result<SalvageRef> {
        for name in alternatives(&format!("{SALVAGE}{name}")) {
            match self.move_ref(&name, commit, None) {
                Ok(()) => {
                    return Ok(SalvageRef {
                        name,
                        commit: commit.clone(),
                    });
                }
                Err(Error::RefMoved { .. })
                    if self.resolve_ref(&name)?.as_ref() == Some(commit) =>
                {
                    return Ok(SalvageRef {
                        name,
                        commit: commit.clone(),
                    });
                }
                Err(Error::RefMoved { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::BadName {
            name: name.to_owned(),
        })
    }

    /// Deletes a branch that nothing has checked out, after saving what only it holds.
    ///
    /// # Errors
    /// [`Error::CheckedOut`], with nothing deleted.
    pub fn remove_branch(&self, branch: &str, salvage_name: &str) -> Result<Option<SalvageRef>> {
        let name = format!("refs/heads/{branch}");
        let Some(tip) = self.resolve_ref(&name)? else {
            return Ok(None);
        };
        self.refuse_checked_out(&[&name])?;
        let kept = self.is_kept_by_a_branch(&tip, &[&name])?;
        let saved = if kept {
            None
        } else {
            Some(self.keep_salvage(salvage_name, &tip)?)
        };
        self.delete_ref(&name, &tip)?;
        Ok(saved)
    }

    /// All saved work, by name.
    pub fn list_salvage(&self) -> Result<Vec<SalvageRef>> {
        let refs = self.refs_below(SALVAGE)?;
        Ok(refs
            .into_iter()
            .map(|(name, commit)| SalvageRef { name, commit })
            .collect())
    }

    /// Forgets saved work that is no longer wanted.
    pub fn drop_salvage(&self, salvage: &SalvageRef) -> Result<()> {
        self.delete_ref(&salvage.name, &salvage.commit)
    }

    /// Brings saved work back as a worktree at `path`, on a new branch `<result prefix>/restored-…`.
    /// The salvage ref stays.
    ///
    /// # Errors
    /// [`Error::NothingSaved`].
    pub fn restore(&self, salvage: &str, path: &Path) -> Result<Worktree> {
        let full = if salvage.starts_with("refs/") {
            salvage.to_owned()
        } else {
            format!("{SALVAGE}{salvage}")
        };
        let commit = self
            .resolve_ref(&full)?
            .ok_or_else(|| Error::NothingSaved { name: full.clone() })?;
        let name = full.trim_start_matches(SALVAGE).replace('/', "-");
        let branch = format!("{}/restored-{name}", self.prefixes()?.result);
        let made = self.add_worktree(&AddWorktree {
            path: path.to_owned(),
            branch,
            base: commit,
        })?;
        self.fill_submodules(&made)?;
        // It is the user's from here on: to keep, to move, or to remove.
        self.git("worktree").arg("unlock").arg(&made.path).run()?;
        Ok(made)
    }

    fn tree_on_disk(
        &self,
        path: &Path,
        git_dir: Option<&Path>,
        head: Option<&Oid>,
        name: &str,
    ) -> Result<Oid> {
        let common = self.common_dir();
        let submodules = self.submodules_below(path);
        let snapshot = Snapshot {
            repo: self,
            git_dir: git_dir.unwrap_or(common),
            work_tree: path,
            exclude: &[],
        };
        let first = git_dir.map(|dir| dir.join(FIRST_INDEX));
        let base = git_dir.and_then(read_note).map(|(base, _)| base);
        let index = snapshot.start(first.as_deref(), base.as_ref())?;
        if let Some(head) = head {
            snapshot.read_over(&index, head)?;
        }
        let mut nested: Vec<PathBuf> = snapshot.add_all(&index)?;
        for link in snapshot.gitlinks(&index)? {
            let folder = path.join(&link);
            let ours = submodules.iter().find(|one| one.path == folder);
            let kept = match ours {
                // What is below it has to be safe as well.
                Some(_) => submodules
                    .iter()
                    .filter(|one| one.path.starts_with(&folder))
                    .try_fold(true, |safe, one| Ok(safe && self.is_safe(one, name)?))?,
                None => !folder.join(".git").exists(),
            };
            if !kept {
                nested.push(link);
            }
        }
        for folder in nested {
            self.take_nested(&snapshot, &index, path, &folder)?;
        }
        snapshot.write_tree(&index)
    }

    /// The files of a repository inside the worktree: they would be lost with it. Its history is not kept.
    fn take_nested(
        &self,
        outer: &Snapshot<'_>,
        index: &crate::index::TempIndex,
        root: &Path,
        folder: &Path,
    ) -> Result<()> {
        let inner_root = root.join(folder);
        let inner = Snapshot {
            work_tree: &inner_root,
            ..*outer
        };
        let inner_index = inner.start(None, None)?;
        inner.add_all(&inner_index)?;
        let tree = inner.write_tree(&inner_index)?;
        outer.drop_entries(index, &[folder.to_owned()])?;
        let mut prefix = std::ffi::OsString::from("--prefix=");
        prefix.push(folder);
        prefix.push("/");
        outer
            .git(index, "read-tree")
            .arg(prefix)
            .arg(tree.as_str())
            .run()
            .map(drop)
    }

    pub(crate) fn head_of(&self, git_dir: &Path, path: &Path) -> Result<Option<Oid>> {
        let output = self
            .git_at(git_dir, path, "rev-parse")
            .args(["--verify", "--quiet", "HEAD^{commit}"])
            .output()?;
        match output.code {
            Some(0) => {
                Oid::parse(&crate::bytes::lossy(crate::bytes::line(&output.stdout))).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn is_empty_tree(&self, tree: &Oid) -> Result<bool> {
        Ok(self.git("ls-tree").arg(tree.as_str()).run()?.is_empty())
    }
}
