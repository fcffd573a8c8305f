//! The three-way merge of the working tree, the run's base and its result, among trees.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bytes;
use crate::error::{Error, Result};
use crate::index::TempIndex;
use crate::oid::Oid;
use crate::raw_diff::{Change, GITLINK, Renames};
use crate::repo::{Identity, Repo};

/// A file that stands against applying a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Relative to the root.
    pub path: PathBuf,
    /// Why.
    pub reason: ClashReason,
}

/// Why a file stands against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClashReason {
    /// The user's version (committed or not) and the result changed the same part of it.
    BothChanged,
    /// A folder with files that git does not track lies where the result has a file.
    FolderInTheWay,
    /// It is a submodule: its checkout is the user's to move.
    Submodule,
    /// A file that git does not track lies where the result has a new one.
    Untracked,
}

/// A clean merge, ready to be written.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What is to be written and deleted.
    pub(super) changes: Vec<Change>,
    /// The merged tree.
    pub(super) merged: Oid,
    /// An index of the working tree as it was merged, with the time stamps of its files.
    pub(super) index: TempIndex,
}

impl Repo {
    /// The inner error is the list of clashes.
    pub(crate) fn plan(
        &self,
        base: &Oid,
        result: &Oid,
    ) -> Result<std::result::Result<Plan, Vec<Clash>>> {
        let wanted = self.changes(base, result, Renames::Split)?;
        let in_the_way = self.folders_in_the_way(&wanted)?;
        if !in_the_way.is_empty() {
            return Ok(Err(in_the_way));
        }
        let index = self.index_of_working_tree(&wanted)?;
        let current = self.git("write-tree").index(index.path()).oid()?;
        let merged = self.merge_against(base, &current, result)?;
        if !merged.conflicts.is_empty() {
            return Ok(Err(clashes(merged.conflicts, ClashReason::BothChanged)));
        }
        let changes = self.changes(&current, &merged.tree, Renames::Split)?;
        let modules = changes
            .iter()
            .filter(|c| c.old_mode == GITLINK || c.new_mode == GITLINK);
        let modules: Vec<PathBuf> = modules.map(|c| c.path.clone()).collect();
        if !modules.is_empty() {
            return Ok(Err(clashes(modules, ClashReason::Submodule)));
        }
        Ok(Ok(Plan {
            changes,
            merged: merged.tree,
            index,
        }))
    }

    /// Merges two trees against a third, by way of commits that nobody will see.
    pub(super) fn merge_against(
        &self,
        base: &Oid,
        ours: &Oid,
        theirs: &Oid,
    ) -> Result<crate::merge::MergedTree> {
        let who = Identity {
            name: "offshoot".into(),
            email: "offshoot@localhost".into(),
            fallback: true,
        };
        let root = self.commit_tree(&self.tree_of(base)?, &[], "base", &who)?;
        let ours = self.commit_tree(ours, &[&root], "ours", &who)?;
        let theirs = self.commit_tree(&self.tree_of(theirs)?, &[&root], "theirs", &who)?;
        let mut merged = self.merge_trees(&ours, &theirs)?;
        // A file that had to make room for a folder is called `<path>~<commit>` by git.
        let plain = merged
            .conflicts
            .iter()
            .map(|path| without_suffix(path, &[&ours, &theirs]));
        let plain: std::collections::BTreeSet<PathBuf> = plain.collect();
        merged.conflicts = plain.into_iter().collect();
        Ok(merged)
    }

    /// The user's index (a copy, so that git knows which files it need not read), brought up to
    /// the files on disk; and untracked files where the result has some of its own.
    fn index_of_working_tree(&self, wanted: &[Change]) -> Result<TempIndex> {
        let own = self.git_dir().join("index");
        let index = if own.exists() {
            TempIndex::copy_of(&own)?
        } else {
            TempIndex::empty()?
        };
        self.clear_flags(&index)?;
        let add = || {
            self.git("add")
                .index(index.path())
                .set("core.safecrlf=false")
        };
        add().args(["--update", "--sparse"]).run()?;
        let mut present = Vec::new();
        for path in wanted
            .iter()
            .flat_map(|change| self.present_on_the_way(&change.path))
        {
            present.extend_from_slice(bytes::of(&path));
            present.push(0);
        }
        if !present.is_empty() {
            let call = add()
                .var("GIT_LITERAL_PATHSPECS", "1")
                .args(["--force", "--sparse"]);
            call.args(["--pathspec-from-file=-", "--pathspec-file-nul"])
                .input(present)
                .run()?;
        }
        Ok(index)
    }

    /// Files marked `assume-unchanged` or `skip-worktree` that are there all the same: git would
    /// not look at them, and the user's edits in them would be overwritten.
    pub(crate) fn clear_flags(&self, index: &TempIndex) -> Result<()> {
        let output = self
            .git("ls-files")
            .index(index.path())
            .args(["-v", "-z"])
            .run()?;
        // `<tag> <path>`: `S` is skip-worktree, a small letter assume-unchanged.
        let flagged = bytes::fields(&output)
            .filter(|entry| matches!(entry.first(), Some(b'S' | b'a'..=b'z')));
        let mut paths = Vec::new();
        for name in flagged.filter_map(|entry| entry.get(2..)) {
            if fs::symlink_metadata(self.root().join(bytes::path(name))).is_ok() {
                paths.extend_from_slice(name);
                paths.push(0);
            }
        }
        if paths.is_empty() {
            return Ok(());
        }
        for flag in ["--no-assume-unchanged", "--no-skip-worktree"] {
            let call = self
                .git("update-index")
                .index(index.path())
                .args([flag, "-z", "--stdin"]);
            call.input(paths.clone()).run()?;
        }
        Ok(())
    }

    /// The file or link at the path, or at a folder's place above it.
    fn present_on_the_way(&self, path: &Path) -> Option<PathBuf> {
        let mut at = PathBuf::new();
        for component in path.components() {
            at.push(component);
            match fs::symlink_metadata(self.root().join(&at)) {
                Ok(meta) if !meta.is_dir() => return Some(at),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
        None
    }

    pub(super) fn folders_in_the_way(&self, wanted: &[Change]) -> Result<Vec<Clash>> {
        let mut found = Vec::new();
        for change in wanted.iter().filter(|change| change.new_mode != 0) {
            let full = self.root().join(&change.path);
            if !fs::symlink_metadata(&full).is_ok_and(|meta| meta.is_dir())
                || change.new_mode == GITLINK
            {
                continue;
            }
            let call = self
                .git("--literal-pathspecs")
                .args(["ls-files", "--others", "-z", "--"])
                .arg(&change.path);
            if !call.run()?.is_empty() {
                found.push(Clash {
                    path: change.path.clone(),
                    reason: ClashReason::FolderInTheWay,
                });
            }
        }
        Ok(found)
    }

    /// Refuses when one of these files was written since the index was brought up to date.
    pub(super) fn refuse_changed(&self, plan: &Plan) -> Result<()> {
        let output = self
            .git("diff-files")
            .index(plan.index.path())
            .args(["--name-only", "-z"])
            .run()?;
        let changed: Vec<PathBuf> = bytes::fields(&output).map(bytes::path).collect();
        let paths: Vec<PathBuf> = Self::paths_of(&plan.changes)
            .into_iter()
            .filter(|p| changed.contains(p))
            .collect();
        if paths.is_empty() {
            Ok(())
        } else {
            Err(Error::ChangedSince { paths })
        }
    }
}

fn without_suffix(path: &Path, commits: &[&Oid]) -> PathBuf {
    let name = bytes::of(path);
    let plain = commits
        .iter()
        .find_map(|oid| name.strip_suffix(format!("~{oid}").as_bytes()));
    bytes::path(plain.unwrap_or(name))
}

fn clashes(paths: Vec<PathBuf>, reason: ClashReason) -> Vec<Clash> {
    paths
        .into_iter()
        .map(|path| Clash { path, reason })
        .collect()
}
