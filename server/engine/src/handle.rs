//! The way in: commands with an answer, looks at the state, and what happens.

use crate::actor::Message;
use crate::ports::Signal;
use model::ids::TaskId;
use model::journal::Event;
use model::machine::{Command, Rejection, Report, State};
use model::settings::{MachineSettings, TenantSettings};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};

/// Why a command was not followed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// It makes no sense in the present state.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// It could not be stored, so it did not happen.
    #[error(transparent)]
    Store(#[from] crate::ports::StoreError),
    /// The engine has stopped.
    #[error("the engine has stopped")]
    Stopped,
}

/// What subscribers get, in order.
#[derive(Debug, Clone)]
pub enum Happening {
    /// A durable event.
    Event(Arc<Event>),
    /// Something that is not kept.
    Signal(Signal),
}

/// A handle on the engine; clones speak to the same one.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) mailbox: mpsc::Sender<Message>,
    pub(crate) happenings: broadcast::Sender<Happening>,
}

impl Engine {
    /// Wants something. When this returns `Ok` it is decided and on disk.
    ///
    /// # Errors
    /// When it was rejected or could not be stored: then nothing changed.
    pub async fn command(&self, command: Command) -> Result<(), EngineError> {
        let (reply, answer) = oneshot::channel();
        let message = Message::Command { command, reply };
        self.mailbox
            .send(message)
            .await
            .map_err(|_| EngineError::Stopped)?;
        answer.await.map_err(|_| EngineError::Stopped)?
    }

    /// Looks at the state. `look` runs on the actor: it has to be quick.
    ///
    /// # Errors
    /// When the engine has stopped.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<T, EngineError> {
        let (reply, answer) = oneshot::channel();
        let look = Box::new(move |state: &State| {
            let _ = reply.send(look(state));
        });
        self.mailbox
            .send(Message::Look(look))
            .await
            .map_err(|_| EngineError::Stopped)?;
        answer.await.map_err(|_| EngineError::Stopped)
    }

    /// Tells what an attempt under way was seen to have written so far.
    pub async fn wrote(&self, task: TaskId, attempt: u32, files: Vec<String>) {
        let report = Report::Wrote(files);
        let message = Message::Report {
            task,
            attempt,
            report,
        };
        let _ = self.mailbox.send(message).await;
    }

    /// Hands over a repository's settings.
    pub async fn set_tenant(&self, tenant: PathBuf, settings: Arc<TenantSettings>) {
        let _ = self.mailbox.send(Message::Tenant(tenant, settings)).await;
    }

    /// Hands over the machine's settings.
    pub async fn set_machine(&self, settings: MachineSettings) {
        let _ = self.mailbox.send(Message::Machine(settings)).await;
    }

    /// What happens from now on. One that reads too slowly is told how much it missed.
    pub fn subscribe(&self) -> broadcast::Receiver<Happening> {
        self.happenings.subscribe()
    }

    /// What speaks against new work right now, for example a full disk.
    ///
    /// # Errors
    /// When the engine has stopped.
    pub async fn problem(&self) -> Result<Option<String>, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.mailbox
            .send(Message::Problem(reply))
            .await
            .map_err(|_| EngineError::Stopped)?;
        answer.await.map_err(|_| EngineError::Stopped)
    }

    /// The newest event's place in the journal.
    ///
    /// # Errors
    /// When the engine has stopped.
    pub async fn last_seq(&self) -> Result<u64, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.mailbox
            .send(Message::LastSeq(reply))
            .await
            .map_err(|_| EngineError::Stopped)?;
        answer.await.map_err(|_| EngineError::Stopped)
    }

    /// Takes nothing in any more; what was taken in is stored. Attempts go on.
    pub async fn shut_down(&self) {
        let (reply, done) = oneshot::channel();
        if self.mailbox.send(Message::ShutDown(reply)).await.is_ok() {
            let _ = done.await;
        }
    }
}
