//! The connection to the daemon: one supervisor makes it, keeps it and makes it again; everybody else asks
//! here for what it made.

mod backoff;
mod supervise;

pub(crate) use supervise::{Feed, supervise};

use crate::notices::Status;
use protocol::daemon::Hello;
use protocol::{Error, ErrorKind};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// How long a request waits for a connection that is being made: a daemon's start takes less.
const PATIENCE: Duration = Duration::from_secs(25);

/// Requests that may wait for the supervisor to look at them.
const ASKING: usize = 64;

/// How it stands with the daemon.
#[derive(Debug, Clone)]
pub(crate) enum State<A> {
    /// For the first time.
    Starting,
    /// Talk to it.
    Connected {
        /// What is asked.
        api: A,
        /// What it said of itself.
        hello: Hello,
    },
    /// It was there; another connection is being made.
    Lost,
    /// It could not be reached, or is not to be started.
    Unavailable(Error),
}

/// What a request needs of the daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// To be there: one that was stopped stays so.
    Found,
    /// To be started where it is not.
    Started,
}

/// A request without a connection, and where it waits.
#[derive(Debug)]
pub(crate) struct Ask<A> {
    need: Need,
    answer: oneshot::Sender<Result<A, Error>>,
}

/// The way to the connection. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Link<A> {
    states: watch::Receiver<State<A>>,
    asks: mpsc::Sender<Ask<A>>,
}

/// The supervisor's end of a [`Link`].
#[derive(Debug)]
pub(crate) struct Keeper<A> {
    states: watch::Sender<State<A>>,
    asks: mpsc::Receiver<Ask<A>>,
}

/// A link, and what keeps it.
pub(crate) fn link<A: Clone>() -> (Link<A>, Keeper<A>) {
    let (sender, states) = watch::channel(State::Starting);
    let (asks, asked) = mpsc::channel(ASKING);
    let keeper = Keeper {
        states: sender,
        asks: asked,
    };
    (Link { states, asks }, keeper)
}

impl<A: Clone> Link<A> {
    /// What to ask, as soon as there is something.
    ///
    /// # Errors
    /// Why the daemon cannot be reached, from the attempt that followed.
    pub(crate) async fn api(&self, need: Need) -> Result<A, Error> {
        if let Some(api) = self.connected() {
            return Ok(api);
        }
        let (answer, answered) = oneshot::channel();
        let asked = async {
            self.asks
                .send(Ask { need, answer })
                .await
                .map_err(|_| ends())?;
            answered.await.map_err(|_| ends())?
        };
        let late = tokio::time::timeout(PATIENCE, asked).await;
        late.unwrap_or_else(|_| Err(slow()))
    }

    /// What to ask, where a connection is there now.
    pub(crate) fn connected(&self) -> Option<A> {
        match &*self.states.borrow() {
            State::Connected { api, .. } => Some(api.clone()),
            _ => None,
        }
    }

    /// To wait for changes.
    pub(crate) fn states(&self) -> watch::Receiver<State<A>> {
        self.states.clone()
    }
}

impl<A> State<A> {
    /// As the client is told.
    pub(crate) fn status(&self) -> Status {
        let status = |state: &str, message: Option<String>| Status {
            state: state.to_owned(),
            message,
            daemon_version: None,
            pid: None,
        };
        match self {
            Self::Starting => status("starting", None),
            Self::Connected { hello, .. } => Status {
                daemon_version: Some(hello.version.clone()),
                pid: Some(hello.pid),
                ..status("connected", None)
            },
            Self::Lost => status(
                "lost",
                Some("the connection to the daemon is lost; another is being made".to_owned()),
            ),
            Self::Unavailable(error) => status("unavailable", Some(with_hint(error))),
        }
    }
}

/// An error as one text for people.
pub(crate) fn with_hint(error: &Error) -> String {
    match &error.hint {
        Some(hint) => format!("{}; {hint}", error.message),
        None => error.message.clone(),
    }
}

fn slow() -> Error {
    let message = format!(
        "the daemon could not be reached within {} s",
        PATIENCE.as_secs()
    );
    Error::new(ErrorKind::Unreachable, message).hint("`offshoot doctor` looks for the reason")
}

fn ends() -> Error {
    Error::new(ErrorKind::Cancelled, "the session ends")
}
