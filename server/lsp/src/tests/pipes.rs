//! The server on memory pipes: bytes in, messages out.

use super::fake::FakeDaemon;
use crate::serve::{Ended, serve};
use serde_json::Value;
use std::sync::mpsc::Sender;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, duplex};
use tokio::sync::mpsc::UnboundedReceiver;

/// The server with its pipes; what it writes becomes messages.
pub(super) async fn session(
    daemon: FakeDaemon,
    mut outgoing: UnboundedReceiver<Vec<u8>>,
    incoming: Sender<Value>,
) -> Ended {
    let (mut to, input) = duplex(1 << 20);
    let (output, from) = duplex(1 << 20);
    tokio::spawn(async move {
        while let Some(message) = outgoing.recv().await {
            if to.write_all(&message).await.is_err() {
                return;
            }
        }
    });
    let reading = tokio::spawn(async move {
        let mut from = BufReader::new(from);
        while let Some(message) = read(&mut from).await {
            if incoming.send(message).is_err() {
                return;
            }
        }
    });
    let ended = serve(input, output, daemon, None).await;
    // The output was dropped with the session: what is in the pipe is all there is.
    reading.await.unwrap();
    ended
}

async fn read(from: &mut BufReader<DuplexStream>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).await.ok()?;
    serde_json::from_slice(&body).ok()
}
