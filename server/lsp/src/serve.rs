//! One session from the first byte to the last, over any pair of streams.

use crate::daemon::{Absent, Connect};
use crate::features;
use crate::feed::Feed;
use crate::findings::show_diagnostics;
use crate::guard::{WAITING, guarded};
use crate::link::{self, supervise};
use crate::parent;
use crate::pass_through::{PassThrough, ROWS};
use crate::progress::{CANCELS, show_progress};
use crate::server::Server;
use crate::session::{Ends, Session};
use crate::status::tell_status;
use rustix::process::Pid;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tower_lsp::{LanguageServer, LspService, LspServiceBuilder};

/// Requests at once. With the library's own limit of 4, four slow ones hold up everything, `shutdown` and
/// `$/cancelRequest` included. More than may wait for the daemon ([`WAITING`]), so that its reader never
/// stands still.
const CONCURRENCY: usize = 2 * WAITING;

/// Notices of changed files that may wait; what is beyond is looked at when findings change.
const TOUCHED: usize = 64;

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

/// Serves until `exit`, the end of the input, or the end of the client's process. `parent` is watched where
/// the client names no process of its own.
pub(crate) async fn serve<C: Connect>(
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite,
    connect: C,
    parent: Option<Pid>,
) -> Ended {
    let shutdown = Arc::new(AtomicBool::new(false));
    let (link, keeper) = link::link();
    let (cancels, cancelled) = mpsc::channel(CANCELS);
    let (touched, files) = mpsc::channel(TOUCHED);
    let ends = Ends { cancels, touched };
    let connect = Arc::new(connect);
    let mut started = None;
    let builder = LspService::build_with_lifecycle_methods(|editor| {
        let session = Arc::new(Session::new(connect, link, editor, ends));
        started = Some(Arc::clone(&session));
        Server::new(session, Arc::clone(&shutdown))
    });
    let (service, socket) = methods(builder).finish();
    let Some(session) = started else {
        return Ended::WithoutShutdown;
    };
    // Dropped, and with it every task, when the session ends.
    let mut tasks = tasks(&session, keeper);
    tasks.spawn(show_progress(Arc::clone(&session), cancelled));
    tasks.spawn(show_diagnostics(Arc::clone(&session), files));

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
        () = client_gone(&session, parent) => {}
    }
    if shutdown.load(Ordering::Acquire) {
        Ended::AfterShutdown
    } else {
        Ended::WithoutShutdown
    }
}

/// What the session answers, one line for each method.
fn methods<C: Connect>(builder: LspServiceBuilder<Server<C>>) -> LspServiceBuilder<Server<C>> {
    let builder = builder
        .custom_method("textDocument/didOpen", guarded(Server::<C>::did_open))
        .custom_method("textDocument/didChange", guarded(Server::<C>::did_change))
        .custom_method("textDocument/didClose", guarded(Server::<C>::did_close))
        .custom_method("textDocument/didSave", guarded(Server::<C>::did_save))
        .custom_method(
            "workspace/didChangeWatchedFiles",
            guarded(Server::<C>::did_change_watched_files),
        )
        .custom_method(
            "workspace/didChangeWorkspaceFolders",
            guarded(Server::<C>::did_change_workspace_folders),
        )
        .custom_method(
            "window/workDoneProgress/cancel",
            guarded(Server::<C>::did_cancel_progress),
        )
        .custom_method("offshoot/trust", guarded(Server::<C>::did_change_trust))
        .custom_method(
            "workspace/executeCommand",
            guarded(Server::<C>::execute_command),
        );
    let builder = features::methods(builder);
    ROWS.iter().fold(builder, |builder, (name, method)| {
        builder.custom_method(name, guarded(PassThrough(method)))
    })
}

/// What goes on beside the handlers, each in a task of its own. They talk to the client; no handler does.
fn tasks<C: Connect>(session: &Arc<Session<C>>, keeper: link::Keeper<C::Api>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let feed = Feed {
        editor: session.editor.clone(),
        runs: session.runs.clone(),
        folders: session.folders.subscribe(),
        trusted: session.trusted.subscribe(),
        findings: Arc::clone(&session.findings),
        since: None,
    };
    let begin = begin(Arc::clone(session));
    tasks.spawn(supervise(Arc::clone(&session.connect), keeper, begin, feed));
    tasks.spawn(tell_status(Arc::clone(session)));
    tasks.spawn(features::register(Arc::clone(session)));
    tasks.spawn(features::refresh(Arc::clone(session)));
    tasks
}

/// When the daemon is wanted without a request: once the client is ready, and a folder is open. An
/// untrusted workspace finds a daemon, and starts none.
async fn begin<C: Connect>(session: Arc<Session<C>>) -> Absent {
    let mut begun = session.begun.subscribe();
    let mut folders = session.folders.subscribe();
    // The senders live as long as the session.
    let _ = begun.wait_for(|begun| *begun).await;
    let _ = folders.wait_for(|folders| !folders.is_empty()).await;
    if *session.trusted.borrow() == Some(false) {
        Absent::Leave
    } else {
        Absent::Start
    }
}

async fn client_gone<C: Connect>(session: &Session<C>, parent: Option<Pid>) {
    let mut begun = session.begun.subscribe();
    let process = tokio::select! {
        // Until it has named its process the one that started this server is watched.
        () = parent::gone(None, parent) => return,
        _ = begun.wait_for(|begun| *begun) => session.options().process,
    };
    parent::gone(process, parent).await;
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
