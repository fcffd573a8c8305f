//! What is kept per run, so that no question about a run needs a walk over all of its steps.

use crate::run::Run;
use crate::task::Task;
use std::collections::BTreeSet;

/// Counts and the reverse of `needs`.
#[derive(Debug, Clone, Default)]
pub(super) struct Book {
    /// Steps (indices) that name a step in their `needs`, step by step.
    followers: Vec<Vec<usize>>,
    /// Tasks with an attempt under way.
    pub(super) active: usize,
    /// Tasks that have not ended.
    pub(super) open: usize,
    /// Completed tasks whose worktree is not gone yet.
    pub(super) releasing: usize,
}

impl Book {
    pub(super) fn of(run: &Run) -> Self {
        let steps = &run.workflow.steps;
        let mut followers = vec![Vec::new(); steps.len()];
        for (index, step) in steps.iter().enumerate() {
            for need in &step.needs {
                if let Some(list) = followers.get_mut(*need) {
                    list.push(index);
                }
            }
        }
        Self {
            followers,
            active: 0,
            open: 0,
            releasing: 0,
        }
    }

    /// The steps that wait for this one directly.
    pub(super) fn followers(&self, step: usize) -> &[usize] {
        self.followers.get(step).map_or(&[], Vec::as_slice)
    }

    /// These steps and all that build on them, however far.
    pub(super) fn with_followers(&self, first: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut open: Vec<usize> = first.iter().copied().collect();
        let mut all = first;
        while let Some(step) = open.pop() {
            let new = self
                .followers(step)
                .iter()
                .filter(|next| all.insert(**next));
            open.extend(new.copied().collect::<Vec<_>>());
        }
        all
    }

    /// Enters a task's present state into the counts, or takes it out.
    pub(super) fn count(&mut self, task: &Task, enter: bool) {
        step(&mut self.active, task.active().is_some(), enter);
        step(&mut self.open, !task.is_ended(), enter);
        step(&mut self.releasing, task.lets_go(), enter);
    }
}

fn step(count: &mut usize, counts: bool, enter: bool) {
    if counts {
        *count = if enter {
            *count + 1
        } else {
            count.saturating_sub(1)
        };
    }
}
