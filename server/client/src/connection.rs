//! The socket client: many calls at once by id, events to a channel, a deadline for every answer.

use crate::lines;
use protocol::daemon::Hello;
use protocol::event::{EVENT, Event};
use protocol::rpc::{MAX_LINE, Request, Response};
use protocol::{Error, ErrorKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

/// How long a call waits for its answer where nothing else is said.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Events that wait for a slow reader before they are given up for one `reload`.
const EVENTS: usize = 1024;

/// A connection to the daemon. Clones share it; it is closed when the last of them is dropped.
#[derive(Debug, Clone)]
pub struct Client {
    connection: Arc<Connection>,
    deadline: Duration,
}

#[derive(Debug)]
struct Connection {
    shared: Arc<Shared>,
    outgoing: mpsc::Sender<Vec<u8>>,
    next_id: AtomicU64,
    hello: OnceLock<Hello>,
    tasks: [AbortHandle; 2],
}

/// What the reading task and the callers share.
#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The connection is gone: no call will be answered.
    closed: bool,
    waiting: HashMap<u64, oneshot::Sender<Response>>,
    events: Option<mpsc::Sender<Event>>,
    /// Events were dropped because the channel was full; its reader has to be told.
    lost: bool,
}

impl Client {
    /// Talks over this stream. No hello is said: [`crate::connect`] does that. Needs a tokio runtime.
    pub fn new(stream: UnixStream) -> Self {
        let (read, write) = stream.into_split();
        let shared = Arc::new(Shared::default());
        let (outgoing, queue) = mpsc::channel(64);
        let reader = tokio::spawn(read_all(read, Arc::clone(&shared)));
        let writer = tokio::spawn(write_all(write, queue, Arc::clone(&shared)));
        Self {
            connection: Arc::new(Connection {
                shared,
                outgoing,
                next_id: AtomicU64::new(1),
                hello: OnceLock::new(),
                tasks: [reader.abort_handle(), writer.abort_handle()],
            }),
            deadline: DEADLINE,
        }
    }

    /// The same connection with another deadline for each call.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Self {
            connection: Arc::clone(&self.connection),
            deadline,
        }
    }

    /// What the daemon said of itself, once hello was exchanged.
    pub fn hello(&self) -> Option<&Hello> {
        self.connection.hello.get()
    }

    pub(crate) fn set_hello(&self, hello: Hello) {
        // A second hello on one connection says the same.
        let _ = self.connection.hello.set(hello);
    }

    /// The channel that gets all `event` notifications from now on, in the place of an earlier one.
    /// Call it before `events.subscribe`. It ends when the connection is lost. When its reader falls
    /// more than a thousand events behind, events are dropped and one of the kind `reload` says so.
    pub fn events(&self) -> mpsc::Receiver<Event> {
        let (sender, receiver) = mpsc::channel(EVENTS);
        let mut state = self.connection.shared.lock();
        state.lost = false;
        if !state.closed {
            state.events = Some(sender);
        }
        receiver
    }

    /// Calls a method by its name on the wire.
    ///
    /// # Errors
    /// The daemon's own; `unreachable` when the connection is lost or no answer comes in time.
    pub async fn call<P, R>(&self, method: &str, params: P) -> Result<R, Error>
    where
        P: Serialize + Send,
        R: DeserializeOwned,
    {
        let params = serde_json::to_value(params).map_err(|error| {
            internal(format!(
                "the parameters of `{method}` cannot be written: {error}"
            ))
        })?;
        let value = self.exchange(method, params).await?;
        serde_json::from_value(value).map_err(|error| {
            Error::new(
                ErrorKind::Version,
                format!("the daemon's answer to `{method}` cannot be read: {error}"),
            )
            .hint("`offshoot background restart` starts a daemon of this version")
        })
    }

    async fn exchange(&self, method: &str, params: Value) -> Result<Value, Error> {
        let id = self.connection.next_id.fetch_add(1, Ordering::Relaxed);
        let line = serde_json::to_vec(&Request::call(id, method, params))
            .map_err(|error| internal(format!("`{method}` cannot be written: {error}")))?;
        if line.len() >= MAX_LINE {
            return Err(Error::new(
                ErrorKind::InvalidInput,
                format!("`{method}` is longer than {MAX_LINE} bytes"),
            ));
        }
        let answer = self.connection.shared.expect(id).ok_or_else(lost)?;
        // Also removes the entry when this future is dropped half way.
        let _forget = Forget {
            shared: &self.connection.shared,
            id,
        };
        let sent = async {
            self.connection
                .outgoing
                .send(line)
                .await
                .map_err(|_| lost())?;
            answer.await.map_err(|_| lost())
        };
        match tokio::time::timeout(self.deadline, sent).await {
            Ok(response) => response?.into_outcome(),
            Err(_) => Err(Error::new(
                ErrorKind::Unreachable,
                format!(
                    "the daemon did not answer `{method}` within {} s",
                    self.deadline.as_secs_f64()
                ),
            )
            .hint("`offshoot background logs` shows what it does")),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

struct Forget<'a> {
    shared: &'a Shared,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.shared.lock().waiting.remove(&self.id);
    }
}

impl Shared {
    /// A panic elsewhere leaves the map whole: each change is one insert or remove.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn expect(&self, id: u64) -> Option<oneshot::Receiver<Response>> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        if state.closed {
            return None;
        }
        state.waiting.insert(id, sender);
        Some(receiver)
    }

    /// Ends every wait: dropping the senders wakes the callers and the reader of the events.
    fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.clear();
        state.events = None;
    }

    fn answer(&self, response: Response) {
        let Some(id) = response.id else { return };
        let waiting = self.lock().waiting.remove(&id);
        if let Some(waiting) = waiting {
            // The caller may have given up in between.
            let _ = waiting.send(response);
        }
    }

    /// Never waits: a reader that calls while its channel is full would otherwise wait for itself.
    fn event(&self, event: Event) {
        let mut state = self.lock();
        let Some(events) = state.events.clone() else {
            return;
        };
        if state.lost {
            let reload = Event {
                at: event.at.clone(),
                kind: "reload".to_owned(),
                ..Event::default()
            };
            state.lost = events.try_send(reload).is_err();
        }
        if !state.lost && events.try_send(event).is_err() {
            state.lost = true;
        }
    }
}

async fn read_all(read: OwnedReadHalf, shared: Arc<Shared>) {
    let mut reader = BufReader::new(read);
    let mut line = Vec::new();
    loop {
        match lines::read(&mut reader, &mut line).await {
            Ok(true) => take(&shared, &line),
            Ok(false) => break,
            Err(error) => {
                tracing::debug!(%error, "the connection to the daemon is lost");
                break;
            }
        }
    }
    shared.close();
}

async fn write_all(
    mut write: OwnedWriteHalf,
    mut queue: mpsc::Receiver<Vec<u8>>,
    shared: Arc<Shared>,
) {
    while let Some(message) = queue.recv().await {
        if let Err(error) = lines::write(&mut write, message).await {
            tracing::debug!(%error, "the connection to the daemon is lost");
            shared.close();
            return;
        }
    }
}

/// An answer has no `method`; what is neither an answer nor an event is of a later version: skipped.
fn take(shared: &Shared, line: &[u8]) {
    #[derive(serde::Deserialize)]
    struct Head {
        method: Option<String>,
    }
    let Ok(head) = serde_json::from_slice::<Head>(line) else {
        tracing::warn!("the daemon sent a line that is no message");
        return;
    };
    match head.method.as_deref() {
        None => match serde_json::from_slice::<Response>(line) {
            Ok(response) => shared.answer(response),
            Err(error) => tracing::warn!(%error, "the daemon sent an answer that cannot be read"),
        },
        Some(EVENT) => {
            #[derive(serde::Deserialize)]
            struct Body {
                params: Event,
            }
            match serde_json::from_slice::<Body>(line) {
                Ok(body) => shared.event(body.params),
                Err(error) => {
                    tracing::warn!(%error, "the daemon sent an event that cannot be read")
                }
            }
        }
        Some(_) => {}
    }
}

fn lost() -> Error {
    Error::new(
        ErrorKind::Unreachable,
        "the connection to the daemon is lost",
    )
    .hint("`offshoot background logs` shows what it did last; the next command starts it again")
}

fn internal(message: String) -> Error {
    Error::new(ErrorKind::Internal, message)
}
