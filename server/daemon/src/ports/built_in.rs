//! Built-in tasks in attempts: what they left, how it ended, and what is taken in of what an agent added.

use super::beside::make_room;
use super::called::{params, root};
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
use tasks::agent::{Added, addition, set_aside};

/// A task whose supervisor died is begun once more.
const TRIES: u32 = 2;
/// The folder with copies of its artifacts, within the exchange folder: what an agent cannot change.
const ASIDE: &str = "aside";

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
