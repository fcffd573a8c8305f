//! Starting effects. Each becomes a task of its own that answers through the mailbox, also where its
//! work is lost: an effect without an answer would hold its slot for ever.

use super::{Actor, Message};
use crate::job::Job;
use crate::ports::{Agents, Ports, Reporter, Worktrees};
use crate::work;
use model::attempt::Phase;
use model::failure::{Failure, FailureClass};
use model::ids::{RunId, TaskId};
use model::machine::{Effect, PrepareFailure, Report, RunReport, Verified};
use model::task::{Product, StopReason, Task};
use model::verdict::Verdict;
use std::sync::Arc;
use std::time::Duration;

/// Between the first two times that an attempt is asked to stop; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// More than that is never waited: the grace of an attempt is 10 s.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// An attempt that is being asked to stop.
pub(super) struct Asking {
    at: (u32, bool),
    handle: tokio::task::AbortHandle,
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

impl<P: Ports> Actor<P> {
    /// Starts an effect of a stored turn.
    pub(super) fn act(&mut self, effect: Effect) {
        match effect {
            Effect::Finish(id) => self.finish(id),
            Effect::Prepare(id) => self.answered(
                &id,
                |ports, job| async move { work::prepare(&*ports, job).await },
                || Report::NotPrepared(PrepareFailure::Failed(lost())),
            ),
            Effect::Launch(id) => self.launch(&id),
            Effect::Stop(id, reason) => self.ask_to_stop(&id, reason),
            Effect::Verify(id) => self.answered(
                &id,
                |ports, job| async move { work::verify(&*ports, job).await },
                || {
                    let product = Product::default();
                    let verdict = Verdict::Failed(lost());
                    let wrote = Vec::new();
                    Report::Verified(Box::new(Verified {
                        verdict,
                        product,
                        wrote,
                    }))
                },
            ),
            Effect::Release(id) => self.answered(
                &id,
                |ports, job| async move { work::release(&*ports, job).await },
                || Report::Released,
            ),
        }
    }

    /// Asks an attempt to end, and asks again until it has: the first word may come before there is
    /// anything to hear it (a check that is just being started, a hand-off not watched yet).
    fn ask_to_stop(&mut self, id: &TaskId, reason: StopReason) {
        let (Some(at), Some((ports, job, _))) = (self.moment(id), self.job(id)) else {
            return;
        };
        let asking = tokio::spawn(async move {
            let mut pause = FIRST_PAUSE;
            loop {
                ports.agents().stop(&job, reason).await;
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        });
        let asking = Asking {
            at,
            handle: asking.abort_handle(),
        };
        self.asking.insert(id.clone(), asking);
    }

    /// Asks no longer where the attempt has got on.
    pub(super) fn stop_asking(&mut self) {
        let mut asking = std::mem::take(&mut self.asking);
        asking.retain(|id, asking| self.moment(id) == Some(asking.at));
        self.asking = asking;
    }

    /// Where an attempt that is to stop is: its number, and whether it is being verified.
    fn moment(&self, id: &TaskId) -> Option<(u32, bool)> {
        let task = self.state.task(id).filter(|task| task.stop.is_some())?;
        let attempt = task.active()?;
        let verifying = matches!(attempt.phase, Phase::Verifying { .. });
        Some((attempt.number, verifying))
    }

    /// Takes over an attempt that an earlier daemon began.
    pub(super) fn adopt(&self, id: &TaskId) {
        let Some((ports, job, reporter)) = self.job(id) else {
            return;
        };
        tokio::spawn(watch_over(ports, job, reporter, false));
    }

    fn launch(&self, id: &TaskId) {
        let Some((ports, job, reporter)) = self.job(id) else {
            return;
        };
        tokio::spawn(watch_over(ports, job, reporter, true));
    }

    fn job(&self, id: &TaskId) -> Option<(Arc<P>, Job, Reporter)> {
        let task = self.state.task(id)?;
        let job = Job::of(&self.state, task);
        Some((Arc::clone(&self.ports), job, self.reporter(task)))
    }

    fn reporter(&self, task: &Task) -> Reporter {
        let attempt = task.last_attempt().map_or(0, |attempt| attempt.number);
        Reporter::new(
            task.id.clone(),
            attempt,
            self.mailbox.clone(),
            self.happenings.clone(),
        )
    }

    /// Does work that ends in one report; `lost` is the report where it panics.
    fn answered<F, W>(&self, id: &TaskId, work: W, lost: fn() -> Report)
    where
        W: FnOnce(Arc<P>, Job) -> F,
        F: Future<Output = Report> + Send + 'static,
    {
        let Some((ports, job, reporter)) = self.job(id) else {
            return;
        };
        let work = tokio::spawn(work(ports, job));
        tokio::spawn(async move {
            let report = work.await.unwrap_or_else(|error| {
                tracing::error!(%error, "the work on an attempt was lost");
                lost()
            });
            reporter.report(report).await;
        });
    }

    fn finish(&self, id: RunId) {
        let Some(run) = self.state.run(&id).cloned() else {
            return;
        };
        let tasks: Vec<Task> = self.state.tasks_of(&run).cloned().collect();
        let (ports, mailbox) = (Arc::clone(&self.ports), self.mailbox.clone());
        let work = tokio::spawn(async move { ports.worktrees().finish(&run, &tasks).await });
        tokio::spawn(async move {
            let report = work.await.unwrap_or_else(|_| RunReport::Failed(lost()));
            let _ = mailbox.send(Message::Run { run: id, report }).await;
        });
    }
}

/// Launches an attempt or adopts it. Where that ends without having reported an end, the attempt may
/// still be at work: it is adopted, once more; after that it is given up.
async fn watch_over<P: Ports>(ports: Arc<P>, job: Job, reporter: Reporter, launch: bool) {
    if launch {
        let (ports, job, reporter) = (Arc::clone(&ports), job.clone(), reporter.clone());
        let launched = tokio::spawn(async move { ports.agents().launch(job, reporter).await });
        note(launched.await);
    }
    for _ in 0..2 {
        if reporter.has_ended() {
            return;
        }
        let (ports, job, reporter) = (Arc::clone(&ports), job.clone(), reporter.clone());
        let adopted = tokio::spawn(async move { ports.agents().adopt(job, reporter).await });
        note(adopted.await);
    }
    if !reporter.has_ended() {
        tracing::error!(attempt = %job.attempt(), "nobody knows what became of an attempt");
        reporter.report(Report::Vanished).await;
    }
}

fn note(done: Result<(), tokio::task::JoinError>) {
    if let Err(error) = done {
        tracing::error!(%error, "the watch over an attempt was lost");
    }
}

fn lost() -> Failure {
    Failure::new(
        FailureClass::Supervisor,
        "the engine lost the work on it; its log has more",
    )
}
