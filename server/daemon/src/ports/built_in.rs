//! Built-in tasks in attempts: how they are started, what is asked of an agent that goes on from them, and what
//! is taken in of what it left.

use super::furnish::make_room;
use super::spec::Common;
use agents::attempt::{self, End, Outcome};
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
/// A task whose supervisor died is begun once more.
const TRIES: u32 = 2;
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
    argv.push("--as-step".to_owned());
    argv.push(format!("--timeout={}", time(job, task).as_secs().max(1)));
    if let Some(reason) = job.settings.tasks.off(task.group, true) {
        argv.push(format!("--not-run={reason}"));
    }
    if !call.operands.is_empty() {
        argv.push("--".to_owned());
        argv.extend(call.operands);
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

/// Does it, and keeps copies of what it left. Its artifacts say how it ended, whatever that was.
pub(super) async fn ground(
    common: &Common,
    job: &Job,
    task: &'static BuiltIn,
    secrets: Vec<(String, String)>,
) {
    let begin = |root: &Path| {
        let mut leaves = task.leaves.iter();
        leaves.try_for_each(|leaves| tasks::begin(root, leaves.path, leaves.kind))
    };
    if let Err(error) = begin(root(job)) {
        tracing::warn!(attempt = %job.attempt(), %error, "an artifact cannot be begun");
    }
    let mut broken = Broken::default();
    for _ in 0..TRIES {
        match once(common, job, task, secrets.clone()).await {
            Ok(ended) => {
                broken = ended;
                break;
            }
            Err(error) => broken.why = error,
        }
        tracing::warn!(attempt = %job.attempt(), broken.why, "a built-in task was not done before its agent");
    }
    let (root, aside) = (root(job).to_owned(), aside(common, job));
    let conclude = move || {
        task.leaves.iter().try_for_each(|leaves| {
            tasks::broken_off(&root, leaves.path, leaves.kind, broken.word, &broken.why)?;
            set_aside(&root, leaves.path, &aside)
        })
    };
    let kept = tokio::task::spawn_blocking(conclude).await;
    if let Err(error) = kept.map_err(std::io::Error::from).and_then(|kept| kept) {
        tracing::warn!(attempt = %job.attempt(), %error, "an artifact could not be set aside");
    }
}

/// What an artifact says whose task was ended before it could say so itself.
struct Broken {
    /// Its status.
    word: &'static str,
    why: String,
}

impl Default for Broken {
    fn default() -> Self {
        Self {
            word: status::FAILED,
            why: "it did not come to its end".to_owned(),
        }
    }
}

impl Broken {
    fn stopped() -> Self {
        Self {
            word: status::CANCELLED,
            why: "somebody stopped it".to_owned(),
        }
    }

    fn by(failure: &Failure) -> Self {
        let word = match failure.class {
            FailureClass::Timeout | FailureClass::Silent => status::TIMEOUT,
            _ => status::FAILED,
        };
        Self {
            word,
            why: failure.message.clone(),
        }
    }
}

/// Does it to its end, and says what that was for an artifact that does not.
///
/// # Errors
/// When its supervisor could not be started, or died.
async fn once(
    common: &Common,
    job: &Job,
    task: &BuiltIn,
    secrets: Vec<(String, String)>,
) -> Result<Broken, String> {
    let launch = common.ground_job(job, task, secrets);
    make_room(&launch.dir, "built-in task").await?;
    match attempt::run_to_end(launch).await {
        Ok(End::Result(result)) => Ok(match (&result.outcome, result.failure()) {
            (Outcome::Stopped { .. }, _) => Broken::stopped(),
            (_, Some(failure)) => Broken::by(&failure),
            (_, None) => Broken::default(),
        }),
        Ok(End::Vanished) => Err("its supervisor died".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn aside(common: &Common, job: &Job) -> PathBuf {
    common.exchange(job).join(ASIDE)
}

/// What is asked of an agent that goes on from a built-in task, for its prompt.
pub(super) fn what_is_asked(task: &BuiltIn) -> String {
    let rows: Vec<String> = task.leaves.iter().map(row).collect();
    format!(
        "What a program can find is there already, with a page for people beside each file: go on from there. {}\n\n\
         Leave what you find as JSON beside it, in a file of its own; leave what is there as it is:\n\n{}\n\n\
         The form of your file, with as many findings as there are:\n\n    \
         {{\"schema_version\": \"1.0\", \"kind\": \"{}\", \"status\": \"completed\", \"summary\": \"…\",\n     \
         \"findings\": [{{\"path\": \"src/a.rs\", \"line\": 3, \"severity\": \"error\", \"code\": \"a-short-name\", \"message\": \"one sentence\", \
         \"help\": \"the way out\"}}]}}\n\nA severity is `error`, `warning` or `info`.",
        task.judgement,
        rows.join("\n"),
        task.leaves.first().map_or("", |leaves| leaves.kind)
    )
}

fn row(Leaves { path, .. }: &Leaves) -> String {
    format!("- to `{path}` add `{}`", addition(path))
}

/// Takes in what the agent left, and tells what was not taken.
pub(super) async fn take_in(common: &Common, job: &Job, task: &'static BuiltIn) -> Vec<Finding> {
    let attempt = job.task.last_attempt();
    let agent = match attempt.map(|attempt| &attempt.backend) {
        Some(Backend::Command { agent, .. }) => agent.clone(),
        _ => "agent".to_owned(),
    };
    let (root, aside) = (root(job).to_owned(), aside(common, job));
    let work = move || {
        let one = |leaves: &Leaves| tasks::agent::take_in(&root, leaves.path, &aside, &agent);
        let taken = task.leaves.iter().map(|leaves| (leaves.path, one(leaves)));
        taken.collect::<Vec<_>>()
    };
    let taken = tokio::task::spawn_blocking(work).await.unwrap_or_default();
    let nothing = |(_, added): &(_, std::io::Result<Added>)| matches!(added, Ok(Added::Nothing));
    let well = attempt
        .and_then(|attempt| attempt.end())
        .is_some_and(|end| end.failure.is_none() && !end.stopped);
    if well && taken.iter().all(nothing) {
        return vec![added_nothing(task)];
    }
    let refused = taken.into_iter().filter_map(|(path, added)| {
        let why = match added {
            Ok(Added::Refused(why)) => why,
            Ok(Added::Nothing | Added::Before | Added::Findings(_)) => return None,
            Err(error) => error.to_string(),
        };
        let beside = addition(path);
        let message = format!("what the agent left in {beside} was not taken in: {why}");
        Some(Finding::new("agent-result-refused", Severity::Warning, message).about(beside))
    });
    refused.collect()
}

fn added_nothing(task: &BuiltIn) -> Finding {
    let beside: Vec<String> = task.leaves.iter().map(|one| addition(one.path)).collect();
    let message = format!(
        "the agent added nothing in {}: what there is was found by the built-in task",
        beside.join(", ")
    );
    Finding::new("no-agent-result", Severity::Info, message)
}

/// Says in the artifacts of a built-in task that did an attempt alone how that ended, where it was killed before it
/// could say so.
pub(super) fn conclude(job: &Job) {
    let (Some(task), Some(end)) = (
        of_attempt(job),
        job.task.last_attempt().and_then(|attempt| attempt.end()),
    ) else {
        return;
    };
    let Broken { word, why } = match &end.failure {
        _ if end.stopped => Broken::stopped(),
        Some(failure) => Broken::by(failure),
        None => return,
    };
    for Leaves { path, kind } in task.leaves {
        if let Err(error) = tasks::broken_off(root(job), path, kind, word, &why) {
            tracing::warn!(attempt = %job.attempt(), %error, "an artifact cannot be written");
        }
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
        Some(Failure::new(class, format!("{why}; see {}", leaves.path)))
    });
    failures.into_iter().next()
}

/// Parameters that the built-in task of an attempt has no use for: said, never silently ignored.
pub(super) fn unused(job: &Job) -> Vec<Finding> {
    let Some(task) = of_attempt(job) else {
        return Vec::new();
    };
    let known = task.params.iter().map(|param| format!("`{}`", param.name));
    let takes = match known.collect::<Vec<_>>() {
        known if known.is_empty() => "none".to_owned(),
        known => known.join(", "),
    };
    let finding = |name: &String| {
        let message = format!(
            "the built-in task `{}` has no use for the parameter `{name}`, or for its value; it takes {}",
            task.title(),
            takes
        );
        Finding::new("unused-parameter", Severity::Warning, message)
    };
    task.call(params(job)).unused.iter().map(finding).collect()
}

/// The built-in task that did an attempt alone.
fn of_attempt(job: &Job) -> Option<&'static BuiltIn> {
    let attempt = job.task.last_attempt()?;
    (attempt.backend == Backend::BuiltIn).then(|| job.task.step.built_in())?
}
