//! A step's worktree beside what git alone takes for one: cold, and made of a warm tree.

pub(super) mod cold;
pub(super) mod repository;
mod step;
pub(super) mod warm;

use crate::world::World;
use std::time::{Duration, Instant};
use support::Repo;

/// What stands beside each of them.
const BY_GIT: &str = "`git worktree add --detach` of the same commit";
/// What else is told of each of them.
const WHOLE: &str = "and until its agent runs";

fn by_git(world: &World, repo: &Repo<'_>, round: usize) -> Duration {
    let folder = world.path(&format!("by-git-{round}"));
    let place = folder.to_string_lossy().into_owned();
    let mut command = world.command("git", &repo.path);
    command.args(["worktree", "add", "--quiet", "--detach", &place]);
    let began = Instant::now();
    let status = command.status().expect("git");
    let took = began.elapsed();
    assert!(status.success(), "git worktree add: {status}");
    took
}
