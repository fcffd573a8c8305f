//! Forgetting what has ended: it lives in the store and is taken back in when somebody asks for it.

use super::state::State;
use crate::ids::{RunId, TaskId};
use crate::run::RunState;
use std::collections::BTreeSet;

impl State {
    /// Forgets what has ended and is waited for by nobody.
    /// `runs` and `tasks` are what was touched; what these waited for is looked at too.
    pub fn evict_ended(&mut self, runs: &BTreeSet<RunId>, tasks: &BTreeSet<TaskId>) {
        let touched = tasks.iter().filter_map(|id| self.tasks.get(id));
        let awaited = touched
            .filter(|task| task.is_ended())
            .flat_map(|task| &task.after);
        let mut all: BTreeSet<TaskId> = awaited.cloned().collect();
        all.extend(tasks.iter().cloned());
        let of_tasks = all
            .iter()
            .filter_map(|id| self.tasks.get(id)?.run.as_ref().map(|(run, _)| run.clone()));
        let runs: BTreeSet<RunId> = runs.iter().cloned().chain(of_tasks).collect();
        for id in runs {
            self.evict_run(&id);
        }
        for id in all {
            let Some(task) = self.tasks.get(&id) else {
                continue;
            };
            // A step's task goes with its run; one that is here alone was only waited for.
            let alone = task
                .run
                .as_ref()
                .is_none_or(|(run, _)| !self.runs.contains_key(run));
            if alone && task.is_ended() && !self.is_waited_for(&id) {
                self.forget(&id);
            }
        }
    }

    fn evict_run(&mut self, id: &RunId) {
        let Some(run) = self.runs.get(id) else {
            return;
        };
        let over = matches!(run.state, RunState::Ended { .. });
        if !over || run.tasks.iter().any(|task| self.is_waited_for(task)) {
            return;
        }
        for task in run.tasks.clone() {
            self.forget(&task);
        }
        self.runs.remove(id);
        self.books.remove(id);
    }

    fn is_waited_for(&self, id: &TaskId) -> bool {
        let open = |id: &TaskId| self.tasks.get(id).is_some_and(|task| !task.is_ended());
        self.dependants
            .get(id)
            .is_some_and(|list| list.iter().any(open))
    }

    fn forget(&mut self, id: &TaskId) {
        self.unindex(id);
        self.held.remove(id);
        self.flight.forget(id);
        self.dependants.remove(id);
        let Some(task) = self.tasks.remove(id) else {
            return;
        };
        for before in &task.after {
            if let Some(list) = self.dependants.get_mut(before) {
                list.retain(|other| other != id);
                if list.is_empty() {
                    self.dependants.remove(before);
                }
            }
        }
    }
}
