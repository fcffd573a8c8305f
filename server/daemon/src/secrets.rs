//! Secret values, in memory only. What is lost with the daemon is asked for again.

use model::ids::{RunId, TaskId};
use model::task::Task;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Values by owner and name.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<HashMap<String, HashMap<String, String>>>);

impl Secrets {
    /// Keeps what a client gave for a run.
    pub(crate) fn give_run(&self, run: &RunId, values: Vec<(String, String)>) {
        self.give(run.as_str(), values);
    }

    /// Keeps what a client gave for a task without run.
    pub(crate) fn give_task(&self, task: &TaskId, values: Vec<(String, String)>) {
        self.give(task.as_str(), values);
    }

    fn give(&self, owner: &str, values: Vec<(String, String)>) {
        if !values.is_empty() {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(owner.to_owned()).or_default().extend(values);
        }
    }

    /// The values of these names for a task; names without one are left out.
    pub(crate) fn of(&self, task: &Task, names: &[String]) -> Vec<(String, String)> {
        let owner = task
            .run
            .as_ref()
            .map_or(task.id.as_str(), |(run, _)| run.as_str());
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(values) = all.get(owner) else {
            return Vec::new();
        };
        names
            .iter()
            .filter_map(|name| values.get(name).map(|value| (name.clone(), value.clone())))
            .collect()
    }

    /// Forgets what belongs to nothing open any more.
    pub(crate) fn keep_only(&self, open: impl Fn(&str) -> bool) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|owner, _| open(owner));
    }
}
