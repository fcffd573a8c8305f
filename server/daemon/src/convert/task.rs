//! A task of the queue.

use super::{attempt, failure, need};
use crate::clock::{maybe, text};
use model::task::{Place, Task};
use model::workflow::Work;
use protocol::task as wire;
use std::path::Path;

/// A task as the wire has it. `position` is its place in the queue.
pub(crate) fn task(task: &Task, attempts: &Path, position: Option<usize>) -> wire::Task {
    let agent = match &task.step.work {
        Work::Agent(agent) => Some(agent.agent.clone()),
        _ => None,
    };
    let kind = task
        .submission
        .as_ref()
        .map_or("", |submission| submission.task_type.as_str());
    let usual = if agent.is_some() { "agent" } else { "command" };
    wire::Task {
        task_id: task.id.to_string(),
        run_id: task.run.as_ref().map(|(run, _)| run.to_string()),
        agent,
        command: command(&task.step.work),
        task_type: if kind.is_empty() {
            usual.to_owned()
        } else {
            kind.to_owned()
        },
        status: task.task_status().to_owned(),
        priority: task.priority,
        priority_name: priority_name(task.priority).to_owned(),
        tenant: task.tenant.display().to_string(),
        dependencies: task.after.iter().map(ToString::to_string).collect(),
        scheduled_at: maybe(task.scheduled_at),
        position: position.and_then(|position| u64::try_from(position).ok()),
        attempts: task
            .attempts
            .iter()
            .map(|one| attempt(&task.id, one, attempts))
            .collect(),
        resource_requirements: wire::ResourceRequirements {
            memory_bytes: task.policy.limits.memory,
            cpu_percent: task.policy.limits.cpu_percent,
        },
        estimated_duration: None,
        max_retries: task
            .policy
            .retry
            .map_or(0, |retry| retry.max_attempts.saturating_sub(1)),
        timeout: task.policy.timeout.as_secs_f64(),
        created_at: text(task.created_at),
        started_at: maybe(task.started_at()),
        ended_at: maybe(task.ended_at()),
        error: task.failure().as_ref().map(failure).or_else(|| need(task)),
        worktree: match (&task.worktree, &task.place) {
            (Some(worktree), _) => Some(worktree.path.display().to_string()),
            (None, Place::Folder(folder)) => Some(folder.display().to_string()),
            (None, Place::Worktree) => None,
        },
    }
}

/// What a task does, in one text.
pub(crate) fn command(work: &Work) -> String {
    match work {
        Work::Shell(script) => script.clone(),
        Work::Argv(argv) => argv.join(" "),
        Work::Agent(agent) => model::command::format(agent),
        Work::Nothing => String::new(),
    }
}

/// The nearest name at or below a priority.
pub(crate) fn priority_name(priority: u8) -> &'static str {
    match priority {
        90.. => "critical",
        70.. => "high",
        50.. => "medium",
        _ => "low",
    }
}
