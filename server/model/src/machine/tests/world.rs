//! A fake world: a store that keeps what turns touched, effects that wait for an answer, processes
//! that run until they are told or end.

mod answers;
mod store;

use super::invariants;
use crate::attempt::AttemptEnd;
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::machine::{Command, Effect, Input, NewRun, NewTask, Rejection, Report, State, Turn};
use crate::run::{Environment, Run, RunOptions, Source, Submission};
use crate::settings::{MachineSettings, TenantSettings};
use crate::task::Task;
use crate::time::Timestamp;
use crate::workflow::Workflow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// How an effect is answered where it is not answered well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// `Prepare`: the parents do not merge.
    Conflict,
    /// `Prepare`: a secret is missing.
    Secret,
    /// `Prepare`, `Launch`, `Verify`: a failure.
    Fail(FailureClass),
    /// `Verify`: nothing was touched.
    Unverified,
    /// `Verify`: done, with this word as the output `says`.
    Says(&'static str),
    /// `Prepare`: a hand-off, and no room.
    NoRoom,
}

/// The world around a machine.
pub(super) struct World {
    pub(super) state: State,
    pub(super) now: Timestamp,
    pub(super) runs: BTreeMap<RunId, Run>,
    pub(super) tasks: BTreeMap<TaskId, Task>,
    /// Effects that were started and have not answered.
    pub(super) pending: Vec<(Effect, u32)>,
    /// Attempts that work, by process or by hand-off.
    pub(super) alive: BTreeMap<TaskId, u32>,
    /// Checks that were killed.
    pub(super) disturbed: BTreeSet<TaskId>,
    /// Answers to come, by step.
    pub(super) answers: Vec<(String, Answer)>,
    /// Every attempt that was ever begun.
    pub(super) begun: BTreeSet<(TaskId, u32)>,
    /// The result branches do not merge, this often.
    pub(super) clashes: u32,
    pub(super) events: Vec<String>,
    /// A new daemon has not looked after all attempts yet.
    pub(super) adopting: bool,
    /// The next turn cannot be stored at first.
    pub(super) lose_next: bool,
}

pub(super) fn repo() -> PathBuf {
    PathBuf::from("/repo")
}

impl World {
    pub(super) fn new(slots: u32) -> Self {
        let machine = MachineSettings {
            pool_size: slots,
            hand_off_limit: 2,
            ..MachineSettings::default()
        };
        let mut state = State::new(&machine);
        let settings = TenantSettings {
            auto_execution: true,
            ..TenantSettings::default()
        };
        state.set_tenant(&repo(), Arc::new(settings));
        Self {
            state,
            now: Timestamp(1_000_000),
            runs: BTreeMap::new(),
            tasks: BTreeMap::new(),
            pending: Vec::new(),
            alive: BTreeMap::new(),
            disturbed: BTreeSet::new(),
            answers: Vec::new(),
            begun: BTreeSet::new(),
            clashes: 0,
            events: Vec::new(),
            adopting: false,
            lose_next: false,
        }
    }

    /// Starts a run of a workflow; its tasks are named `<run>.<step>`.
    pub(super) fn start(&mut self, name: &str, workflow: Workflow) -> RunId {
        let options = RunOptions {
            priority: 50,
            ..RunOptions::default()
        };
        self.start_with(name, workflow, options, Vec::new())
    }

    pub(super) fn start_with(
        &mut self,
        name: &str,
        workflow: Workflow,
        options: RunOptions,
        after: Vec<TaskId>,
    ) -> RunId {
        let (mut run, mut tasks) = Self::build(name, workflow, options, after);
        run.created_at = self.now;
        for task in &mut tasks {
            task.created_at = self.now;
        }
        let id = run.id.clone();
        self.command(Command::CreateRun(Box::new(run), tasks))
            .expect("a new run");
        id
    }

    pub(super) fn build(
        name: &str,
        workflow: Workflow,
        options: RunOptions,
        after: Vec<TaskId>,
    ) -> (Run, Vec<Task>) {
        let task_ids = workflow.steps.iter();
        let task_ids = task_ids
            .map(|step| TaskId::new(format!("{name}.{}", step.id)))
            .collect();
        let new = NewRun {
            id: RunId::new(name),
            task_ids,
            repo: repo(),
            source: Source::File {
                path: "w.yaml".to_owned(),
                text: "".into(),
            },
            workflow: Arc::new(workflow),
            options,
            environment: Arc::new(Environment::default()),
            base: "base".to_owned(),
            after,
            scheduled_at: None,
        };
        new.build(&TenantSettings::default(), Timestamp(0))
    }

    /// Submits a command that runs where it is.
    pub(super) fn submit(
        &mut self,
        name: &str,
        tenant: &str,
        change: impl FnOnce(&mut NewTask),
    ) -> TaskId {
        let mut new = NewTask {
            id: TaskId::new(name),
            tenant: PathBuf::from(tenant),
            folder: PathBuf::from(tenant),
            submission: Submission {
                argv: vec!["true".to_owned()],
                ..Submission::default()
            },
            environment: Arc::new(Environment::default()),
            priority: 50,
            after: Vec::new(),
            scheduled_at: None,
        };
        change(&mut new);
        let task = new.build(&TenantSettings::default(), self.now);
        let id = task.id.clone();
        self.command(Command::CreateTask(Box::new(task)))
            .expect("a new task");
        id
    }

    pub(super) fn command(&mut self, command: Command) -> Result<(), Rejection> {
        let mut answer = Ok(());
        self.turn_about(Some(&command), |state, now, turn| {
            answer = state.handle(Input::Command(command.clone()), now, turn);
        });
        answer
    }

    pub(super) fn report(&mut self, task: &TaskId, attempt: u32, report: Report) {
        let task = task.clone();
        self.input(Input::Report {
            task,
            attempt,
            report,
        });
    }

    pub(super) fn input(&mut self, input: Input) {
        self.turn(|state, now, turn| {
            state.handle(input.clone(), now, turn).expect("no command");
        });
    }

    pub(super) fn turn(&mut self, work: impl FnMut(&mut State, Timestamp, &mut Turn)) {
        self.turn_about(None, work);
    }

    /// Decides, plans, stores, forgets, and starts the effects. What the command is about is taken back
    /// from the store before.
    fn turn_about(
        &mut self,
        about: Option<&Command>,
        mut work: impl FnMut(&mut State, Timestamp, &mut Turn),
    ) {
        if std::mem::take(&mut self.lose_next) {
            about.map(|command| self.bring_back(command));
            let _ = self.decide(&mut work);
            let mut state = self.state.emptied();
            self.load_into(&mut state);
            self.state = state;
        }
        let brought = about.map(|command| self.bring_back(command));
        let turn = self.decide(&mut work);
        self.commit(turn);
        if let Some((runs, tasks)) = brought {
            self.state.evict_ended(&runs, &tasks);
        }
    }

    fn decide(&mut self, work: &mut impl FnMut(&mut State, Timestamp, &mut Turn)) -> Turn {
        let busy = self.state.pool().1;
        let mut turn = Turn::default();
        self.state.checkpoint();
        work(&mut self.state, self.now, &mut turn);
        let _ = self.state.handle(Input::Tick, self.now, &mut turn);
        self.state.plan(self.now, &mut turn);
        invariants::slots(&self.state, busy);
        turn
    }

    fn commit(&mut self, turn: Turn) {
        for id in &turn.runs {
            let run = self.state.run(id).expect("a touched run").clone();
            self.runs.insert(id.clone(), run);
        }
        for id in &turn.tasks {
            let task = self.state.task(id).expect("a touched task").clone();
            invariants::attempts(&task);
            invariants::rounds(&task);
            self.tasks.insert(id.clone(), task);
        }
        self.events
            .extend(turn.events.iter().map(|event| event.kind.clone()));
        for effect in &turn.effects {
            self.begin(effect.clone());
        }
        self.state.evict_ended(&turn.runs, &turn.tasks);
        invariants::all(self);
    }

    fn begin(&mut self, effect: Effect) {
        let number = |id: &TaskId| self.tasks.get(id).map_or(0, |task| task.attempts.len());
        let number = match &effect {
            Effect::Prepare(id) | Effect::Launch(id) => {
                let number = number(id);
                let attempt = (id.clone(), u32::try_from(number).expect("few"));
                if self.begun.insert(attempt) {
                    invariants::may_run(self, id);
                }
                number
            }
            Effect::Stop(id, _) | Effect::Verify(id) | Effect::Release(id) => number(id),
            Effect::Finish(_) => 0,
        };
        self.pending
            .push((effect, u32::try_from(number).expect("few")));
    }

    /// The attempt of this task that works ends like this.
    pub(super) fn end(&mut self, id: &TaskId, end: AttemptEnd) {
        let number = self.alive.remove(id).expect("an attempt that works");
        self.report(id, number, Report::Ended(end));
    }

    /// Answers everything and lets every attempt succeed until nothing happens any more.
    pub(super) fn drain(&mut self) {
        for _ in 0..5_000 {
            if !self.pending.is_empty() {
                self.answer(0);
            } else if let Some(id) = self.alive.keys().next().cloned() {
                self.end(&id, AttemptEnd::default());
            } else if let Some(at) = self.state.next_due() {
                self.now = self.now.max(at);
                self.input(Input::Tick);
            } else {
                return;
            }
        }
        panic!("it does not come to rest");
    }
}

fn alone(task: &Task) -> bool {
    task.run.is_none() && !task.is_ended()
}

pub(super) fn stopped() -> AttemptEnd {
    AttemptEnd {
        stopped: true,
        ..AttemptEnd::default()
    }
}

pub(super) fn failed(class: FailureClass) -> AttemptEnd {
    AttemptEnd {
        failure: Some(Failure::new(class, "no")),
        ..AttemptEnd::default()
    }
}

/// Failed, and says that another attempt would end the same way.
pub(super) fn failed_for_good(class: FailureClass) -> AttemptEnd {
    let failure = Failure::new(class, "no").retryable(Some(false));
    AttemptEnd {
        failure: Some(failure),
        ..AttemptEnd::default()
    }
}

pub(super) fn template() -> crate::settings::AgentTemplate {
    crate::settings::AgentTemplate {
        command: vec!["claude".to_owned()],
        env: Vec::new(),
        timeout: None,
        confine: false,
    }
}
