//! What a tree has where it differs from another: mode and object of each path, read with libgit2, or
//! with `git diff-tree`.

use std::path::PathBuf;

use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
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
        let mut found = match self.read_differences(from, to) {
            Some(found) => found,
            None => self.differences_with_git(from, to)?,
        };
        found.sort_by(|a, b| bytes::of(&a.path).cmp(bytes::of(&b.path)));
        Ok(found)
    }

    /// With libgit2; none where that cannot read the repository.
    fn read_differences(&self, from: &Oid, to: &Oid) -> Option<Vec<Difference>> {
        let reader = self.reader()?;
        let tree = |oid: &Oid| {
            let id = git2::Oid::from_str(oid.as_str()).ok()?;
            reader.find_object(id, None).ok()?.peel_to_tree().ok()
        };
        let mut options = git2::DiffOptions::new();
        options.include_typechange(true).ignore_submodules(false);
        let (from, to) = (tree(from)?, tree(to)?);
        let diff = reader
            .diff_tree_to_tree(Some(&from), Some(&to), Some(&mut options))
            .ok()?;
        let difference = |delta: git2::DiffDelta<'_>| {
            let new = delta.new_file();
            let gone = delta.status() == git2::Delta::Deleted;
            let object = || Some((new.mode().into(), Oid::parse(&new.id().to_string()).ok()?));
            Some(Difference {
                path: bytes::path(new.path_bytes()?),
                new: if gone { None } else { Some(object()?) },
            })
        };
        diff.deltas().map(difference).collect()
    }

    fn differences_with_git(&self, from: &Oid, to: &Oid) -> Result<Vec<Difference>> {
        let call = self
            .git("diff-tree")
            .args(["-r", "-z", "--raw", "--no-abbrev", "--no-renames"]);
        parse(&call.args([from.as_str(), to.as_str()]).run()?)
    }
}

/// `:<old mode> <new mode> <old oid> <new oid> <status>\0<path>\0`
fn parse(output: &[u8]) -> Result<Vec<Difference>> {
    let mut fields = bytes::fields(output);
    let mut found = Vec::new();
    while let Some(head) = fields.next() {
        let odd = || Error::odd_answer("diff-tree", head);
        let text = std::str::from_utf8(head).map_err(|_| odd())?;
        let words: Vec<&str> = text.split(' ').collect();
        let [_, mode, _, oid, _] = words[..] else {
            return Err(odd());
        };
        let mode = u32::from_str_radix(mode, 8).map_err(|_| odd())?;
        let path = bytes::path(fields.next().ok_or_else(odd)?);
        let new = (mode != 0).then(|| Oid::parse(oid)).transpose()?;
        found.push(Difference {
            path,
            new: new.map(|oid| (mode, oid)),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_output_is_read() {
        let (old, new) = ("0".repeat(40), "a".repeat(40));
        let text =
            format!(":100644 100755 {old} {new} M\0a b\0:100644 000000 {new} {old} D\0gone\0");
        let found = parse(text.as_bytes()).unwrap();
        assert_eq!(found[0].path.to_str(), Some("a b"));
        assert_eq!(found[0].new, Some((0o100_755, Oid::parse(&new).unwrap())));
        assert_eq!(
            (found[1].path.to_str(), &found[1].new),
            (Some("gone"), &None)
        );
        assert!(parse(b"garbage\0").is_err());
    }
}
