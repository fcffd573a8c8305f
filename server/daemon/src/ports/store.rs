//! The database on a thread of its own: what it does is short and blocks.

use engine::ports::StoreError;
use model::ids::{RunId, TaskId};
use model::journal::{Batch, Loaded};
use model::run::Run;
use model::task::Task;
use protocol::{Error, ErrorKind};
use std::sync::mpsc;
use store::Store;
use tokio::sync::oneshot;

type Work = Box<dyn FnOnce(&mut Store) + Send>;

/// A handle on the thread; clones speak to the same one. The thread ends with the last of them.
#[derive(Clone)]
pub(crate) struct StoreThread {
    work: mpsc::SyncSender<Work>,
}

impl StoreThread {
    /// Moves the store onto its thread.
    pub(crate) fn start(mut store: Store) -> std::io::Result<Self> {
        let (work, inbox) = mpsc::sync_channel::<Work>(256);
        std::thread::Builder::new()
            .name("store".to_owned())
            .stack_size(512 << 10)
            .spawn(move || {
                for work in inbox {
                    work(&mut store);
                }
            })?;
        Ok(Self { work })
    }

    /// Does something with the store, and waits for it.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, store::Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |store| {
            let _ = reply.send(work(store));
        });
        self.work.try_send(work).or_else(|error| match error {
            // A full mailbox is rare; waiting for room must not block the runtime's thread.
            mpsc::TrySendError::Full(work) => {
                tokio::task::block_in_place(|| self.work.send(work)).map_err(|_| gone())
            }
            mpsc::TrySendError::Disconnected(_) => Err(gone()),
        })?;
        answer
            .await
            .map_err(|_| gone())?
            .map_err(|error| Error::new(ErrorKind::Storage, error.to_string()))
    }
}

impl StoreThread {
    /// Worktrees that ended tasks of a repository still own: failed ones, within retention.
    pub(crate) async fn ended_worktrees(&self, root: &std::path::Path) -> Vec<std::path::PathBuf> {
        let filter = store::TaskFilter {
            tenant: Some(root.to_owned()),
            status: None,
            limit: 10_000,
        };
        let page = self.with(move |store| store.tasks(&filter)).await;
        let tasks = page.map(|page| page.items).unwrap_or_default();
        tasks
            .into_iter()
            .filter_map(|task| task.worktree)
            .map(|worktree| worktree.path)
            .collect()
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::Storage, "the store has stopped")
}

fn edge(error: Error) -> StoreError {
    StoreError {
        message: error.message,
    }
}

impl engine::ports::Store for StoreThread {
    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.with(move |store| store.commit(&batch))
            .await
            .map_err(edge)
    }

    async fn load(&self) -> Result<Loaded, StoreError> {
        self.with(|store| store.load())
            .await
            .map(|snapshot| snapshot.loaded)
            .map_err(edge)
    }

    async fn run(&self, id: &RunId) -> Result<Option<(Run, Vec<Task>)>, StoreError> {
        let id = id.clone();
        self.with(move |store| store.run(&id)).await.map_err(edge)
    }

    async fn task(&self, id: &TaskId) -> Result<Option<Task>, StoreError> {
        let id = id.clone();
        self.with(move |store| store.task(&id)).await.map_err(edge)
    }
}
