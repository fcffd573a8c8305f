//! Ended runs and tasks that somebody asks about, taken back into memory for a turn or for longer.

use super::Actor;
use crate::handle::EngineError;
use crate::ports::{Ports, Store};
use model::ids::{RunId, TaskId};
use model::machine::{Command, Rejection};
use std::collections::BTreeSet;

/// What was taken back in this turn: it goes again where it was not needed after all.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) runs: BTreeSet<RunId>,
    pub(super) tasks: BTreeSet<TaskId>,
}

impl<P: Ports> Actor<P> {
    /// Takes ended runs and tasks that a command is about back into memory.
    pub(super) async fn bring_back(
        &mut self,
        command: &Command,
        brought: &mut Brought,
    ) -> Result<(), EngineError> {
        match command {
            Command::CancelRun(id)
            | Command::Resume(id)
            | Command::Retry(id, _)
            | Command::Accept(id, _) => self.bring_run_back(id, brought).await,
            Command::CancelTask(id) | Command::RetryTask(id) => {
                self.bring_task_back(id, brought).await
            }
            Command::CreateTask(task) => self.bring_all_back(&task.after, brought).await,
            Command::CreateRun(_, tasks) => {
                let after = tasks.iter().flat_map(|task| task.after.clone());
                let after: BTreeSet<TaskId> = after.collect();
                self.bring_all_back(&Vec::from_iter(after), brought).await
            }
            Command::Scale(_) | Command::Pause(_) | Command::Hold(_) | Command::StopAll(_) => {
                Ok(())
            }
        }
    }

    /// What a new task is to wait for has to be known.
    async fn bring_all_back(
        &mut self,
        ids: &[TaskId],
        brought: &mut Brought,
    ) -> Result<(), EngineError> {
        self.bring_awaited_back(ids, brought).await?;
        match ids.iter().find(|id| self.state.task(id).is_none()) {
            Some(id) => Err(Rejection::NotFound(format!("no task {id}")).into()),
            None => Ok(()),
        }
    }

    async fn bring_task_back(
        &mut self,
        id: &TaskId,
        brought: &mut Brought,
    ) -> Result<(), EngineError> {
        if let Some(task) = self.state.task(id) {
            // It may be here alone, because another task waits for it.
            return match task.run.clone() {
                Some((run, _)) => self.bring_run_back(&run, brought).await,
                None => Ok(()),
            };
        }
        let Some(task) = self.ports.store().task(id).await? else {
            return Err(Rejection::NotFound(format!("no task {id}")).into());
        };
        if let Some((run, _)) = &task.run {
            return self.bring_run_back(run, brought).await;
        }
        let after = task.after.clone();
        brought.tasks.insert(id.clone());
        self.state.insert(Vec::new(), vec![task]);
        self.bring_awaited_back(&after, brought).await
    }

    async fn bring_run_back(
        &mut self,
        id: &RunId,
        brought: &mut Brought,
    ) -> Result<(), EngineError> {
        if self.state.run(id).is_some() {
            return Ok(());
        }
        let Some((run, tasks)) = self.ports.store().run(id).await? else {
            return Ok(());
        };
        let after = tasks.iter().flat_map(|task| task.after.clone());
        let after: BTreeSet<TaskId> = after.collect();
        brought.runs.insert(id.clone());
        self.state.insert(vec![run], tasks);
        self.bring_awaited_back(&Vec::from_iter(after), brought)
            .await
    }

    /// What the tasks taken back had to wait for: what is not known counts as completed, so what did
    /// not complete has to be known. One that is not stored any more is old enough not to matter.
    async fn bring_awaited_back(
        &mut self,
        after: &[TaskId],
        brought: &mut Brought,
    ) -> Result<(), EngineError> {
        for id in after {
            if self.state.task(id).is_none()
                && let Some(task) = self.ports.store().task(id).await?
            {
                brought.tasks.insert(id.clone());
                self.state.insert(Vec::new(), vec![task]);
            }
        }
        Ok(())
    }
}
