//! Built-in tasks in attempts: how they are started, what is asked of an agent that goes on from them, and what
//! is taken in of what it left.

use super::furnish::make_room;
use super::spec::Common;
use agents::attempt::{self, End};
use artifact::status;
use engine::Job;
use model::backend::Backend;
use model::built_in::{BuiltIn, Leaves};
use model::diagnostic::Severity;
use model::failure::{Failure, FailureClass};
use model::finding::Finding;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tasks::agent::{Added, addition, set_aside};

/// The folder of a built-in task that is done before an agent begins, within the exchange folder of its attempt.
pub(super) const GROUND: &str = "ground";
/// A task ends itself in time; the supervisor ends one that does not, this much later.
pub(super) const MARGIN: Duration = Duration::from_secs(10);
/// The folder with copies of its artifacts, within the exchange folder: what an agent cannot change.
const ASIDE: &str = "aside";

/// Wall clock of it: the step's own word, the client's, or the usual one of its group.
pub(super) fn time(job: &Job, task: &BuiltIn) -> Duration {
    let asked = job.run.as_ref().and_then(|run| run.options.timeout);
    let said = job.task.step.timeout.or(asked);
    said.unwrap_or_else(|| task.group.timeout())
}

/// This program with the arguments that do it, or with those that say that it was not done.
pub(super) fn argv(job: &Job, task: &BuiltIn, program: &Path) -> Vec<String> {
    let mut argv = vec![program.display().to_string()];
    let call = task.call(params(job));
    argv.extend(call.argv);
    argv.push(format!("--timeout={}", time(job, task).as_secs().max(1)));
    if let Some(reason) = job.settings.tasks.off(task.group, true) {
        argv.push(format!("--not-run={reason}"));
    }
    if let Some(operand) = call.operand {
        argv.extend(["--".to_owned(), operand]);
    }
    argv
}

fn params(job: &Job) -> &[(String, model::workflow::Value)] {
    match &job.task.step.work {
        model::workflow::Work::Agent(agent) => &agent.params,
        _ => &[],
    }
}

/// The folder its artifacts lie in: the worktree, else the repository that the task runs in.
pub(super) fn root(job: &Job) -> &Path {
    let worktree = job.task.worktree.as_ref();
    worktree.map_or(&job.task.tenant, |worktree| &worktree.path)
}

/// Does it, and keeps copies of what it left.
pub(super) async fn ground(
    common: &Common,
    job: &Job,
    task: &'static BuiltIn,
    secrets: Vec<(String, String)>,
) {
    let launch = common.ground_job(job, task, secrets);
    let ended = match make_room(&launch.dir, GROUND).await {
        Ok(()) => match attempt::run_to_end(launch).await {
            Ok(End::Result(_)) => Ok(()),
            Ok(End::Vanished) => Err("its supervisor died".to_owned()),
            Err(error) => Err(error.to_string()),
        },
        Err(error) => Err(error),
    };
    if let Err(error) = ended {
        tracing::warn!(attempt = %job.attempt(), error, "a built-in task could not be run before its agent");
    }
    let (root, aside) = (root(job).to_owned(), aside(common, job));
    let keep = move || {
        task.leaves
            .iter()
            .try_for_each(|leaves| set_aside(&root, leaves.path, &aside))
    };
    let kept = tokio::task::spawn_blocking(keep).await;
    if let Ok(Err(error)) = kept {
        tracing::warn!(attempt = %job.attempt(), %error, "an artifact could not be set aside");
    }
}

fn aside(common: &Common, job: &Job) -> PathBuf {
    common.exchange(job).join(ASIDE)
}

/// What is asked of an agent that goes on from a built-in task, for its prompt.
pub(super) fn what_is_asked(task: &BuiltIn) -> String {
    let Some(Leaves { path, kind }) = task.leaves.first() else {
        return task.judgement.to_owned();
    };
    let addition = addition(path);
    format!(
        "What a program can find is in `{path}` already, with a page for people beside it: go on from there. {}\n\n\
         Leave what you find as JSON in `{addition}`; leave the other file as it is. Its form, with as many findings as there are:\n\n    \
         {{\"schema_version\": \"1.0\", \"kind\": \"{kind}\", \"status\": \"completed\", \"summary\": \"…\",\n     \
         \"findings\": [{{\"path\": \"src/a.rs\", \"line\": 3, \"severity\": \"error\", \"code\": \"a-short-name\", \"message\": \"one sentence\", \
         \"help\": \"the way out\"}}]}}\n\nA severity is `error`, `warning` or `info`.",
        task.judgement
    )
}

/// Takes in what the agent left, and tells what was not taken.
pub(super) async fn take_in(common: &Common, job: &Job, task: &'static BuiltIn) -> Vec<Finding> {
    let Some(leaves) = task.leaves.first() else {
        return Vec::new();
    };
    let attempt = job.task.last_attempt();
    let agent = match attempt.map(|attempt| &attempt.backend) {
        Some(Backend::Command { agent, .. }) => agent.clone(),
        _ => "agent".to_owned(),
    };
    let well = attempt
        .and_then(|attempt| attempt.end())
        .is_some_and(|end| end.failure.is_none() && !end.stopped);
    let (root, aside) = (root(job).to_owned(), aside(common, job));
    let work = move || tasks::agent::take_in(&root, leaves.path, &aside, &agent);
    let taken = tokio::task::spawn_blocking(work).await;
    let beside = addition(leaves.path);
    let refused = |why: &str| {
        let message = format!("what the agent left in {beside} was not taken in: {why}");
        Finding::new("agent-result-refused", Severity::Warning, message).about(&*beside)
    };
    match taken.map_err(std::io::Error::from).and_then(|taken| taken) {
        Ok(Added::Nothing) if well => {
            let message = format!(
                "the agent added nothing in {beside}: {} has what the built-in task found",
                leaves.path
            );
            vec![Finding::new("no-agent-result", Severity::Info, message)]
        }
        Ok(Added::Nothing | Added::Before | Added::Findings(_)) => Vec::new(),
        Ok(Added::Refused(why)) => vec![refused(&why)],
        Err(error) => vec![refused(&error.to_string())],
    }
}

/// Why a built-in task that did an attempt alone did not succeed, in the words of its artifact.
pub(super) fn said(job: &Job) -> Option<Failure> {
    let task = of_attempt(job)?;
    let failures = task.leaves.iter().filter_map(|leaves| {
        let text = worktree::file_below(root(job), Path::new(leaves.path), artifact::LARGEST);
        let Ok(worktree::FileAt::Content(text)) = text else {
            return None;
        };
        let reading = artifact::read(&text, &[]).ok()?;
        let class = match reading.status.as_deref()? {
            status::TIMEOUT => FailureClass::Timeout,
            status::FAILED => FailureClass::Exit,
            _ => return None,
        };
        let why = reading.error.unwrap_or_default();
        let path = leaves.path;
        Some(Failure::new(
            class,
            format!("{why}; what was found before is in {path}"),
        ))
    });
    failures.into_iter().next()
}

/// Parameters that the built-in task of an attempt has no use for: said, never silently ignored.
pub(super) fn unused(job: &Job) -> Vec<Finding> {
    let Some(task) = of_attempt(job) else {
        return Vec::new();
    };
    let finding = |name: &String| {
        let message = format!(
            "the built-in task `{}` has no use for the parameter `{name}`",
            task.title()
        );
        Finding::new("unused-parameter", Severity::Info, message)
    };
    task.call(params(job)).unused.iter().map(finding).collect()
}

/// The built-in task that did an attempt alone.
fn of_attempt(job: &Job) -> Option<&'static BuiltIn> {
    let attempt = job.task.last_attempt()?;
    (attempt.backend == Backend::BuiltIn).then(|| job.task.step.built_in())?
}
