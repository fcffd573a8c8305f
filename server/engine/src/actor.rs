//! The loop: receive, decide, store, tell, answer, act. One owner of the state, and no lock around it.
//! What is decided goes to `keep`, what is done to `act`, what ended and is asked for again comes
//! through `back`.

mod act;
mod back;
mod keep;

use crate::handle::{Engine, EngineError, Happening};
use crate::ports::{Clock, Ports};
use back::Brought;
use model::attempt::Phase;
use model::ids::{RunId, TaskId};
use model::machine::{Command, Effect, Input, Report, RunReport, State, Turn};
use model::settings::{MachineSettings, TenantSettings};
use std::collections::HashMap;
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
/// The clock is looked at this often while something is scheduled: a timer does not run while the
/// machine sleeps, the wall clock does.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// What the mailbox takes.
pub(crate) enum Message {
    Command {
        command: Command,
        reply: Reply,
    },
    Report {
        task: TaskId,
        attempt: u32,
        report: Report,
    },
    Run {
        run: RunId,
        report: RunReport,
    },
    Look(Box<dyn FnOnce(&State) + Send>),
    Tenant(PathBuf, Arc<TenantSettings>),
    Machine(MachineSettings),
    Problem(oneshot::Sender<Option<String>>),
    LastSeq(oneshot::Sender<u64>),
    ShutDown(oneshot::Sender<()>),
}

pub(crate) type Reply = oneshot::Sender<Result<(), EngineError>>;

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
        last_seq: start.loaded.last_seq,
        mailbox: mailbox.clone(),
        happenings: happenings.clone(),
        problem: None,
        again: Vec::new(),
        stale: false,
        unsettled: true,
        asking: HashMap::new(),
    };
    tokio::spawn(actor.run(inbox, start.paused));
    Engine {
        mailbox,
        happenings,
    }
}

struct Actor<P: Ports> {
    ports: Arc<P>,
    state: State,
    last_seq: u64,
    mailbox: mpsc::Sender<Message>,
    happenings: broadcast::Sender<Happening>,
    /// Why the last batch could not be stored.
    problem: Option<String>,
    /// Reports of a batch that could not be stored: they are not lost, they come again.
    again: Vec<Input>,
    /// The state could not be read back after a failure: it is not what is stored.
    stale: bool,
    /// The state was read from the store: everything that waits is looked at once.
    unsettled: bool,
    /// Attempts that are being asked to stop.
    asking: HashMap<TaskId, act::Asking>,
}

/// What is collected while the messages of a turn are worked on.
#[derive(Default)]
struct Work {
    turn: Turn,
    replies: Vec<(Reply, Result<(), EngineError>)>,
    /// Reports, for the case that the turn cannot be stored.
    reports: Vec<Input>,
    /// What wants to know the state: it is shown what is stored.
    looks: Vec<Message>,
    brought: Brought,
    /// This turn is the last.
    last: Option<oneshot::Sender<()>>,
}

impl<P: Ports> Actor<P> {
    async fn run(mut self, mut inbox: mpsc::Receiver<Message>, paused: Option<String>) {
        self.take_over(paused);
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let count = batch.len();
            tracing::trace!(count, "turn");
            if let Some(done) = self.turn(&mut batch).await {
                let _ = done.send(());
                return;
            }
            if !self.receive(&mut inbox, &mut batch).await {
                return;
            }
        }
    }

    /// Takes over what was under way when the state was stored.
    fn take_over(&mut self, paused: Option<String>) {
        let mut turn = Turn::default();
        let pause = Input::Command(Command::Pause(paused));
        let _ = self
            .state
            .handle(pause, self.ports.clock().now(), &mut turn);
        let under_way = self.state.effects_under_way();
        let adopted = self.state.tasks().filter(|task| {
            let phase = task.active().map(|attempt| &attempt.phase);
            matches!(phase, Some(Phase::Starting | Phase::Running { .. }))
        });
        for id in adopted.map(|task| task.id.clone()).collect::<Vec<_>>() {
            self.adopt(&id);
        }
        for effect in under_way {
            // What was perhaps launched is adopted: that finds out.
            if !matches!(effect, Effect::Launch(_)) {
                self.act(effect);
            }
        }
    }

    /// Waits for messages, or until something is due. False when nobody can send any more.
    async fn receive(&self, inbox: &mut mpsc::Receiver<Message>, batch: &mut Vec<Message>) -> bool {
        let due = if self.problem.is_some() || self.stale || !self.again.is_empty() {
            Some(AGAIN)
        } else {
            let next = self.state.next_due();
            next.map(|at| at.since(self.ports.clock().now()).min(LONGEST_SLEEP))
        };
        match due {
            None => inbox.recv_many(batch, BATCH).await > 0,
            Some(due) => match tokio::time::timeout(due, inbox.recv_many(batch, BATCH)).await {
                Ok(count) => count > 0,
                Err(_) => true,
            },
        }
    }

    /// Works on one batch. `Some` when it is the last.
    async fn turn(&mut self, batch: &mut Vec<Message>) -> Option<oneshot::Sender<()>> {
        let mut work = Work::default();
        if self.stale && !self.read_back().await {
            return self.postpone(batch);
        }
        self.state.checkpoint();
        for input in std::mem::take(&mut self.again) {
            self.report(input, &mut work);
        }
        for message in batch.drain(..) {
            self.message(message, &mut work).await;
        }
        let now = self.ports.clock().now();
        self.input(Input::Tick, &mut work.turn);
        if self.unsettled {
            self.state.settle_all(now, &mut work.turn);
        }
        if work.last.is_none() {
            self.state.plan(now, &mut work.turn);
        }
        self.keep(work).await
    }

    async fn message(&mut self, message: Message, work: &mut Work) {
        match message {
            Message::Command { command, reply } => {
                let answer = self.command(command, work).await;
                work.replies.push((reply, answer));
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
                self.report(input, work);
            }
            Message::Run { run, report } => self.report(Input::Run { run, report }, work),
            Message::Tenant(tenant, settings) => self.state.set_tenant(&tenant, settings),
            Message::Machine(machine) => self.state.set_machine(&machine),
            Message::ShutDown(done) => work.last = Some(done),
            look => work.looks.push(look),
        }
    }

    fn report(&mut self, input: Input, work: &mut Work) {
        work.reports.push(input.clone());
        self.input(input, &mut work.turn);
    }

    fn input(&mut self, input: Input, turn: &mut Turn) {
        let now = self.ports.clock().now();
        if let Err(rejection) = self.state.handle(input, now, turn) {
            tracing::warn!(%rejection, "an input was rejected");
        }
    }

    async fn command(&mut self, command: Command, work: &mut Work) -> Result<(), EngineError> {
        self.bring_back(&command, &mut work.brought).await?;
        let now = self.ports.clock().now();
        let input = Input::Command(command);
        Ok(self.state.handle(input, now, &mut work.turn)?)
    }

    /// Shows the state to those who asked.
    fn show(&self, looks: Vec<Message>) {
        for look in looks {
            match look {
                Message::Look(look) => look(&self.state),
                Message::Problem(reply) => drop(reply.send(self.problem.clone())),
                Message::LastSeq(reply) => drop(reply.send(self.last_seq)),
                _ => {}
            }
        }
    }

    /// The state is not what is stored, so nothing can be decided: commands are refused, reports wait.
    fn postpone(&mut self, batch: &mut Vec<Message>) -> Option<oneshot::Sender<()>> {
        let mut last = None;
        let mut looks = Vec::new();
        for message in batch.drain(..) {
            match message {
                Message::Command { reply, .. } => {
                    let message = self.problem.clone().unwrap_or_default();
                    drop(reply.send(Err(crate::ports::StoreError { message }.into())));
                }
                Message::Report {
                    task,
                    attempt,
                    report,
                } => self.again.push(Input::Report {
                    task,
                    attempt,
                    report,
                }),
                Message::Run { run, report } => self.again.push(Input::Run { run, report }),
                Message::Tenant(tenant, settings) => self.state.set_tenant(&tenant, settings),
                Message::Machine(machine) => self.state.set_machine(&machine),
                Message::ShutDown(done) => last = Some(done),
                look => looks.push(look),
            }
        }
        self.show(looks);
        last
    }
}
