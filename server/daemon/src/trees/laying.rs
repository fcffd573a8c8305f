//! What is being laid into new worktrees, so that it can be stopped and does not take for ever.

use super::Trees;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Laying for a task, as long as it is under way.
#[derive(Debug)]
pub(crate) struct Laying<'t> {
    trees: &'t Trees,
    task: String,
    stopped: Arc<AtomicBool>,
    until: Instant,
}

impl Laying<'_> {
    pub(crate) fn may_go_on(&self) -> bool {
        !self.is_stopped() && Instant::now() < self.until
    }

    /// Somebody does not want the task to go on.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Drop for Laying<'_> {
    fn drop(&mut self) {
        self.trees.all_laying().remove(&self.task);
    }
}

impl Trees {
    fn all_laying(&self) -> MutexGuard<'_, std::collections::HashMap<String, Arc<AtomicBool>>> {
        self.laying.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins it.
    pub(crate) fn laying(&self, task: &str, within: Duration) -> Laying<'_> {
        let stopped = Arc::new(AtomicBool::new(false));
        let known = Arc::clone(&stopped);
        self.all_laying().insert(task.to_owned(), known);
        let now = Instant::now();
        Laying {
            trees: self,
            task: task.to_owned(),
            stopped,
            until: now.checked_add(within).unwrap_or(now),
        }
    }

    /// Has it end, if it is under way.
    pub(crate) fn stop_laying(&self, task: &str) {
        if let Some(stopped) = self.all_laying().get(task) {
            stopped.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_until_it_is_stopped_or_its_time_is_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let (trees, _chores) = Trees::read(folder.path());
        let hour = Duration::from_secs(3600);
        let (one, other) = (trees.laying("one", hour), trees.laying("other", hour));
        trees.stop_laying("one");
        trees.stop_laying("nobody");
        assert!(!one.may_go_on() && one.is_stopped());
        assert!(other.may_go_on());
        drop((one, other));
        // Stopped was that one, and not the next of the same task.
        assert!(trees.laying("one", hour).may_go_on());
        let late = trees.laying("late", Duration::ZERO);
        assert!(!late.may_go_on() && !late.is_stopped());
    }
}
