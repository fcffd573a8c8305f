//! From what was asked for to a new run or task. Ids, time and settings come from outside.

use crate::ids::{RunId, TaskId};
use crate::run::{Environment, Run, RunOptions, RunState, Source, Submission};
use crate::settings::TenantSettings;
use crate::task::{Place, Policy, Product, Task, TaskState};
use crate::time::Timestamp;
use crate::workflow::{Step, Workflow};
use std::path::PathBuf;
use std::sync::Arc;

/// All that makes a run.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Its id.
    pub id: RunId,
    /// One id per step.
    pub task_ids: Vec<TaskId>,
    /// Root of the repository.
    pub repo: PathBuf,
    /// As it was asked for.
    pub source: Source,
    /// What it says.
    pub workflow: Arc<Workflow>,
    /// The client's words.
    pub options: RunOptions,
    /// Environment of its steps.
    pub environment: Arc<Environment>,
    /// The commit it starts from.
    pub base: String,
    /// Tasks that have to complete before its steps without `needs` start.
    pub after: Vec<TaskId>,
    /// Not before.
    pub scheduled_at: Option<Timestamp>,
}

/// All that makes a task without run.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// Its id.
    pub id: TaskId,
    /// Whose it is: root of the repository, or the folder.
    pub tenant: PathBuf,
    /// Where it runs.
    pub folder: PathBuf,
    /// What was submitted.
    pub submission: Submission,
    /// Its environment.
    pub environment: Arc<Environment>,
    /// 0 to 100.
    pub priority: u8,
    /// Tasks that have to complete before.
    pub after: Vec<TaskId>,
    /// Not before.
    pub scheduled_at: Option<Timestamp>,
}

impl NewRun {
    /// The run and its tasks, all waiting.
    pub fn build(self, settings: &TenantSettings, now: Timestamp) -> (Run, Vec<Task>) {
        let submission = match &self.source {
            Source::Submission(submission) => Some(Arc::new(submission.clone())),
            Source::File { .. } => None,
        };
        let tasks = self
            .workflow
            .steps
            .iter()
            .zip(&self.task_ids)
            .enumerate()
            .map(|(index, (step, id))| Task {
                id: id.clone(),
                tenant: self.repo.clone(),
                run: Some((self.id.clone(), index)),
                submission: submission.clone(),
                environment: Arc::clone(&self.environment),
                policy: policy(step, self.options.timeout, submission.is_some(), settings),
                step: Arc::new(step.clone()),
                place: Place::Worktree,
                priority: step.priority.unwrap_or(self.options.priority),
                after: if step.needs.is_empty() {
                    self.after.clone()
                } else {
                    Vec::new()
                },
                scheduled_at: self.scheduled_at.filter(|_| step.needs.is_empty()),
                created_at: now,
                state: TaskState::Waiting,
                attempts: Vec::new(),
                worktree: None,
                product: Product::default(),
                stop: None,
                rounds: Vec::new(),
                back: None,
                beside: Vec::new(),
            })
            .collect();
        let run = Run {
            id: self.id,
            repo: self.repo,
            source: self.source,
            workflow: self.workflow,
            options: self.options,
            environment: self.environment,
            base: self.base,
            created_at: now,
            state: RunState::Open,
            tasks: self.task_ids,
            cancelled: false,
        };
        (run, tasks)
    }
}

impl NewTask {
    /// The task, waiting.
    pub fn build(self, settings: &TenantSettings, now: Timestamp) -> Task {
        let step = self.submission.step();
        Task {
            id: self.id,
            tenant: self.tenant,
            run: None,
            policy: policy(&step, None, true, settings),
            step: Arc::new(step),
            submission: Some(Arc::new(self.submission)),
            environment: self.environment,
            place: Place::Folder(self.folder),
            priority: self.priority,
            after: self.after,
            scheduled_at: self.scheduled_at,
            created_at: now,
            state: TaskState::Waiting,
            attempts: Vec::new(),
            worktree: None,
            product: Product::default(),
            stop: None,
            rounds: Vec::new(),
            back: None,
            beside: Vec::new(),
        }
    }
}

/// The step's own words, then the client's, then the settings.
fn policy(
    step: &Step,
    timeout: Option<std::time::Duration>,
    submitted: bool,
    settings: &TenantSettings,
) -> Policy {
    let usual = if submitted {
        settings.task_timeout
    } else {
        settings.step_timeout
    };
    let silence = if submitted && step.is_agent() {
        settings.task_silence
    } else {
        None
    };
    Policy {
        timeout: step.timeout.or(timeout).unwrap_or(usual),
        silence: step.silence.or(silence),
        limits: step.limits,
        retry: step.retry.or(settings.retry.filter(|_| step.is_agent())),
        rounds: step
            .gate
            .as_ref()
            .and_then(|gate| gate.max_rounds)
            .unwrap_or(settings.gate_rounds),
    }
}
