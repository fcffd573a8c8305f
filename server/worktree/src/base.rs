//! The commit that a step starts from: the results of all its parents, merged without a checkout.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::raw_diff::Renames;
use crate::repo::{Identity, Repo};

/// A commit to start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The commit. A merge is held by no ref until a branch is made at it.
    pub commit: Oid,
    /// Its tree.
    pub tree: Oid,
}

/// Parents that cannot be merged without a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The parents in the order they were given.
    pub parents: Vec<Oid>,
    /// The merge of the parents before the one that conflicts.
    pub ours: Oid,
    /// Which parent conflicts, as index into `parents`.
    pub at: usize,
    /// The files in conflict.
    pub paths: Vec<ConflictPath>,
    /// The merge of `ours` and that parent, with conflict markers in the files.
    pub conflicted_tree: Oid,
}

/// A file in conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictPath {
    /// Relative to the root.
    pub path: PathBuf,
    /// The parents that changed it, as indices into [`Conflict::parents`].
    pub parents: Vec<usize>,
}

/// Whether parents can be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum BaseOutcome {
    /// They can, and this is the merge.
    Clean(Base),
    /// They cannot.
    Conflict(Box<Conflict>),
}

impl Repo {
    /// Merges the parents pairwise in the order given. A parent that another contains costs
    /// nothing; one parent is its own base.
    ///
    /// # Errors
    /// [`Error::NoSuchRef`] without parents or with one that does not exist.
    pub fn base_of(
        &self,
        parents: &[Oid],
        identity: &Identity,
        message: &str,
    ) -> Result<BaseOutcome> {
        let Some((first, rest)) = parents.split_first() else {
            return Err(Error::no_ref("a parent commit"));
        };
        let mut commit = first.clone();
        for (at, parent) in rest.iter().enumerate().map(|(i, p)| (i + 1, p)) {
            if self.is_ancestor(parent, &commit)? {
                continue;
            }
            if self.is_ancestor(&commit, parent)? {
                commit = parent.clone();
                continue;
            }
            let mut merged = self.merge_trees(&commit, parent)?;
            if !merged.conflicts.is_empty() {
                // Unless a branch moves just then, the same once more.
                let named = self.merge_to_resolve(&commit, parent)?;
                if named.conflicts.len() == merged.conflicts.len() {
                    merged = named;
                }
                let paths = self.who_touched(merged.conflicts, &parents[..=at])?;
                let (parents, conflicted_tree) = (parents.to_vec(), merged.tree);
                return Ok(BaseOutcome::Conflict(Box::new(Conflict {
                    parents,
                    ours: commit,
                    at,
                    paths,
                    conflicted_tree,
                })));
            }
            commit = self.commit_tree(&merged.tree, &[&commit, parent], message, identity)?;
        }
        let tree = self.tree_of(&commit)?;
        Ok(BaseOutcome::Clean(Base { commit, tree }))
    }

    /// For each path, the parents that changed it since the ancestor common to all of them.
    fn who_touched(&self, paths: Vec<PathBuf>, parents: &[Oid]) -> Result<Vec<ConflictPath>> {
        let names = parents.iter().map(Oid::as_str);
        let common = self.git("merge-base").arg("--octopus").args(names).oid()?;
        let changed = parents
            .iter()
            .map(|parent| self.changes(&common, parent, Renames::Split));
        let changed: Vec<_> = changed.collect::<Result<_>>()?;
        let touched = |path: &PathBuf| -> Vec<usize> {
            let by = changed
                .iter()
                .enumerate()
                .filter(|(_, changes)| changes.iter().any(|c| c.path == *path));
            by.map(|(index, _)| index).collect()
        };
        Ok(paths
            .into_iter()
            .map(|path| ConflictPath {
                parents: touched(&path),
                path,
            })
            .collect())
    }
}
