//! The socket: 0600 in a 0700 folder, for this user's processes only.

use crate::core::{Core, Ending};
use client::Home;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};

/// Makes the socket. A stale one is removed: who holds the daemon's lock is the only daemon.
pub(crate) fn bind(home: &Home) -> std::io::Result<UnixListener> {
    let path = home.socket_path();
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Takes connections until the daemon ends, or has had nothing to do for as long as it may.
pub(crate) async fn accept(core: Arc<Core>, listener: UnixListener) {
    let clients = Arc::new(AtomicUsize::new(0));
    let mut ending = core.ending.subscribe();
    let mut idle = Idle::default();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if is_ours(&stream) => {
                    let (core, clients) = (Arc::clone(&core), Arc::clone(&clients));
                    clients.fetch_add(1, Ordering::Relaxed);
                    tokio::spawn(async move {
                        crate::session::serve(core, stream).await;
                        clients.fetch_sub(1, Ordering::Relaxed);
                    });
                }
                Ok(_) => tracing::warn!("a connection of another user was refused"),
                Err(error) => {
                    // Out of descriptors, for example: others have to close some first.
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            _ = ending.wait_for(|ending| *ending == Ending::Ends) => return,
            () = tokio::time::sleep(LOOK) => {
                if idle.is_over(&core, clients.load(Ordering::Relaxed)).await {
                    tracing::info!("nothing to do: ending");
                    core.engine.shut_down().await;
                    core.ending.send_replace(Ending::Ends);
                    return;
                }
            }
        }
    }
}

/// How often the daemon looks whether it is needed.
const LOOK: Duration = Duration::from_secs(5);

#[derive(Default)]
struct Idle {
    since: Option<std::time::Instant>,
}

impl Idle {
    async fn is_over(&mut self, core: &Core, clients: usize) -> bool {
        let Some(limit) = core.idle_exit else {
            return false;
        };
        let busy = core.engine.look(|state| {
            state.tasks().any(|task| task.active().is_some())
                || state.queued() > 0
                || state.next_due().is_some()
        });
        if clients > 0 || busy.await.unwrap_or(true) {
            self.since = None;
            return false;
        }
        self.since
            .get_or_insert_with(std::time::Instant::now)
            .elapsed()
            >= limit
    }
}

fn is_ours(stream: &UnixStream) -> bool {
    stream
        .peer_cred()
        .is_ok_and(|peer| peer.uid() == rustix::process::getuid().as_raw())
}
