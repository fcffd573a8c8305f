//! The one task that publishes diagnostics: looks at a file when its text or its findings change, and tells
//! the client when it looks different.

mod results;

use super::board::{Board, Found, sort};
use super::look::{Baselines, Job, Looked, Source, look};
use super::to_lsp::Style;
use super::{ask, watch};
use crate::daemon::Connect;
use crate::documents::{Changes, Document};
use crate::session::Session;
use crate::uri;
use protocol::Error;
use results::{Read, Want};
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tower_lsp::gen_lsp_types::{Diagnostic, Uri};

/// Steps end in bursts: findings are asked for once after one.
const GATHER: Duration = Duration::from_millis(50);
/// Shows diagnostics until the session ends.
pub(crate) async fn show_diagnostics<C: Connect>(
    session: Arc<Session<C>>,
    mut touched: mpsc::Receiver<Vec<PathBuf>>,
) {
    let mut show = Show::new(&session);
    loop {
        tokio::select! {
            changes = session.documents.changes() => show.documents(changes).await,
            () = session.findings.notified() => show.due.gather(),
            () = show.due.wait() => show.ask(),
            Some(asked) = show.asked.join_next() => show.answered(asked.ok()).await,
            Some(read) = show.reading.join_next() => show.was_read(read.ok()).await,
            Some(paths) = touched.recv() => show.on_disk(paths).await,
        }
    }
}

/// When findings are asked for next.
#[derive(Debug, Default)]
struct Due(Option<Instant>);

impl Due {
    /// A moment from now; not later where that was said already.
    fn gather(&mut self) {
        self.0.get_or_insert_with(|| Instant::now() + GATHER);
    }

    /// Waits for that moment, once; for ever without one.
    async fn wait(&mut self) {
        match self.0 {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
        self.0 = None;
    }
}

/// What is shown, and what it is made of.
struct Show<'a, C: Connect> {
    session: &'a Arc<Session<C>>,
    files: HashMap<String, File>,
    all: Vec<Arc<Found>>,
    board: Board,
    asked: JoinSet<Result<Vec<Arc<Found>>, Error>>,
    ask_again: bool,
    reading: JoinSet<Read>,
    to_read: Vec<Want>,
    kept: usize,
    watch: watch::Watch,
    due: Due,
}

/// A file that something was shown of.
#[derive(Debug, Default)]
struct File {
    workflow: bool,
    /// Of the diagnostics that were published last; none where that were none.
    shown: Option<u64>,
    baselines: Baselines,
}

impl<'a, C: Connect> Show<'a, C> {
    fn new(session: &'a Arc<Session<C>>) -> Self {
        Self {
            session,
            files: HashMap::new(),
            all: Vec::new(),
            board: Board::new(),
            asked: JoinSet::new(),
            ask_again: false,
            reading: JoinSet::new(),
            to_read: Vec::new(),
            kept: 0,
            watch: watch::Watch::default(),
            due: Due::default(),
        }
    }

    /// Texts changed, were opened or closed.
    async fn documents(&mut self, changes: Changes) {
        let mut jobs = Vec::new();
        let mut moved = false;
        for (address, document) in changes.documents {
            let path = uri::to_path(&address);
            let opened = document.is_some() && !self.files.contains_key(&address);
            // A file that others name differently than this client does.
            if let Some(path) = &path
                && (opened || document.is_none())
            {
                let other = uri::from_path(path);
                let gone = if document.is_some() {
                    other
                } else {
                    address.clone()
                };
                if document.is_none() || gone != address {
                    self.publish(&gone, None, Looked::default()).await;
                    self.files.remove(&gone);
                }
                moved |= self.is_of_interest(path);
            }
            match document {
                Some(document) => jobs.push(self.job_open(address, document)),
                None => jobs.extend(path.and_then(|path| self.job_on_disk(&path))),
            }
        }
        self.look(jobs).await;
        if moved {
            self.resort().await;
        }
    }

    /// Whether the file's being there matters: findings may move to it or away.
    fn is_of_interest(&self, path: &Path) -> bool {
        self.own_files().any(|own| own == path)
    }

    /// Files that findings are about, whether or not they are in the checkout.
    fn own_files(&self) -> impl Iterator<Item = PathBuf> {
        let now = self.session.runs.now();
        let of = |found: &'_ Arc<Found>| Some((found.root.clone(), found.finding.path.clone()?));
        let files: BTreeSet<(PathBuf, String)> = self.all.iter().filter_map(of).collect();
        let shown =
            move |(root, path): (PathBuf, String)| now.repositories.shown(&root, Path::new(&path));
        files.into_iter().map(shown)
    }

    /// Files changed on disk.
    async fn on_disk(&mut self, paths: Vec<PathBuf>) {
        self.resort().await;
        let jobs = paths.iter().filter_map(|path| self.job(path)).collect();
        self.look(jobs).await;
    }

    /// Asks for the findings, once at a time.
    fn ask(&mut self) {
        if !self.asked.is_empty() {
            self.ask_again = true;
            return;
        }
        // Without a connection what is shown stays: the next one asks.
        if let Some(api) = self.session.link.connected() {
            self.asked.spawn(ask::all(api, self.session.runs.clone()));
        }
    }

    async fn answered(&mut self, asked: Option<Result<Vec<Arc<Found>>, Error>>) {
        match asked {
            Some(Ok(all)) => {
                self.all = all;
                self.resort().await;
            }
            Some(Err(error)) => tracing::warn!(%error, "findings cannot be read"),
            None => tracing::error!("reading findings panicked"),
        }
        if std::mem::take(&mut self.ask_again) {
            self.ask();
        }
    }

    /// Sorts the findings to their files anew, and looks at those where that made a difference.
    async fn resort(&mut self) {
        let open = self.session.documents.paths();
        let (all, before) = (self.all.clone(), self.board.clone());
        let now = self.session.runs.now();
        let work = move || {
            let is_there = |path: &Path| open.contains(path) || path.is_file();
            sort(&all, &now, is_there, &before)
        };
        let Ok(board) = tokio::task::spawn_blocking(work).await else {
            tracing::error!("findings could not be sorted");
            return;
        };
        let before = std::mem::replace(&mut self.board, board);
        let files: BTreeSet<&PathBuf> = before.keys().chain(self.board.keys()).collect();
        let different = |path: &&&PathBuf| before.get(**path) != self.board.get(**path);
        let different: Vec<PathBuf> = files
            .iter()
            .filter(different)
            .map(|path| (*path).clone())
            .collect();
        for path in &different {
            // New findings have new lines: old texts are not theirs.
            if let Some(file) = self.files.get_mut(&self.session.documents.address(path)) {
                file.baselines.clear();
            }
        }
        self.kept = self.board.values().map(|file| file.bytes()).sum();
        let jobs = different.iter().filter_map(|path| self.job(path)).collect();
        self.look(jobs).await;
        let files = self.own_files().chain(self.board.keys().cloned()).collect();
        self.watch.files(self.session, files);
    }

    fn job(&self, path: &Path) -> Option<Job> {
        let address = self.session.documents.address(path);
        match self.session.documents.get(&address) {
            Some(document) => Some(self.job_open(address, document)),
            None => self.job_on_disk(path),
        }
    }

    fn job_open(&self, address: String, document: Document) -> Job {
        let path = uri::to_path(&address);
        let source = Source::Open {
            text: document.text,
            yaml: document.yaml,
            version: document.version,
        };
        self.job_of(address, source, path.as_deref())
    }

    /// A look at a file that is not open; none where there is nothing to show and nothing to take back.
    fn job_on_disk(&self, path: &Path) -> Option<Job> {
        let address = uri::from_path(path);
        let shown = self
            .files
            .get(&address)
            .is_some_and(|file| file.shown.is_some());
        (shown || self.board.contains_key(path))
            .then(|| self.job_of(address, Source::Disk(path.to_owned()), Some(path)))
    }

    fn job_of(&self, address: String, source: Source, path: Option<&Path>) -> Job {
        let file = self.files.get(&address);
        Job {
            source,
            was_workflow: file.is_some_and(|file| file.workflow),
            findings: path
                .and_then(|path| self.board.get(path))
                .cloned()
                .unwrap_or_default(),
            baselines: file.map(|file| file.baselines.clone()).unwrap_or_default(),
            encoding: self.session.options().encoding,
            uri: address,
        }
    }

    /// Large files and many take a while: they must not hold up requests. A panic is a defect of a reader,
    /// shown as nothing rather than as the end of the session.
    async fn look(&mut self, jobs: Vec<Job>) {
        let style = Style {
            client: self.session.options().client,
            now: self.session.runs.now(),
        };
        for jobs in in_parts(jobs) {
            let style = style.clone();
            let work = move || {
                let done = jobs.into_iter().map(|job| {
                    let of = (job.uri.clone(), job.source.version());
                    (of, look(job, &style))
                });
                done.collect::<Vec<_>>()
            };
            match tokio::task::spawn_blocking(work).await {
                Ok(done) => {
                    for ((address, version), looked) in done {
                        self.want(&address, &looked);
                        self.publish(&address, version, looked).await;
                    }
                }
                Err(error) => tracing::error!(%error, "a document could not be looked at"),
            }
        }
        self.read();
    }

    /// Tells the client what a file looks like, where that has changed, or is of a workflow: there a version
    /// without problems is told, too.
    async fn publish(&mut self, address: &str, version: Option<i32>, looked: Looked) {
        let file = self.files.entry(address.to_owned()).or_default();
        let shown = (!looked.diagnostics.is_empty()).then(|| fingerprint(&looked.diagnostics));
        let tells = looked.workflow || shown != file.shown;
        file.workflow = looked.workflow || (version.is_some() && file.workflow);
        file.shown = shown;
        file.baselines = looked.baselines;
        if version.is_none() && shown.is_none() {
            self.files.remove(address);
        }
        self.session.shown.put(address, looked.placed);
        if tells {
            let editor = &self.session.editor;
            editor
                .publish_diagnostics(Uri(address.to_owned()), looked.diagnostics, version)
                .await;
        }
    }
}

/// Looks are published as they are made, not all at the end.
fn in_parts(jobs: Vec<Job>) -> impl Iterator<Item = Vec<Job>> {
    let mut jobs = jobs.into_iter();
    std::iter::from_fn(move || {
        let part: Vec<Job> = jobs.by_ref().take(32).collect();
        (!part.is_empty()).then_some(part)
    })
}

fn fingerprint(diagnostics: &[Diagnostic]) -> u64 {
    let mut hasher = DefaultHasher::new();
    diagnostics.hash(&mut hasher);
    hasher.finish()
}
