//! The disk: warm trees go where worktrees take more than they may, a warning comes before the disk is
//! full, and with too little left no work begins. Worktrees of steps, failed ones within retention
//! and everything that is not saved are never touched here.

use super::left_behind::is_gone;
use super::{Evicted, Trees};
use crate::core::{Core, Ending};
use model::machine::Command;
use model::worktrees::{Disk, Evictable, WorktreeLimits, evict};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Between two looks at the disk.
const ROUND: Duration = Duration::from_secs(10);

/// What a file system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Space {
    free: u64,
    total: u64,
}

fn space(path: &Path) -> Option<Space> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(Space {
        free: found.f_bavail.saturating_mul(found.f_frsize),
        total: found.f_blocks.saturating_mul(found.f_frsize),
    })
}

/// Looks after the disk until the daemon ends.
pub(crate) async fn run(core: Arc<Core>) {
    let mut ending = core.ending.subscribe();
    let trees = Arc::clone(&core.wiring.worktrees.trees);
    let mut held = None;
    loop {
        round(&core, &trees, &mut held).await;
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = trees.looked_for() => {}
            _ = ending.wait_for(|ending| *ending == Ending::Ends) => return,
        }
    }
}

async fn round(core: &Arc<Core>, trees: &Arc<Trees>, held: &mut Option<String>) {
    let limits = core.tenants.machine_now().worktrees;
    trees.keep_warm(limits.warm);
    let (home, looked) = (core.home.root().to_owned(), Arc::clone(trees));
    let budget = {
        let core = Arc::clone(core);
        move |repo: &Path| core.tenants.known(repo)?.tenant.worktrees.budget
    };
    let look = move || look(&looked, &home, &limits, budget);
    let Ok((low, problems)) = tokio::task::spawn_blocking(look).await else {
        return;
    };
    trees.tell(problems);
    if *held != low
        && core
            .engine
            .command(Command::Hold(low.clone()))
            .await
            .is_ok()
    {
        match &low {
            Some(why) => tracing::warn!(why, "nothing new is begun"),
            None => tracing::info!("there is room on the disk again"),
        }
        *held = low;
    }
}

/// What speaks against new work, and what people should know. Evicts on the way.
fn look(
    trees: &Trees,
    home: &Path,
    limits: &WorktreeLimits,
    budget: impl Fn(&Path) -> Option<u64>,
) -> (Option<String>, Vec<String>) {
    let mut problems = Vec::new();
    let Some(own) = space(home) else {
        return (None, problems);
    };
    let allowed = limits.allowed(own.total);
    problems.extend(make_room(trees, own, allowed, limits, budget));
    problems.extend(trees.told_of_left_behind());
    let repositories: BTreeSet<PathBuf> = trees
        .active()
        .into_iter()
        .map(|record| record.repo)
        .collect();
    let places = std::iter::once(home.to_owned()).chain(repositories);
    // The one with the least above what it needs.
    let lowest = places
        .filter_map(|place| Some((space(&place)?, place)))
        .min_by_key(|(space, _)| {
            let least = limits.stop_below(space.total);
            i128::from(space.free) - i128::from(least)
        });
    let Some((space, place)) = lowest else {
        return (None, problems);
    };
    let (free, place) = (megabytes(space.free), place.display());
    if space.free < limits.stop_below(space.total) {
        let least = megabytes(limits.stop_below(space.total));
        let why = format!(
            "the disk of {place} has {free} left and work needs {least} \
             (offshoot.worktrees.free_minimum); it goes on by itself when there is room"
        );
        return (Some(why), problems);
    }
    if space.free < limits.warn_below(space.total) {
        problems.push(format!(
            "the disk of {place} has only {free} left; `offshoot worktree prune --all` frees what worktrees take"
        ));
    }
    (None, problems)
}

/// Evicts warm trees; says where that is not enough.
fn make_room(
    trees: &Trees,
    own: Space,
    allowed: u64,
    limits: &WorktreeLimits,
    budget: impl Fn(&Path) -> Option<u64>,
) -> Vec<String> {
    let (active, mut warm) = (trees.active(), trees.warm());
    // Nobody asks for trees of a repository that is gone.
    warm.retain(|(id, record, _)| !is_gone(&record.repo) || trees.evict(id) != Evicted::Gone);
    let mut repositories: Vec<PathBuf> = Vec::new();
    let mut number = |repo: &PathBuf| match repositories.iter().position(|known| known == repo) {
        Some(at) => at,
        None => {
            repositories.push(repo.clone());
            repositories.len() - 1
        }
    };
    let mut taken: Vec<u64> = vec![0; active.len() + warm.len()];
    for record in &active {
        taken[number(&record.repo)] += trees.rough_size(&record.worktree).unwrap_or(0);
    }
    let mut evictable = Vec::new();
    for (key, (_, record, _)) in warm.iter().enumerate() {
        let (repository, bytes) = (number(&record.repo), record.bytes.unwrap_or(0));
        taken[repository] += bytes;
        evictable.push(Evictable {
            key,
            repository,
            bytes,
            since: record.since,
        });
    }
    taken.truncate(repositories.len());
    let disk = Disk {
        budgets: repositories.iter().map(|repo| budget(repo)).collect(),
        taken,
        budget: allowed,
        warm: limits.warm,
        wanted: limits.warn_below(own.total).saturating_sub(own.free),
    };
    let disk = let_go(trees, disk, evictable, |key| &warm[key].0);
    over(&disk, &repositories)
}

/// Evicts what is to go; in the place of one that somebody has open, another. What the disk is like then.
fn let_go<'a>(
    trees: &Trees,
    mut disk: Disk,
    mut evictable: Vec<Evictable>,
    id: impl Fn(usize) -> &'a String,
) -> Disk {
    loop {
        let going = evict(&disk, evictable.clone());
        if going.is_empty() {
            return disk;
        }
        let (tried, others): (Vec<Evictable>, Vec<Evictable>) = evictable
            .into_iter()
            .partition(|one| going.contains(&one.key));
        evictable = others;
        for one in tried {
            if trees.evict(id(one.key)) == Evicted::Gone {
                let taken = &mut disk.taken[one.repository];
                *taken = taken.saturating_sub(one.bytes);
                disk.wanted = disk.wanted.saturating_sub(one.bytes);
            }
        }
    }
}

/// What people should know where worktrees of steps alone take more than they may.
fn over(disk: &Disk, repositories: &[PathBuf]) -> Vec<String> {
    let way_out = "`offshoot worktree prune --all` removes those of failed runs";
    let mut problems = Vec::new();
    let all: u64 = disk.taken.iter().sum();
    if all > disk.budget {
        problems.push(format!(
            "worktrees of steps take {} of the {} they may (offshoot.worktrees.budget, or share); {way_out}",
            megabytes(all),
            megabytes(disk.budget)
        ));
    }
    for ((repo, taken), budget) in repositories.iter().zip(&disk.taken).zip(&disk.budgets) {
        if let Some(budget) = budget.filter(|budget| taken > budget) {
            problems.push(format!(
                "worktrees of {} take {} of the {} they may (offshoot.worktrees.repository_budget); {way_out} there",
                repo.display(),
                megabytes(*taken),
                megabytes(budget)
            ));
        }
    }
    problems
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes >> 20)
}
