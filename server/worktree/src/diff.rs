//! Showing what a run changed.

use std::path::PathBuf;

use crate::bytes;
use crate::error::{Error, Result};
use crate::oid::Oid;
use crate::raw_diff::{Change, Renames};
use crate::repo::Repo;

/// How much one file changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffStat {
    /// Relative to the root.
    pub path: PathBuf,
    /// Lines that came; `None` for a binary file.
    pub added: Option<u64>,
    /// Lines that went; `None` for a binary file.
    pub removed: Option<u64>,
}

impl Repo {
    /// A patch between two commits that `git apply` can read (binaries included, renames
    /// detected), limited to these paths where any are given. The user's diff settings and
    /// external diff programs have no say.
    pub fn diff(&self, from: &Oid, to: &Oid, paths: &[PathBuf]) -> Result<Vec<u8>> {
        let call = self.git("--literal-pathspecs").args([
            "diff-tree",
            "-r",
            "-p",
            "--binary",
            "--find-renames",
        ]);
        let call = call.args([
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--src-prefix=a/",
            "--dst-prefix=b/",
        ]);
        call.args([from.as_str(), to.as_str(), "--"])
            .args(paths)
            .run()
    }

    /// The files that differ, renames detected.
    pub fn changed_files(&self, from: &Oid, to: &Oid) -> Result<Vec<Change>> {
        self.changes(from, to, Renames::Detect)
    }

    /// Lines per file that differ. A renamed file counts under its new name.
    pub fn diff_stat(&self, from: &Oid, to: &Oid) -> Result<Vec<DiffStat>> {
        let call = self.git("diff-tree").args([
            "-r",
            "-z",
            "--numstat",
            "--find-renames",
            "--no-ext-diff",
            "--no-textconv",
        ]);
        parse(&call.args([from.as_str(), to.as_str()]).run()?)
    }
}

/// `<added>\t<removed>\t<path>\0`; for a rename `<added>\t<removed>\t\0<old>\0<new>\0`; `-` for a binary.
fn parse(output: &[u8]) -> Result<Vec<DiffStat>> {
    let mut fields = bytes::fields(output);
    let mut stats = Vec::new();
    while let Some(field) = fields.next() {
        let odd = || Error::odd_answer("diff-tree --numstat", field);
        let mut parts = field.splitn(3, |b| *b == b'\t');
        let mut number = || parts.next().map(|n| bytes::lossy(n).parse().ok());
        let (added, removed) = (number().ok_or_else(odd)?, number().ok_or_else(odd)?);
        let path = match parts.next().ok_or_else(odd)? {
            b"" => fields.nth(1).ok_or_else(odd)?,
            path => path,
        };
        stats.push(DiffStat {
            path: bytes::path(path),
            added,
            removed,
        });
    }
    Ok(stats)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numstat_is_read() {
        let stats = parse(b"1\t2\ta b\0-\t-\tbin\x000\t0\t\0old\0new\0").unwrap();
        let seen: Vec<_> = stats
            .iter()
            .map(|s| (s.path.to_str().unwrap(), s.added, s.removed))
            .collect();
        assert_eq!(
            seen,
            [
                ("a b", Some(1), Some(2)),
                ("bin", None, None),
                ("new", Some(0), Some(0))
            ]
        );
    }
}
