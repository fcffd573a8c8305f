//! The checkout as it is, as a commit on nobody's branch: the base of a run that includes what is
//! uncommitted. Index, files, stash and HEAD are only read.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bytes;
use crate::error::{Error, Result};
use crate::index::{Snapshot, TempIndex};
use crate::oid::Oid;
use crate::raw_diff::Renames;
use crate::repo::{Identity, Repo};

/// How much of what git does not track is taken. What is tracked is taken whatever its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UntrackedLimits {
    /// The largest file, in bytes: a larger one is left out, and told.
    pub file: u64,
    /// All of them together, in bytes.
    pub total: u64,
    /// How many.
    pub files: usize,
}

impl Default for UntrackedLimits {
    /// Sources are far below this; a forgotten build folder or data set is far above.
    fn default() -> Self {
        Self {
            file: 64 << 20,
            total: 1 << 30,
            files: 50_000,
        }
    }
}

/// The checkout as a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingTree {
    /// The commit, whose parent is HEAD; HEAD itself where nothing is uncommitted. No ref holds it.
    pub commit: Oid,
    /// How many files differ from HEAD.
    pub changed: usize,
    /// What is not in it as it lies there, or is in it and may surprise.
    pub notes: Vec<DirtyNote>,
}

/// Something that a person should know about such a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DirtyNote {
    /// Untracked files over the limit, left out: path and size.
    TooLarge(PathBuf, u64),
    /// A repository inside the checkout that is no submodule: left out.
    NestedRepository(PathBuf),
    /// A submodule with uncommitted changes of its own: only its commit is in.
    DirtySubmodule(PathBuf),
    /// A file in conflict: it is in with its markers.
    InConflict(PathBuf),
    /// A merge, rebase or the like is not finished; the commit has HEAD alone as its parent.
    Unfinished(&'static str),
}

impl Repo {
    /// The working tree as it is, staged, unstaged and untracked (not ignored) files included.
    /// Files that match `exclude` (git globs from the root) stay as the index has them.
    ///
    /// # Errors
    /// [`Error::UntrackedTooBig`]; [`Error::Unreadable`]; [`Error::NoCommits`].
    pub fn working_tree_commit(
        &self,
        identity: &Identity,
        message: &str,
        exclude: &[String],
        limits: UntrackedLimits,
    ) -> Result<WorkingTree> {
        let head = self.head()?.commit;
        let own = self.git_dir().join("index");
        let probe = Snapshot {
            repo: self,
            git_dir: self.git_dir(),
            work_tree: self.root(),
            exclude,
        };
        let index = probe.start(Some(&own), Some(&head))?;
        self.clear_flags(&index)?;
        let mut notes = self.surprises(&index)?;
        let (left_out, large) = self.untracked_over(&index, exclude, limits)?;
        notes.extend(large);
        let exclude: Vec<String> = exclude.iter().cloned().chain(left_out).collect();
        let snapshot = Snapshot {
            exclude: &exclude,
            ..probe
        };
        let mut nested = snapshot.add_all_of_the_user(&index)?;
        let mut tree = snapshot.write_tree(&index)?;
        let links = self.new_repositories(&head, &tree)?;
        if !links.is_empty() {
            snapshot.drop_entries(&index, &links)?;
            tree = snapshot.write_tree(&index)?;
            nested.extend(links);
        }
        notes.extend(nested.into_iter().map(DirtyNote::NestedRepository));
        let changes = self.changes(&head, &tree, Renames::Split)?;
        self.refuse_raw_large_files(self.git_dir(), self.root(), &tree, &changes)?;
        let changed = changes.len();
        let commit = if changed == 0 {
            head
        } else {
            self.commit_tree(&tree, &[&head], message, identity)?
        };
        Ok(WorkingTree {
            commit,
            changed,
            notes,
        })
    }

    fn new_repositories(&self, head: &Oid, tree: &Oid) -> Result<Vec<PathBuf>> {
        let changed = self.changes(head, tree, Renames::Split)?;
        Ok(crate::harvest::nested_repositories(self.root(), &changed))
    }

    /// What the index and the submodules say that a tree cannot.
    fn surprises(&self, index: &TempIndex) -> Result<Vec<DirtyNote>> {
        let mut notes: Vec<DirtyNote> = crate::unfinished::operation(self.git_dir())
            .map(DirtyNote::Unfinished)
            .into_iter()
            .collect();
        let call = self.git("status").index(index.path()).args([
            "--porcelain=v2",
            "-z",
            "--no-renames",
            "--untracked-files=no",
        ]);
        let output = call.run()?;
        notes.extend(bytes::fields(&output).filter_map(surprise));
        Ok(notes)
    }

    /// Untracked files over the limit of one file, as patterns that leave them out, and as notes.
    fn untracked_over(
        &self,
        index: &TempIndex,
        exclude: &[String],
        limits: UntrackedLimits,
    ) -> Result<(Vec<String>, Vec<DirtyNote>)> {
        let globs = exclude
            .iter()
            .map(|glob| format!(":(top,exclude,glob){glob}"));
        let call = self.git("ls-files").index(index.path()).args([
            "--others",
            "--exclude-standard",
            "-z",
            "--",
            ":(top)",
        ]);
        let output = call.args(globs).run()?;
        let (mut total, mut files, mut large) = (0, 0, Vec::new());
        for path in bytes::fields(&output).map(bytes::path) {
            let size = size_of(&self.root().join(&path));
            if size > limits.file {
                large.push((path, size));
                continue;
            }
            files += 1;
            total += size;
        }
        if total > limits.total || files > limits.files || large.len() > MOST_LARGE {
            let sizes = large.iter().map(|(_, size)| size).sum::<u64>();
            return Err(Error::UntrackedTooBig {
                files: files + large.len(),
                bytes: total + sizes,
            });
        }
        let patterns = large.iter().map(|(path, _)| literally(path)).collect();
        let notes = large
            .into_iter()
            .map(|(path, size)| DirtyNote::TooLarge(path, size));
        Ok((patterns, notes.collect()))
    }
}

/// Files that are left out one by one; more are a mistake.
const MOST_LARGE: usize = 100;

/// A repository's own folder has no size here: git takes no file of it.
fn size_of(path: &Path) -> u64 {
    let meta = fs::symlink_metadata(path);
    meta.map_or(0, |meta| if meta.is_file() { meta.len() } else { 0 })
}

/// A path as a glob that matches nothing but it.
fn literally(path: &Path) -> String {
    let mut glob = String::new();
    for char in path.to_string_lossy().chars() {
        if matches!(char, '*' | '?' | '[' | ']' | '\\') {
            glob.push('\\');
        }
        // What is no text matches as one character each.
        glob.push(if char == char::REPLACEMENT_CHARACTER {
            '?'
        } else {
            char
        });
    }
    glob
}

/// `1 <XY> <sub> …` is a changed file, `u <XY> <sub> …` one in conflict; the path is the last of 9 or 11 words.
fn surprise(entry: &[u8]) -> Option<DirtyNote> {
    let words = match entry.first()? {
        b'1' => 9,
        b'u' => 11,
        _ => return None,
    };
    let parts: Vec<&[u8]> = entry.splitn(words, |b| *b == b' ').collect();
    let path = bytes::path(parts.get(words - 1)?);
    if words == 11 {
        return Some(DirtyNote::InConflict(path));
    }
    // `S<c><m><u>`: commit changed, tracked changes, untracked files.
    match parts.get(2)? {
        [b'S', _, m, u] if *m == b'M' || *u == b'U' => Some(DirtyNote::DirtySubmodule(path)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_read() {
        let zero = "0".repeat(40);
        let check = |entry: &str, expected: Option<DirtyNote>| {
            assert_eq!(surprise(entry.as_bytes()), expected, "{entry}");
        };
        check(
            &format!("1 .M N... 100644 100644 100644 {zero} {zero} a b"),
            None,
        );
        check(
            &format!("1 .M S.M. 160000 160000 160000 {zero} {zero} sub mod"),
            Some(DirtyNote::DirtySubmodule("sub mod".into())),
        );
        check(
            &format!("1 .M SC.. 160000 160000 160000 {zero} {zero} sub"),
            None,
        );
        check(
            &format!("u UU N... 100644 100644 100644 100644 {zero} {zero} {zero} a b"),
            Some(DirtyNote::InConflict("a b".into())),
        );
        check("? untracked", None);
    }

    #[test]
    fn a_path_matches_itself_only() {
        for (path, expected) in [("a/b c", "a/b c"), ("a*[1]?\\", "a\\*\\[1\\]\\?\\\\")] {
            assert_eq!(literally(Path::new(path)), expected);
        }
    }
}
