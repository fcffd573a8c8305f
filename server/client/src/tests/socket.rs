//! Calls, events and losses over a socket.

use crate::fake::Fake;
use crate::{Api, Client, dispatch, lines};
use protocol::daemon::{Empty, Pool, Scale};
use protocol::event::Event;
use protocol::rpc::{Request, Response};
use protocol::{Error, ErrorKind};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::BufReader;
use tokio::net::UnixStream;

/// The daemon's side of a connection.
struct Daemon {
    reader: BufReader<tokio::net::unix::OwnedReadHalf>,
    writer: tokio::net::unix::OwnedWriteHalf,
}

impl Daemon {
    async fn request(&mut self) -> Option<Request> {
        let mut line = Vec::new();
        let more = lines::read(&mut self.reader, &mut line).await.unwrap();
        more.then(|| serde_json::from_slice(&line).unwrap())
    }

    async fn send(&mut self, message: impl serde::Serialize) {
        let message = serde_json::to_vec(&message).unwrap();
        lines::write(&mut self.writer, message).await.unwrap();
    }

    async fn event(&mut self, seq: u64) {
        let event = json!({"seq": seq, "at": "", "kind": "run.running"});
        self.send(Request::notification("event", event)).await;
    }
}

fn pair() -> (Client, Daemon) {
    let (left, right) = UnixStream::pair().unwrap();
    let (reader, writer) = right.into_split();
    let daemon = Daemon {
        reader: BufReader::new(reader),
        writer,
    };
    (Client::new(left), daemon)
}

fn scaled(method: &str, params: Value) -> Result<Value, Error> {
    match method {
        "pool.scale" => {
            let pool = Pool {
                size: params["size"].as_u64().unwrap() as u32,
                ..Pool::default()
            };
            Ok(serde_json::to_value(pool).unwrap())
        }
        _ => Err(Error::new(ErrorKind::Refused, "not now").hint("later")),
    }
}

#[tokio::test]
async fn answers_find_their_calls_in_any_order() {
    let (client, mut daemon) = pair();
    tokio::spawn(async move {
        let mut requests = Vec::new();
        for _ in 0..20 {
            requests.push(daemon.request().await.unwrap());
        }
        for request in requests.into_iter().rev() {
            let outcome = dispatch(&Fake(scaled), &request.method, request.params).await;
            daemon.send(Response::new(request.id, outcome)).await;
        }
    });
    let calls = (0..20).map(|size| {
        let client = client.clone();
        tokio::spawn(async move { client.pool_scale(Scale { size }).await.unwrap().size })
    });
    let calls: Vec<_> = calls.collect();
    for (size, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), size as u32);
    }
}

#[tokio::test]
async fn an_error_arrives_as_it_was() {
    let (client, mut daemon) = pair();
    tokio::spawn(async move {
        let request = daemon.request().await.unwrap();
        let outcome = dispatch(&Fake(scaled), &request.method, request.params).await;
        daemon.send(Response::new(request.id, outcome)).await;
        daemon.request().await
    });
    let error = client.pool_pause(Empty {}).await.unwrap_err();
    assert_eq!(
        error,
        Error::new(ErrorKind::Refused, "not now").hint("later")
    );
}

#[tokio::test]
async fn a_lost_connection_ends_every_wait() {
    let (client, mut daemon) = pair();
    let mut events = client.events();
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.pool_status(Empty {}).await }
    });
    daemon.request().await.unwrap();
    drop(daemon);
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert_eq!(events.recv().await, None);
    let error = client.pool_status(Empty {}).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert_eq!(client.events().recv().await, None);
}

#[tokio::test]
async fn a_silent_daemon_runs_into_the_deadline() {
    let (client, _daemon) = pair();
    let client = client.with_deadline(Duration::from_millis(20));
    let error = client.pool_status(Empty {}).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.message.contains("pool.status"), "{error}");
}

#[tokio::test]
async fn the_last_clone_closes() {
    let (client, mut daemon) = pair();
    let other = client.with_deadline(Duration::from_secs(1));
    drop(client);
    drop(other);
    assert_eq!(daemon.request().await, None);
}

#[tokio::test]
async fn what_cannot_be_read_is_skipped() {
    let (client, mut daemon) = pair();
    let mut events = client.events();
    daemon.send("no message").await;
    daemon
        .send(json!({"jsonrpc": "2.0", "method": "later", "params": {}}))
        .await;
    daemon
        .send(json!({"jsonrpc": "2.0", "id": 99, "result": {}}))
        .await;
    daemon.event(7).await;
    assert_eq!(events.recv().await.unwrap().seq, Some(7));
}

#[tokio::test]
async fn a_slow_reader_is_told_to_reload() {
    let (client, mut daemon) = pair();
    let mut events = client.events();
    for seq in 0..1500 {
        daemon.event(seq).await;
    }
    // An answer after them proves that all of them were taken, and that a full channel stops nothing.
    let asked = tokio::spawn({
        let client = client.clone();
        async move { client.pool_status(Empty {}).await }
    });
    let request = daemon.request().await.unwrap();
    let pool = serde_json::to_value(Pool::default()).unwrap();
    daemon.send(Response::new(request.id, Ok(pool))).await;
    asked.await.unwrap().unwrap();

    let mut seen: Vec<Event> = Vec::new();
    while let Ok(event) = events.try_recv() {
        seen.push(event);
    }
    assert_eq!(seen.len(), 1024);
    daemon.event(2000).await;
    assert_eq!(events.recv().await.unwrap().kind, "reload");
    assert_eq!(events.recv().await.unwrap().seq, Some(2000));
}

#[tokio::test]
async fn dispatch_names_what_is_wrong() {
    let check = async |method, params, kind| {
        let error = dispatch(&Fake(scaled), method, params).await.unwrap_err();
        assert_eq!(error.kind, kind, "{method}: {error}");
    };
    check("pool.blow_up", json!({}), ErrorKind::UnknownMethod).await;
    check(
        "pool.scale",
        json!({"size": "many"}),
        ErrorKind::InvalidInput,
    )
    .await;
    check("pool.scale", Value::Null, ErrorKind::InvalidInput).await;
    check("pool.pause", Value::Null, ErrorKind::Refused).await;
}

#[tokio::test]
async fn a_line_has_a_longest_length_and_an_end() {
    let mut line = Vec::new();
    let mut whole: &[u8] = b"one\n\ntwo";
    assert!(lines::read(&mut whole, &mut line).await.unwrap());
    assert_eq!(line, b"one");
    assert!(lines::read(&mut whole, &mut line).await.unwrap());
    assert_eq!(line, b"");
    assert!(!lines::read(&mut whole, &mut line).await.unwrap());

    let endless = tokio::io::repeat(b'x');
    let error = lines::read(&mut BufReader::new(endless), &mut line)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
}
