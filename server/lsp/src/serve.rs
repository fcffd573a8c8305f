//! One session from the first byte to the last, over any pair of streams.

use crate::checker::check_documents;
use crate::daemon::Connect;
use crate::documents::Documents;
use crate::server::Server;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tower_lsp::{LanguageServer, LspService};

/// Requests at once. With the library's own limit of 4, four slow ones hold up everything, `shutdown` and
/// `$/cancelRequest` included.
const CONCURRENCY: usize = 256;

/// How long answers under way may take once the editor has closed its end.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The editor had said `shutdown`.
    AfterShutdown,
    /// `exit` came without it, or the input ended.
    WithoutShutdown,
}

/// Serves until `exit` or the end of the input.
pub(crate) async fn serve<C: Connect>(
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite,
    connect: C,
) -> Ended {
    let documents = Arc::new(Documents::default());
    let shutdown = Arc::new(AtomicBool::new(false));
    let mut checker = JoinSet::new();
    let (service, socket) = LspService::build_with_lifecycle_methods(|editor| {
        checker.spawn(check_documents(Arc::clone(&documents), editor));
        Server::new(Arc::clone(&documents), connect, Arc::clone(&shutdown))
    })
    .custom_method("textDocument/didOpen", Server::<C>::did_open)
    .custom_method("textDocument/didChange", Server::<C>::did_change)
    .custom_method("textDocument/didClose", Server::<C>::did_close)
    .custom_method("textDocument/didSave", Server::<C>::did_save)
    .custom_method("workspace/executeCommand", Server::<C>::execute_command)
    .finish();

    let closed = Arc::new(Notify::new());
    let input = Watched {
        inner: input,
        closed: Arc::clone(&closed),
    };
    let serving = tower_lsp::Server::new(input, output, socket)
        .concurrency_level(CONCURRENCY)
        .serve(service);
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        () = &mut serving => {}
        // An editor that crashed never says `exit`; whoever still waits for the daemon has no reader.
        () = closed.notified() => {
            let _ = tokio::time::timeout(LAST_ANSWERS, serving).await;
        }
    }
    if shutdown.load(Ordering::Acquire) {
        Ended::AfterShutdown
    } else {
        Ended::WithoutShutdown
    }
}

/// An input that tells when it has ended.
struct Watched<R> {
    inner: R,
    closed: Arc<Notify>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Watched<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let room = buf.remaining() > 0;
        let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
        match &polled {
            Poll::Ready(Ok(())) if room && buf.filled().len() == before => self.closed.notify_one(),
            Poll::Ready(Err(_)) => self.closed.notify_one(),
            _ => {}
        }
        polled
    }
}
