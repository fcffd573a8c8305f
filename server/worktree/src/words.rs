//! What is odd, clashes or changed, in words for people.

use std::fmt;

use crate::apply::{Clash, ClashReason};
use crate::dirty::DirtyNote;
use crate::harvest::Note;
use crate::shared::Escaped;

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NestedRepository(path) => write!(
                f,
                "{} is a repository of its own: its files are not in the commit",
                path.display()
            ),
            Self::LeftInProgress(what) => write!(f, "a {what} was left half done"),
            Self::OffBranch(Some(branch)) => {
                write!(f, "the agent had switched to the branch {branch}")
            }
            Self::OffBranch(None) => f.write_str("the agent had left the step's branch"),
            Self::BranchDeleted => f.write_str("the agent had deleted the step's branch"),
            Self::Unregistered(reason) => write!(
                f,
                "git did not know the worktree any more ({reason}); its files were taken all the same"
            ),
            Self::Squashed(reason) => write!(f, "the agent's commits became one: {reason}"),
            Self::KeptAside(name) => write!(
                f,
                "commits that are not in the result are kept under {name}"
            ),
            Self::NotStored(path, reason) => {
                write!(f, "{} could not be kept: {reason}", path.display())
            }
        }
    }
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl fmt::Display for DirtyNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(path, size) => write!(
                f,
                "{} is left out: untracked, and {} MB large",
                path.display(),
                size / 1_000_000
            ),
            Self::NestedRepository(path) => write!(
                f,
                "{} is left out: it is a repository of its own",
                path.display()
            ),
            Self::DirtySubmodule(path) => write!(
                f,
                "of the submodule {} only its commit is in, not what is uncommitted there",
                path.display()
            ),
            Self::InConflict(path) => {
                write!(f, "{} is in with its conflict markers", path.display())
            }
            Self::Unfinished(operation) => {
                write!(
                    f,
                    "a {operation} is not finished in the checkout: the run sees its files as they are"
                )
            }
        }
    }
}

impl fmt::Display for ClashReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BothChanged => "changed here and in the result",
            Self::FolderInTheWay => "a folder with files git does not track is in the way",
            Self::Submodule => "a submodule, whose checkout is yours to move",
            Self::Untracked => "a file that git does not track is in the way",
        })
    }
}

impl fmt::Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.before, &self.after) {
            (None, _) => write!(f, "{} is new", self.what),
            (_, None) => write!(f, "{} is gone", self.what),
            _ => write!(f, "{} changed", self.what),
        }
    }
}
