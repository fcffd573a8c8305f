//! A stand-in for the daemon on its socket: says what a row tells it to, and nothing takes time there.

use client::fake::Fake;
use client::{Home, lines};
use protocol::Error;
use protocol::event::{EVENT, Event};
use protocol::rpc::{Request, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::BufReader;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{broadcast, mpsc};

type Answer = dyn Fn(&str, Value) -> Result<Value, Error> + Send + Sync;

/// A daemon that is none, on a thread of its own until this is dropped.
pub(crate) struct StandIn {
    events: broadcast::Sender<Vec<u8>>,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl StandIn {
    /// Listens where the daemon of this state would.
    pub(crate) fn start(
        home: &Home,
        answer: impl Fn(&str, Value) -> Result<Value, Error> + Send + Sync + 'static,
    ) -> Self {
        home.create().expect("a folder for the state");
        let path = home.socket_path().to_owned();
        let (events, _) = broadcast::channel(64);
        let (end, ended) = tokio::sync::oneshot::channel();
        let (listening, ready) = std::sync::mpsc::channel();
        let sender = events.clone();
        let answer: Arc<Answer> = Arc::new(answer);
        let thread = std::thread::spawn(move || {
            super::world::runtime().block_on(async {
                let listener = UnixListener::bind(path).expect("a socket");
                listening.send(()).expect("somebody waits");
                tokio::select! {
                    () = accept(listener, answer, sender) => {}
                    _ = ended => {}
                }
            });
        });
        ready.recv().expect("a socket that listens");
        Self {
            events,
            end: Some(end),
            thread: Some(thread),
        }
    }

    /// Tells everybody who is connected.
    pub(crate) fn tell(&self, event: Event) {
        let params = serde_json::to_value(event).expect("an event");
        let line = serde_json::to_vec(&Request::notification(EVENT, params));
        // Nobody may be there.
        let _ = self.events.send(line.expect("a line"));
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: UnixListener, answer: Arc<Answer>, events: broadcast::Sender<Vec<u8>>) {
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        tokio::spawn(serve(stream, Arc::clone(&answer), events.subscribe()));
    }
}

async fn serve(stream: UnixStream, answer: Arc<Answer>, mut events: broadcast::Receiver<Vec<u8>>) {
    let (read, mut write) = stream.into_split();
    let api = Fake(move |method: &str, params: Value| match method {
        "daemon.hello" => Ok(json!({"version": env!("CARGO_PKG_VERSION"),
            "protocol": protocol::PROTOCOL_VERSION, "pid": std::process::id()})),
        "events.subscribe" => Ok(json!({"last_seq": 0, "reload": false})),
        _ => answer(method, params),
    });
    let (sender, mut requests) = mpsc::channel::<Request>(64);
    tokio::spawn(async move {
        let (mut read, mut line) = (BufReader::new(read), Vec::new());
        while lines::read(&mut read, &mut line).await.unwrap_or(false) {
            let request = serde_json::from_slice(&line).expect("a request");
            if sender.send(request).await.is_err() {
                return;
            }
        }
    });
    loop {
        let line = tokio::select! {
            request = requests.recv() => {
                let Some(request) = request else { return };
                let outcome = client::dispatch(&api, &request.method, request.params).await;
                serde_json::to_vec(&Response::new(request.id, outcome)).expect("an answer")
            }
            Ok(event) = events.recv() => event,
        };
        if lines::write(&mut write, line).await.is_err() {
            return;
        }
    }
}
