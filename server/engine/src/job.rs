//! A snapshot for the work on one task: what the ports are given instead of the state.

use model::ids::AttemptId;
use model::machine::State;
use model::run::Run;
use model::settings::TenantSettings;
use model::task::{Task, TaskState};
use std::path::Path;
use std::sync::Arc;

/// A task with its surroundings, as they were when its effect was started.
#[derive(Debug, Clone)]
pub struct Job {
    /// The task.
    pub task: Task,
    /// Its run.
    pub run: Option<Run>,
    /// The repository's settings.
    pub settings: Arc<TenantSettings>,
    /// Back ends of the task in order.
    pub candidates: Vec<model::backend::Backend>,
    /// Back ends that are not configured, and why.
    pub passed_over: Vec<model::backend::PassedOver>,
    /// The tasks whose results this one builds on, in file order.
    pub parents: Vec<Task>,
    /// The step whose gate sent it back, where one did.
    pub gate: Option<Task>,
    /// As many hand-offs are open as may be.
    pub hand_offs_full: bool,
}

impl Job {
    pub(crate) fn of(state: &State, task: &Task) -> Self {
        let run = task.run.as_ref().and_then(|(id, _)| state.run(id)).cloned();
        let (candidates, passed_over) = state.candidates(task);
        let parents = run
            .as_ref()
            .map_or_else(Vec::new, |run| parents(state, run, task));
        let gate = run.as_ref().and_then(|run| {
            let index = task.back.as_ref()?.gate;
            state.task(run.tasks.get(index)?).cloned()
        });
        Self {
            gate,
            settings: state.tenant(&task.tenant),
            task: task.clone(),
            run,
            candidates,
            passed_over,
            parents,
            hand_offs_full: state.hand_offs_full(),
        }
    }

    /// The attempt under way.
    pub fn attempt(&self) -> AttemptId {
        let number = self.task.last_attempt().map_or(0, |attempt| attempt.number);
        self.task.id.attempt(number)
    }

    /// The folder the attempt works in.
    pub fn folder(&self) -> &Path {
        match (&self.task.worktree, &self.task.place) {
            (Some(worktree), _) => &worktree.path,
            (None, model::task::Place::Folder(folder)) => folder,
            (None, model::task::Place::Worktree) => &self.task.tenant,
        }
    }

    /// Commits that it starts from: the parents' results in file order, and in another round of a loop
    /// what the gate saw or it left itself. Without duplicates.
    pub fn parent_commits(&self) -> Vec<String> {
        let mut commits: Vec<String> = Vec::new();
        let parents = self.parents.iter();
        let back = self.task.back.as_ref();
        for commit in parents
            .filter_map(|task| task.product.commit.clone())
            .chain(back.and_then(|back| back.commit.clone()))
        {
            if !commits.contains(&commit) {
                commits.push(commit);
            }
        }
        commits
    }
}

/// The nearest tasks before this one that have a result: a step that does nothing, was skipped or
/// failed stands for those it waited for. Those that edit the same files count, where it waits for such.
fn parents(state: &State, run: &Run, task: &Task) -> Vec<Task> {
    let mut found = Vec::new();
    let mut seen = vec![false; run.tasks.len()];
    let mut open: Vec<usize> = task.step.needs.clone();
    open.extend(state.built_on(run, task));
    while let Some(index) = open.pop() {
        if seen.get(index).copied().unwrap_or(true) {
            continue;
        }
        seen[index] = true;
        let Some(before) = run.tasks.get(index).and_then(|id| state.task(id)) else {
            continue;
        };
        if matches!(before.state, TaskState::Completed { .. }) && before.product.commit.is_some() {
            found.push((index, before.clone()));
        } else {
            open.extend(&before.step.needs);
        }
    }
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, task)| task).collect()
}
