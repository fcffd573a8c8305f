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

/// How long a daemon that said it stops may take to come back (it does on `background restart`).
const RESTART: Duration = Duration::from_secs(15);

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
    /// The daemon said that it stops.
    stopping: bool,
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
            stopping: false,
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
            self.stopping |= event.kind == "stopping";
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
                    if !self.reconnect().await? {
                        return Err(error);
                    }
                }
                answer => {
                    self.losses = 0;
                    return answer;
                }
            }
        }
    }

    /// Connects again, starting the daemon where it died. False when it was stopped on purpose and
    /// stays away: starting it against its owner's will is not ours.
    pub(super) async fn reconnect(&mut self) -> Result<bool, Error> {
        self.losses += 1;
        if self.losses > LOSSES {
            return Err(
                Error::new(ErrorKind::Unreachable, "the daemon is lost again and again")
                    .hint("`offshoot background logs` shows why"),
            );
        }
        let client = if std::mem::take(&mut self.stopping) {
            match self.wait_for_restart().await {
                Some(client) => client,
                None => return Ok(false),
            }
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
        Ok(true)
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
        "progress" | "stopping" => None,
        "reload" => Some(News::Changed { urgent: false }),
        kind => event.seq.map(|_| News::Changed {
            urgent: kind.starts_with("run.") || kind.starts_with("task."),
        }),
    }
}
