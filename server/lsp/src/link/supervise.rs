//! The supervisor: connects, feeds what comes until the connection is lost, and connects again.

use super::backoff::Backoff;
use super::{Ask, Keeper, Need, State};
use crate::daemon::{Absent, Connect, Connection};
use protocol::{Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// What is done with a connection while it lasts.
pub(crate) trait Feed<A>: Send {
    /// Returns when the connection is lost.
    fn feed(&mut self, connection: Connection<A>) -> impl Future<Output = ()> + Send;
}

/// A daemon that was there for less is not called back at once: it may end the same way again.
const SETTLED: Duration = Duration::from_secs(10);

/// Keeps the link until the session ends. It begins when `begin` says so (and whether that starts a daemon),
/// or with the first request.
pub(crate) async fn supervise<C: Connect>(
    connect: Arc<C>,
    mut keeper: Keeper<C::Api>,
    begin: impl Future<Output = Absent>,
    mut feed: impl Feed<C::Api>,
) {
    let mut backoff = Backoff::default();
    let mut waiting = Vec::new();
    let mut absent = keeper.begin(begin, &mut waiting).await;
    loop {
        match connect.connect(absent).await {
            Ok(connection) => {
                keeper.connected(&connection, &mut waiting);
                let since = Instant::now();
                keeper.attend(connection, &mut feed).await;
                keeper.states.send_replace(State::Lost);
                if since.elapsed() > SETTLED {
                    backoff.reset();
                }
                // One that was told to go is not called back, but for a request that needs it.
                if connect.was_stopped() {
                    absent = Absent::Leave;
                }
            }
            Err(error) => keeper.failed(&refine(error, absent), &mut waiting),
        }
        let pause = backoff.pause(absent == Absent::Leave);
        keeper.pause(pause, &mut waiting, &mut absent).await;
    }
}

impl<A: Clone> Keeper<A> {
    async fn begin(
        &mut self,
        begin: impl Future<Output = Absent>,
        waiting: &mut Vec<Ask<A>>,
    ) -> Absent {
        tokio::select! {
            absent = begin => absent,
            Some(ask) = self.asks.recv() => {
                let absent = ask.need.absent();
                waiting.push(ask);
                absent
            }
        }
    }

    fn connected(&self, connection: &Connection<A>, waiting: &mut Vec<Ask<A>>) {
        for ask in waiting.drain(..) {
            ask.tell(Ok(connection.api.clone()));
        }
        self.states.send_replace(State::Connected {
            api: connection.api.clone(),
            hello: connection.hello.clone(),
        });
    }

    fn failed(&self, error: &Error, waiting: &mut Vec<Ask<A>>) {
        for ask in waiting.drain(..) {
            ask.tell(Err(error.clone()));
        }
        self.states.send_if_modified(|state| {
            let same = matches!(state, State::Unavailable(known) if known == error);
            if !same {
                *state = State::Unavailable(error.clone());
            }
            !same
        });
    }

    /// Requests that saw no connection a moment ago are answered meanwhile.
    async fn attend(&mut self, connection: Connection<A>, feed: &mut impl Feed<A>) {
        let api = connection.api.clone();
        let mut feeding = std::pin::pin!(feed.feed(connection));
        loop {
            tokio::select! {
                () = &mut feeding => return,
                Some(ask) = self.asks.recv() => ask.tell(Ok(api.clone())),
            }
        }
    }

    /// Waits before the next attempt; a request ends the pause.
    async fn pause(&mut self, pause: Duration, waiting: &mut Vec<Ask<A>>, absent: &mut Absent) {
        let asked = tokio::time::timeout(pause, self.asks.recv()).await;
        waiting.extend(asked.ok().flatten());
        waiting.extend(rest(&mut self.asks));
        if waiting.iter().any(|ask| ask.need == Need::Started) {
            *absent = Absent::Start;
        }
    }
}

impl Need {
    fn absent(self) -> Absent {
        match self {
            Self::Found => Absent::Leave,
            Self::Started => Absent::Start,
        }
    }
}

fn rest<A>(asks: &mut mpsc::Receiver<Ask<A>>) -> Vec<Ask<A>> {
    std::iter::from_fn(|| asks.try_recv().ok()).collect()
}

impl<A> Ask<A> {
    fn tell(self, outcome: Result<A, Error>) {
        // Whoever asked may have given up.
        let _ = self.answer.send(outcome);
    }
}

/// Where nobody may start a daemon, the way out is another than for the command line.
fn refine(error: Error, absent: Absent) -> Error {
    if absent == Absent::Leave && error.kind == ErrorKind::NotRunning {
        return Error {
            hint: Some("the next command that needs it starts it".to_owned()),
            ..error
        };
    }
    error
}
