//! Values to store: small ones to build on, and ones with every field set.

use crate::open::{Opened, Store};
use model::diagnostic::Severity;
use model::failure::{Failure, FailureClass};
use model::finding::{Finding, Related, Span};
use model::ids::{RunId, StepId, TaskId};
use model::journal::{Batch, Event};
use model::round::DEFAULT_ROUNDS;
use model::run::{Environment, Run, RunOptions, RunState, Source, Submission};
use model::task::{ArtifactRef, Place, Policy, Product, Task, TaskState, Worktree};
use model::time::Timestamp;
use model::workflow::{Limits, Retry};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub(crate) const AT: Timestamp = Timestamp(1_700_000_000_000);
pub(crate) const REPO: &str = "/home/u/a repo";

/// A folder that goes when it is dropped, and the path of a database in it.
pub(crate) struct Home {
    _folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("offshoot.db");
        Self {
            _folder: folder,
            path,
        }
    }

    /// Opens, and insists that nothing was set aside.
    pub(crate) fn open(&self) -> Store {
        let opened = self.open_any();
        assert_eq!(opened.set_aside, None);
        opened.store
    }

    pub(crate) fn open_any(&self) -> Opened {
        Store::open(&self.path).expect("open")
    }

    /// The names in the folder, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let folder = self.path.parent().expect("a folder");
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .expect("read")
            .map(|entry| {
                entry
                    .expect("entry")
                    .file_name()
                    .into_string()
                    .expect("utf-8")
            })
            .collect();
        names.sort();
        names
    }
}

pub(crate) fn environment() -> Arc<Environment> {
    Arc::new(Environment(vec![
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
    ]))
}

pub(crate) fn submission() -> Submission {
    Submission {
        argv: vec!["make".to_owned(), "check all".to_owned()],
        ..Submission::default()
    }
}

pub(crate) fn full_submission() -> Submission {
    Submission {
        agent: "analyst".to_owned(),
        task: "gather-requirements".to_owned(),
        files: vec!["src/ä.rs".to_owned()],
        params: Vec::new(),
        argv: Vec::new(),
        backends: vec!["file".to_owned()],
        env: vec!["API_KEY".to_owned()],
        timeout: Some(Duration::from_millis(1500)),
        silence: Some(Duration::from_secs(300)),
        max_retries: Some(2),
        task_type: "analysis".to_owned(),
    }
}

/// A queued task without a run.
pub(crate) fn task(id: &str) -> Task {
    Task {
        id: TaskId::new(id),
        tenant: PathBuf::from(REPO),
        run: None,
        step: Arc::new(submission().step()),
        submission: Some(Arc::new(submission())),
        environment: environment(),
        place: Place::Folder(PathBuf::from(REPO)),
        priority: 50,
        after: Vec::new(),
        scheduled_at: None,
        policy: policy(),
        created_at: AT,
        state: TaskState::Queued { since: AT },
        attempts: Vec::new(),
        worktree: None,
        product: Product::default(),
        stop: None,
        rounds: Vec::new(),
        back: None,
        beside: Vec::new(),
    }
}

/// An open run of one step, and its task, `t-<id>`.
pub(crate) fn run(id: &str) -> (Run, Task) {
    let source = submission();
    let workflow = Arc::new(source.workflow());
    let mut task = task(&format!("t-{id}"));
    task.run = Some((RunId::new(id), 0));
    task.step = Arc::new(workflow.steps[0].clone());
    task.submission = None;
    task.place = Place::Worktree;
    let run = Run {
        id: RunId::new(id),
        repo: PathBuf::from(REPO),
        source: Source::Submission(source),
        workflow,
        options: RunOptions::default(),
        environment: task.environment.clone(),
        base: "0123abcd".to_owned(),
        created_at: AT,
        state: RunState::Open,
        tasks: vec![task.id.clone()],
        cancelled: false,
    };
    (run, task)
}

pub(crate) fn policy() -> Policy {
    Policy {
        timeout: Duration::from_secs(600),
        silence: None,
        limits: Limits::default(),
        retry: None,
        rounds: DEFAULT_ROUNDS,
    }
}

pub(crate) fn full_policy() -> Policy {
    Policy {
        timeout: Duration::from_millis(1),
        silence: Some(Duration::from_secs(300)),
        limits: Limits {
            memory: Some(u64::MAX),
            cpu_percent: Some(150),
            output: Some(1 << 40),
        },
        retry: Some(Retry {
            max_attempts: 3,
            backoff_multiplier: 1.5,
            initial_delay: Duration::from_millis(250),
        }),
        rounds: DEFAULT_ROUNDS,
    }
}

pub(crate) fn options() -> RunOptions {
    RunOptions {
        auto: true,
        backends: vec!["command".to_owned()],
        inputs: vec![
            ("b".to_owned(), "1".to_owned()),
            ("a".to_owned(), String::new()),
        ],
        max_parallel: Some(3),
        timeout: Some(Duration::from_secs(9)),
        priority: 90,
    }
}

pub(crate) fn failure() -> Failure {
    Failure::new(FailureClass::Exit, "ended with status 1 \u{1f9ea}")
}

pub(crate) fn event(seq: u64) -> Event {
    Event {
        seq,
        at: AT,
        kind: "task.queued".to_owned(),
        run: None,
        step: None,
        task: None,
        attempt: None,
        message: String::new(),
    }
}

pub(crate) fn product() -> Product {
    let artifact = |stored: Option<&str>| ArtifactRef {
        path: "docs/a b.md".to_owned(),
        kind: "documentation".to_owned(),
        schema_version: stored.map(|_| "1.0".to_owned()),
        stored: stored.map(PathBuf::from),
    };
    let finding = |severity, line| {
        Finding::new("unchanged-artifact", severity, "nobody wrote it")
            .about("docs/a b.md")
            .at_line(line)
    };
    Product {
        base: Some("b".repeat(40)),
        commit: Some("feed".to_owned()),
        branch: Some("offshoot-step/r/s".to_owned()),
        outputs: vec![("KEY".to_owned(), "a=b\nc".to_owned())],
        artifacts: vec![artifact(None), artifact(Some("/state/artifacts/1"))],
        findings: vec![
            finding(Severity::Error, Some(3)),
            finding(Severity::Warning, None),
            finding(Severity::Info, None),
        ]
        .into(),
        scores: None,
    }
}

/// One with every field set, one about a file, one about nothing.
pub(crate) fn findings() -> Vec<Finding> {
    let full = Finding {
        source: "security-scan".to_owned(),
        code: "hard-coded-password".to_owned(),
        severity: Severity::Error,
        message: "a password stands in the source".to_owned(),
        place: Some(model::finding::Place {
            path: "src/a b.py".to_owned(),
            span: Some(Span {
                line: 3,
                column: Some(5),
                end_line: Some(4),
                end_column: Some(1),
            }),
        }),
        text: Some("    password = \"zwölf\"\n".to_owned()),
        artifact: Some("reports/ops/security-report.json".to_owned()),
        related: vec![
            Related {
                path: "src/b.py".to_owned(),
                line: Some(7),
                message: "it is used here".to_owned(),
            },
            Related {
                path: "src/c.py".to_owned(),
                line: None,
                message: String::new(),
            },
        ],
        help: Some("https://example.org/rule".to_owned()),
    };
    let own = Finding::new("unchanged-artifact", Severity::Warning, "nobody wrote it");
    vec![
        full,
        own.about("docs/a b.md").help("write it"),
        Finding::new("escaped", Severity::Info, "something changed"),
    ]
}

pub(crate) fn worktree(path: &Path) -> Worktree {
    Worktree {
        path: path.to_owned(),
        branch: "offshoot-step/r/s".to_owned(),
        base: "beef".to_owned(),
    }
}

pub(crate) fn tasks_batch(tasks: Vec<Task>) -> Batch {
    Batch {
        tasks,
        ..Batch::default()
    }
}

pub(crate) fn run_batch((run, task): (Run, Task)) -> Batch {
    Batch {
        runs: vec![run],
        tasks: vec![task],
        events: Vec::new(),
    }
}

/// An event of a step of a run with all its fields.
pub(crate) fn full_event(seq: u64, run: &str) -> Event {
    Event {
        run: Some(RunId::new(run)),
        step: Some(StepId::new("make")),
        task: Some(TaskId::new(format!("t-{run}"))),
        attempt: Some(1),
        message: "zwölf".to_owned(),
        ..event(seq)
    }
}
