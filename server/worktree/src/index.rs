//! Turning a working tree into a git tree through an index of our own.
//!
//! The index that git keeps for a worktree is the agent's to break (locked, half-merged, rewritten);
//! ours starts from what was checked out, lies outside the repository, and sees every file.

mod settle;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::add::copy_with_time;
use crate::error::{Error, Result};
use crate::git::Call;
use crate::oid::Oid;
use crate::repo::Repo;

/// How the folders of our indexes begin; the number of the process that made them follows.
const TEMPORARY: &str = "offshoot-index-";

/// Removes the indexes of processes that were killed before they could.
pub fn clear_abandoned() {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(TEMPORARY));
        let owner = owner.and_then(|rest| rest.split_once('-')?.0.parse().ok());
        let dead = |pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH);
        if owner
            .and_then(rustix::process::Pid::from_raw)
            .is_some_and(dead)
        {
            // That of another user stays, for want of rights.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// An index in a folder of its own, which goes with it.
#[derive(Debug)]
pub(crate) struct TempIndex {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl TempIndex {
    pub(crate) fn empty() -> Result<Self> {
        let prefix = format!("{TEMPORARY}{}-", std::process::id());
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir();
        let folder = folder.map_err(|e| Error::io("make a folder in", &std::env::temp_dir(), e))?;
        Ok(Self {
            path: folder.path().join("index"),
            _folder: folder,
        })
    }

    /// A copy of an index with its time, so that git trusts its file stamps no more than before.
    pub(crate) fn copy_of(index: &Path) -> Result<Self> {
        let new = Self::empty()?;
        copy_with_time(index, &new.path)?;
        Ok(new)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// What becomes of a file or folder that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    /// Its owner opens it.
    IsOpened,
    /// It is told.
    IsAnError,
}

/// What is to be read into a tree.
#[derive(Debug)]
pub(crate) struct Snapshot<'a> {
    pub(crate) repo: &'a Repo,
    /// The git folder of the worktree, or the common one where that is gone.
    pub(crate) git_dir: &'a Path,
    pub(crate) work_tree: &'a Path,
    /// Patterns (`:(glob)`, from the root) that keep what they have in the index.
    pub(crate) exclude: &'a [String],
}

impl Snapshot<'_> {
    pub(crate) fn git(&self, index: &TempIndex, command: &str) -> Call {
        self.repo
            .git_at(self.git_dir, self.work_tree, command)
            .index(index.path())
    }

    /// The index to begin with: the one kept from the checkout, which makes git read only files
    /// that changed; else one made of the base's tree, which makes it read all of them.
    pub(crate) fn start(
        &self,
        first_index: Option<&Path>,
        base: Option<&Oid>,
    ) -> Result<TempIndex> {
        if let Some(copy) = first_index
            .filter(|path| path.exists())
            .and_then(|p| TempIndex::copy_of(p).ok())
        {
            return Ok(copy);
        }
        let index = TempIndex::empty()?;
        if let Some(base) = base {
            self.git(&index, "read-tree").arg(base.as_str()).run()?;
        }
        Ok(index)
    }

    /// Makes the index that of a commit; entries that are the same keep their time stamps.
    pub(crate) fn read_over(&self, index: &TempIndex, commit: &Oid) -> Result<()> {
        self.git(index, "read-tree")
            .args(["-m", "-i", commit.as_str()])
            .run()
            .map(drop)
    }

    /// Takes every file of the working tree into the index. Returns folders that git refuses to
    /// take because they are repositories without a commit.
    pub(crate) fn add_all(&self, index: &TempIndex) -> Result<Vec<PathBuf>> {
        self.add(index, Closed::IsOpened)
    }

    /// The same for files of the user's, whose permissions are not ours to change.
    pub(crate) fn add_all_of_the_user(&self, index: &TempIndex) -> Result<Vec<PathBuf>> {
        self.add(index, Closed::IsAnError)
    }

    fn add(&self, index: &TempIndex, closed: Closed) -> Result<Vec<PathBuf>> {
        let mut skipped: Vec<PathBuf> = Vec::new();
        let mut opened = false;
        loop {
            let call = self.add_call(index, &skipped);
            let output = call.output()?;
            let locked_out = was_locked_out(&output.stderr);
            if locked_out && closed == Closed::IsAnError {
                return Err(match closed_paths(&output.stderr) {
                    paths if paths.is_empty() => call.failed(&output),
                    paths => Error::Unreadable { paths },
                });
            }
            if !opened && locked_out {
                // git takes a folder that it cannot read for an empty one, and says so only in a
                // warning. What the agent closed is its owner's to open.
                opened = true;
                open_up(self.work_tree);
                continue;
            }
            if output.code == Some(0) {
                return Ok(skipped);
            }
            // One is named per failure: leave it out and go on.
            match repository_without_commit(&output.stderr).filter(|path| !skipped.contains(path)) {
                Some(path) => skipped.push(path),
                None => return Err(call.failed(&output)),
            }
        }
    }

    fn add_call(&self, index: &TempIndex, skipped: &[PathBuf]) -> Call {
        // `core.safecrlf` would refuse files whose line ends do not survive the round trip.
        let call = self.git(index, "add").set("core.safecrlf=false");
        let call = call.args(["--all", "--sparse", "--", ":(top)"]);
        let call = call.args(
            self.exclude
                .iter()
                .map(|glob| format!(":(top,exclude,glob){glob}")),
        );
        call.args(skipped.iter().map(|path| {
            let mut spec = std::ffi::OsString::from(":(top,exclude,literal)");
            spec.push(path);
            spec
        }))
    }

    pub(crate) fn write_tree(&self, index: &TempIndex) -> Result<Oid> {
        self.git(index, "write-tree").oid()
    }

    /// Entries that name commits of other repositories.
    pub(crate) fn gitlinks(&self, index: &TempIndex) -> Result<Vec<PathBuf>> {
        let output = self.git(index, "ls-files").args(["--stage", "-z"]).run()?;
        let links = crate::bytes::fields(&output).filter(|entry| entry.starts_with(b"160000 "));
        Ok(links
            .filter_map(|entry| entry.splitn(2, |b| *b == b'\t').nth(1))
            .map(crate::bytes::path)
            .collect())
    }

    /// Takes entries out of the index.
    pub(crate) fn drop_entries(&self, index: &TempIndex, paths: &[PathBuf]) -> Result<()> {
        let mut input = Vec::new();
        for path in paths {
            input.extend_from_slice(crate::bytes::of(path));
            input.push(0);
        }
        let call = self
            .git(index, "update-index")
            .args(["--force-remove", "-z", "--stdin"]);
        call.input(input).run().map(drop)
    }
}

fn was_locked_out(stderr: &[u8]) -> bool {
    crate::bytes::lossy(stderr).contains("Permission denied")
}

/// `error: open("a b"): Permission denied`, `warning: could not open directory 'a/': Permission denied`
fn closed_paths(stderr: &[u8]) -> Vec<PathBuf> {
    let text = crate::bytes::lossy(stderr);
    let named = |line: &str| {
        let (said, _) = line.rsplit_once(": Permission denied")?;
        let file = || said.split_once("open(\"")?.1.strip_suffix("\")");
        let folder = || said.split_once("directory '")?.1.strip_suffix("/'");
        file().or_else(folder).map(PathBuf::from)
    };
    text.lines().filter_map(named).collect()
}

/// Gives the owner the right to read every file and folder, and to write folders.
fn open_up(root: &Path) {
    let entries = walkdir::WalkDir::new(root).follow_links(false).into_iter();
    // A folder is opened when it is come upon, before it is read.
    let entries = entries.filter_entry(|entry| {
        let wanted = if entry.file_type().is_dir() {
            0o700
        } else {
            0o400
        };
        if let Ok(meta) = entry.metadata()
            && !meta.is_symlink()
            && meta.permissions().mode() & wanted != wanted
        {
            let mode = meta.permissions().mode() & 0o7777 | wanted;
            let _ = fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode));
        }
        true
    });
    entries.for_each(drop);
}

/// `error: 'sub/' does not have a commit checked out`
fn repository_without_commit(stderr: &[u8]) -> Option<PathBuf> {
    let marker = b"' does not have a commit checked out";
    let end = stderr.windows(marker.len()).position(|w| w == marker)?;
    let start = stderr[..end].iter().rposition(|b| *b == b'\'')? + 1;
    let name = &stderr[start..end];
    Some(crate::bytes::path(name.strip_suffix(b"/").unwrap_or(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refused_folder_is_read_from_the_message() {
        let text =
            b"error: 'a b/c/' does not have a commit checked out\nfatal: adding files failed\n";
        assert_eq!(
            repository_without_commit(text),
            Some(PathBuf::from("a b/c"))
        );
        assert_eq!(repository_without_commit(b"fatal: other"), None);
    }

    #[test]
    fn what_is_closed_is_read_from_the_message() {
        let text = "warning: could not open directory 'a b/c/': Permission denied\n\
                    error: open(\"d's\"): Permission denied\nerror: unable to index file 'd's'\nfatal: adding files failed\n";
        let expected = ["a b/c", "d's"].map(PathBuf::from);
        assert_eq!(closed_paths(text.as_bytes()), expected);
    }

    #[test]
    fn indexes_of_the_dead_go_and_others_stay() {
        let own = TempIndex::empty().unwrap();
        // No process has the largest number there can be.
        let dead = std::env::temp_dir().join(format!("{TEMPORARY}{}-x", i32::MAX));
        let foreign = std::env::temp_dir().join(format!("{TEMPORARY}x-{}", std::process::id()));
        fs::create_dir_all(dead.join("deep")).unwrap();
        fs::create_dir_all(&foreign).unwrap();
        clear_abandoned();
        assert!(!dead.exists() && foreign.exists() && own.path().parent().unwrap().exists());
        fs::remove_dir(&foreign).unwrap();
    }
}
