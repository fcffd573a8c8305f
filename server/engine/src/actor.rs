//! The loop: receive, decide, store, tell, answer, act. One owner of the state, and no lock around it.

use crate::handle::{Engine, EngineError, Happening};
use crate::job::Job;
use crate::ports::{Agents, Clock, Ports, Reporter, Store, StoreError, Worktrees};
use crate::work;
use model::attempt::Phase;
use model::ids::TaskId;
use model::journal::{Batch, Event};
use model::machine::{Command, Effect, Input, Rejection, Report, RunReport, State, Turn};
use model::run::Run;
use model::settings::{MachineSettings, TenantSettings};
use model::task::Task;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, oneshot};

/// Inputs decided and stored together at most.
const BATCH: usize = 256;
/// Messages that may wait before senders wait.
const MAILBOX: usize = 1024;
/// Happenings kept for subscribers that are behind.
const HAPPENINGS: usize = 4096;
/// Pause before storing is tried again.
const AGAIN: Duration = Duration::from_millis(500);

/// What the mailbox takes.
pub(crate) enum Message {
    Command {
        command: Command,
        reply: oneshot::Sender<Result<(), EngineError>>,
    },
    Report {
        task: TaskId,
        attempt: u32,
        report: Report,
    },
    Run {
        run: model::ids::RunId,
        report: RunReport,
    },
    Look(Box<dyn FnOnce(&State) + Send>),
    Tenant(PathBuf, Arc<TenantSettings>),
    Machine(MachineSettings),
    Problem(oneshot::Sender<Option<String>>),
    LastSeq(oneshot::Sender<u64>),
    ShutDown(oneshot::Sender<()>),
}

/// What the engine starts from.
pub struct Start {
    /// What was stored.
    pub loaded: model::journal::Loaded,
    /// The machine's settings.
    pub machine: MachineSettings,
    /// Settings of the repositories with open work.
    pub tenants: Vec<(PathBuf, Arc<TenantSettings>)>,
    /// Nothing new is started, for this reason.
    pub paused: Option<String>,
}

/// Starts the engine: takes over what was under way, then takes inputs.
pub fn start<P: Ports>(ports: Arc<P>, start: Start) -> Engine {
    let (mailbox, inbox) = mpsc::channel(MAILBOX);
    let (happenings, _) = broadcast::channel(HAPPENINGS);
    let mut state = State::new(&start.machine);
    for (tenant, settings) in start.tenants {
        state.set_tenant(&tenant, settings);
    }
    state.insert(start.loaded.runs, start.loaded.tasks);
    let actor = Actor {
        ports,
        state,
        machine: start.machine,
        last_seq: start.loaded.last_seq,
        mailbox: mailbox.clone(),
        happenings: happenings.clone(),
        problem: None,
        again: Vec::new(),
    };
    tokio::spawn(actor.run(inbox, start.paused));
    Engine {
        mailbox,
        happenings,
    }
}

type Reply = oneshot::Sender<Result<(), EngineError>>;

struct Actor<P: Ports> {
    ports: Arc<P>,
    state: State,
    machine: MachineSettings,
    last_seq: u64,
    mailbox: mpsc::Sender<Message>,
    happenings: broadcast::Sender<Happening>,
    /// Why the last batch could not be stored.
    problem: Option<String>,
    /// Reports of a batch that could not be stored: they are not lost, they come again.
    again: Vec<Input>,
}

impl<P: Ports> Actor<P> {
    async fn run(mut self, mut inbox: mpsc::Receiver<Message>, paused: Option<String>) {
        self.recover(paused).await;
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let count = self.receive(&mut inbox, &mut batch).await;
            let Some(count) = count else { return };
            tracing::trace!(count, "turn");
            if let Some(done) = self.turn(&mut batch).await {
                let _ = done.send(());
                return;
            }
        }
    }

    /// Waits for messages, or until something is due. None when nobody can send any more.
    async fn receive(
        &self,
        inbox: &mut mpsc::Receiver<Message>,
        batch: &mut Vec<Message>,
    ) -> Option<usize> {
        let due = if self.problem.is_some() || !self.again.is_empty() {
            Some(AGAIN)
        } else {
            self.state
                .next_due()
                .map(|at| at.since(self.ports.clock().now()))
        };
        match due {
            None => Some(inbox.recv_many(batch, BATCH).await).filter(|count| *count > 0),
            Some(due) => match tokio::time::timeout(due, inbox.recv_many(batch, BATCH)).await {
                Ok(count) => Some(count).filter(|count| *count > 0),
                Err(_) => Some(0),
            },
        }
    }

    /// Works on one batch. `Some` when it is the last.
    async fn turn(&mut self, batch: &mut Vec<Message>) -> Option<oneshot::Sender<()>> {
        let mut turn = Turn::default();
        let mut replies: Vec<(Reply, Result<(), EngineError>)> = Vec::new();
        let mut reports: Vec<Input> = std::mem::take(&mut self.again);
        let mut last = None;
        for input in reports.clone() {
            self.input(input, &mut turn);
        }
        for message in batch.drain(..) {
            match message {
                Message::Command { command, reply } => {
                    let answer = self.command(command, &mut turn).await;
                    replies.push((reply, answer));
                }
                Message::Report {
                    task,
                    attempt,
                    report,
                } => {
                    let input = Input::Report {
                        task,
                        attempt,
                        report,
                    };
                    reports.push(input.clone());
                    self.input(input, &mut turn);
                }
                Message::Run { run, report } => {
                    let input = Input::Run { run, report };
                    reports.push(input.clone());
                    self.input(input, &mut turn);
                }
                Message::ShutDown(done) => last = Some(done),
                other => self.aside(other),
            }
        }
        let now = self.ports.clock().now();
        self.input(Input::Tick, &mut turn);
        if last.is_none() {
            self.state.plan(now, &mut turn);
        }
        self.settle(turn, replies, reports).await;
        last
    }

    fn aside(&mut self, message: Message) {
        match message {
            Message::Look(look) => look(&self.state),
            Message::Tenant(tenant, settings) => self.state.set_tenant(&tenant, settings),
            Message::Machine(machine) => {
                self.state.set_machine(&machine);
                self.machine = machine;
            }
            Message::Problem(reply) => {
                let _ = reply.send(self.problem.clone());
            }
            Message::LastSeq(reply) => {
                let _ = reply.send(self.last_seq);
            }
            _ => {}
        }
    }

    fn input(&mut self, input: Input, turn: &mut Turn) {
        let now = self.ports.clock().now();
        if let Err(rejection) = self.state.handle(input, now, turn) {
            tracing::warn!(%rejection, "an input was rejected");
        }
    }

    async fn command(&mut self, command: Command, turn: &mut Turn) -> Result<(), EngineError> {
        self.bring_back(&command).await?;
        let now = self.ports.clock().now();
        Ok(self.state.handle(Input::Command(command), now, turn)?)
    }

    /// Takes ended runs and tasks that a command is about back into memory.
    async fn bring_back(&mut self, command: &Command) -> Result<(), EngineError> {
        let after: Vec<TaskId> = match command {
            Command::CancelRun(id)
            | Command::Resume(id)
            | Command::Retry(id, _)
            | Command::Accept(id, _) => {
                if self.state.run(id).is_none()
                    && let Some((run, tasks)) = self.ports.store().run(id).await?
                {
                    self.state.insert(vec![run], tasks);
                }
                return Ok(());
            }
            Command::CancelTask(id) | Command::RetryTask(id) => vec![id.clone()],
            Command::CreateTask(task) => task.after.clone(),
            Command::CreateRun(_, tasks) => {
                tasks.iter().flat_map(|task| task.after.clone()).collect()
            }
            _ => return Ok(()),
        };
        for id in after
            .iter()
            .filter(|id| self.state.task(id).is_none())
            .cloned()
            .collect::<Vec<_>>()
        {
            self.bring_task_back(&id).await?;
        }
        Ok(())
    }

    async fn bring_task_back(&mut self, id: &TaskId) -> Result<(), EngineError> {
        let Some(task) = self.ports.store().task(id).await? else {
            return Err(Rejection::NotFound(format!("no task {id}")).into());
        };
        match &task.run {
            None => self.state.insert(Vec::new(), vec![task]),
            Some((run, _)) => {
                if let Some((run, tasks)) = self.ports.store().run(run).await? {
                    self.state.insert(vec![run], tasks);
                }
            }
        }
        Ok(())
    }

    /// Stores what a turn came to; then tells, answers and acts. Where it cannot be stored none of it
    /// has happened: the state is read again, commands are refused, reports come again.
    async fn settle(
        &mut self,
        turn: Turn,
        replies: Vec<(Reply, Result<(), EngineError>)>,
        reports: Vec<Input>,
    ) {
        let batch = self.batch(&turn);
        let last_seq = batch.events.last().map_or(self.last_seq, |event| event.seq);
        let events: Vec<Event> = batch.events.clone();
        if !batch.is_empty()
            && let Err(error) = self.ports.store().commit(batch).await
        {
            self.roll_back(error, replies, reports).await;
            return;
        }
        if self.problem.take().is_some() {
            tracing::info!("the state can be stored again");
        }
        self.last_seq = last_seq;
        for event in events {
            let _ = self.happenings.send(Happening::Event(Arc::new(event)));
        }
        for (reply, answer) in replies {
            let _ = reply.send(answer);
        }
        self.state_effects(&turn);
        self.state.evict_ended(&turn.runs, &turn.tasks);
    }

    fn batch(&self, turn: &Turn) -> Batch {
        let runs: Vec<Run> = turn
            .runs
            .iter()
            .filter_map(|id| self.state.run(id))
            .cloned()
            .collect();
        let tasks: Vec<Task> = turn
            .tasks
            .iter()
            .filter_map(|id| self.state.task(id))
            .cloned()
            .collect();
        let events = turn
            .events
            .iter()
            .cloned()
            .zip(self.last_seq + 1..)
            .map(|(draft, seq)| Event {
                seq,
                at: draft.at,
                kind: draft.kind,
                run: draft.run,
                step: draft.step,
                task: draft.task,
                attempt: draft.attempt,
                message: draft.message,
            })
            .collect();
        Batch {
            runs,
            tasks,
            events,
        }
    }

    async fn roll_back(
        &mut self,
        error: StoreError,
        replies: Vec<(Reply, Result<(), EngineError>)>,
        reports: Vec<Input>,
    ) {
        if self.problem.as_deref() != Some(error.message.as_str()) {
            tracing::error!(%error, "nothing new is started until the state can be stored");
        }
        self.problem = Some(error.message.clone());
        self.again = reports;
        for (reply, answer) in replies {
            let _ = reply.send(answer.and(Err(error.clone().into())));
        }
        match self.ports.store().load().await {
            Ok(loaded) => {
                let mut state = self.state.emptied();
                state.insert(loaded.runs, loaded.tasks);
                self.state = state;
            }
            Err(error) => tracing::error!(%error, "the state could not be read back"),
        }
    }

    /// Starts the effects of a stored turn.
    fn state_effects(&self, turn: &Turn) {
        for effect in &turn.effects {
            self.act(effect.clone());
        }
        // A completed step's worktree has nothing that is not in its commit.
        let over = turn
            .tasks
            .iter()
            .filter_map(|id| self.state.task(id))
            .filter(|task| {
                task.worktree.is_some()
                    && matches!(task.state, model::task::TaskState::Completed { .. })
            });
        for task in over {
            self.act(Effect::Release(task.id.clone()));
        }
    }

    fn act(&self, effect: Effect) {
        match effect {
            Effect::Finish(id) => self.finish(id),
            Effect::Prepare(id) => self.spawn(&id, |ports, job, reporter| async move {
                reporter.report(work::prepare(&*ports, job).await).await;
            }),
            Effect::Launch(id) => {
                self.spawn(&id, |ports, job, reporter| async move { ports.agents().launch(job, reporter).await })
            }
            Effect::Stop(id, reason) => {
                self.spawn(&id, move |ports, job, _| async move { ports.agents().stop(&job, reason).await })
            }
            Effect::Verify(id) => self.spawn(&id, |ports, job, reporter| async move {
                let end = job.task.last_attempt().and_then(|attempt| attempt.end()).cloned().unwrap_or_default();
                reporter.report(work::verify(&*ports, job, end).await).await;
            }),
            Effect::Release(id) => self.spawn(&id, |ports, job, reporter| async move {
                if let Err(failure) = ports.worktrees().release(&job).await {
                    // It is an orphan from here on; the next start looks after it.
                    tracing::warn!(task = %job.task.id, failure = failure.message, "a worktree stays");
                }
                reporter.report(Report::Released).await;
            }),
        }
    }

    fn spawn<F, W>(&self, id: &TaskId, work: W)
    where
        W: FnOnce(Arc<P>, Job, Reporter) -> F,
        F: Future<Output = ()> + Send + 'static,
    {
        let Some(task) = self.state.task(id) else {
            return;
        };
        let job = Job::of(&self.state, task);
        tokio::spawn(work(Arc::clone(&self.ports), job, self.reporter(task)));
    }

    fn reporter(&self, task: &Task) -> Reporter {
        Reporter {
            task: task.id.clone(),
            attempt: task.last_attempt().map_or(0, |attempt| attempt.number),
            mailbox: self.mailbox.clone(),
            happenings: self.happenings.clone(),
        }
    }

    fn finish(&self, id: model::ids::RunId) {
        let Some(run) = self.state.run(&id).cloned() else {
            return;
        };
        let tasks: Vec<Task> = self.state.tasks_of(&run).cloned().collect();
        let (ports, mailbox) = (Arc::clone(&self.ports), self.mailbox.clone());
        tokio::spawn(async move {
            let report = ports.worktrees().finish(&run, &tasks).await;
            let _ = mailbox.send(Message::Run { run: id, report }).await;
        });
    }

    /// Takes over what was under way when the state was stored.
    async fn recover(&mut self, paused: Option<String>) {
        let under_way: Vec<Task> = self
            .state
            .tasks()
            .filter(|task| task.active().is_some())
            .cloned()
            .collect();
        for task in under_way {
            match task.active().map(|attempt| &attempt.phase) {
                Some(Phase::Starting | Phase::Running { .. }) => {
                    self.spawn(&task.id, |ports, job, reporter| async move {
                        ports.agents().adopt(job, reporter).await;
                    });
                }
                Some(Phase::Preparing) if task.stop.is_some() => {
                    self.act(Effect::Prepare(task.id.clone()))
                }
                _ => {}
            }
        }
        for effect in self.state.effects_under_way() {
            if !matches!(effect, Effect::Launch(_)) {
                self.act(effect);
            }
        }
        let mut turn = Turn::default();
        let now = self.ports.clock().now();
        let _ = self
            .state
            .handle(Input::Command(Command::Pause(paused)), now, &mut turn);
        self.input(Input::Tick, &mut turn);
        self.state.plan(now, &mut turn);
        self.settle(turn, Vec::new(), Vec::new()).await;
    }
}
