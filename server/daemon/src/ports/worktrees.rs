//! Worktrees, results and branches, through the git crate, off the runtime's threads.

use super::lay::{fill, furnish, in_repository, unmake};
use super::merging::{base, clear, number, saved_as};
use super::repository::{failure, open, run_name};
use super::{finish, harvest};
use crate::trees::{Plan, Trees, Want};
use client::Home;
use engine::Job;
use engine::ports::{Harvest, Worktrees};
use model::backend::Backend;
use model::failure::{Failure, FailureClass};
use model::ids::AttemptId;
use model::machine::{PrepareFailure, RunReport};
use model::run::Run;
use model::task::{Task, TaskState, Worktree};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use worktree::{AddWorktree, Repo};

/// Git processes at work at once: more only wait for each other's locks and the disk.
const AT_ONCE: usize = 4;

/// Git.
pub(crate) struct WorktreePort {
    pub(crate) home: Home,
    at_once: Arc<Semaphore>,
    /// What is remembered of each attempt from its start to its end.
    before: Arc<Mutex<HashMap<AttemptId, harvest::Before>>>,
    pub(crate) trees: Arc<Trees>,
}

impl WorktreePort {
    pub(crate) fn new(home: Home) -> Self {
        Self {
            trees: Trees::open(&home.worktrees_path()),
            home,
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            before: Arc::default(),
        }
    }

    /// Does something with git on a thread that may block.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let _permit = self.at_once.acquire().await;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| {
            Failure::new(
                FailureClass::Worktree,
                format!("the work on git was lost: {error}"),
            )
        })
    }

    /// Where the worktree of a job is to be: below the state folder, or for a hand-off in the
    /// repository, because its agent watches that.
    fn place(&self, job: &Job, backend: &Backend) -> PathBuf {
        let name = format!("{}--{}", run_name(job), job.task.step.id);
        match backend {
            Backend::File { .. } => job.task.tenant.join(".tapps-agents/worktrees").join(name),
            _ => self.home.worktrees_path().join(name),
        }
    }
}

impl Worktrees for WorktreePort {
    async fn make(&self, job: &Job, backend: &Backend) -> Result<Worktree, PrepareFailure> {
        let (job, place, hand_off) = (
            job.clone(),
            self.place(job, backend),
            matches!(backend, Backend::File { .. }),
        );
        let (before, trees) = (Arc::clone(&self.before), Arc::clone(&self.trees));
        let made = self
            .blocking(move || make(&job, &place, hand_off, &trees, &before))
            .await;
        made.unwrap_or_else(|failure| Err(PrepareFailure::Failed(failure)))
    }

    async fn was_set_up(&self, job: &Job, well: bool) {
        let Some(made) = job.task.worktree.clone() else {
            return;
        };
        let (job, trees) = (job.clone(), Arc::clone(&self.trees));
        let work = move || {
            let repo = open(&job)?;
            if well {
                trees.set_up_done(&repo, &made.path);
            } else {
                unmake(&repo, &job, &made.path, &trees);
            }
            Ok::<(), Failure>(())
        };
        let _ = self.blocking(work).await;
    }

    async fn harvest(&self, job: &Job, keep: bool) -> Result<Harvest, Failure> {
        let before = self
            .before
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&job.attempt());
        let (job, store) = (job.clone(), self.home.artifacts_path());
        let record = job.task.worktree.as_ref();
        let record = record.and_then(|made| self.trees.record_of(&made.path));
        self.blocking(move || harvest::harvest(&job, keep, &store, before, record.as_ref()))
            .await?
    }

    async fn look(&self, job: &Job) -> Result<Harvest, Failure> {
        let job = job.clone();
        self.blocking(move || harvest::look(&job)).await
    }

    async fn release(&self, job: &Job) -> Result<(), Failure> {
        let Some(worktree) = job.task.worktree.clone() else {
            return Ok(());
        };
        let (job, trees) = (job.clone(), Arc::clone(&self.trees));
        let work = move || {
            let repo = open(&job)?;
            // What a check leaves behind is nobody's work: all else of a completed step is in its commit.
            let done = matches!(job.task.state, TaskState::Completed { .. });
            if done && job.task.step.check.is_some() {
                let _ = repo.drop_leftovers(&worktree.path);
            }
            let keep = done && !in_repository(&job, &worktree.path);
            remove(&repo, &job, &worktree.path, keep, &trees).map_err(|error| failure(&error))
        };
        self.blocking(work).await?
    }

    async fn finish(&self, run: &Run, tasks: &[Task]) -> RunReport {
        let (run, tasks) = (run.clone(), tasks.to_vec());
        let place = finish::conflict_place(&self.home, &run.id);
        let trees = Arc::clone(&self.trees);
        match self
            .blocking(move || finish::finish(&run, &tasks, &place, &trees))
            .await
        {
            Ok(report) => report,
            Err(failure) => RunReport::Failed(failure),
        }
    }
}

fn make(
    job: &Job,
    place: &Path,
    hand_off: bool,
    trees: &Trees,
    before: &Mutex<HashMap<AttemptId, harvest::Before>>,
) -> Result<Worktree, PrepareFailure> {
    let failed = |error: worktree::Error| PrepareFailure::Failed(failure(&error));
    let closed = open(job).map_err(PrepareFailure::Failed)?;
    let repo = closed.held();
    let Some(run) = &job.run else {
        let failure = Failure::new(FailureClass::Worktree, "a task without run has no worktree");
        return Err(PrepareFailure::Failed(failure));
    };
    if hand_off {
        repo.exclude_block().map_err(failed)?;
    }
    let identity = repo.remembered_identity().map_err(failed)?;
    let base = base(&repo, &identity, run, job, place, trees)?;
    if let Some(earlier) = &job.task.worktree {
        clear(&repo, job, earlier, trees, None).map_err(failed)?;
    }
    let branch = repo
        .step_branch(run.id.as_str(), job.task.step.id.as_str())
        .map_err(failed)?;
    let again = job.task.back.is_some();
    let known = job.task.product.branch.clone().filter(|_| again);
    let plan = Plan::of(&repo, &job.settings.worktrees)
        .map_err(|what| PrepareFailure::Failed(Failure::new(FailureClass::Worktree, what)))?;
    let wanted = AddWorktree {
        path: place.to_owned(),
        branch: known.unwrap_or(branch),
        base,
    };
    let want = Want {
        task: job.task.id.to_string(),
        run: Some(run.id.to_string()),
        step: job.task.step.id.to_string(),
        reusable: !hand_off,
        again,
        plan,
    };
    let crate::trees::Made {
        worktree: made,
        set_up,
    } = trees.make(&repo, &wanted, &want).map_err(failed)?;
    made.verify_registered().map_err(failed)?;
    let unfilled = match fill(&repo, job, &made) {
        Ok(unfilled) => unfilled,
        Err(error) => {
            unmake(&repo, job, &made.path, trees);
            return Err(failed(error));
        }
    };
    if let Err(failure) = furnish(&repo, job, &made, &want.plan, set_up, trees) {
        unmake(&repo, job, &made.path, trees);
        return Err(failure);
    }
    repo.lay_artifacts(&made.path, &harvest::stored(job))
        .map_err(failed)?;
    let shared = repo.shared_state().map_err(failed)?;
    before
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(
            job.attempt(),
            harvest::Before {
                repo: closed,
                identity,
                shared,
                unfilled,
            },
        );
    Ok(Worktree {
        path: made.path,
        branch: made.branch,
        base: made.base.to_string(),
    })
}

fn remove(repo: &Repo, job: &Job, path: &Path, keep: bool, trees: &Trees) -> worktree::Result<()> {
    let name = saved_as(job, number(job));
    trees.release(repo, path, &name, keep).map(drop)
}
