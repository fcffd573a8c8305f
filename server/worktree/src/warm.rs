//! Warm worktrees: the tree of a step that is done, kept to become the tree of a later one. Only the
//! files are kept, in a folder of ours outside the repository; what git knows of the old worktree is
//! forgotten, and the next one gets an entry of its own, so that nothing that an agent did to index,
//! HEAD or configuration of its worktree reaches the next.
//!
//! Which trees are kept, how many and for how long, is not decided here.

mod cache_tree;
mod config;
mod folder;
mod index_file;
mod names;
mod occupants;
mod recycle;
mod retire;
mod set_up;
mod sweep;
mod tidy;

pub use occupants::seen_in;
pub use recycle::{Recycled, WarmTree};
pub use retire::{PutAway, Remembered, occupant};
