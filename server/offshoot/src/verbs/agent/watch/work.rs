//! The work on one file from start to end: decides by [`super::course`], acts, and looks again.

use super::answer::{self, End};
use super::claim::Claim;
use super::course::{self, Next};
use super::job;
use super::say::{Say, Tell};
use super::withdrawn::{is_withdrawn_now, withdrawn};
use agents::attempt::{self, Condition, End as AttemptEnd, inspect, launch, stop, watch_end};
use client::Home;
use protocol::{Error, ErrorKind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What the works share.
#[derive(Debug)]
pub(super) struct Shared {
    /// This program.
    pub(super) program: PathBuf,
    /// The state folder.
    pub(super) home: Home,
    /// The watcher's environment.
    pub(super) environment: Vec<(String, String)>,
    /// Where news goes.
    pub(super) say: Say,
}

/// Does it. `cancelled` turns true when a person stops everything.
pub(super) async fn work(
    claim: Claim,
    shared: Arc<Shared>,
    mut cancelled: watch::Receiver<bool>,
) -> Result<End, Error> {
    let end = run(&claim, &shared, &mut cancelled).await?;
    let commands = reports(&claim).await?;
    let (ending, of) = (end.clone(), claim.clone());
    let problem = spawn(move || {
        answer::ended(&of, &ending);
        // Last: until then a later watcher comes here again and does the same.
        let problem = answer::report(&of.plan, &ending, commands);
        of.end(ending.status(), ending.error(), now())?;
        Ok(problem)
    })
    .await?;
    if let Some(problem) = problem {
        shared.say.tell(Tell::problem(&claim.plan, &problem));
    }
    Ok(end)
}

async fn run(
    claim: &Claim,
    shared: &Shared,
    cancelled: &mut watch::Receiver<bool>,
) -> Result<End, Error> {
    let plan = &claim.plan;
    let mut taken_back = false;
    loop {
        let of = claim.clone();
        let tried = spawn(move || of.tried()).await?;
        match course::next(plan.commands.len(), plan.retries, &tried) {
            Next::Completed => return Ok(End::Completed),
            Next::Cancelled if taken_back => return Ok(End::Withdrawn),
            Next::Cancelled => return Ok(End::Cancelled),
            Next::Failed { command, number } => return Ok(failure(claim, command, number)),
            Next::Wait { command, number } => {
                shared
                    .say
                    .tell(Tell::attempt(plan, "adopted", command, number));
                let pid = supervisor(&claim.attempt(command, number));
                taken_back |= wait(claim, (command, number), pid, (shared, cancelled)).await?;
            }
            Next::Launch { after, .. } if !pause(after, cancelled).await => {
                return Ok(End::Cancelled);
            }
            Next::Launch { .. } if is_withdrawn_now(claim, &shared.home).await => {
                return Ok(End::Withdrawn);
            }
            // It has waited for its turn longer than anybody waits for it.
            Next::Launch { .. } if tried.is_empty() && !is_wanted(claim).await? => {
                return Ok(End::Withdrawn);
            }
            Next::Launch {
                command,
                number,
                last,
                ..
            } => {
                let around = job::Surroundings {
                    program: &shared.program,
                    home: shared.home.root(),
                    environment: &shared.environment,
                };
                let failed = |message: String, code: &str| End::Failed {
                    message,
                    code: code.to_owned(),
                    retryable: false,
                };
                let job = match job::job(claim, (command, number), last, &around) {
                    Ok(job) => job,
                    Err(message) => return Ok(failed(message, "configuration")),
                };
                let of = claim.clone();
                spawn(move || {
                    answer::begins(&of);
                    Ok(())
                })
                .await?;
                shared
                    .say
                    .tell(Tell::attempt(plan, "started", command, number));
                // The signals of the supervisor are for progress bars; the log has everything.
                let launched = match launch(job) {
                    Ok(launched) => launched,
                    Err(error) => return Ok(failed(error.failure().message, "spawn")),
                };
                let pid = Some(launched.pid);
                taken_back |= wait(claim, (command, number), pid, (shared, cancelled)).await?;
                if let Ok(Condition::Ended(result)) = inspect(&claim.attempt(command, number)) {
                    shared
                        .say
                        .tell(Tell::attempt_ended(plan, command, number, &result));
                }
            }
        }
    }
}

/// Waits for the end of an attempt; stops it when a person wants that, or nobody wants it any more: then it
/// answers true. `pid` is its supervisor's, where it is known.
async fn wait(
    claim: &Claim,
    (command, number): (usize, u32),
    pid: Option<i32>,
    (shared, cancelled): (&Shared, &mut watch::Receiver<bool>),
) -> Result<bool, Error> {
    let dir = claim.attempt(command, number);
    let end = watch_end(&dir, pid);
    tokio::pin!(end);
    loop {
        let taken_back = tokio::select! {
            end = &mut end => return ended(end).map(|()| false),
            () = raised(cancelled) => false,
            () = withdrawn(claim, &shared.home) => true,
        };
        if let Some(pid) = supervisor(&dir) {
            let why = if taken_back { "withdrawn" } else { "cancelled" };
            stop(&dir, pid, why).map_err(|error| broken(&error))?;
            return ended(end.await).map(|()| taken_back);
        }
        // The supervisor needs a moment to say who it is.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How it ended is read from its folder; one that vanished is called dead and cleaned up at the next look.
fn ended(end: std::io::Result<AttemptEnd>) -> Result<(), Error> {
    end.map(drop).map_err(|error| broken(&error))
}

/// The supervisor's process id, once it has said it.
fn supervisor(dir: &std::path::Path) -> Option<i32> {
    match inspect(dir) {
        Ok(Condition::Running {
            started: Some(started),
        }) => Some(started.supervisor_pid),
        _ => None,
    }
}

/// Until a person stops everything; at once where one has.
async fn raised(cancelled: &mut watch::Receiver<bool>) {
    if cancelled.wait_for(|cancelled| *cancelled).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Waits; false where a person stopped everything meanwhile.
async fn pause(time: Duration, cancelled: &mut watch::Receiver<bool>) -> bool {
    if *cancelled.borrow() {
        return false;
    }
    tokio::select! {
        () = tokio::time::sleep(time) => true,
        () = raised(cancelled) => false,
    }
}

fn failure(claim: &Claim, command: usize, number: u32) -> End {
    let text = claim.plan.commands.get(command).map_or("", String::as_str);
    match inspect(&claim.attempt(command, number)) {
        Ok(Condition::Ended(result)) => End::of_result(text, &result),
        _ => End::Failed {
            message: format!("the process that watched `{text}` is gone"),
            code: "supervisor".to_owned(),
            retryable: true,
        },
    }
}

async fn reports(claim: &Claim) -> Result<Vec<answer::Run>, Error> {
    let of = claim.clone();
    spawn(move || {
        let tried = of.tried()?;
        let ended = tried.iter().filter_map(|one| {
            let Ok(Condition::Ended(result)) = inspect(&of.attempt(one.command, one.number)) else {
                return None;
            };
            Some(answer::Run {
                command: of.plan.commands.get(one.command)?.clone(),
                attempt: one.number,
                exit_code: result.exit_code,
                duration_seconds: result.duration_ms as f64 / 1000.0,
                last_lines: result.last_lines,
            })
        });
        Ok(ended.collect())
    })
    .await
}

async fn is_wanted(claim: &Claim) -> Result<bool, Error> {
    let claim = claim.clone();
    spawn(move || Ok(answer::is_wanted(&claim))).await
}

async fn spawn<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(std::io::Error::from)
        .and_then(|done| done)
        .map_err(|error| broken(&error))
}

fn now() -> i64 {
    attempt::folder::now().0
}

fn broken(error: &dyn std::error::Error) -> Error {
    Error::new(
        ErrorKind::Storage,
        format!("the state of the work cannot be kept: {error}"),
    )
    .hint("look for room and rights in the state folder")
}
