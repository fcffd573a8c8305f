//! A result narrowed to some of its files: what a person takes when not all of it is wanted.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::bytes;
use crate::error::{Error, Result};
use crate::index::TempIndex;
use crate::oid::Oid;
use crate::raw_diff::{Change, Renames};
use crate::repo::Repo;

impl Repo {
    /// A tree that is `base` with only those changes of `result` that concern these files, or
    /// files below these folders. Of a file that moved, both ends are taken or none.
    ///
    /// # Errors
    /// [`Error::NotChanged`] with the first path that the result does not change.
    pub fn narrowed(&self, base: &Oid, result: &Oid, paths: &[PathBuf]) -> Result<Oid> {
        let moved = self.changes(base, result, Renames::Detect)?;
        if let Some(path) = paths
            .iter()
            .find(|path| !moved.iter().any(|change| concerns(change, path)))
        {
            return Err(Error::NotChanged { path: path.clone() });
        }
        let wanted = moved
            .iter()
            .filter(|change| paths.iter().any(|path| concerns(change, path)));
        let wanted: HashSet<&Path> = wanted
            .flat_map(|change| [Some(change.path.as_path()), change.from.as_deref()])
            .flatten()
            .collect();
        let index = TempIndex::empty()?;
        let git = |command| self.git(command).index(index.path());
        git("read-tree").arg(base.as_str()).run()?;
        let lines = self.index_info(base, result, &wanted)?;
        git("update-index")
            .args(["-z", "--index-info"])
            .input(lines)
            .run()?;
        git("write-tree").oid()
    }

    /// What `update-index --index-info` needs to bring these paths from `base` to `result`. What goes
    /// comes first, so that a file can take the place of a folder.
    fn index_info(&self, base: &Oid, result: &Oid, wanted: &HashSet<&Path>) -> Result<Vec<u8>> {
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        for difference in self.differences(base, result)? {
            if !wanted.contains(difference.path.as_path()) {
                continue;
            }
            let path = bytes::of(&difference.path);
            match &difference.new {
                None => gone.extend([b"0 ", result.zero().as_bytes(), b"\t", path, b"\0"].concat()),
                Some((mode, oid)) => {
                    come.extend(format!("{mode:o} {oid}\t").into_bytes());
                    come.extend([path, b"\0"].concat());
                }
            }
        }
        gone.extend(come);
        Ok(gone)
    }
}

/// Whether a change is at a path, below it, or moved a file away from there.
fn concerns(change: &Change, path: &Path) -> bool {
    change.path.starts_with(path)
        || change
            .from
            .as_ref()
            .is_some_and(|from| from.starts_with(path))
}
