//! Waiting for the end of a hand-off: woken by file events, by a poll as the net under them, and
//! by what is due. One task and a few folders watched; thousands may wait.

use super::baseline::Baseline;
use super::end::{By, HandOffEnd, Signal};
use super::judge::Judge;
use super::look::{Eyes, Look};
use model::failure::FailureClass;
use model::time::Timestamp;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until};

/// How long an agent may take to show itself before people are told how to start one.
pub const PICK_UP: Duration = Duration::from_secs(60);
/// The poll is never quicker, whatever is configured.
const MIN_POLL: Duration = Duration::from_millis(100);
/// Between two looks that no event asked for.
const MIN_PAUSE: Duration = Duration::from_millis(5);

/// What a watch is told beside the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Time of the attempt that has passed before: zero for a new one, [`elapsed`] after a restart.
    pub already: Duration,
    /// When to say that nobody picked it up, [`PICK_UP`].
    pub pick_up: Duration,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            already: Duration::ZERO,
            pick_up: PICK_UP,
        }
    }
}

/// The time since the command was written, for a watch that goes on after a restart.
pub fn elapsed(baseline: &Baseline, now: Timestamp) -> Duration {
    baseline.since.elapsed(baseline.created_at(), now)
}

/// Waits until the hand-off ends. `cancel` ends it at once; the files stay where they are until
/// [`super::collect()`]. Signals that nobody takes wait, newest progress only; they never block.
pub async fn watch(
    baseline: Arc<Baseline>,
    how: Watch,
    signals: mpsc::Sender<Signal>,
    cancel: impl Future<Output = ()> + Send,
) -> HandOffEnd {
    let mut cancel = pin!(cancel);
    let start = Instant::now();
    let mut waiting = Waiting::new(baseline, how, start, signals);
    loop {
        let end = tokio::select! {
            biased;
            () = &mut cancel => Some(cancelled()),
            end = waiting.look() => end,
        };
        if let Some(end) = end.or_else(|| waiting.over()) {
            waiting.flush();
            return end;
        }
        tokio::select! {
            biased;
            () = &mut cancel => return cancelled(),
            () = waiting.pause() => {}
        }
    }
}

fn cancelled() -> HandOffEnd {
    HandOffEnd::Cancelled {
        by: By::Engine,
        message: "the hand-off was cancelled".to_owned(),
        retryable: None,
    }
}

struct Waiting {
    baseline: Arc<Baseline>,
    wake: Arc<Notify>,
    /// Away while a look is under way.
    eyes: Option<Eyes>,
    judge: Judge,
    /// When the command was written, as this process counts.
    already: Duration,
    start: Instant,
    poll: Duration,
    signals: mpsc::Sender<Signal>,
}

impl Waiting {
    fn new(
        baseline: Arc<Baseline>,
        how: Watch,
        start: Instant,
        signals: mpsc::Sender<Signal>,
    ) -> Self {
        Self {
            poll: Duration::from_millis(baseline.poll_ms).max(MIN_POLL),
            baseline,
            wake: Arc::new(Notify::new()),
            eyes: None,
            judge: Judge::new(how.pick_up),
            already: how.already,
            start,
            signals,
        }
    }

    /// Time since the command.
    fn at(&self) -> Duration {
        self.already + self.start.elapsed()
    }

    /// Looks once, off the event loop.
    async fn look(&mut self) -> Option<HandOffEnd> {
        let (at, artifacts) = (self.at(), self.judge.wants_artifacts());
        let (baseline, wake) = (Arc::clone(&self.baseline), Arc::clone(&self.wake));
        let (eyes, already) = (self.eyes.take(), self.already);
        let looked = tokio::task::spawn_blocking(move || {
            let mut eyes = eyes.unwrap_or_else(|| Eyes::new(baseline, wake, already));
            let look = eyes.look(at, artifacts);
            (eyes, look)
        });
        match looked.await {
            Ok((eyes, look)) => {
                self.eyes = Some(eyes);
                // By the clock after the look: what was seen twice this far apart was there that long.
                self.judge.hear(&look, self.at())
            }
            // The runtime shuts down, or looking panicked: nothing can be seen any more.
            Err(error) => self.blind(&error.to_string()),
        }
    }

    fn blind(&mut self, reason: &str) -> Option<HandOffEnd> {
        let message = format!("the worktree cannot be looked at: {reason}");
        let look = Look {
            gone: Some(message),
            ..Look::default()
        };
        let end = self.judge.hear(&look, self.at());
        end.map(|end| match end {
            HandOffEnd::Failed {
                message,
                code,
                retryable,
                ..
            } => HandOffEnd::Failed {
                class: FailureClass::Backend,
                message,
                code,
                retryable,
            },
            other => other,
        })
    }

    fn over(&self) -> Option<HandOffEnd> {
        let timeout = self.baseline.timeout();
        (self.at() >= timeout).then(|| self.judge.timed_out(timeout))
    }

    /// Waits for the next reason to look, handing out signals meanwhile.
    async fn pause(&mut self) {
        let until = self.next_look();
        let wake = Arc::clone(&self.wake);
        let mut woken = pin!(wake.notified());
        loop {
            tokio::select! {
                () = &mut woken => return,
                () = sleep_until(until) => return,
                () = send_next(&self.signals, &mut self.judge) => {}
            }
        }
    }

    fn next_look(&self) -> Instant {
        let poll = self.at() + self.poll;
        let due = self.judge.due().unwrap_or(poll);
        let next = poll.min(due).min(self.baseline.timeout());
        Instant::now() + next.saturating_sub(self.at()).max(MIN_PAUSE)
    }

    /// What still fits; the end itself says enough.
    fn flush(&mut self) {
        while let Some(signal) = self.judge.outbox.pop_front() {
            if self.signals.try_send(signal).is_err() {
                return;
            }
        }
    }
}

/// Sends the next signal once there is room; never ends where there is nothing to send.
async fn send_next(signals: &mpsc::Sender<Signal>, judge: &mut Judge) {
    if judge.outbox.is_empty() {
        return poll_fn(|_| std::task::Poll::Pending).await;
    }
    match signals.reserve().await {
        Ok(permit) => {
            if let Some(signal) = judge.outbox.pop_front() {
                permit.send(signal);
            }
        }
        // Nobody listens: the hand-off goes on all the same.
        Err(_) => judge.outbox.clear(),
    }
}
