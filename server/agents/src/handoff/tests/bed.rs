//! A repository, a worktree in it, an attempt's folder, and a hand-off in them.

use crate::handoff::names::STATUS_FILE;
use crate::handoff::{Baseline, Features, HandOff, HandOffEnd, Signal, Watch, watch, write};
use model::time::Timestamp;
use model::workflow::Value;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Longer than anything takes that works.
pub(super) const LIMIT: Duration = Duration::from_secs(60);

pub(super) struct Bed {
    _folder: tempfile::TempDir,
    pub(super) job: HandOff,
}

impl Bed {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = fs::canonicalize(folder.path()).unwrap();
        let repo = base.join("repo with ä space");
        let worktree = repo.join(".tapps-agents/worktrees/wt");
        let attempt_dir = base.join("attempt");
        fs::create_dir_all(&worktree).unwrap();
        fs::create_dir_all(&attempt_dir).unwrap();
        let mut job = job();
        (job.repo, job.worktree, job.attempt_dir) = (repo, worktree, attempt_dir);
        Self {
            _folder: folder,
            job,
        }
    }

    pub(super) fn write(&self) -> Arc<Baseline> {
        Arc::new(write(&self.job).unwrap())
    }

    /// A file in the worktree, written the way agents do who know no better.
    pub(super) fn put(&self, path: &str, content: &str) {
        put(&self.job.worktree.join(path), content);
    }

    pub(super) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.job.worktree.join(path)).unwrap()
    }

    pub(super) fn has(&self, path: &str) -> bool {
        fs::symlink_metadata(self.job.worktree.join(path)).is_ok()
    }

    pub(super) fn marker(&self, name: &str) -> PathBuf {
        self.job
            .repo
            .join(".tapps-agents/workflows/markers/wf-1/step-gather")
            .join(name)
    }
}

pub(super) fn put(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path)
        .unwrap()
        .write_all(content.as_bytes())
        .unwrap();
}

/// With fixed paths and times.
pub(in crate::handoff) fn job() -> HandOff {
    let text = |text: &str| Value::Text(text.to_owned());
    HandOff {
        attempt_dir: PathBuf::from("/state/attempts/t-abc-1"),
        worktree: PathBuf::from("/repo/.tapps-agents/worktrees/gather one"),
        repo: PathBuf::from("/repo"),
        run_id: "sdlc-7k2m9xqa".to_owned(),
        workflow_id: "wf-1".to_owned(),
        step_id: "gather".to_owned(),
        attempt: 2,
        execution_id: "x-0123456789".to_owned(),
        command: "@analyst gather-requirements --description \"a ```b``` c\" --depth 3".to_owned(),
        params: vec![
            ("description".to_owned(), text("a ```b``` c")),
            ("depth".to_owned(), Value::Number("3".to_owned())),
            (
                "also".to_owned(),
                Value::List(vec![text("ä"), Value::Null, Value::Bool(true)]),
            ),
        ],
        prompt: "Ask three questions.\nAnswer them.".to_owned(),
        title: "Gather requirements".to_owned(),
        notes: "Short.".to_owned(),
        context_tier: Some(2),
        consults: vec!["security".to_owned()],
        expected_artifacts: vec!["requirements.md".to_owned(), "stories/".to_owned()],
        tracked: Vec::new(),
        timeout: Duration::from_secs(3600),
        status_file_name: STATUS_FILE.to_owned(),
        poll_interval: HandOff::DEFAULT_POLL,
        features: Features::default(),
        created_at: Timestamp(1_795_168_800_250),
    }
}

/// A watch that runs.
pub(super) struct Watched {
    pub(super) task: JoinHandle<HandOffEnd>,
    pub(super) signals: mpsc::Receiver<Signal>,
    cancel: Option<oneshot::Sender<()>>,
}

impl Watched {
    pub(super) fn start(baseline: &Arc<Baseline>, how: Watch) -> Self {
        let (sender, signals) = mpsc::channel(100);
        let (cancel, cancelled) = oneshot::channel::<()>();
        let cancelled = async move {
            let _ = cancelled.await;
        };
        let task = tokio::spawn(watch(Arc::clone(baseline), how, sender, cancelled));
        Self {
            task,
            signals,
            cancel: Some(cancel),
        }
    }

    pub(super) fn cancel(&mut self) {
        let _ = self.cancel.take().unwrap().send(());
    }

    pub(super) async fn end(self) -> HandOffEnd {
        tokio::time::timeout(LIMIT, self.task)
            .await
            .expect("the hand-off did not end")
            .unwrap()
    }

    pub(super) async fn signal(&mut self) -> Signal {
        let next = tokio::time::timeout(LIMIT, self.signals.recv());
        next.await.expect("no signal").expect("the watch ended")
    }

    /// The next warning, which must contain this.
    pub(super) async fn warning(&mut self, part: &str) {
        loop {
            if let Signal::Warning { text } = self.signal().await {
                assert!(text.contains(part), "{text}");
                return;
            }
        }
    }
}
