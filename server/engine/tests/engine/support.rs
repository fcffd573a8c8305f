//! Fake ports, and a world of them.

mod ports;

pub(crate) use ports::{Fake, Inner};

use engine::{Engine, EngineError, Happening, Start};
use model::ids::{RunId, TaskId};
use model::journal::Loaded;
use model::machine::{Command, NewRun, NewTask};
use model::run::{Environment, Run, RunOptions, Source, Submission};
use model::settings::{MachineSettings, TenantSettings};
use model::task::Task;
use model::time::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// A fake world with an engine in it.
pub(crate) struct World {
    pub(crate) fake: Arc<Fake>,
    pub(crate) engine: Engine,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::on(Arc::new(Fake::new()))
    }

    /// An engine that starts from what the fake store has.
    pub(crate) fn on(fake: Arc<Fake>) -> Self {
        let loaded = fake.with(|inner| inner.open());
        Self::starting(fake, loaded)
    }

    fn starting(fake: Arc<Fake>, loaded: Loaded) -> Self {
        let machine = MachineSettings {
            pool_size: 4,
            ..MachineSettings::default()
        };
        let start = Start {
            loaded,
            machine,
            tenants: Vec::new(),
            paused: None,
        };
        let engine = engine::start(Arc::clone(&fake), start);
        Self { fake, engine }
    }

    pub(crate) async fn submit(&self, name: &str) -> Result<(), EngineError> {
        self.engine
            .command(Command::CreateTask(Box::new(task(name))))
            .await
    }

    pub(crate) async fn run(&self, name: &str, workflow: &str) {
        let (run, tasks) = run(name, workflow);
        let command = Command::CreateRun(Box::new(run), tasks);
        self.engine.command(command).await.expect("a run");
    }

    /// Waits until the store says this of a task.
    pub(crate) async fn until(&self, name: &str, status: &str) {
        let id = TaskId::new(name);
        let reached = async {
            while self.fake.with(|inner| inner.status(&id)) != status {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let limit = Duration::from_secs(600);
        if tokio::time::timeout(limit, reached).await.is_err() {
            let is = self.fake.with(|inner| inner.status(&id));
            panic!("{name} is {is}, not {status}: {:?}", self.fake.log());
        }
    }

    /// How many runs and tasks the engine has in memory.
    pub(crate) async fn in_memory(&self) -> (usize, usize) {
        let count = |state: &model::machine::State| (state.runs().count(), state.tasks().count());
        self.engine.look(count).await.expect("the engine")
    }
}

/// What was told, without signals.
pub(crate) fn told(happenings: &mut broadcast::Receiver<Happening>) -> Vec<(u64, String)> {
    let mut told = Vec::new();
    while let Ok(happening) = happenings.try_recv() {
        if let Happening::Event(event) = happening {
            told.push((event.seq, event.kind.clone()));
        }
    }
    told
}

pub(crate) fn task(name: &str) -> Task {
    let new = NewTask {
        id: TaskId::new(name),
        tenant: PathBuf::from("/"),
        folder: PathBuf::from("/"),
        submission: Submission {
            argv: vec!["true".to_owned()],
            ..Submission::default()
        },
        environment: Arc::new(Environment::default()),
        priority: 50,
        after: Vec::new(),
        scheduled_at: None,
    };
    new.build(&TenantSettings::default(), Timestamp(0))
}

/// A run of this workflow; its tasks are named `<run>.<step>`.
pub(crate) fn run(name: &str, workflow: &str) -> (Run, Vec<Task>) {
    let parsed = model::language::parse("w.yaml", workflow.as_bytes());
    let workflow = parsed.workflow.expect("a workflow");
    let ids = workflow.steps.iter();
    let ids = ids.map(|step| TaskId::new(format!("{name}.{}", step.id)));
    NewRun {
        id: RunId::new(name),
        task_ids: ids.collect(),
        repo: PathBuf::from("/repo"),
        source: Source::File {
            path: "w.yaml".to_owned(),
            text: "".into(),
        },
        workflow: Arc::new(workflow),
        options: RunOptions::default(),
        environment: Arc::new(Environment::default()),
        base: "base".to_owned(),
        after: Vec::new(),
        scheduled_at: None,
    }
    .build(&TenantSettings::default(), Timestamp(0))
}
