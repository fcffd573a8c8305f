//! Large files that git-lfs keeps outside the repository: pointers in a worktree unless asked for, and
//! never committed whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::add::Worktree;
use crate::bytes;
use crate::error::{Error, Result};
use crate::file::FileAt;
use crate::oid::Oid;
use crate::raw_diff::{Change, GITLINK};
use crate::repo::Repo;

/// A pointer begins with this, and has at most so many bytes.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";
const LARGEST_POINTER: u64 = 1024;

/// What lies in a new worktree where a file is kept by git-lfs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LargeFiles {
    /// Its pointer: nothing is fetched, nothing copied.
    #[default]
    Pointers,
    /// Its content where the repository has it already, else its pointer. No network.
    Local,
    /// Its content; what is missing is fetched from the remote.
    Pull,
}

impl Repo {
    /// Replaces pointers in a worktree that nobody has worked in yet.
    ///
    /// # Errors
    /// Those of `git lfs`, which has to be installed.
    pub fn bring_large_files(&self, worktree: &Worktree, wanted: LargeFiles) -> Result<()> {
        let verb = match wanted {
            LargeFiles::Pointers => return Ok(()),
            _ if !self.uses_lfs(&worktree.base)? => return Ok(()),
            LargeFiles::Local => "checkout",
            LargeFiles::Pull => "pull",
        };
        let call = self.git_at(&worktree.git_dir, &worktree.path, "lfs");
        let output = call.clone().arg(verb).output()?;
        match output.code {
            // What was written now is no work of a step's.
            Some(0) => self.note(worktree),
            _ => Err(call.arg(verb).failed(&output)),
        }
    }

    fn uses_lfs(&self, commit: &Oid) -> Result<bool> {
        let call = self
            .git("grep")
            .args(["--quiet", "--fixed-strings", "filter=lfs"]);
        let call = call.args([commit.as_str(), "--", ":(top,glob)**/.gitattributes"]);
        Ok(call.output()?.code == Some(0))
    }

    /// Refuses a tree that holds a file whole which attributes give to git-lfs: its program or its settings are
    /// missing. Once pushed, such a file is in the history for good.
    ///
    /// # Errors
    /// [`Error::RawLargeFile`].
    pub(crate) fn refuse_raw_large_files(
        &self,
        git_dir: &Path,
        work_tree: &Path,
        tree: &Oid,
        changed: &[Change],
    ) -> Result<()> {
        let come = changed.iter().filter(|change| {
            change.new_mode & 0o170_000 == 0o100_000 && change.new_mode != GITLINK
        });
        let paths: Vec<&Path> = come.map(|change| change.path.as_path()).collect();
        if !self.may_have_lfs(work_tree, &paths) {
            return Ok(());
        }
        let mut raw = Vec::new();
        for path in self.given_to_lfs(git_dir, work_tree, &paths)? {
            if !self.is_pointer(tree, &path)? {
                raw.push(path);
            }
        }
        if raw.is_empty() {
            Ok(())
        } else {
            Err(Error::RawLargeFile { paths: raw })
        }
    }

    /// Whether some attributes that hold for one of the paths speak of git-lfs: most repositories have none, and
    /// need not be asked.
    fn may_have_lfs(&self, root: &Path, paths: &[&Path]) -> bool {
        let folders: BTreeSet<&Path> = paths
            .iter()
            .flat_map(|path| path.ancestors().skip(1))
            .collect();
        folders
            .iter()
            .any(|folder| mentions_lfs(&root.join(folder).join(".gitattributes")))
            || mentions_lfs(&self.common_dir().join("info/attributes"))
    }

    fn given_to_lfs(&self, git_dir: &Path, root: &Path, paths: &[&Path]) -> Result<Vec<PathBuf>> {
        let mut input = Vec::new();
        for path in paths {
            input.extend_from_slice(bytes::of(path));
            input.push(0);
        }
        let call = self.git_at(git_dir, root, "check-attr");
        let output = call.args(["-z", "--stdin", "filter"]).input(input).run()?;
        // `<path>\0filter\0<value>\0`
        let fields: Vec<&[u8]> = bytes::fields(&output).collect();
        let given = fields.chunks_exact(3).filter(|entry| entry[2] == b"lfs");
        Ok(given.map(|entry| bytes::path(entry[0])).collect())
    }

    /// Whether a file of a tree is a pointer, or empty, which git-lfs leaves as it is.
    fn is_pointer(&self, tree: &Oid, path: &Path) -> Result<bool> {
        Ok(match self.file_at(tree, path, LARGEST_POINTER)? {
            FileAt::Content(content) => content.is_empty() || content.starts_with(POINTER),
            FileAt::TooLarge(_) => false,
            FileAt::Missing => true,
        })
    }
}

fn mentions_lfs(attributes: &Path) -> bool {
    let text = fs::read(attributes).unwrap_or_default();
    text.windows(10).any(|part| part == b"filter=lfs")
}
