//! Whether an event is about a repository of the workspace.

use crate::runs::Runs;
use client::Api;
use protocol::event::Event;
use protocol::run::{Run, RunRef};
use protocol::task::TaskRef;
use std::collections::HashMap;
use std::path::Path;

/// Runs and tasks of others that are remembered; beyond that they are asked for again.
const REMEMBERED: usize = 10_000;

/// Whose an event is.
#[derive(Debug)]
pub(super) enum Whose {
    /// Of a repository of the workspace, or of none.
    Ours,
    /// Of another repository.
    Others,
    /// Of the workspace, and about a run that was not known.
    New(Box<Run>),
}

/// What was asked for already: whether a run or task is of the workspace.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<String, bool>);

impl Known {
    /// Looks it up; what is not known yet is asked for.
    pub(super) async fn whose<A: Api>(&mut self, api: &A, runs: &Runs, event: &Event) -> Whose {
        match (&event.run_id, &event.task_id) {
            (Some(run_id), _) => self.of_run(api, runs, run_id).await,
            (None, Some(task_id)) => self.of_task(api, runs, task_id).await,
            (None, None) => Whose::Ours,
        }
    }

    async fn of_run<A: Api>(&mut self, api: &A, runs: &Runs, run_id: &str) -> Whose {
        let now = runs.now();
        if now.get(run_id).is_some() {
            return Whose::Ours;
        }
        if let Some(ours) = self.0.get(run_id) {
            return whose(*ours);
        }
        let reference = RunRef {
            run_id: run_id.to_owned(),
            repo: None,
        };
        let Ok(run) = api.run_show(reference).await else {
            return self.remember(run_id, false);
        };
        let ours = now.repositories.concerns(Path::new(&run.repo));
        match self.remember(run_id, ours) {
            Whose::Ours => Whose::New(Box::new(run)),
            other => other,
        }
    }

    async fn of_task<A: Api>(&mut self, api: &A, runs: &Runs, task_id: &str) -> Whose {
        if let Some(ours) = self.0.get(task_id) {
            return whose(*ours);
        }
        let reference = TaskRef {
            task_id: task_id.to_owned(),
            ..TaskRef::default()
        };
        let task = api.task_show(reference).await;
        let concerns = |tenant: &str| runs.now().repositories.concerns(Path::new(tenant));
        let ours = task.is_ok_and(|task| concerns(&task.tenant));
        self.remember(task_id, ours)
    }

    fn remember(&mut self, id: &str, ours: bool) -> Whose {
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(id.to_owned(), ours);
        whose(ours)
    }
}

fn whose(ours: bool) -> Whose {
    if ours { Whose::Ours } else { Whose::Others }
}
