//! What a tree has where it differs from another, in the order of an index.

use std::path::PathBuf;

use crate::bytes;
use crate::error::Result;
use crate::oid::Oid;
use crate::raw_diff::{RawChange, Renames};
use crate::repo::Repo;

/// A path at which two trees differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Relative to the root.
    pub(crate) path: PathBuf,
    /// What the second tree has there: the mode as git writes it (`0o100644`), and the object.
    pub(crate) new: Option<(u32, Oid)>,
}

impl Repo {
    /// Where these trees (or commits) differ, in the order of an index.
    pub(crate) fn differences(&self, from: &Oid, to: &Oid) -> Result<Vec<Difference>> {
        if from == to {
            return Ok(Vec::new());
        }
        let raw_changes = self.raw_changes(from, to, Renames::Split)?;
        let mut found: Vec<Difference> = raw_changes.into_iter().map(Difference::from).collect();
        found.sort_by(|a, b| bytes::of(&a.path).cmp(bytes::of(&b.path)));
        Ok(found)
    }
}

impl From<RawChange> for Difference {
    fn from(RawChange { change, object }: RawChange) -> Self {
        let there = change.new_mode != 0;
        Self {
            path: change.path,
            new: there.then_some((change.new_mode, object)),
        }
    }
}
