//! Looking at runs as JSON: a step by its id, all statuses, and waiting until a run is somewhere.

use crate::repo::Repo;
use crate::wait::{LIMIT, poll};
use serde_json::Value;
use std::collections::BTreeMap;

/// A text of a document.
///
/// # Panics
///
/// When it is not there.
#[track_caller]
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    match value[name].as_str() {
        Some(text) => text,
        None => panic!("no text {name} in {value:#}"),
    }
}

/// Id of a run.
#[track_caller]
pub fn id(run: &Value) -> String {
    text(run, "run_id").to_owned()
}

/// A step of a run.
///
/// # Panics
///
/// When there is none.
#[track_caller]
pub fn step<'a>(run: &'a Value, id: &str) -> &'a Value {
    let steps = run["steps"].as_array().into_iter().flatten();
    match steps.into_iter().find(|step| step["id"] == id) {
        Some(step) => step,
        None => panic!("no step {id} in {run:#}"),
    }
}

/// Step ids with their statuses.
pub fn statuses(run: &Value) -> BTreeMap<&str, &str> {
    let steps = run["steps"].as_array().into_iter().flatten();
    steps
        .filter_map(|step| Some((step["id"].as_str()?, step["status"].as_str()?)))
        .collect()
}

impl Repo<'_> {
    /// Starts a run of a workflow file without following it.
    #[track_caller]
    pub fn detach(&self, args: &[&str]) -> Value {
        let mut all = vec!["run", "--detach"];
        all.extend(args);
        self.json(&all)
    }

    /// A run as it is now.
    #[track_caller]
    pub fn run(&self, id: &str) -> Value {
        self.json(&["workflow", "show", id])
    }

    /// Waits until a run is as wanted, and returns it.
    #[track_caller]
    pub fn wait(&self, id: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let seen = poll(LIMIT, || {
            last = self.run(id);
            wanted(&last).then(|| last.clone())
        });
        seen.unwrap_or_else(|| panic!("waited in vain for {what}: {last:#}"))
    }

    /// Waits until a run has ended.
    #[track_caller]
    pub fn wait_end(&self, id: &str) -> Value {
        self.wait(id, "the end of the run", |run| {
            matches!(
                run["status"].as_str(),
                Some("completed" | "failed" | "cancelled")
            )
        })
    }

    /// Waits until a step has a status.
    #[track_caller]
    pub fn wait_step(&self, id: &str, step_id: &str, status: &str) -> Value {
        self.wait(id, &format!("{step_id} to be {status}"), |run| {
            step(run, step_id)["status"] == status
        })
    }
}
