//! What a step left in submodules: committed there, so that the commit which the superproject names
//! holds it, and kept from garbage collection in the submodule's repository.

use std::path::Path;

use super::{Submodule, repositories_below};
use crate::add::copy_with_time;
use crate::error::Result;
use crate::index::{Snapshot, TempIndex};
use crate::oid::Oid;
use crate::refs::{SUBMODULE, safe};
use crate::repo::{Identity, Repo};

/// A submodule as it lies there.
struct State {
    repo: Repo,
    head: Oid,
    index: TempIndex,
    tree: Oid,
}

impl State {
    fn clean(&self) -> Result<bool> {
        Ok(self.repo.tree_of(&self.head)? == self.tree)
    }
}

impl Repo {
    /// Commits what is uncommitted in the submodules of a worktree, and keeps their commits under the name.
    pub(crate) fn take_in_submodules(
        &self,
        folder: &Path,
        keep_as: &str,
        message: &str,
        who: &Identity,
        exclude: &[String],
    ) -> Result<()> {
        for one in self.submodules_below(folder) {
            // One that the agent removed, or made into something else, is the superproject's affair.
            let Some(state) = self.state_of(&one, exclude)? else {
                continue;
            };
            let commit = if state.clean()? {
                state.head.clone()
            } else {
                let head = &state.head;
                let commit = state.repo.commit_tree(&state.tree, &[head], message, who)?;
                let call = state.repo.git("update-ref");
                call.args(["--no-deref", "HEAD", commit.as_str()]).run()?;
                copy_with_time(state.index.path(), &one.git_dir.join("index"))?;
                commit
            };
            self.keep_commit(&one, &commit, keep_as)?;
        }
        Ok(())
    }

    /// Whether a submodule of a worktree has nothing that would go with it.
    pub(crate) fn is_safe(&self, one: &Submodule, keep_as: &str) -> Result<bool> {
        let Some(state) = self.state_of(one, &[])? else {
            return Ok(false);
        };
        self.keep_commit(one, &state.head, keep_as)?;
        state.clean()
    }

    fn state_of(&self, one: &Submodule, exclude: &[String]) -> Result<Option<State>> {
        if crate::add::admin_dir(&one.path).ok().as_ref() != Some(&one.git_dir) {
            return Ok(None);
        }
        let repo = Repo::open(&one.path, self.environment().clone())?;
        let head = repo.head()?.commit;
        let snapshot = Snapshot {
            repo: &repo,
            git_dir: &one.git_dir,
            work_tree: &one.path,
            exclude,
        };
        let index = snapshot.start(Some(&one.git_dir.join("index")), Some(&head))?;
        snapshot.add_all(&index)?;
        let tree = snapshot.write_tree(&index)?;
        Ok(Some(State {
            repo,
            head,
            index,
            tree,
        }))
    }

    /// Keeps a commit that no ref of the submodule's repository holds.
    fn keep_commit(&self, one: &Submodule, commit: &Oid, keep_as: &str) -> Result<()> {
        let call = self.in_module(&one.module, "for-each-ref");
        let held = call
            .args(["--count=1", "--contains", commit.as_str()])
            .run()?;
        if !held.is_empty() {
            return Ok(());
        }
        let call = self.in_module(&one.module, "update-ref");
        let name = format!("{SUBMODULE}{keep_as}");
        call.args([&name, commit.as_str()]).run().map(drop)
    }

    /// Forgets the commits of submodules that were kept for a run.
    pub(crate) fn forget_submodule_commits(&self, run: &str) -> Result<()> {
        let below = format!("{SUBMODULE}{}/", safe(run)?);
        for root in [self.git_dir(), self.common_dir()] {
            for module in repositories_below(&root.join("modules")) {
                self.drop_refs(&module, &below)?;
            }
        }
        Ok(())
    }

    fn drop_refs(&self, module: &Path, below: &str) -> Result<()> {
        let call = self.in_module(module, "for-each-ref");
        let names = call.args(["--format=delete %(refname)", below]).run()?;
        if names.is_empty() {
            return Ok(());
        }
        let call = self.in_module(module, "update-ref");
        call.arg("--stdin").input(names).run().map(drop)
    }
}
