//! Attempts by process and by hand-off.

use super::beside::{GROUND, SETUP, clear};
use super::findings::{self, Tree};
use super::needs::{on_path, secret_names, with_optional};
use super::spec::{Common, INSTRUCTIONS, prompt};
use super::variables::{self, ARTIFACTS, OUTPUT};
use super::{built_in, files, furnish, hand_off::HandOffs, libraries};
use crate::secrets::Secrets;
use agents::attempt::{self, Condition, End, Signal};
use engine::Job;
use engine::ports::{Agents, Printed, Reporter, SignalKind};
use model::attempt::{AttemptEnd, Phase};
use model::backend::Backend;
use model::built_in::BuiltIn;
use model::failure::{Failure, FailureClass};
use model::finding::Finding;
use model::machine::Report;
use model::task::StopReason;
use model::time::Timestamp;
use model::workflow::Work;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Processes and hand-offs.
pub(crate) struct AgentPort {
    pub(crate) common: Common,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) hand_offs: HandOffs,
}

impl Agents for AgentPort {
    fn available(&self, job: &Job, backend: &Backend) -> Result<(), String> {
        let Backend::Command { agent, template } = backend else {
            return Ok(());
        };
        let Some(program) = template.command.first() else {
            return Err(format!("agent `{agent}` has an empty command"));
        };
        let environment = &job
            .run
            .as_ref()
            .map_or(&job.task.environment, |run| &run.environment)
            .0;
        let path = environment
            .iter()
            .find(|(name, _)| name == "PATH")
            .map_or("", |(_, path)| path);
        if on_path(program, path) {
            return Ok(());
        }
        Err(format!(
            "the program `{program}` of agent `{agent}` is not on the PATH"
        ))
    }

    fn missing_secrets(&self, job: &Job, backend: &Backend) -> Vec<String> {
        let names = secret_names(job, backend);
        let given = self.secrets.of(&job.task, &names);
        names
            .into_iter()
            .filter(|name| !given.iter().any(|(known, _)| known == name))
            .collect()
    }

    async fn launch(&self, mut job: Job, reporter: Reporter) {
        let Some(backend) = job.task.active().map(|attempt| attempt.backend.clone()) else {
            return;
        };
        libraries::hand_over(&self.common, &mut job).await;
        if let Backend::File { .. } = backend {
            return self.hand_offs.launch(&self.common, job, reporter).await;
        }
        let names = match backend {
            Backend::BuiltIn => with_optional(&job, job.task.step.built_in()),
            _ => secret_names(&job, &backend),
        };
        let secrets = self.secrets.of(&job.task, &names);
        let launch = match self.common.launch_job(&job, &backend, secrets) {
            Ok(launch) => launch,
            Err(failure) => return reporter.report(Report::NotStarted(failure)).await,
        };
        let dir = launch.dir.clone();
        if let Err(error) = lay_out(&job, &self.common.exchange(&job)) {
            let failure = Failure::new(
                files::class_of(&error),
                format!("the attempt's folder cannot be made: {error}"),
            );
            return reporter.report(Report::NotStarted(failure)).await;
        }
        let _at_work = self.common.supervisors.enter(&dir);
        match attempt::launch(launch) {
            Ok(launched) => {
                follow(
                    dir,
                    Some(launched.pid),
                    Some(launched.signals),
                    reporter,
                    false,
                )
                .await
            }
            Err(error) => reporter.report(Report::NotStarted(error.failure())).await,
        }
    }

    async fn adopt(&self, job: Job, reporter: Reporter) {
        let Some(attempt) = job.task.active() else {
            return;
        };
        if let Backend::File { .. } = attempt.backend {
            return self.hand_offs.adopt(&self.common, job, reporter).await;
        }
        let dir = self.common.dir(&job);
        match attempt::inspect(&dir) {
            Ok(Condition::Running { started }) => {
                let pid = started.map(|started| started.supervisor_pid);
                if let Phase::Starting = attempt.phase {
                    reporter
                        .report(Report::Started {
                            pid: pid.and_then(|pid| u32::try_from(pid).ok()),
                        })
                        .await;
                }
                let _at_work = self.common.supervisors.enter(&dir);
                follow(dir, pid, None, reporter, true).await;
            }
            Ok(Condition::Ended(result)) => reporter.report(Report::Ended(end_of(&result))).await,
            Ok(Condition::NotStarted | Condition::Dead) | Err(_) => bury(dir, reporter, true).await,
        }
    }

    async fn stop(&self, job: &Job, reason: StopReason) {
        let Some(attempt) = job.task.active() else {
            return;
        };
        let mut dir = self.common.dir(job);
        let mut pid = None;
        match &attempt.phase {
            Phase::Running { .. } if matches!(attempt.backend, Backend::File { .. }) => {
                return self.hand_offs.stop(&job.attempt());
            }
            Phase::Running { pid: known, .. } => {
                pid = known.and_then(|pid| i32::try_from(pid).ok())
            }
            Phase::Verifying { .. } => dir = dir.join(attempt::CHECK_FOLDER),
            Phase::Preparing => {
                self.common.trees.stop_laying(job.task.id.as_str());
                let exchange = self.common.exchange(job);
                let ground = exchange.join(GROUND);
                dir = match ground.exists() {
                    true => ground,
                    false => exchange.join(SETUP),
                };
            }
            _ => return,
        }
        if pid.is_none()
            && let Ok(Condition::Running {
                started: Some(started),
            }) = attempt::inspect(&dir)
        {
            pid = Some(started.supervisor_pid);
        }
        let word = match reason {
            StopReason::Cancel => "cancelled",
            StopReason::Requeue => "the engine stops",
        };
        if let Some(pid) = pid
            && let Err(error) = attempt::stop(&dir, pid, word)
        {
            tracing::warn!(attempt = %job.attempt(), %error, "an attempt could not be asked to stop");
        }
    }

    async fn set_up(&self, job: &Job) -> Result<(), Failure> {
        let Some(script) = self.common.trees.pending(job.folder()) else {
            return Ok(());
        };
        furnish::run(&self.common, job, SETUP, script).await
    }

    async fn ground(&self, job: &Job, task: &'static BuiltIn) {
        let secrets = self.secrets.of(&job.task, &with_optional(job, Some(task)));
        built_in::ground(&self.common, job, task, secrets).await;
    }

    async fn take_in(&self, job: &Job, task: &'static BuiltIn) -> Vec<Finding> {
        built_in::take_in(&self.common, job, task).await
    }

    async fn tear_down(&self, job: &Job) {
        furnish::tear_down(&self.common, job).await;
    }

    async fn check(&self, job: &Job, script: &str) -> Result<(), Failure> {
        let backend = job
            .task
            .active()
            .map_or(Backend::Nothing, |attempt| attempt.backend.clone());
        let missing = self.missing_secrets(job, &backend);
        if !missing.is_empty() {
            // They went with the daemon that had them. The next attempt asks for them before it begins.
            let message = format!("its check needs {}, lost in a restart", missing.join(", "));
            return Err(Failure::new(FailureClass::Interrupted, message));
        }
        let secrets = self.secrets.of(&job.task, &secret_names(job, &backend));
        let launch = self.common.check_job(job, script, secrets);
        let dir = launch.dir.clone();
        // A check that was begun by an earlier daemon is begun again; what is left of it goes first.
        let before = dir.join(attempt::CHECK_FOLDER);
        if before.exists() {
            let cleared = tokio::task::spawn_blocking(move || clear(&before)).await;
            if !matches!(cleared, Ok(Ok(()))) {
                return Err(Failure::new(
                    FailureClass::Supervisor,
                    "an earlier check of this attempt still runs",
                ));
            }
        }
        let _at_work = (self.common.supervisors).enter(&dir.join(attempt::CHECK_FOLDER));
        match attempt::run_check(&dir, launch).await {
            Ok(End::Result(result)) => match result.failure() {
                None => Ok(()),
                Some(failure) => Err(check_failure(&failure, &result.last_lines)),
            },
            Ok(End::Vanished) => Err(Failure::new(
                FailureClass::Supervisor,
                "the check's supervisor died",
            )),
            Err(error) => Err(Failure::new(
                FailureClass::Check,
                format!("the check could not be run: {error}"),
            )),
        }
    }

    async fn spotted(&self, job: &Job, of: Printed) -> Vec<Finding> {
        let (Some(worktree), false) = (&job.task.worktree, job.task.holds_hand_off()) else {
            return Vec::new();
        };
        let (dir, source) = match of {
            Printed::Attempt => (self.common.dir(job), "output"),
            Printed::Check => (self.common.dir(job).join(attempt::CHECK_FOLDER), "check"),
        };
        let tree = Tree::new(&worktree.path, &job.task.tenant);
        let read = move || findings::of_output(&tree, &dir, source);
        tokio::task::spawn_blocking(read).await.unwrap_or_default()
    }

    async fn collect(&self, job: &Job) -> Vec<(String, String)> {
        let (dir, exchange) = (self.common.dir(job), self.common.exchange(job));
        let hand_off = job.task.holds_hand_off();
        let read = move || {
            if hand_off {
                HandOffs::collect(&dir);
            }
            std::fs::read(exchange.join(OUTPUT)).unwrap_or_default()
        };
        let text = tokio::task::spawn_blocking(read).await.unwrap_or_default();
        variables::outputs(&text)
    }
}

/// Listens to an attempt until its end, and reports what it hears. A supervisor that lives says when the result can
/// be read, and then brings it to disk: nobody waits for that, as the end is journalled here.
async fn follow(
    dir: PathBuf,
    pid: Option<i32>,
    signals: Option<mpsc::Receiver<Signal>>,
    reporter: Reporter,
    adopted: bool,
) {
    let (says_ended, mut ended) = oneshot::channel();
    let listener =
        signals.map(|signals| tokio::spawn(listen(signals, pid, reporter.clone(), says_ended)));
    let mut end = std::pin::pin!(attempt::watch_end(&dir, pid));
    let end = tokio::select! {
        Ok(()) = &mut ended => match attempt::inspect(&dir) {
            Ok(Condition::Ended(result)) => {
                reporter.report(Report::Ended(end_of(&result))).await;
                // It is still to be reaped.
                let _ = end.await;
                return;
            }
            _ => end.await,
        },
        end = &mut end => end,
    };
    if let Some(listener) = listener {
        // The pipe ends with the supervisor; what it said before comes first.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(1), listener).await;
    }
    match end {
        Ok(End::Result(result)) => reporter.report(Report::Ended(end_of(&result))).await,
        Ok(End::Vanished) | Err(_) => bury(dir.clone(), reporter, adopted).await,
    }
}

async fn listen(
    mut signals: mpsc::Receiver<Signal>,
    pid: Option<i32>,
    reporter: Reporter,
    ended: oneshot::Sender<()>,
) {
    while let Some(signal) = signals.recv().await {
        match signal {
            Signal::Started(_) => {
                reporter
                    .report(Report::Started {
                        pid: pid.and_then(|pid| u32::try_from(pid).ok()),
                    })
                    .await;
            }
            Signal::Output { line, .. } => reporter.signal(SignalKind::Line, line),
            Signal::Usage(_) => {}
            Signal::Ended => {
                let _ = ended.send(());
                return;
            }
        }
    }
}

/// Calls an attempt dead, ends what is left of it, and says so.
async fn bury(dir: PathBuf, reporter: Reporter, after_restart: bool) {
    let buried = tokio::task::spawn_blocking(move || bury_blocking(&dir)).await;
    match buried {
        Ok(Ok(Some(result))) => reporter.report(Report::Ended(end_of(&result))).await,
        Ok(Ok(None)) if after_restart => reporter.report(Report::Interrupted).await,
        Ok(Ok(None)) => reporter.report(Report::Vanished).await,
        Ok(Err(error)) => {
            tracing::error!(%error, "an attempt's folder cannot be read");
            reporter.report(Report::Interrupted).await;
        }
        Err(error) => tracing::error!(%error, "an attempt could not be buried"),
    }
}

fn bury_blocking(dir: &Path) -> std::io::Result<Option<attempt::AttemptResult>> {
    if !dir.exists() {
        return Ok(None);
    }
    loop {
        match attempt::revoke(dir)? {
            attempt::Revocation::Revoked => break,
            attempt::Revocation::Ended(result) => return Ok(Some(*result)),
            // It took the lock in this moment: its end will be written.
            attempt::Revocation::StillAlive => std::thread::yield_now(),
        }
    }
    attempt::kill_tree(dir)?;
    Ok(None)
}

fn end_of(result: &attempt::AttemptResult) -> AttemptEnd {
    let stopped = matches!(result.outcome, attempt::Outcome::Stopped { .. });
    let leaked = result.leaked_processes.iter();
    AttemptEnd {
        at: Timestamp(result.ended_at),
        failure: if stopped { None } else { result.failure() },
        stopped,
        exit_code: result.exit_code,
        peak_rss_bytes: result.peak_rss_bytes,
        cpu_ms: result.cpu_ms,
        leaked_processes: leaked
            .map(|process| format!("{} {}", process.pid, process.name))
            .collect(),
        artifacts: Vec::new(),
    }
}

fn check_failure(failure: &Failure, last_lines: &[String]) -> Failure {
    let last = last_lines.iter().rev().find(|line| !line.trim().is_empty());
    let last = last.map_or_else(String::new, |line| format!(": {}", line.trim()));
    let how = match failure.class {
        FailureClass::Exit => String::new(),
        class => format!(" ({class})"),
    };
    Failure::new(FailureClass::Check, format!("its check failed{how}{last}"))
}

/// Makes the folder through which the attempt's processes and we exchange files.
fn lay_out(job: &Job, exchange: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(exchange.join(ARTIFACTS))?;
    if let Work::Agent(agent) = &job.task.step.work {
        files::write_file(&exchange.join(INSTRUCTIONS), prompt(job, agent).as_bytes())?;
    }
    Ok(())
}
