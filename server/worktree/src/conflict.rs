//! A worktree in which a conflict between parents is resolved, by a person or an agent.

use std::fs;
use std::path::{Path, PathBuf};

use crate::add::{AddWorktree, Worktree};
use crate::base::Conflict;
use crate::bytes;
use crate::error::{Error, Result};
use crate::index::Snapshot;
use crate::oid::Oid;
use crate::raw_diff::Renames;
use crate::repo::{Identity, Repo};
use crate::resolved::Resolved;
use crate::submodules::kept_as;

impl Repo {
    /// A worktree with the conflicted files, markers and all. Its HEAD is a commit of exactly
    /// that, whose parents are both sides; `git diff HEAD` there shows the resolution as it grows.
    pub fn add_conflict_worktree(
        &self,
        path: &Path,
        branch: &str,
        conflict: &Conflict,
        who: &Identity,
    ) -> Result<Worktree> {
        let sides = sides(conflict)?;
        let base = self.commit_tree(
            &conflict.conflicted_tree,
            &sides,
            "Conflicts to be resolved\n",
            who,
        )?;
        let made = self.add_worktree(&AddWorktree {
            path: path.to_owned(),
            branch: branch.to_owned(),
            base,
        })?;
        // A submodule that is not here stays an empty folder, as in the worktree of a step.
        match self.fill_submodules(&made) {
            Ok(_) => Ok(made),
            Err(error) => {
                self.unmake(&made.path, &made.branch, &made.base);
                Err(error)
            }
        }
    }

    /// The merge of both sides as resolved in the worktree. A file with markers was resolved when
    /// they are gone; one without (deleted here and changed there, binary, moved to two places) when it was changed or
    /// is named in `settled`, or when somebody committed there, which says that the rest is right as it lies.
    /// Hand-off files (`exclude`, git globs) do not count.
    ///
    /// Where more parents follow the one in conflict, go on with [`Repo::base_of`] over this
    /// commit and all parents: those already in it cost nothing.
    ///
    /// # Errors
    /// [`Error::StillConflicted`] with the files.
    pub fn resolved_base(&self, resolution: &Resolution<'_>, who: &Identity) -> Result<Resolved> {
        let Resolution {
            worktree,
            conflict,
            settled,
            exclude,
            message,
        } = *resolution;
        let at = self.worktree_at(worktree)?;
        let keep_as = kept_as(&at.branch);
        self.take_in_submodules(&at.path, keep_as, message, who, exclude)?;
        let snapshot = Snapshot {
            repo: self,
            git_dir: &at.git_dir,
            work_tree: &at.path,
            exclude,
        };
        let index = snapshot.start(Some(&at.first_index()), Some(&at.base))?;
        let head = self.head_of(&at.git_dir, &at.path)?;
        if let Some(head) = &head {
            snapshot.read_over(&index, head)?;
        }
        snapshot.add_all(&index)?;
        let tree = snapshot.write_tree(&index)?;
        let changed = self.changes(&conflict.conflicted_tree, &tree, Renames::Split)?;
        let committed = head.as_ref() != Some(&at.base);
        let mut open = Vec::new();
        for path in conflict.paths.iter().map(|p| &p.path) {
            let touched = committed
                || changed.iter().any(|c| c.path == *path)
                || settled.contains(path)
                // The old name of a file that both sides moved: there is nothing to look at.
                || self.entry_at(&conflict.conflicted_tree, path)?.is_none();
            if !touched || has_markers(&at.path.join(path))? {
                open.push(path.clone());
            }
        }
        if !open.is_empty() {
            return Err(Error::StillConflicted { paths: open });
        }
        let merge = self.commit_tree(&tree, &sides(conflict)?, message, who)?;
        Ok(Resolved {
            merge,
            conflicted: at.base,
        })
    }
}

/// A worktree in which a conflict was resolved.
#[derive(Debug, Clone, Copy)]
pub struct Resolution<'a> {
    /// Its folder.
    pub worktree: &'a Path,
    /// The conflict.
    pub conflict: &'a Conflict,
    /// Files to be taken as they are, though nobody changed them.
    pub settled: &'a [PathBuf],
    /// Hand-off files, which keep the content they had.
    pub exclude: &'a [String],
    /// The message of the merge.
    pub message: &'a str,
}

fn sides(conflict: &Conflict) -> Result<[&Oid; 2]> {
    let theirs = conflict
        .parents
        .get(conflict.at)
        .ok_or_else(|| Error::no_ref("the conflicting parent"))?;
    Ok([&conflict.ours, theirs])
}

/// Whether a line starts like git's markers. `=======` alone does not count: it underlines headings.
fn has_markers(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_file() => {}
        _ => return Ok(false),
    }
    let content = fs::read(path).map_err(|e| Error::io("read", path, e))?;
    Ok(content.split(|b| *b == b'\n').any(is_marker))
}

fn is_marker(line: &[u8]) -> bool {
    [b"<<<<<<<", b">>>>>>>"].iter().any(|marker| {
        let rest = line.strip_prefix(*marker);
        rest.is_some_and(|rest| matches!(rest.first(), None | Some(b' ' | b'\r')))
    })
}

impl Conflict {
    /// The files in conflict, for messages.
    pub fn files(&self) -> Vec<PathBuf> {
        self.paths.iter().map(|p| p.path.clone()).collect()
    }

    /// One line for people: `a.txt, b.txt`.
    pub fn summary(&self) -> String {
        let names: Vec<_> = self
            .paths
            .iter()
            .map(|p| bytes::lossy(bytes::of(&p.path)))
            .collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_told_from_other_lines() {
        for (line, expected) in [
            ("<<<<<<< ours", true),
            (">>>>>>> theirs", true),
            ("<<<<<<<\r", true),
            ("=======", false),
            ("<<<<<<<<<<", false),
            (" <<<<<<< x", false),
            ("a <<<<<<< x", false),
        ] {
            assert_eq!(is_marker(line.as_bytes()), expected, "{line}");
        }
    }
}
