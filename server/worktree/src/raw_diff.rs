//! Which files differ between two trees: read with libgit2, or `git diff-tree --raw -z`, parsed.

use std::path::PathBuf;

use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::repo::Repo;

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// Its content or its executable bit changed.
    Modified,
    /// It is gone.
    Deleted,
    /// It moved, perhaps with changes.
    Renamed,
    /// It became something else: a file, a symbolic link, a submodule.
    TypeChanged,
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it is now (for a deletion: where it was), relative to the root.
    pub path: PathBuf,
    /// Where it was, for a rename.
    pub from: Option<PathBuf>,
    /// What happened.
    pub kind: ChangeKind,
    /// The mode before as git writes it (`0o100644`); 0 when there was none.
    pub old_mode: u32,
    /// The mode now; 0 when there is none.
    pub new_mode: u32,
}

impl Change {
    /// The change of a file that had one mode and has another; `None`: it was not, or is not, there.
    pub(crate) fn put(path: PathBuf, old: Option<u32>, new: Option<u32>) -> Self {
        let kind = match (old, new) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Deleted,
            (Some(old), Some(new)) if old >> 12 != new >> 12 => ChangeKind::TypeChanged,
            _ => ChangeKind::Modified,
        };
        Self {
            path,
            from: None,
            kind,
            old_mode: old.unwrap_or(0),
            new_mode: new.unwrap_or(0),
        }
    }
}

/// The mode of an entry that names a commit of another repository.
pub(crate) const GITLINK: u32 = 0o160_000;

/// Whether a moved file is one change or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renames {
    Detect,
    Split,
}

/// A change, and the object that is at its path now: of no meaning for a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawChange {
    pub(crate) change: Change,
    pub(crate) object: Oid,
}

impl Repo {
    /// The files that differ between two trees or commits.
    pub(crate) fn changes(&self, from: &Oid, to: &Oid, renames: Renames) -> Result<Vec<Change>> {
        let raw_changes = self.raw_changes(from, to, renames)?;
        Ok(raw_changes.into_iter().map(|raw| raw.change).collect())
    }

    /// The same, with the objects.
    pub(crate) fn raw_changes(
        &self,
        from: &Oid,
        to: &Oid,
        renames: Renames,
    ) -> Result<Vec<RawChange>> {
        match self.read_raw_changes(from, to, renames) {
            Some(raw_changes) => Ok(raw_changes),
            None => self.raw_changes_with_git(from, to, renames),
        }
    }

    /// With libgit2; none where that cannot read the repository.
    fn read_raw_changes(&self, from: &Oid, to: &Oid, renames: Renames) -> Option<Vec<RawChange>> {
        let reader = self.reader()?;
        let tree = |oid: &Oid| {
            let id = git2::Oid::from_str(oid.as_str()).ok()?;
            reader.find_object(id, None).ok()?.peel_to_tree().ok()
        };
        let mut options = git2::DiffOptions::new();
        options.include_typechange(true).ignore_submodules(false);
        let (from, to) = (tree(from)?, tree(to)?);
        let mut diff = reader
            .diff_tree_to_tree(Some(&from), Some(&to), Some(&mut options))
            .ok()?;
        if renames == Renames::Detect {
            diff.find_similar(Some(git2::DiffFindOptions::new().renames(true)))
                .ok()?;
        }
        diff.deltas().map(|delta| raw_change(&delta)).collect()
    }

    fn raw_changes_with_git(
        &self,
        from: &Oid,
        to: &Oid,
        renames: Renames,
    ) -> Result<Vec<RawChange>> {
        let renames = if renames == Renames::Detect {
            "--find-renames"
        } else {
            "--no-renames"
        };
        let call = self
            .git("diff-tree")
            .args(["-r", "-z", "--raw", "--no-abbrev", renames]);
        parse(&call.args([from.as_str(), to.as_str()]).run()?)
    }
}

fn raw_change(delta: &git2::DiffDelta<'_>) -> Option<RawChange> {
    let kind = match delta.status() {
        git2::Delta::Added => ChangeKind::Added,
        git2::Delta::Modified => ChangeKind::Modified,
        git2::Delta::Deleted => ChangeKind::Deleted,
        git2::Delta::Renamed => ChangeKind::Renamed,
        git2::Delta::Typechange => ChangeKind::TypeChanged,
        _ => return None,
    };
    let path = |file: git2::DiffFile<'_>| file.path_bytes().map(bytes::path);
    let from = path(delta.old_file()).filter(|_| kind == ChangeKind::Renamed);
    let change = Change {
        path: path(delta.new_file())?,
        from,
        kind,
        old_mode: delta.old_file().mode().into(),
        new_mode: delta.new_file().mode().into(),
    };
    let object = Oid::parse(&delta.new_file().id().to_string()).ok()?;
    Some(RawChange { change, object })
}

/// `:<old mode> <new mode> <old oid> <new oid> <status>\0<path>\0[<new path>\0]`
fn parse(output: &[u8]) -> Result<Vec<RawChange>> {
    let mut fields = bytes::fields(output);
    let mut raw_changes = Vec::new();
    while let Some(head) = fields.next() {
        let odd = || Error::odd_answer("diff-tree", head);
        let text = std::str::from_utf8(head).map_err(|_| odd())?;
        let words: Vec<&str> = text.trim_start_matches(':').split(' ').collect();
        let [old_mode, new_mode, _, object, status] = words[..] else {
            return Err(odd());
        };
        let mode = |text| u32::from_str_radix(text, 8).map_err(|_| odd());
        let kind = kind(status).ok_or_else(odd)?;
        let first = bytes::path(fields.next().ok_or_else(odd)?);
        let (from, path) = if kind == ChangeKind::Renamed {
            (Some(first), bytes::path(fields.next().ok_or_else(odd)?))
        } else {
            (None, first)
        };
        let change = Change {
            path,
            from,
            kind,
            old_mode: mode(old_mode)?,
            new_mode: mode(new_mode)?,
        };
        raw_changes.push(RawChange {
            change,
            object: Oid::parse(object)?,
        });
    }
    Ok(raw_changes)
}

fn kind(status: &str) -> Option<ChangeKind> {
    Some(match status.as_bytes().first()? {
        b'A' => ChangeKind::Added,
        b'M' => ChangeKind::Modified,
        b'D' => ChangeKind::Deleted,
        b'R' => ChangeKind::Renamed,
        b'T' => ChangeKind::TypeChanged,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_output_is_read() {
        let o = "0".repeat(40);
        let text = format!(
            ":100644 100755 {o} {o} M\0a b\0:100644 100644 {o} {o} R090\0old\0new\0:000000 120000 {o} {o} A\0l\0"
        );
        let raw_changes = parse(text.as_bytes()).unwrap();
        assert_eq!(raw_changes[0].object.as_str(), o);
        let changes: Vec<_> = raw_changes.into_iter().map(|raw| raw.change).collect();
        let seen: Vec<_> = changes
            .iter()
            .map(|c| (c.kind, c.path.to_str().unwrap(), c.new_mode))
            .collect();
        let expected = [
            (ChangeKind::Modified, "a b", 0o100_755),
            (ChangeKind::Renamed, "new", 0o100_644),
            (ChangeKind::Added, "l", 0o120_000),
        ];
        assert_eq!(seen, expected);
        assert_eq!(
            changes[1].from.as_deref(),
            Some(std::path::Path::new("old"))
        );
        assert!(parse(b"garbage\0").is_err());
        assert!(parse(b"").unwrap().is_empty());
    }
}
