//! What stands around every handler: a panic in one is one failed answer, and requests that wait for the
//! daemon are counted.

use protocol::{Error, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_lsp::jsonrpc::{self, Method};

/// Requests that may wait for the daemon at once. Less than what is served at once: however slow the daemon
/// is, `$/cancelRequest` and `shutdown` are read.
pub(crate) const WAITING: usize = 1024;

/// A handler whose panic is one failed answer: `.custom_method("…", guarded(Server::<C>::…))`.
pub(crate) fn guarded<F>(handler: F) -> Guarded<F> {
    Guarded(handler)
}

/// See [`guarded`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guarded<F>(F);

impl<S, P, R, F> Method<S, P, R> for Guarded<F>
where
    F: Method<S, P, R>,
    R: Panicked,
{
    type Future = Caught<F::Future>;

    fn invoke(&self, server: S, params: P) -> Self::Future {
        Caught(Box::pin(self.0.invoke(server, params)))
    }
}

/// A handler at work.
pub(crate) struct Caught<F>(Pin<Box<F>>);

impl<F: Future<Output: Panicked>> Future for Caught<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Nothing of a handler is used after its panic; what it shares is whole after each change.
        let polled = catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx)));
        polled.unwrap_or_else(|_| {
            tracing::error!("a handler panicked");
            Poll::Ready(F::Output::panicked())
        })
    }
}

/// What a handler that panicked answers.
pub(crate) trait Panicked {
    /// The answer.
    fn panicked() -> Self;
}

impl Panicked for () {
    fn panicked() -> Self {}
}

impl<T> Panicked for jsonrpc::Result<T> {
    fn panicked() -> Self {
        let message = "a defect of the language server: this request failed";
        Err(answer(Error::new(ErrorKind::Internal, message)))
    }
}

/// Counts what waits for the daemon.
#[derive(Debug, Clone)]
pub(crate) struct Waiting(Arc<Semaphore>);

impl Default for Waiting {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(WAITING)))
    }
}

impl Waiting {
    /// A place, given back when dropped.
    pub(crate) fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        let place = Arc::clone(&self.0).try_acquire_owned();
        place.map_err(|_| {
            let message = format!("{WAITING} requests wait for the daemon already");
            Error::new(ErrorKind::Refused, message).hint("ask again once some are answered")
        })
    }
}

/// An error of ours as one of JSON-RPC; `data` is the whole of it.
pub(crate) fn answer(error: Error) -> jsonrpc::Error {
    jsonrpc::Error {
        code: error.kind.rpc_code().into(),
        message: error.message.clone().into(),
        data: serde_json::to_value(error).ok(),
    }
}
