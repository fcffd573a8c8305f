//! Git: worktrees, branches, merges, results. The only crate that touches git.
//!
//! Everything blocks and is safe to call from many threads: a [`Repo`] is plain data (paths and an
//! environment), each call starts the `git` processes it needs and waits for them with a deadline.
//! What writes, merges or checks out goes through the `git` program, but for the index of a warm tree, which is
//! made here; libgit2 only reads.
//!
//! The user's checkout, index, HEAD, stash and config are never written, except by
//! [`Repo::apply`], [`Repo::undo`] and [`Repo::apply_commit`], which are asked to.

mod add;
mod again;
mod apply;
mod artifacts;
mod base;
mod bytes;
mod conflict;
mod demo;
mod diff;
mod differences;
mod dirty;
mod discard;
mod entry;
mod environment;
mod error;
mod exclude;
mod file;
mod finish;
mod git;
mod harvest;
mod include;
mod index;
mod lfs;
mod listing;
mod merge;
mod narrow;
mod oid;
mod raw_diff;
mod read;
mod reconcile;
mod refs;
mod remove;
mod repo;
mod reset;
mod resolved;
mod salvage;
mod shared;
mod submodules;
mod tracked;
mod unfinished;
mod warm;
mod words;
mod written;

pub use add::{AddWorktree, Worktree};
pub use apply::{ApplyOutcome, Clash, ClashReason, LandOutcome, Landed, Landing, Undone};
pub use artifacts::{ArtifactLimits, StoredArtifact};
pub use base::{Base, BaseOutcome, Conflict, ConflictPath};
pub use conflict::Resolution;
pub use demo::{create_repository, git_version};
pub use diff::DiffStat;
pub use dirty::{DirtyNote, UntrackedLimits, WorkingTree};
pub use discard::Discarded;
pub use environment::Environment;
pub use error::{Error, Result};
pub use file::{FileAt, file_below};
pub use finish::{FinishOutcome, ResultBranch};
pub use harvest::{Created, CreatedStatus, Harvest, HarvestJob, Note};
pub use include::{INCLUDE_FILE, Include, Laid};
pub use index::clear_abandoned;
pub use lfs::LargeFiles;
pub use listing::AddedLines;
pub use oid::Oid;
pub use raw_diff::{Change, ChangeKind};
pub use reconcile::{Reconciled, Registered};
pub use refs::Prefixes;
pub use remove::{Removed, is_set_aside, remove_folder, set_aside};
pub use repo::{Head, Identity, Repo};
pub use resolved::Resolved;
pub use salvage::SalvageRef;
pub use shared::{Escaped, SharedState};
pub use submodules::Unfilled;
pub use warm::{PutAway, Recycled, Remembered, WarmTree, occupant, seen_in};

#[cfg(test)]
mod tests;
