//! Settings of worktrees as values: what is put into one beside the tracked files, and how much of
//! the disk all of them may take.

use std::time::Duration;

/// What a repository wants in its worktrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorktreeSettings {
    /// Patterns of ignored files of the main checkout that are copied, as `.gitignore` writes them.
    pub copy: Vec<String>,
    /// Paths of the main checkout that become symbolic links to it.
    pub link: Vec<String>,
    /// Paths that are copied where the file system shares the blocks of copies, and else left out.
    pub reflink: Vec<String>,
    /// Shell commands run in a new worktree; none = what `.cursor/worktrees.json` says.
    pub setup: Vec<String>,
    /// Shell commands run before a worktree goes.
    pub teardown: Vec<String>,
    /// Wall clock of what is laid into a worktree, of setup, and of teardown.
    pub timeout: Duration,
    /// Names of tracked files on which setup depends; none = the usual lists of dependencies.
    pub inputs: Vec<String>,
    /// Names of the ports that each worktree is given; an empty name for the first of a number of them.
    pub ports: Vec<String>,
    /// Bytes that the worktrees of the repository may take on disk.
    pub budget: Option<u64>,
}

impl Default for WorktreeSettings {
    fn default() -> Self {
        Self {
            copy: Vec::new(),
            link: Vec::new(),
            reflink: Vec::new(),
            setup: Vec::new(),
            teardown: Vec::new(),
            timeout: Duration::from_secs(600),
            inputs: Vec::new(),
            ports: Vec::new(),
            budget: None,
        }
    }
}

/// What worktrees may take of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorktreeLimits {
    /// Trees of completed steps kept per repository, to be used again.
    pub warm: u32,
    /// Bytes for all worktrees of the user; none = by `share`.
    pub budget: Option<u64>,
    /// The same in percent of the disk.
    pub share: u32,
    /// With less free than this there is a warning; none = by the size of the disk.
    pub free_warning: Option<u64>,
    /// With less free than this no work begins; none = by the size of the disk.
    pub free_minimum: Option<u64>,
}

impl WorktreeLimits {
    /// Below this much free of a disk of that size there is a warning: 5 GiB, on a small disk a tenth.
    pub fn warn_below(&self, total: u64) -> u64 {
        self.free_warning.unwrap_or((5 << 30).min(total / 10))
    }

    /// So many bytes may all worktrees of a person take of a disk of that size: the budget, else the share.
    pub fn allowed(&self, total: u64) -> u64 {
        self.budget
            .unwrap_or_else(|| total / 100 * u64::from(self.share))
    }

    /// Below this much free of a disk of that size no work begins: 1 GiB, on a small disk a fiftieth.
    pub fn stop_below(&self, total: u64) -> u64 {
        self.free_minimum.unwrap_or((1 << 30).min(total / 50))
    }
}

impl Default for WorktreeLimits {
    fn default() -> Self {
        Self {
            warm: 4,
            budget: None,
            share: 20,
            free_warning: None,
            free_minimum: None,
        }
    }
}

/// A warm tree or another worktree that may go, as the one who decides sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evictable {
    /// What the caller knows it by.
    pub key: usize,
    /// The repository, as a number.
    pub repository: usize,
    /// Bytes on disk.
    pub bytes: u64,
    /// Since when nobody used it.
    pub since: i64,
}

/// What there is, for one decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// Bytes that everything of ours takes, what must stay included, by repository.
    pub taken: Vec<u64>,
    /// What each repository may take.
    pub budgets: Vec<Option<u64>>,
    /// What all of them may take.
    pub budget: u64,
    /// How many trees are kept warm per repository.
    pub warm: u32,
    /// Bytes that have to become free, whatever the budgets say.
    pub wanted: u64,
}

/// Which of them go: the oldest first, where there are too many of a repository, where it or all of
/// them are over their budget, and where the disk itself is short.
#[must_use]
pub fn evict(disk: &Disk, mut all: Vec<Evictable>) -> Vec<usize> {
    all.sort_by_key(|one| (one.since, one.key));
    let mut taken = disk.taken.clone();
    let mut left: Vec<usize> = taken.iter().map(|_| 0).collect();
    for one in &all {
        if let Some(count) = left.get_mut(one.repository) {
            *count += 1;
        }
    }
    let (mut freed, mut gone) = (0_u64, Vec::new());
    let many = usize::try_from(disk.warm).unwrap_or(usize::MAX);
    for one in all {
        let at = one.repository;
        let own = taken.get(at).copied().unwrap_or(0);
        let over = disk
            .budgets
            .get(at)
            .copied()
            .flatten()
            .is_some_and(|most| own > most);
        let total: u64 = taken.iter().sum();
        let crowd = left.get(at).is_some_and(|count| *count > many);
        if crowd || over || total > disk.budget || freed < disk.wanted {
            if let (Some(taken), Some(left)) = (taken.get_mut(at), left.get_mut(at)) {
                *taken = taken.saturating_sub(one.bytes);
                *left -= 1;
            }
            freed += one.bytes;
            gone.push(one.key);
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(disk: Disk, trees: &[(usize, u64, i64)], expected: &[usize]) {
        let all = trees.iter().enumerate();
        let all = all.map(|(key, (repository, bytes, since))| Evictable {
            key,
            repository: *repository,
            bytes: *bytes,
            since: *since,
        });
        assert_eq!(evict(&disk, all.collect()), expected, "{disk:?}");
    }

    fn room() -> Disk {
        Disk {
            taken: vec![100, 100],
            budgets: vec![None, None],
            budget: 1000,
            warm: 2,
            wanted: 0,
        }
    }

    #[test]
    fn limits_follow_the_size_of_the_disk_until_they_are_set() {
        let given = WorktreeLimits::default();
        for (disk, allowed, warning, minimum) in [
            (10 << 30, 2 << 30, 1 << 30, (10 << 30) / 50),
            (1 << 40, (1 << 40) / 5, 5 << 30, 1 << 30),
        ] {
            // A share is counted in whole hundredths.
            assert!(given.allowed(disk).abs_diff(allowed) < 100, "{disk}");
            assert_eq!(given.warn_below(disk), warning, "{disk}");
            assert_eq!(given.stop_below(disk), minimum, "{disk}");
        }
        let set = WorktreeLimits {
            budget: Some(7),
            free_warning: Some(8),
            free_minimum: Some(9),
            ..given
        };
        let of = |disk| {
            (
                set.allowed(disk),
                set.warn_below(disk),
                set.stop_below(disk),
            )
        };
        assert_eq!([of(1 << 30), of(1 << 40)], [(7, 8, 9); 2]);
        let half = WorktreeLimits { share: 50, ..given };
        assert_eq!(half.allowed(1000), 500);
    }

    #[test]
    fn the_oldest_go_where_there_are_too_many_or_too_much() {
        let trees = [(0, 10, 3), (0, 10, 1), (0, 10, 2), (1, 50, 0)];
        check(room(), &[], &[]);
        check(room(), &trees[1..], &[]);
        check(room(), &trees, &[1]);
        check(Disk { warm: 0, ..room() }, &trees, &[3, 1, 2, 0]);
        check(
            Disk {
                wanted: 55,
                ..room()
            },
            &trees,
            &[3, 1],
        );
        check(
            Disk {
                budget: 150,
                ..room()
            },
            &trees,
            &[3, 1],
        );
        let own = Disk {
            budgets: vec![Some(85), None],
            ..room()
        };
        check(own, &trees, &[1, 2]);
        let hopeless = Disk {
            budget: 0,
            ..room()
        };
        check(hopeless, &trees, &[3, 1, 2, 0]);
    }
}
