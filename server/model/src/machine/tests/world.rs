//! A fake world: a store that keeps what turns touched, effects that wait for an answer, processes
//! that run until they are told or end.

use super::invariants;
use crate::attempt::{AttemptEnd, Phase};
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::machine::{
    Command, Effect, Input, NewRun, NewTask, PrepareFailure, Rejection, Report, RunReport, State,
    Turn, Verified,
};
use crate::run::{Environment, ResultBranch, Run, RunOptions, Source, Submission};
use crate::settings::{MachineSettings, TenantSettings};
use crate::task::{Need, Place, Product, Task, Worktree};
use crate::time::Timestamp;
use crate::verdict::Verdict;
use crate::workflow::Workflow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
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
        let id = RunId::new(name);
        let task_ids = workflow.steps.iter();
        let task_ids = task_ids
            .map(|step| TaskId::new(format!("{name}.{}", step.id)))
            .collect();
        let new = NewRun {
            id: id.clone(),
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
        let (run, tasks) = new.build(&TenantSettings::default(), self.now);
        self.command(Command::CreateRun(Box::new(run), tasks))
            .expect("a new run");
        id
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

    /// Answers the pending effect at this place, well or as `answers` has it.
    pub(super) fn answer(&mut self, place: usize) {
        let (effect, number) = self.pending.remove(place);
        match effect {
            Effect::Prepare(id) => {
                let report = self.prepared(&id);
                self.report(&id, number, report);
            }
            Effect::Launch(id) => {
                match self.take(&id, |answer| matches!(answer, Answer::Fail(_))) {
                    Some(Answer::Fail(class)) => {
                        self.report(&id, number, Report::NotStarted(Failure::new(class, "no")));
                    }
                    _ => {
                        self.alive.insert(id.clone(), number);
                        self.report(&id, number, Report::Started { pid: Some(7) });
                    }
                }
            }
            Effect::Stop(id, _) => {
                let verify = (Effect::Verify(id.clone()), number);
                if self.alive.get(&id) == Some(&number) {
                    self.end(&id, stopped());
                } else if self.pending[..place].contains(&verify) {
                    // It was under way when the stop was wanted.
                    self.disturbed.insert(id);
                }
            }
            Effect::Verify(id) => {
                let report = self.verified(&id);
                self.report(&id, number, report);
            }
            Effect::Release(id) => self.report(&id, number, Report::Released),
            Effect::Finish(run) => {
                let report = self.finished(&run);
                self.input(Input::Run { run, report });
            }
        }
    }

    fn prepared(&mut self, id: &TaskId) -> Report {
        let task = self.tasks[id].clone();
        if task.stop.is_some() {
            let failure = Failure::new(FailureClass::Interrupted, "stopped");
            return Report::NotPrepared(PrepareFailure::Failed(failure));
        }
        let wanted = |answer: &Answer| *answer != Answer::Unverified;
        match self.take(id, wanted) {
            Some(Answer::Conflict) => {
                return Report::NotPrepared(PrepareFailure::Needs(Need::Conflict {
                    paths: vec!["f".to_owned()],
                    steps: vec![0],
                    worktree: Some(PathBuf::from("/conflict")),
                }));
            }
            Some(Answer::Secret) => {
                let names = vec!["TOKEN".to_owned()];
                return Report::NotPrepared(PrepareFailure::Needs(Need::Secret { names }));
            }
            Some(Answer::Fail(class)) => {
                let failure = Failure::new(class, "no");
                return Report::NotPrepared(PrepareFailure::Failed(failure));
            }
            Some(Answer::NoRoom) => return Report::NotPrepared(PrepareFailure::NoRoom),
            _ => {}
        }
        let attempt = task.active().expect("under way");
        Report::Prepared {
            backend: attempt.backend.clone(),
            passed_over: attempt.passed_over.clone(),
            worktree: matches!(task.place, Place::Worktree).then(|| Worktree {
                path: Path::new("/worktrees").join(id.as_str()),
                branch: "branch".to_owned(),
                base: "base".to_owned(),
            }),
        }
    }

    fn verified(&mut self, id: &TaskId) -> Report {
        let task = self.tasks[id].clone();
        let end = task.last_attempt().and_then(|attempt| attempt.end());
        let end = end.cloned().unwrap_or_default();
        let mut verdict = Verdict::of_end(&end);
        let disturbed = self.disturbed.remove(id) || task.stop.is_some();
        if verdict == Verdict::Completed {
            let wanted = |answer: &Answer| matches!(answer, Answer::Unverified | Answer::Fail(_));
            let failure = |class| Failure::new(class, "no");
            verdict = match self.take(id, wanted) {
                _ if disturbed => Verdict::Failed(failure(FailureClass::Check)),
                Some(Answer::Unverified) => Verdict::Unverified(failure(FailureClass::Artifact)),
                Some(Answer::Fail(class)) => Verdict::Failed(failure(class)),
                _ => Verdict::Completed,
            };
        }
        let commit = (verdict == Verdict::Completed).then(|| format!("commit of {id}"));
        let product = Product {
            commit,
            outputs: vec![("by".to_owned(), task.step.id.to_string())],
            ..Product::default()
        };
        Report::Verified(Box::new(Verified { verdict, product }))
    }

    fn finished(&mut self, run: &RunId) -> RunReport {
        if self.clashes > 0 {
            self.clashes -= 1;
            return RunReport::Conflict(vec!["f".to_owned()]);
        }
        RunReport::Finished(Some(ResultBranch {
            name: format!("offshoot/{run}"),
            commit: "tip".to_owned(),
        }))
    }

    fn take(&mut self, id: &TaskId, wanted: impl Fn(&Answer) -> bool) -> Option<Answer> {
        let step = self.tasks[id].step.id.to_string();
        let place = self
            .answers
            .iter()
            .position(|(of, answer)| *of == step && wanted(answer))?;
        Some(self.answers.remove(place).1)
    }

    /// The attempt of this task that works ends like this.
    pub(super) fn end(&mut self, id: &TaskId, end: AttemptEnd) {
        let number = self.alive.remove(id).expect("an attempt that works");
        self.report(id, number, Report::Ended(end));
    }

    /// The daemon dies, with the effects under way; with `all` the processes too. Another one starts.
    pub(super) fn crash(&mut self, all: bool) {
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
    fn load_into(&self, state: &mut State) {
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

    fn bring_back(&mut self, command: &Command) -> (BTreeSet<RunId>, BTreeSet<TaskId>) {
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

pub(super) fn template() -> crate::settings::AgentTemplate {
    crate::settings::AgentTemplate {
        command: vec!["claude".to_owned()],
        env: Vec::new(),
        timeout: None,
        confine: false,
    }
}
