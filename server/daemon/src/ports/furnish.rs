//! Setup and teardown of worktrees: commands of the settings or of `.cursor/worktrees.json`, run under a
//! supervisor like everything else, in a folder beside that of the attempt.

use super::beside::{SETUP, TEARDOWN, make_room};
use super::spec::Common;
use crate::core::Core;
use crate::trees::Plan;
use agents::attempt::{self, End};
use engine::Job;
use model::failure::{Failure, FailureClass};
use model::run::Run;
use model::task::{Task, TaskState};
use std::sync::Arc;
use std::time::Duration;

/// The longest teardown of a worktree that somebody waits for to go.
const LONGEST: Duration = Duration::from_secs(120);

/// Undoes what setup did outside a job's worktree, where that is there. What goes wrong is logged: the
/// worktree goes all the same.
pub(super) async fn tear_down(common: &Common, job: &Job) {
    let commands = &job.settings.worktrees.teardown;
    let made = job.task.worktree.as_ref();
    if commands.is_empty() || !made.is_some_and(|made| made.path.is_dir()) {
        return;
    }
    if let Err(failure) = run(common, job, TEARDOWN, Plan::teardown_script(commands)).await {
        tracing::warn!(attempt = %job.attempt(), failure = failure.message, "teardown failed");
    }
}

/// The same for worktrees of a run that has ended, before they go: the commands are those that were agreed
/// to when the worktree was made. Says what went wrong; nothing of it keeps a worktree.
pub(crate) async fn tear_down_all(core: &Core, run: &Run, tasks: &[Task]) -> Vec<String> {
    let common = &core.wiring.agents.common;
    let mut settings = core.tenants.load(Some(&run.repo)).tenant.clone();
    settings.worktrees.timeout = settings.worktrees.timeout.min(LONGEST);
    let settings = Arc::new(settings);
    let idle = tasks
        .iter()
        .filter(|task| !matches!(task.state, TaskState::Active));
    let mut warnings = Vec::new();
    for task in idle {
        let made = task.worktree.as_ref().filter(|made| made.path.is_dir());
        let record = made.and_then(|made| common.trees.record_of(&made.path));
        let Some(record) = record.filter(|record| !record.teardown.is_empty()) else {
            continue;
        };
        let job = Job {
            task: task.clone(),
            run: Some(run.clone()),
            settings: Arc::clone(&settings),
            candidates: Vec::new(),
            passed_over: Vec::new(),
            parents: Vec::new(),
            gate: None,
            hand_offs_full: false,
        };
        let script = Plan::teardown_script(&record.teardown);
        if let Err(failure) = self::run(common, &job, TEARDOWN, script).await {
            warnings.push(format!("step `{}`: {}", task.step.id, failure.message));
        }
    }
    warnings
}

/// Runs it to its end.
pub(super) async fn run(
    common: &Common,
    job: &Job,
    name: &'static str,
    script: String,
) -> Result<(), Failure> {
    let fail = |message: String| Failure::new(FailureClass::Worktree, message);
    let launch = common.furnish_job(job, name, script);
    make_room(&launch.dir, name).await.map_err(fail)?;
    let _at_work = common.supervisors.enter(&launch.dir);
    match attempt::run_to_end(launch).await {
        Ok(End::Result(result)) => match result.outcome {
            attempt::Outcome::Stopped { .. } => Err(Failure::new(
                FailureClass::Interrupted,
                format!("it was stopped during the {name} of its worktree"),
            )),
            _ => match result.failure() {
                None => Ok(()),
                Some(failure) => Err(fail(message(name, &failure, &result.last_lines))),
            },
        },
        Ok(End::Vanished) => Err(fail(format!("the supervisor of the {name} died"))),
        Err(error) => Err(fail(format!(
            "{name} of its worktree could not be run: {error}"
        ))),
    }
}

fn message(name: &str, failure: &Failure, last_lines: &[String]) -> String {
    let last = last_lines.iter().rev().find(|line| !line.trim().is_empty());
    let last = last.map_or_else(String::new, |line| {
        format!("; its last line: {}", line.trim())
    });
    let what = match failure.class {
        FailureClass::Timeout if name == SETUP => {
            "it took longer than offshoot.worktrees.timeout allows"
        }
        _ => failure.message.as_str(),
    };
    format!("{name} of its worktree failed: {what}{last}")
}
