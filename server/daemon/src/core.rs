//! What all sessions share.

use crate::environments::Environments;
use crate::ports::{StoreThread, Wiring};
use crate::secrets::Secrets;
use crate::tenants::Tenants;
use client::Home;
use engine::Engine;
use model::run::Environment;
use model::task::Task;
use protocol::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{broadcast, watch};
use worktree::Repo;

/// How the daemon was asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Not at all.
    Runs,
    /// It ends now; attempts were dealt with.
    Ends,
}

/// What holds in a repository changed: a finding was dismissed, or a run given up.
#[derive(Debug, Clone)]
pub(crate) struct FindingsChanged {
    pub(crate) repo: PathBuf,
    /// The finding; empty where it may be several.
    pub(crate) id: String,
}

/// The daemon's parts.
pub(crate) struct Core {
    pub(crate) home: Home,
    pub(crate) engine: Engine,
    pub(crate) wiring: Arc<Wiring>,
    pub(crate) tenants: Tenants,
    pub(crate) environments: Environments,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) options: crate::Options,
    pub(crate) began: Instant,
    pub(crate) ending: watch::Sender<Ending>,
    /// What was odd at the start, for `status`.
    pub(crate) notices: Vec<String>,
    /// The daemon ends after this long without work and clients.
    pub(crate) idle_exit: Option<std::time::Duration>,
    /// Findings that came or went without an event of the journal.
    pub(crate) findings: broadcast::Sender<FindingsChanged>,
}

impl Core {
    pub(crate) fn store(&self) -> &StoreThread {
        &self.wiring.store
    }

    /// The repository a folder is in, opened in a client's environment.
    pub(crate) async fn repository(
        &self,
        folder: &str,
        environment: &Environment,
    ) -> Result<Arc<Repo>, Error> {
        let (folder, environment) = (PathBuf::from(folder), environment.clone());
        if !folder.is_absolute() {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!("{} is not an absolute path", folder.display()),
            ));
        }
        if !folder.exists() {
            return Err(no_folder(&folder));
        }
        let open = move || crate::ports::open_with(&folder, &environment);
        self.git(open).await.map(Arc::new)
    }

    /// The same where no client brought an environment: with the daemon's own, so that git is found and reads the
    /// user's configuration (filters, line ends, which folders are safe).
    pub(crate) async fn own_repository(&self, folder: &str) -> Result<Arc<Repo>, Error> {
        let own = crate::environment::filter(&crate::environment::own(), &[]);
        self.repository(folder, &own).await
    }

    /// The root of the repository a folder is in.
    pub(crate) async fn root(&self, folder: &str) -> Result<PathBuf, Error> {
        let repo = self.own_repository(folder).await?;
        Ok(repo.root().to_owned())
    }

    /// Does something with git.
    pub(crate) async fn git<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> worktree::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let done = self.wiring.worktrees.blocking(work).await;
        let done = done.map_err(|failure| Error::new(ErrorKind::Internal, failure.message))?;
        done.map_err(|error| git_error(&error))
    }

    /// Tells all sessions that what holds in a repository changed.
    pub(crate) fn findings_changed(&self, repo: PathBuf, id: String) {
        // Nobody may be listening.
        let _ = self.findings.send(FindingsChanged { repo, id });
    }

    pub(crate) fn attempts(&self) -> PathBuf {
        self.home.attempts_path()
    }

    /// Place in the queue of a task that is in it.
    pub(crate) async fn position(&self, task: &Task) -> Option<usize> {
        let id = task.id.clone();
        self.engine
            .look(move |state| state.position(&id))
            .await
            .ok()
            .flatten()
    }
}

fn no_folder(folder: &Path) -> Error {
    let message = format!("there is no folder {}", folder.display());
    let error = Error::new(ErrorKind::NotFound, message);
    // What stands in JSON in the place of bytes that are no text.
    if folder
        .to_string_lossy()
        .contains(char::REPLACEMENT_CHARACTER)
    {
        return error.hint("names that are not UTF-8 cannot be used: rename the folder");
    }
    error
}

/// An error of git at the edge.
pub(crate) fn git_error(error: &worktree::Error) -> Error {
    let kind = match error {
        worktree::Error::NotARepository { .. } => ErrorKind::NotARepository,
        worktree::Error::DiskFull { .. } | worktree::Error::ReadOnly { .. } => ErrorKind::Storage,
        worktree::Error::NoSuchRef { .. }
        | worktree::Error::NoSuchBranch { .. }
        | worktree::Error::BranchGone { .. }
        | worktree::Error::NotApplied { .. }
        | worktree::Error::NothingSaved { .. }
        | worktree::Error::CheckoutGone { .. }
        | worktree::Error::Collected { .. } => ErrorKind::NotFound,
        worktree::Error::Git { .. } | worktree::Error::Io { .. } => ErrorKind::Failed,
        _ => ErrorKind::Refused,
    };
    Error::new(kind, error.to_string())
}

/// An error of the engine at the edge.
pub(crate) fn engine_error(error: engine::EngineError) -> Error {
    match error {
        engine::EngineError::Rejected(model::machine::Rejection::NotFound(message)) => {
            Error::new(ErrorKind::NotFound, message)
        }
        engine::EngineError::Rejected(model::machine::Rejection::Refused { message, hint }) => {
            let error = Error::new(ErrorKind::Refused, message);
            match hint {
                Some(hint) => error.hint(hint),
                None => error,
            }
        }
        engine::EngineError::Store(error) => Error::new(ErrorKind::Storage, error.to_string()),
        engine::EngineError::Stopped => {
            Error::new(ErrorKind::Unreachable, "the engine is ending").hint("try again")
        }
    }
}
