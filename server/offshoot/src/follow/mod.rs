//! Following a run or a task to its end, over the daemon's death and the reader's signals.

mod feed;
mod screen;
mod signals;
mod task;
mod view;

pub(crate) use signals::{Signal, Signals};
pub(crate) use task::follow_task;

use crate::context::Context;
use crate::exit::Exit;
use crate::render::{ending, is_over};
use client::{Api, Client};
use feed::{Feed, News};
use protocol::log::LogRead;
use protocol::run::{Run, RunRef};
use protocol::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;
use view::View;

/// The shortest time between two looks at a run whose events come in a stream.
const LOOK: Duration = Duration::from_millis(50);

/// A look without any event: the net below the events.
const NET: Duration = Duration::from_secs(10);

/// How often a live picture is drawn.
const FRAME: Duration = Duration::from_millis(100);

/// Of how many failed steps the last lines are shown, how many, and from logs of which size.
const TAILS: usize = 3;
const TAIL_LINES: usize = 6;
const TAIL_BYTES: u64 = 1 << 20;

/// What is shown while following.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// A picture on a terminal, lines elsewhere; with `--json` one document at the end.
    Progress,
    /// With `--json` a document per change.
    Changes,
}

/// Follows a run to where nothing goes on without a person, says how it ended, and gives its exit code.
pub(crate) async fn follow(
    context: &Context,
    client: Client,
    run: Run,
    show: Show,
) -> Result<Exit, Error> {
    let (run, exit) = watch(context, client, run, show).await?;
    if context.out.json {
        if show == Show::Progress {
            context.out.document(&run);
        }
    } else {
        say_goodbye(context, &run).await;
    }
    Ok(exit)
}

fn exit(run: &Run, interrupts: u32, detached: bool) -> Exit {
    match interrupts {
        0 if detached => Exit::DONE,
        // Also where a step had failed before, and the run therefore counts as failed.
        2.. if run.status != "completed" => Exit::CANCELLED,
        _ => Exit::of_run(run),
    }
}

/// The last words, with the last lines that failed steps printed where those can be had.
pub(crate) async fn say_goodbye(context: &Context, run: &Run) {
    let tails = match context.running_daemon().await {
        Ok(client) => tails(&client, run).await,
        Err(_) => BTreeMap::new(),
    };
    context
        .out
        .lines(ending::render(run, &tails, context.out.style));
}

/// The last lines of output of the first failed steps.
async fn tails(client: &Client, run: &Run) -> BTreeMap<String, Vec<String>> {
    let mut tails = BTreeMap::new();
    let failed = run.steps.iter().filter(|step| step.status == "failed");
    for step in failed.take(TAILS) {
        let wanted = LogRead {
            run_id: Some(run.run_id.clone()),
            step_id: Some(step.id.clone()),
            limit: Some(TAIL_BYTES),
            ..LogRead::default()
        };
        // A log that is longer is for `background logs`: its end cannot be had without its start.
        if let Ok(chunk) = client.log_read(wanted).await
            && chunk.end
        {
            let lines: Vec<&str> = chunk
                .text
                .lines()
                .filter(|line| !line.trim().is_empty())
                .collect();
            let last = lines[lines.len().saturating_sub(TAIL_LINES)..].iter();
            tails.insert(
                step.id.clone(),
                last.map(|line| (*line).to_owned()).collect(),
            );
        }
    }
    tails
}

/// The same without the last words, and gives the run as it was last seen.
pub(crate) async fn watch(
    context: &Context,
    client: Client,
    run: Run,
    show: Show,
) -> Result<(Run, Exit), Error> {
    // Said once, by the answer that started it; later looks at the run know nothing of them.
    let warnings = run.warnings.clone();
    for warning in &warnings {
        context.out.note(&format!("warning: {warning}"));
    }
    let mut follower = Follower::start(context, client, run, show).await?;
    let outcome = follower.until_over().await;
    follower.view.finish(&follower.run);
    let exit = match outcome {
        Ok(detached) => exit(&follower.run, follower.interrupts, detached),
        // There is a run to show, so the error is shown as its own.
        Err(error) if error.kind == ErrorKind::NotRunning => {
            let exit = Exit::of_error(&error);
            follower.run.error = Some(error);
            exit
        }
        Err(error) => return Err(error),
    };
    if context.out.json {
        follower.run.warnings = warnings;
    }
    Ok((follower.run, exit))
}

struct Follower<'a> {
    context: &'a Context,
    feed: Feed<'a>,
    view: View,
    signals: Signals,
    run: Run,
    interrupts: u32,
    /// There was news since the last look.
    stale: bool,
    next_look: Instant,
}

impl<'a> Follower<'a> {
    async fn start(
        context: &'a Context,
        client: Client,
        run: Run,
        show: Show,
    ) -> Result<Self, Error> {
        let signals = Signals::listen()?;
        let feed = Feed::open(context, client, feed::Subject::Run(run.run_id.clone())).await?;
        let mut view = View::new(context.out, show);
        view.update(&run);
        Ok(Self {
            context,
            feed,
            view,
            signals,
            run,
            interrupts: 0,
            // Between the start and the subscription something may have happened.
            stale: true,
            next_look: Instant::now(),
        })
    }

    /// True when the reader went away before the end.
    async fn until_over(&mut self) -> Result<bool, Error> {
        let mut frames = tokio::time::interval(FRAME);
        loop {
            if self.stale && Instant::now() >= self.next_look {
                self.look().await?;
            }
            if !self.stale && is_over(&self.run) {
                return Ok(false);
            }
            let net = if self.stale {
                self.next_look
            } else {
                self.next_look + NET
            };
            tokio::select! {
                news = self.feed.next() => self.take(news).await?,
                signal = self.signals.next() => {
                    if self.heed(signal).await? {
                        return Ok(true);
                    }
                }
                _ = frames.tick(), if self.view.is_live() => self.view.draw(&self.run),
                () = tokio::time::sleep_until(net) => self.stale = true,
            }
        }
    }

    async fn look(&mut self) -> Result<(), Error> {
        let wanted = RunRef {
            run_id: self.run.run_id.clone(),
            repo: None,
        };
        self.run = self
            .feed
            .ask(async |client| client.run_show(wanted.clone()).await)
            .await?;
        self.stale = false;
        self.next_look = Instant::now() + LOOK;
        self.view.update(&self.run);
        Ok(())
    }

    async fn take(&mut self, news: News) -> Result<(), Error> {
        match news {
            News::Line { step, text } => self.view.line(step, text),
            News::Hint(text) => self.view.note(&text),
            News::Changed { urgent } => {
                self.stale = true;
                if urgent {
                    self.next_look = Instant::now();
                }
            }
            News::Lost => {
                self.stale = true;
                self.feed.reconnect().await?;
            }
        }
        Ok(())
    }

    /// True when the signal means to go.
    async fn heed(&mut self, signal: Signal) -> Result<bool, Error> {
        let id = self.run.run_id.clone();
        match signal {
            Signal::Detach => {
                self.view.note(&format!(
                    "the run goes on: `offshoot workflow status {id} --follow`"
                ));
                return Ok(true);
            }
            Signal::Interrupt => self.interrupts += 1,
        }
        match self.interrupts {
            1 => self.view.note(&format!(
                "press Ctrl-C again to cancel the run; to let it go on, close this terminal or use \
                 `offshoot workflow status {id} --follow` in another"
            )),
            2 => {
                self.view.note("cancelling");
                let wanted = RunRef {
                    run_id: id,
                    repo: None,
                };
                self.feed
                    .ask(async |client| client.run_cancel(wanted.clone()).await)
                    .await?;
                self.stale = true;
                self.next_look = Instant::now();
            }
            // Patience is at its end; the daemon goes on cancelling.
            _ => {
                self.context
                    .out
                    .note("the daemon goes on cancelling the run");
                "cancelled".clone_into(&mut self.run.status);
                return Ok(true);
            }
        }
        Ok(false)
    }
}
