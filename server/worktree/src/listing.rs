//! What a folder and a history hold, for those who read: names of files, and lines that were added.

use std::path::PathBuf;

use crate::bytes;
use crate::error::Result;
use crate::repo::Repo;

/// Lines that a commit added to a file, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedLines {
    /// The commit.
    pub commit: String,
    /// The file, as it was named there.
    pub path: PathBuf,
    /// Number of the first line, from 1.
    pub line: u32,
    /// The lines, each with its end.
    pub text: Vec<u8>,
}

impl Repo {
    /// The files of the working tree that git tracks or would take: not the ignored ones. Sorted; each once.
    pub fn working_files(&self) -> Result<Vec<PathBuf>> {
        let call = self.git("ls-files").args([
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--deduplicate",
        ]);
        let output = call.run()?;
        let mut files: Vec<PathBuf> = bytes::fields(&output).map(bytes::path).collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// What the commits of a range (`main..`, `v1.0..HEAD`) added, the newest first. Merges are left out:
    /// what they bring came with their parents. Binary files have no lines.
    pub fn added_lines(&self, range: &str) -> Result<Vec<AddedLines>> {
        let call = self.git("log").args([
            "-p",
            "-U0",
            "--no-merges",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            "--diff-filter=AMT",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--format=%x00%H",
            "-z",
            "--end-of-options",
            range,
            "--",
        ]);
        Ok(parse(&call.set("core.quotePath=false").run()?))
    }
}

/// Reads `git log -p -U0`: only the line of a commit begins with a NUL, because a file that holds one is binary.
fn parse(output: &[u8]) -> Vec<AddedLines> {
    let mut found: Vec<AddedLines> = Vec::new();
    let (mut commit, mut path) = (String::new(), None);
    for line in output.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"\0") {
            let hash = line.iter().filter(|byte| byte.is_ascii_hexdigit());
            commit = hash.map(|byte| char::from(*byte)).collect();
            path = None;
        } else if line.starts_with(b"diff --git ") {
            path = None;
        } else if let Some(name) = line.strip_prefix(b"+++ ").filter(|_| path.is_none()) {
            path = name_of(name);
        } else if let (Some(hunk), Some(path)) = (line.strip_prefix(b"@@ "), &path) {
            found.push(AddedLines {
                commit: commit.clone(),
                path: path.clone(),
                line: first_line(hunk),
                text: Vec::new(),
            });
        } else if let (Some(added), Some(_), Some(last)) =
            (line.strip_prefix(b"+"), &path, found.last_mut())
        {
            last.text.extend_from_slice(added);
        }
    }
    found.retain(|added| !added.text.is_empty());
    found
}

/// `b/src/a.rs`, or in quotes with escapes where the name has control characters.
fn name_of(text: &[u8]) -> Option<PathBuf> {
    let text = bytes::line(text);
    // git puts a tab behind a name that has blanks.
    let text = text.strip_suffix(b"\t").unwrap_or(text);
    Some(bytes::path(text.strip_prefix(b"b/")?))
}

/// The first number after the plus of `-1,0 +12,3 @@`.
fn first_line(hunk: &[u8]) -> u32 {
    let text = bytes::lossy(hunk);
    let plus = text.split(' ').find_map(|part| part.strip_prefix('+'));
    plus.and_then(|part| part.split(',').next()?.parse().ok())
        .unwrap_or(1)
}
