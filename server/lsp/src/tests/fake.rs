//! A daemon for tests: a few runs, events on demand, and whatever else a test has it answer.

use crate::daemon::{Absent, Connect, Connection};
use client::fake::Fake;
use protocol::daemon::Hello;
use protocol::event::Event;
use protocol::file::FileContent;
use protocol::finding::{Finding, FindingList, FoundFinding};
use protocol::run::{Run, RunList, Step};
use protocol::{Error, ErrorKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::mpsc;

type Answer = dyn Fn(&str, Value) -> Result<Value, Error> + Send + Sync;
type Ask = Box<dyn Fn(&str, Value) -> Result<Value, Error> + Send + Sync>;

/// Root of the one repository it knows; sessions open this folder.
pub(super) const ROOT: &str = "/home/u/my repo";

/// Clones share it.
#[derive(Clone)]
pub(super) struct FakeDaemon {
    answer: Arc<Answer>,
    world: Arc<Mutex<World>>,
}

/// What there is.
#[derive(Default)]
pub(super) struct World {
    /// Newest first.
    pub(super) runs: Vec<Run>,
    /// Roots of repositories; the first is that of folders that are in none.
    pub(super) roots: Vec<String>,
    /// Why it does not start.
    pub(super) broken: Option<Error>,
    /// Connections to it are never made.
    pub(super) hangs: bool,
    /// It runs.
    pub(super) up: bool,
    /// It was told to go when it went.
    pub(super) stopped: bool,
    /// How often it was started.
    pub(super) starts: u32,
    /// The last event's number.
    pub(super) seq: u64,
    /// What holds now.
    pub(super) findings: Vec<FoundFinding>,
    /// Files of results, by step and path.
    pub(super) files: BTreeMap<(String, String), String>,
    /// What `config.show` answers: key, value, origin.
    pub(super) settings: Vec<Value>,
    /// Where files that are shown go.
    pub(super) state: PathBuf,
    /// What it was asked, but for what every session asks.
    asked: Vec<(String, Value)>,
    /// What every session asks.
    housekeeping: Vec<(String, Value)>,
    events: Vec<mpsc::Sender<Event>>,
}

impl FakeDaemon {
    /// One that runs, and answers what is no housekeeping with this function.
    pub(super) fn new(
        answer: impl Fn(&str, Value) -> Result<Value, Error> + Send + Sync + 'static,
    ) -> Self {
        let world = World {
            roots: vec![ROOT.to_owned()],
            up: true,
            ..World::default()
        };
        Self {
            answer: Arc::new(answer),
            world: Arc::new(Mutex::new(world)),
        }
    }

    /// One that is asked nothing but housekeeping.
    pub(super) fn quiet() -> Self {
        Self::new(|method, _| panic!("{method} was not expected"))
    }

    /// What there is, to look at or change.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Parameters of all calls of a method so far.
    pub(super) fn asked(&self, method: &str) -> Vec<Value> {
        let world = self.world();
        let all = world.asked.iter().chain(&world.housekeeping);
        let calls = all.filter(|(name, _)| name == method);
        calls.map(|(_, params)| params.clone()).collect()
    }

    /// A run is new or changed; its event is told.
    pub(super) fn put(&self, run: Run) {
        let kind = format!("run.{}", run.status);
        let run_id = run.run_id.clone();
        let mut world = self.world();
        world.runs.retain(|known| known.run_id != run_id);
        world.runs.insert(0, run);
        drop(world);
        self.happen(&kind, Some(&run_id));
    }

    /// A state event.
    pub(super) fn happen(&self, kind: &str, run_id: Option<&str>) {
        let mut world = self.world();
        world.seq += 1;
        let event = Event {
            seq: Some(world.seq),
            kind: kind.to_owned(),
            run_id: run_id.map(str::to_owned),
            ..Event::default()
        };
        world.tell(event);
    }

    /// A signal.
    pub(super) fn signal(&self, event: Event) {
        self.world().tell(event);
    }

    /// These findings hold from now on.
    pub(super) fn find(&self, findings: Vec<FoundFinding>) {
        self.world().findings = findings;
        self.signal(Event {
            kind: "findings".to_owned(),
            ..Event::default()
        });
    }

    /// A result's file: `side` is `base` or `result`.
    pub(super) fn file(&self, step: &str, side: &str, path: &str, text: &str) {
        let key = (format!("{step}/{side}"), path.to_owned());
        self.world().files.insert(key, text.to_owned());
    }

    /// It is gone: killed, or told to go.
    pub(super) fn go(&self, stopped: bool) {
        let mut world = self.world();
        world.up = false;
        world.stopped = stopped;
        world.events.clear();
    }

    fn call(&self, method: &str, params: Value) -> Result<Value, Error> {
        let housekeeping = self.world().housekeeping(method, &params);
        let entry = (method.to_owned(), params.clone());
        match housekeeping {
            Some(answer) => {
                self.world().housekeeping.push(entry);
                answer
            }
            None => {
                self.world().asked.push(entry);
                (self.answer)(method, params)
            }
        }
    }
}

impl World {
    fn tell(&mut self, event: Event) {
        self.events
            .retain(|events| events.try_send(event.clone()).is_ok());
    }

    fn housekeeping(&self, method: &str, params: &Value) -> Option<Result<Value, Error>> {
        let answer = match method {
            "trust.set" => self.trust(params),
            "run.list" => {
                let runs = self
                    .runs
                    .iter()
                    .filter(|run| params["repo"] == json!(run.repo));
                Ok(json!(RunList {
                    runs: runs.cloned().collect()
                }))
            }
            "run.show" => {
                let run = self
                    .runs
                    .iter()
                    .find(|run| params["run_id"] == json!(run.run_id));
                run.map(|run| json!(run))
                    .ok_or_else(|| Error::new(ErrorKind::NotFound, "no such run"))
            }
            "finding.list" => {
                let of = |found: &&FoundFinding| {
                    let run = self.runs.iter().find(|run| run.run_id == found.run_id);
                    run.is_some_and(|run| params["repo"] == json!(run.repo))
                };
                let findings = self.findings.iter().filter(of).cloned().collect();
                Ok(json!(FindingList {
                    findings,
                    left_out: 0
                }))
            }
            "file.read" => Ok(json!(self.file(params))),
            "config.show" => Ok(json!({"settings": self.settings, "diagnostics": []})),
            "events.subscribe" => Ok(json!({"last_seq": self.seq, "reload": false})),
            _ => return None,
        };
        Some(answer)
    }

    fn file(&self, params: &Value) -> FileContent {
        let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
        let step = format!("{}/{}", text("step_id"), text("side"));
        let found = self.files.get(&(step, text("path")));
        FileContent {
            path: text("path"),
            size: found.map_or(0, |text| text.len() as u64),
            missing: found.is_none(),
            text: found.cloned(),
            ..FileContent::default()
        }
    }

    fn trust(&self, params: &Value) -> Result<Value, Error> {
        let folder = params["repo"].as_str().unwrap_or_default();
        let root = self
            .roots
            .iter()
            .find(|root| folder.starts_with(root.as_str()));
        let root = root.ok_or_else(|| Error::new(ErrorKind::NotARepository, "no repository"))?;
        Ok(json!({"repo": root, "trusted": params["trusted"] == json!(true)}))
    }
}

impl Connect for FakeDaemon {
    type Api = Arc<Fake<Ask>>;

    async fn connect(&self, absent: Absent) -> Result<Connection<Self::Api>, Error> {
        if self.world().hangs {
            std::future::pending::<()>().await;
        }
        let mut world = self.world();
        if !world.up {
            if absent == Absent::Leave {
                return Err(Error::new(ErrorKind::NotRunning, "no daemon is running"));
            }
            world.starts += 1;
            if let Some(error) = &world.broken {
                return Err(error.clone());
            }
            world.up = true;
        }
        let (sender, events) = mpsc::channel(1024);
        world.events.push(sender);
        let daemon = self.clone();
        let ask: Ask = Box::new(move |method, params| daemon.call(method, params));
        Ok(Connection {
            api: Arc::new(Fake(ask)),
            events,
            hello: Hello {
                version: "1.2.3".to_owned(),
                protocol: 1,
                pid: 42,
            },
        })
    }

    fn was_stopped(&self) -> bool {
        self.world().stopped
    }

    fn environment(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("PATH".to_owned(), "/bin".to_owned())])
    }

    fn state(&self) -> PathBuf {
        self.world().state.clone()
    }
}

/// A run of `workflows/w.yaml` in the one repository, with these steps: id and status.
pub(super) fn run(run_id: &str, status: &str, steps: &[(&str, &str)]) -> Run {
    let ended = matches!(status, "completed" | "failed" | "cancelled");
    let steps = steps.iter().map(|(id, status)| Step {
        id: (*id).to_owned(),
        title: format!("Step {id}"),
        status: (*status).to_owned(),
        ..Step::default()
    });
    Run {
        run_id: run_id.to_owned(),
        workflow_id: "w".to_owned(),
        workflow_file: Some("workflows/w.yaml".to_owned()),
        status: status.to_owned(),
        created_at: "2026-11-20T10:00:00.000Z".to_owned(),
        ended_at: ended.then(|| "2026-11-20T10:01:00.000Z".to_owned()),
        repo: ROOT.to_owned(),
        steps: steps.collect(),
        ..Run::default()
    }
}

/// A finding of the step `a` of the run `w-1`, with the text of its line.
pub(super) fn finding(id: &str, path: &str, line: u32, text: &str) -> FoundFinding {
    FoundFinding {
        run_id: "w-1".to_owned(),
        step_id: Some("a".to_owned()),
        finding: Finding {
            id: id.to_owned(),
            code: format!("code-{id}"),
            severity: "warning".to_owned(),
            message: format!("Message {id}."),
            source: "security-scan".to_owned(),
            path: Some(path.to_owned()),
            line: Some(line),
            text: Some(text.to_owned()),
            ..Finding::default()
        },
    }
}
