//! The store: what is read from it after the daemon died, and when somebody asks about what has ended.

use super::{World, alone, repo};
use crate::attempt::Phase;
use crate::ids::{RunId, TaskId};
use crate::machine::tests::invariants;
use crate::machine::{Command, Effect, Report, State};
use crate::run::Run;
use crate::settings::MachineSettings;
use crate::task::Task;
use std::collections::BTreeSet;

impl World {
    /// The daemon dies, with the effects under way; with `all` the processes too. Another one starts.
    pub(in super::super) fn crash(&mut self, all: bool) {
        if all {
            self.alive.clear();
        }
        self.pending.clear();
        self.disturbed.clear();
        let mut state = State::new(&MachineSettings {
            pool_size: self.state.pool().0,
            hand_off_limit: 2,
            ..MachineSettings::default()
        });
        state.set_tenant(&repo(), self.state.tenant(&repo()));
        self.load_into(&mut state);
        self.state = state;
        for effect in self.state.effects_under_way() {
            match &effect {
                Effect::Launch(_) => {}
                _ => self.begin(effect),
            }
        }
        self.adopting = true;
        self.turn(|state, now, turn| state.settle_all(now, turn));
        self.adopt();
        self.adopting = false;
        invariants::all(self);
    }

    fn adopt(&mut self) {
        let under_way: Vec<(TaskId, u32, bool)> = self
            .state
            .tasks()
            .filter_map(|task| {
                let attempt = task.active()?;
                let began = matches!(attempt.phase, Phase::Running { .. });
                let works = began || matches!(attempt.phase, Phase::Starting);
                works.then(|| (task.id.clone(), attempt.number, began))
            })
            .collect();
        for (id, number, began) in under_way {
            match self.alive.get(&id) {
                Some(_) if began => {}
                Some(_) => self.report(&id, number, Report::Started { pid: Some(7) }),
                None => self.report(&id, number, Report::Interrupted),
            }
        }
    }

    /// As the store has it: what is open, with all tasks of its runs, and what open tasks wait for.
    pub(super) fn load_into(&self, state: &mut State) {
        let open: Vec<Run> = self
            .runs
            .values()
            .filter(|run| run.ended_at().is_none())
            .cloned()
            .collect();
        let of_open =
            |task: &&Task| open.iter().any(|run| run.tasks.contains(&task.id)) || alone(task);
        let alone: BTreeSet<TaskId> = self
            .tasks
            .values()
            .filter(of_open)
            .map(|t| t.id.clone())
            .collect();
        let awaited = self.tasks.values().filter(|task| !task.is_ended());
        let awaited = awaited.flat_map(|task| task.after.clone());
        let ids: BTreeSet<TaskId> = alone.into_iter().chain(awaited).collect();
        let tasks = ids.iter().filter_map(|id| self.tasks.get(id)).cloned();
        state.insert(open, tasks.collect());
    }

    pub(super) fn bring_back(&mut self, command: &Command) -> (BTreeSet<RunId>, BTreeSet<TaskId>) {
        let mut runs = Vec::new();
        let mut tasks: Vec<TaskId> = Vec::new();
        match command {
            Command::CancelRun(id)
            | Command::Resume(id)
            | Command::Retry(id, _)
            | Command::Accept(id, _) => runs.push(id.clone()),
            Command::CancelTask(id) | Command::RetryTask(id) => {
                match self.tasks.get(id).and_then(|task| task.run.clone()) {
                    Some((run, _)) => runs.push(run),
                    None => tasks.push(id.clone()),
                }
            }
            Command::CreateTask(task) => tasks.extend(task.after.clone()),
            Command::CreateRun(_, new) => tasks.extend(new.iter().flat_map(|t| t.after.clone())),
            _ => {}
        }
        let mut brought = (BTreeSet::new(), BTreeSet::new());
        runs.retain(|id| self.state.run(id).is_none());
        tasks.retain(|id| self.state.task(id).is_none());
        for run in runs.iter().filter_map(|id| self.runs.get(id)).cloned() {
            let tasks = run.tasks.iter().map(|id| self.tasks[id].clone());
            brought.0.insert(run.id.clone());
            self.state.insert(vec![run.clone()], tasks.collect());
        }
        for id in &tasks {
            let after = self.tasks.get(id).into_iter().flat_map(|task| &task.after);
            let missing = after.chain([id]).filter(|id| self.state.task(id).is_none());
            let missing: Vec<Task> = missing
                .filter_map(|id| self.tasks.get(id))
                .cloned()
                .collect();
            brought.1.extend(missing.iter().map(|task| task.id.clone()));
            self.state.insert(Vec::new(), missing);
        }
        brought
    }
}
