//! Attempts by file hand-off: no process of ours, an agent that watches files.

use super::spec::{Common, command_of};
use super::{called, round};
use agents::handoff::{self, Baseline, By, Features, HandOff, HandOffEnd, Signal, Watch};
use engine::Job;
use engine::ports::{Reporter, SignalKind};
use model::attempt::{AttemptEnd, Phase};
use model::failure::{Failure, FailureClass};
use model::ids::AttemptId;
use model::machine::Report;
use model::workflow::Work;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, mpsc};

/// Open hand-offs, so that they can be told to stop.
#[derive(Default)]
pub(crate) struct HandOffs(Mutex<HashMap<AttemptId, Arc<Notify>>>);

impl HandOffs {
    pub(super) async fn launch(&self, common: &Common, job: Job, reporter: Reporter) {
        let described = match describe(common, &job) {
            Ok(described) => described,
            Err(failure) => return reporter.report(Report::NotStarted(failure)).await,
        };
        let written = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&described.attempt_dir).map_err(|error| error.to_string())?;
            handoff::write(&described).map_err(|error| error.to_string())
        });
        match written.await {
            Ok(Ok(baseline)) => {
                reporter.report(Report::Started { pid: None }).await;
                self.watch(
                    &job,
                    baseline,
                    Watch {
                        pick_up: job.settings.hand_off.pick_up_after,
                        ..Watch::default()
                    },
                    reporter,
                )
                .await;
            }
            Ok(Err(message)) => {
                let message = format!("the hand-off files cannot be written: {message}");
                reporter
                    .report(Report::NotStarted(Failure::new(
                        FailureClass::Worktree,
                        message,
                    )))
                    .await;
            }
            Err(error) => tracing::error!(%error, "a hand-off could not be written"),
        }
    }

    pub(super) async fn adopt(&self, common: &Common, job: Job, reporter: Reporter) {
        let Ok(baseline) = Baseline::load(&common.dir(&job)) else {
            return reporter.report(Report::Interrupted).await;
        };
        if job
            .task
            .active()
            .is_some_and(|attempt| attempt.phase == Phase::Starting)
        {
            reporter.report(Report::Started { pid: None }).await;
        }
        let already = handoff::elapsed(&baseline, crate::clock::now());
        let how = Watch {
            already,
            pick_up: job.settings.hand_off.pick_up_after,
        };
        self.watch(&job, baseline, how, reporter).await;
    }

    async fn watch(&self, job: &Job, baseline: Baseline, how: Watch, reporter: Reporter) {
        let stop = Arc::new(Notify::new());
        self.open().insert(job.attempt(), Arc::clone(&stop));
        let (sender, signals) = mpsc::channel(16);
        let listener = tokio::spawn(listen(signals, reporter.clone()));
        let end = handoff::watch(Arc::new(baseline), how, sender, async move {
            stop.notified().await
        })
        .await;
        self.open().remove(&job.attempt());
        let _ = listener.await;
        reporter.report(Report::Ended(end_of(end))).await;
    }

    /// Ends the wait for this attempt. One that has not begun to wait yet ends as soon as it does.
    pub(super) fn stop(&self, attempt: &AttemptId) {
        if let Some(stop) = self.open().get(attempt) {
            stop.notify_one();
        }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<AttemptId, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the files of a hand-off out of its worktree. Blocks.
    pub(super) fn collect(dir: &Path) {
        if let Ok(baseline) = Baseline::load(dir) {
            let collected = handoff::collect(&baseline);
            tracing::debug!(?collected, "hand-off files were taken out");
        }
    }
}

async fn listen(mut signals: mpsc::Receiver<Signal>, reporter: Reporter) {
    while let Some(signal) = signals.recv().await {
        match signal {
            Signal::PickedUp => reporter.signal(
                SignalKind::Progress(None),
                "an agent has picked it up".to_owned(),
            ),
            Signal::Progress {
                percentage,
                message,
            } => reporter.signal(SignalKind::Progress(percentage), message),
            Signal::NotPickedUp { .. } => {
                let message = "no agent has picked it up: start one that watches .cursor-skill-command.txt, \
                               or run `offshoot workflow execute-skill-command --command-file FILE` in the worktree";
                reporter.signal(SignalKind::NotPickedUp, message.to_owned());
            }
            Signal::Warning { text } => reporter.signal(SignalKind::Warning, text),
        }
    }
}

fn describe(common: &Common, job: &Job) -> Result<HandOff, Failure> {
    let Work::Agent(agent) = &job.task.step.work else {
        return Err(Failure::new(
            FailureClass::Backend,
            "only an agent's step can be handed off",
        ));
    };
    let settings = &job.settings.hand_off;
    let step = &job.task.step;
    let nonce = crate::ids::random(10)
        .map_err(|error| Failure::new(FailureClass::Backend, error.message))?;
    let workflow = job
        .run
        .as_ref()
        .map_or_else(|| step.id.to_string(), |run| run.workflow.id.clone());
    let run = job
        .run
        .as_ref()
        .map_or_else(|| job.task.id.to_string(), |run| run.id.to_string());
    Ok(HandOff {
        attempt_dir: common.dir(job),
        worktree: job.folder().to_owned(),
        repo: job.task.tenant.clone(),
        run_id: run,
        workflow_id: workflow,
        step_id: step.id.to_string(),
        attempt: job.task.last_attempt().map_or(1, |attempt| attempt.number),
        execution_id: nonce,
        command: command_of(agent),
        params: agent.params.clone(),
        prompt: agent.prompt.clone(),
        title: step.title.clone(),
        notes: notes(job),
        context_tier: step.context_tier,
        consults: step.consults.clone(),
        expected_artifacts: step.creates.clone(),
        tracked: super::harvest::tracked_hand_off_files(job, &settings.status_file_name),
        timeout: step.timeout.unwrap_or(settings.timeout),
        status_file_name: settings.status_file_name.clone(),
        poll_interval: settings.poll,
        features: Features {
            artifact_detection: settings.artifact_detection,
            status_tracking: settings.status_tracking,
        },
        created_at: crate::clock::now(),
    })
}

/// The step's own notes, and what another round or a gate adds to them.
fn notes(job: &Job) -> String {
    let step = &job.task.step;
    let own = Some(step.notes.clone()).filter(|notes| !notes.is_empty());
    let all = own
        .into_iter()
        .chain(round::context(job))
        .chain(round::scores(step))
        .chain(step.built_in().map(called::what_is_asked));
    all.collect::<Vec<_>>().join("\n\n")
}

fn end_of(end: HandOffEnd) -> AttemptEnd {
    let mut ended = AttemptEnd {
        at: crate::clock::now(),
        ..AttemptEnd::default()
    };
    match end {
        HandOffEnd::Completed { artifacts, .. } => ended.artifacts = artifacts,
        HandOffEnd::Failed {
            class,
            message,
            retryable,
            ..
        } => ended.failure = Some(Failure::new(class, message).retryable(retryable)),
        HandOffEnd::Cancelled { by: By::Engine, .. } => ended.stopped = true,
        HandOffEnd::Cancelled {
            message, retryable, ..
        } => {
            let failure = Failure::new(FailureClass::Exit, message);
            ended.failure = Some(failure.retryable(retryable));
        }
        HandOffEnd::TimedOut {
            message, retryable, ..
        } => {
            let failure = Failure::new(FailureClass::Timeout, message);
            ended.failure = Some(failure.retryable(retryable));
        }
    }
    ended
}
