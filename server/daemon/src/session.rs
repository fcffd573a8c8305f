//! One connection: requests in, answers and notifications out.

use crate::api::Session;
use crate::core::{Core, Ending};
use client::lines;
use protocol::rpc::{Request, Response};
use protocol::{Error, ErrorKind};
use std::sync::Arc;
use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::sync::{Semaphore, mpsc};

/// Lines that may wait for a slow reader before senders wait.
const OUTBOX: usize = 256;
/// Requests of one connection at work at once.
const AT_ONCE: usize = 64;

/// Serves a connection until it is closed.
pub(crate) async fn serve(core: Arc<Core>, stream: UnixStream) {
    let (reader, writer) = stream.into_split();
    let (outbox, lines_out) = mpsc::channel(OUTBOX);
    let writing = tokio::spawn(write(writer, lines_out));
    let session = Arc::new(Session {
        core: Arc::clone(&core),
        outbox: outbox.clone(),
    });
    let mut ending = core.ending.subscribe();
    tokio::select! {
        () = read(reader, session, outbox) => {}
        // Answers that are under way are written: the outbox closes with the last of them.
        _ = ending.wait_for(|ending| *ending == Ending::Ends) => {}
    }
    let _ = tokio::time::timeout(std::time::Duration::from_secs(2), writing).await;
}

async fn read(
    reader: tokio::net::unix::OwnedReadHalf,
    session: Arc<Session>,
    outbox: mpsc::Sender<Vec<u8>>,
) {
    let mut reader = BufReader::with_capacity(16 << 10, reader);
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let mut line = Vec::new();
    loop {
        match lines::read(&mut reader, &mut line).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::debug!(%error, "a connection broke");
                return;
            }
        }
        let Ok(permit) = Arc::clone(&at_once).acquire_owned().await else {
            return;
        };
        let (session, outbox, text) = (
            Arc::clone(&session),
            outbox.clone(),
            std::mem::take(&mut line),
        );
        tokio::spawn(async move {
            if let Some(answer) = answer(&session, &text).await {
                let _ = outbox.send(answer).await;
            }
            drop(permit);
        });
    }
}

/// The answer to one line; a notification has none.
async fn answer(session: &Session, text: &[u8]) -> Option<Vec<u8>> {
    let response = match serde_json::from_slice::<Request>(text) {
        Ok(request) => {
            let id = request.id?;
            let outcome = client::dispatch(session, &request.method, request.params).await;
            Response::new(Some(id), outcome)
        }
        Err(error) => {
            let message = format!("a message is not JSON-RPC 2.0: {error}");
            Response::new(None, Err(Error::new(ErrorKind::InvalidInput, message)))
        }
    };
    serde_json::to_vec(&response).ok()
}

async fn write(
    mut writer: tokio::net::unix::OwnedWriteHalf,
    mut lines_out: mpsc::Receiver<Vec<u8>>,
) {
    while let Some(line) = lines_out.recv().await {
        if lines::write(&mut writer, line).await.is_err() {
            return;
        }
    }
}
