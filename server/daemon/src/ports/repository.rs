//! The repository of a job, what is written into its history, and what its errors are.

use engine::Job;
use model::failure::{Failure, FailureClass};
use model::ids::RunId;
use model::run::{Environment, Run};
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use worktree::Repo;

/// The repository of a job, with git in the client's environment.
pub(super) fn open(job: &Job) -> Result<Repo, Failure> {
    let environment = job
        .run
        .as_ref()
        .map_or(&job.task.environment, |run| &run.environment);
    let place = place(&job.task.tenant);
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at, for_whom, repo)) = opened.get(&job.task.tenant)
        && place.is_some()
        && *at == place
        && for_whom == environment
    {
        return Ok(repo.clone());
    }
    drop(opened);
    let repo = open_with(&job.task.tenant, environment).map_err(|error| failure(&error))?;
    opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = (place, Arc::clone(environment), repo.clone());
    opened.insert(job.task.tenant.clone(), entry);
    Ok(repo)
}

/// Which `.git` a folder has: another one is another repository.
type Place = Option<(u64, u64)>;
type Opened = HashMap<PathBuf, (Place, Arc<Environment>, Repo)>;

/// Repositories of jobs: where one lies is asked once, and not again for each step.
static OPENED: LazyLock<Mutex<Opened>> = LazyLock::new(Mutex::default);

fn place(root: &Path) -> Place {
    let meta = std::fs::symlink_metadata(root.join(".git")).ok()?;
    Some((meta.dev(), meta.ino()))
}

/// The repository, with git in the client's environment.
pub(crate) fn open_with(path: &Path, environment: &Environment) -> worktree::Result<Repo> {
    let variables = environment.0.iter().cloned();
    let cookie = crate::orphans::cookie();
    let repo = Repo::open(
        path,
        worktree::Environment::filtered(variables.chain(cookie)),
    )?;
    Ok(match crate::orphans::owner() {
        Some(owner) => repo.owned_by(owner),
        None => repo,
    })
}

/// The name of what a job belongs to, in folders and refs.
pub(super) fn run_name(job: &Job) -> String {
    job.run
        .as_ref()
        .map_or_else(|| job.task.id.to_string(), |run| run.id.to_string())
}

/// Who did what, for those who read the history.
pub(super) fn trailers(run: &Run, job: Option<&Job>) -> String {
    let mut lines = vec![trailer(&run.id)];
    if let Some(job) = job {
        lines.push(format!("Offshoot-Step: {}", job.task.step.id));
        lines.push(format!(
            "Offshoot-Attempt: {}",
            job.task.last_attempt().map_or(0, |attempt| attempt.number)
        ));
        if job.task.back.is_some() {
            lines.push(format!("Offshoot-Round: {}", job.task.round()));
        }
    }
    lines.join("\n")
}

/// The trailer that names a run.
pub(crate) fn trailer(run: &RunId) -> String {
    format!("Offshoot-Run: {run}")
}

/// Files of a hand-off, which never enter a commit: git globs from the root.
pub(crate) fn hand_off_files(status_file: &str) -> Vec<String> {
    let names = agents::handoff::FILES.iter().copied().chain([status_file]);
    names
        .flat_map(|name| [name.to_owned(), format!(".cursor/{name}")])
        .collect()
}

/// The failure that an error of git is.
pub(super) fn failure(error: &worktree::Error) -> Failure {
    let class = match error {
        worktree::Error::DiskFull { .. } => FailureClass::Disk,
        _ => FailureClass::Worktree,
    };
    Failure::new(class, error.to_string())
}
