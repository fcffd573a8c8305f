//! What can go wrong, in variants that callers can act on.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::oid::Oid;

/// The result of everything here.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of git, of the file system, or of what was asked. Each message names the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No checkout contains the path.
    #[error("{path} is not inside a git repository; run `git init` there, or name another folder")]
    NotARepository {
        /// What was asked for.
        path: PathBuf,
    },
    /// git does not use it, because it belongs to another user.
    #[error(
        "git does not trust {path}, because it belongs to another user; where you do: `git config --global --add safe.directory '{path}'`"
    )]
    NotSafe {
        /// The folder that git names.
        path: PathBuf,
    },
    /// The checkout that a run was started in is not there any more.
    #[error(
        "the checkout {path}, in which the run was started, is gone; ask in another checkout of the same repository (`--repo DIR`)"
    )]
    CheckoutGone {
        /// Its root.
        path: PathBuf,
    },
    /// The repository is bare, or the path lies in its `.git` folder.
    #[error(
        "{path} has no working tree (a bare repository, a .git folder, or core.worktree names another folder); open one of its worktrees instead"
    )]
    NoWorkTree {
        /// What was asked for.
        path: PathBuf,
    },
    /// There is no `git` in the PATH of the environment.
    #[error("git was not found in PATH; install git 2.38 or newer")]
    GitMissing,
    /// The `git` in PATH lacks `merge-tree --write-tree`.
    #[error("git {found} is too old; install git 2.38 or newer")]
    GitTooOld {
        /// What `git --version` said.
        found: String,
    },
    /// HEAD is a branch without commits.
    #[error("{path} has no commits yet; make one first: `git commit --allow-empty -m start`")]
    NoCommits {
        /// The root of the checkout.
        path: PathBuf,
    },
    /// Tracked files have uncommitted changes where there must be none.
    #[error(
        "there are uncommitted changes in {}; commit or stash them first (untracked files may stay), or `apply` without `--commit`, which merges with them", list(.paths)
    )]
    Dirty {
        /// Changed files, relative to the root.
        paths: Vec<PathBuf>,
    },
    /// The checkout is in the middle of something of git's.
    #[error("a {operation} is not finished in the checkout; finish or abort it first")]
    Unfinished {
        /// `merge`, `rebase`, `cherry-pick`, `revert`, `bisect`.
        operation: &'static str,
    },
    /// A branch that went on since, so that going back would lose work.
    #[error("{branch} went on since; take it back with `git revert{} {commit}`", mainline(.merge))]
    BranchWentOn {
        /// Its short name, or HEAD.
        branch: String,
        /// The commit that was to be taken back.
        commit: Oid,
        /// Whether that is a merge.
        merge: bool,
    },
    /// Files were changed since, so that going back would lose work.
    #[error("{} changed since; put these back or keep them, then try again", list(.paths))]
    ChangedSince {
        /// Files that are not as they were left, relative to the root.
        paths: Vec<PathBuf>,
    },
    /// A conflict that has not been resolved yet.
    #[error("still in conflict: {}; remove the conflict markers, and commit there if the rest is right as it lies", list(.paths))]
    StillConflicted {
        /// Files with markers, relative to the worktree.
        paths: Vec<PathBuf>,
    },
    /// The branch is checked out, so that it cannot be moved or deleted behind that checkout's back.
    #[error(
        "branch {branch} is checked out at {path}; switch that checkout to another branch first"
    )]
    CheckedOut {
        /// The short name of the branch.
        branch: String,
        /// Where it is checked out.
        path: PathBuf,
    },
    /// The branch that a result was to go into is the one that is checked out here.
    #[error("branch {branch} is checked out here; `apply --commit` commits onto it")]
    CheckedOutHere {
        /// Its short name.
        branch: String,
    },
    /// There is no local branch of this name.
    #[error("there is no local branch {branch}; `git branch {branch}` makes one")]
    NoSuchBranch {
        /// Its short name.
        branch: String,
    },
    /// The branch onto which the last apply committed was deleted.
    #[error(
        "branch {branch} is gone, and with it what was applied there; the next `--undo` takes back what was applied before that, if anything was"
    )]
    BranchGone {
        /// Its short name.
        branch: String,
    },
    /// There is nothing to take back.
    #[error("nothing of run {run} was applied, or it was taken back already")]
    NotApplied {
        /// The run.
        run: String,
    },
    /// Nothing was saved under this name.
    #[error("nothing is saved under {name}; `offshoot worktree list` names what is")]
    NothingSaved {
        /// The full name of the ref.
        name: String,
    },
    /// A ref that was asked for does not exist.
    #[error("{name} does not exist; see `git for-each-ref`")]
    NoSuchRef {
        /// The full name.
        name: String,
    },
    /// A commit that git has collected, because the branch that held it was deleted.
    #[error(
        "commit {commit} is gone: no branch held it any more, and git has collected it; run the workflow again"
    )]
    Collected {
        /// The commit.
        commit: Oid,
    },
    /// A ref was moved by somebody else between reading and writing.
    #[error("{name} was moved by another program; try again")]
    RefMoved {
        /// The full name.
        name: String,
    },
    /// The folder is not a worktree that this crate made: nothing is run in it or removed from it.
    #[error("{path} is not a registered worktree of this repository ({reason}); make a new one")]
    NotOurWorktree {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A name that cannot be part of a ref.
    #[error("{name:?} cannot be part of a branch name; use letters, digits, `-`, `_` and `.`")]
    BadName {
        /// The name.
        name: String,
    },
    /// Text that is no object id.
    #[error("{text:?} is not a full object id")]
    BadOid {
        /// The text.
        text: String,
    },
    /// A file that a result was asked for and does not change.
    #[error("it does not change {path}; `offshoot diff` shows what it changes")]
    NotChanged {
        /// Relative to the root.
        path: PathBuf,
    },
    /// The device is full.
    #[error("no space left on the device ({context}); free some, or run `offshoot worktree prune`")]
    DiskFull {
        /// What was being written.
        context: String,
    },
    /// The file system or the folder cannot be written.
    #[error(
        "cannot write ({context}); check the permissions and whether the file system is read-only"
    )]
    ReadOnly {
        /// What was being written.
        context: String,
    },
    /// More than the bound was to be copied or read.
    #[error("{what} is over the limit of {limit} bytes; raise the limit or leave it out")]
    TooBig {
        /// What is too big.
        what: String,
        /// The bound in bytes.
        limit: u64,
    },
    /// Too many files would be laid one by one into a worktree.
    #[error(
        "more than {most} ignored files would be laid into folders that are tracked; name fewer in `.worktreeinclude` and `copy`, or keep them in a folder that is ignored"
    )]
    TooManyLaid {
        /// The bound.
        most: usize,
    },
    /// Laying ignored files into a worktree was not to go on.
    #[error("ignored files were laid into its worktree only in part ({} MB)", .bytes / 1_000_000)]
    LaidInPart {
        /// So much was copied.
        bytes: u64,
    },
    /// Files that attributes give to git-lfs would be committed whole.
    #[error(
        "{} would be committed whole, though git-lfs keeps such files; install it, run `git lfs install`, then try again", list(.paths)
    )]
    RawLargeFile {
        /// The files, relative to the root.
        paths: Vec<PathBuf>,
    },
    /// Files or folders that are to be part of a run's base are closed to the user.
    #[error(
        "{} cannot be read; open it to yourself, ignore it, or leave what is uncommitted out", list(.paths)
    )]
    Unreadable {
        /// The files and folders, relative to the root.
        paths: Vec<PathBuf>,
    },
    /// Untracked files are too many, or too large, to be part of a run's base.
    #[error(
        "there are {files} untracked files ({} MB in all); ignore what does not belong to the project, or leave what is uncommitted out", .bytes / 1_000_000
    )]
    UntrackedTooBig {
        /// How many.
        files: usize,
        /// All of them together.
        bytes: u64,
    },
    /// git took longer than its deadline and was ended.
    #[error("`git {command}` did not end within {} s and was stopped; try again, or check the disk", .after.as_secs())]
    Deadline {
        /// The subcommand and its arguments.
        command: String,
        /// How long it was given.
        after: Duration,
    },
    /// A signal ended git.
    #[error("`git {command}` was ended by a signal")]
    Ended {
        /// The subcommand and its arguments.
        command: String,
    },
    /// git failed in a way that has no variant of its own.
    #[error("`git {command}` failed: {stderr}")]
    Git {
        /// The subcommand and its arguments.
        command: String,
        /// What git said, at most some kilobytes.
        stderr: String,
    },
    /// The file system failed in a way that has no variant of its own.
    #[error("{context}: {source}")]
    Io {
        /// What was being done.
        context: String,
        /// The cause.
        source: io::Error,
    },
}

impl Error {
    /// A file system error at a path, sorted into its variant.
    pub(crate) fn io(doing: &str, path: &Path, source: io::Error) -> Self {
        let context = format!("{doing} {}", path.display());
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { context },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { context }
            }
            _ => Self::Io { context, source },
        }
    }

    /// What git said on stderr, sorted into its variant.
    pub(crate) fn git(command: String, stderr: &[u8]) -> Self {
        let stderr = crate::bytes::lossy(stderr).trim().to_owned();
        let has = |text: &str| stderr.contains(text);
        // The last is all that git says when a write fails in the middle of a file.
        if has("No space left on device")
            || has("Disk quota exceeded")
            || has("unable to write file")
        {
            Self::DiskFull {
                context: format!("git {command}"),
            }
        } else if has("Read-only file system")
            || has("Permission denied")
            || has("insufficient permission")
        {
            Self::ReadOnly {
                context: format!("git {command}: {stderr}"),
            }
        } else {
            Self::Git { command, stderr }
        }
    }

    pub(crate) fn ended(command: String) -> Self {
        Self::Ended { command }
    }

    pub(crate) fn no_ref(name: &str) -> Self {
        Self::NoSuchRef {
            name: name.to_owned(),
        }
    }

    pub(crate) fn odd_answer(command: &str, answer: &[u8]) -> Self {
        let shown = &answer[..answer.len().min(200)];
        Self::Git {
            command: command.to_owned(),
            stderr: format!(
                "an answer this version does not understand: {}",
                crate::bytes::lossy(shown)
            ),
        }
    }
}

impl From<Oid> for String {
    fn from(oid: Oid) -> Self {
        oid.as_str().to_owned()
    }
}

/// What `git revert` has to be told of a merge.
fn mainline(merge: &bool) -> &'static str {
    if *merge { " -m 1" } else { "" }
}

/// The first few paths and how many more there are.
fn list(paths: &[PathBuf]) -> String {
    const SHOWN: usize = 5;
    let mut text = paths
        .iter()
        .take(SHOWN)
        .map(|p| p.display().to_string())
        .collect::<Vec<_>>()
        .join(", ");
    if paths.len() > SHOWN {
        text.push_str(&format!(" and {} more", paths.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests;
