//! The stream of news about a run or a task, continued by `since` when the daemon comes back.

use crate::context::Context;
use client::{Api, Client};
use protocol::event::{Event, Subscribe};
use protocol::{Error, ErrorKind};
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::time::Instant;

/// How often in a row a daemon may be lost before following is given up.
const LOSSES: u32 = 8;

/// How long a daemon that was stopped may take to come back (it does on `background restart`, and when
/// a newer one takes over).
const RESTART: Duration = Duration::from_secs(15);

/// How long a daemon that ends in order may take from its last connection to the removal of its socket.
const FAREWELL: Duration = Duration::from_millis(300);

/// What is followed.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    /// A run.
    Run(String),
    /// A task that belongs to no run.
    Task(String),
}

/// What came.
#[derive(Debug, PartialEq)]
pub(super) enum News {
    /// A line of output.
    Line {
        /// Of this step.
        step: String,
        /// The line.
        text: String,
    },
    /// A word to the reader.
    Hint(String),
    /// The state is another; urgent where the whole may be over.
    Changed {
        /// Look at once.
        urgent: bool,
    },
    /// The daemon is gone.
    Lost,
}

pub(super) struct Feed<'a> {
    context: &'a Context,
    client: Client,
    events: Receiver<Event>,
    subject: Subject,
    last_seq: u64,
    losses: u32,
}

impl<'a> Feed<'a> {
    pub(super) async fn open(
        context: &'a Context,
        client: Client,
        subject: Subject,
    ) -> Result<Self, Error> {
        let events = client.events();
        let subscribed = client.events_subscribe(subscribe(&subject, None)).await?;
        Ok(Self {
            context,
            client,
            events,
            subject,
            last_seq: subscribed.last_seq,
            losses: 0,
        })
    }

    /// The next piece of news. May be dropped half way.
    pub(super) async fn next(&mut self) -> News {
        loop {
            let Some(event) = self.events.recv().await else {
                return News::Lost;
            };
            if let Some(seq) = event.seq {
                self.last_seq = self.last_seq.max(seq);
            }
            if let Some(news) = news(event) {
                return news;
            }
        }
    }

    /// Asks the daemon, over its loss.
    pub(super) async fn ask<T>(
        &mut self,
        question: impl AsyncFn(&Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        loop {
            match question(&self.client).await {
                Err(error) if error.kind == ErrorKind::Unreachable => {
                    self.reconnect().await?;
                }
                answer => {
                    self.losses = 0;
                    return answer;
                }
            }
        }
    }

    /// Connects again, starting the daemon where it died. The error is of the kind `not_running` when
    /// it was stopped and stays away: starting it against its owner's will is not ours.
    pub(super) async fn reconnect(&mut self) -> Result<(), Error> {
        self.losses += 1;
        if self.losses > LOSSES {
            return Err(
                Error::new(ErrorKind::Unreachable, "the daemon is lost again and again")
                    .hint("`offshoot background logs` shows why"),
            );
        }
        let client = if self.was_stopped().await {
            self.wait_for_restart().await.ok_or_else(stopped)?
        } else {
            self.context.daemon().await?
        };
        self.events = client.events();
        let since = Some(self.last_seq);
        match client
            .events_subscribe(subscribe(&self.subject, since))
            .await
        {
            Ok(_) => self.client = client,
            // Lost once more: the caller comes again.
            Err(error) if error.kind == ErrorKind::Unreachable => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// A daemon that ends in order takes its socket along; one that dies leaves it behind.
    async fn was_stopped(&self) -> bool {
        let deadline = Instant::now() + FAREWELL;
        while Instant::now() < deadline {
            if !self.context.home.socket_path().exists() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    async fn wait_for_restart(&self) -> Option<Client> {
        let deadline = Instant::now() + RESTART;
        while Instant::now() < deadline {
            if let Ok(client) = self.context.running_daemon().await {
                return Some(client);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        None
    }
}

fn stopped() -> Error {
    Error::new(
        ErrorKind::NotRunning,
        "the daemon was stopped before the end",
    )
    .hint("`offshoot background start` starts it, and it goes on")
}

fn subscribe(subject: &Subject, since: Option<u64>) -> Subscribe {
    let mut subscribe = Subscribe {
        since,
        ..Subscribe::default()
    };
    match subject {
        Subject::Run(id) => subscribe.run_id = Some(id.clone()),
        Subject::Task(id) => subscribe.task_id = Some(id.clone()),
    }
    subscribe
}

/// What an event means to a follower; none where it means nothing.
fn news(event: Event) -> Option<News> {
    match event.kind.as_str() {
        "line" => Some(News::Line {
            step: event.step_id.unwrap_or_default(),
            text: event.message,
        }),
        "not_picked_up" => Some(News::Hint(event.message)),
        "progress" => None,
        "reload" => Some(News::Changed { urgent: false }),
        kind => event.seq.map(|_| News::Changed {
            urgent: kind.starts_with("run.") || kind.starts_with("task."),
        }),
    }
}
