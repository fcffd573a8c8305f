//! What the handlers and the tasks of one session share.

use crate::daemon::Connect;
use crate::documents::Documents;
use crate::features::{AgentsCache, Readings};
use crate::findings::{Changed, Shown};
use crate::guard::Waiting;
use crate::link::{Link, Need};
use crate::options::Options;
use crate::runs::Runs;
use protocol::run::Run;
use protocol::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio::sync::{Notify, mpsc, watch};
use tower_lsp::Client;

/// One session.
pub(crate) struct Session<C: Connect> {
    /// The texts that are open.
    pub(crate) documents: Documents,
    /// The runs of the workspace's repositories, as last heard.
    pub(crate) runs: Runs,
    /// The way to the daemon.
    pub(crate) link: Link<C::Api>,
    /// What the link is made with.
    pub(crate) connect: Arc<C>,
    /// The client's end. Never waited for in a handler.
    pub(crate) editor: Client,
    /// Requests that wait for the daemon.
    pub(crate) waiting: Waiting,
    /// Findings that are shown.
    pub(crate) shown: Shown,
    /// Whether steps changed the files of their findings.
    pub(crate) changed: Changed,
    /// Files changed on disk.
    pub(crate) touched: mpsc::Sender<Vec<PathBuf>>,
    /// Findings may have changed.
    pub(crate) findings: Arc<Notify>,
    /// Folders of the workspace.
    pub(crate) folders: watch::Sender<Vec<PathBuf>>,
    /// The client's word on the workspace's trust.
    pub(crate) trusted: watch::Sender<Option<bool>>,
    /// The client said `initialized`.
    pub(crate) begun: watch::Sender<bool>,
    /// The client said `shutdown`.
    pub(crate) ending: watch::Sender<bool>,
    /// Tokens of progress that a person cancelled in the client.
    pub(crate) cancels: mpsc::Sender<String>,
    /// Documents as they were read.
    pub(crate) readings: Readings,
    /// The agents of the settings.
    pub(crate) agents: AgentsCache,
    options: OnceLock<Options>,
}

/// Where handlers put what tasks take up.
#[derive(Debug)]
pub(crate) struct Ends {
    /// See [`Session::cancels`].
    pub(crate) cancels: mpsc::Sender<String>,
    /// See [`Session::touched`].
    pub(crate) touched: mpsc::Sender<Vec<PathBuf>>,
}

impl<C: Connect> Session<C> {
    pub(crate) fn new(connect: Arc<C>, link: Link<C::Api>, editor: Client, ends: Ends) -> Self {
        Self {
            documents: Documents::default(),
            runs: Runs::default(),
            link,
            connect,
            editor,
            waiting: Waiting::default(),
            shown: Shown::default(),
            changed: Changed::default(),
            touched: ends.touched,
            findings: Arc::default(),
            folders: watch::Sender::default(),
            trusted: watch::Sender::default(),
            begun: watch::Sender::default(),
            ending: watch::Sender::default(),
            cancels: ends.cancels,
            readings: Readings::default(),
            agents: AgentsCache::default(),
            options: OnceLock::new(),
        }
    }

    /// What `initialize` settled. The library lets it through once.
    pub(crate) fn settle(&self, options: Options) {
        self.documents.set_encoding(options.encoding);
        self.folders.send_replace(options.folders.clone());
        self.trusted.send_replace(options.trusted);
        let _ = self.options.set(options);
    }

    /// What `initialize` settled; defaults before that.
    pub(crate) fn options(&self) -> &Options {
        self.options.get_or_init(Options::default)
    }

    /// The folder that paths are relative to, and that is meant where none is named: the first.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        self.folders.borrow().first().cloned()
    }

    /// What to ask, for something that only reads.
    pub(crate) async fn to_read(&self) -> Result<C::Api, Error> {
        self.link.api(Need::Found).await
    }

    /// What to ask, for something that changes something: the daemon is started where none runs.
    pub(crate) async fn to_change(&self) -> Result<C::Api, Error> {
        if *self.trusted.borrow() == Some(false) {
            let message = "the workspace is not trusted: nothing is run or changed from here";
            return Err(
                Error::new(ErrorKind::Untrusted, message).hint("trust the workspace in the editor")
            );
        }
        self.link.api(Need::Started).await
    }

    /// The newest run of a workflow file, by the path that the client has for it.
    pub(crate) fn newest_run(&self, file: &Path) -> Option<Arc<Run>> {
        self.runs.now().newest_of(file).cloned()
    }
}
