//! A run and its steps.

use super::view::RunView;
use super::{attempt, command, failure, finding, need};
use crate::clock::{maybe, text};
use model::run::{RunOutcome, RunState, Source};
use model::task::{Need, SkipReason, Task, TaskState};
use model::time::Timestamp;
use model::workflow::Work;
use protocol::run as wire;
use protocol::{Error, ErrorKind};

/// Findings of a step that stand in its run.
const SHOWN: usize = 50;

/// A run as the wire has it.
pub(crate) fn run(view: &RunView<'_>) -> wire::Run {
    let run = view.run;
    let started = view.tasks.iter().filter_map(Task::started_at).min();
    let ended = run.ended_at();
    let result = match &run.state {
        RunState::Ended {
            result: Some(result),
            ..
        } => Some(result),
        _ => None,
    };
    wire::Run {
        run_id: run.id.to_string(),
        workflow_id: run.workflow.id.clone(),
        workflow_file: match &run.source {
            Source::File { path, .. } => Some(path.clone()),
            Source::Submission(_) => None,
        },
        status: status(view).to_owned(),
        created_at: text(run.created_at),
        started_at: maybe(started),
        ended_at: maybe(ended),
        duration_ms: started.map_or(0, |started| millis(ended.unwrap_or(view.now), started)),
        repo: run.repo.display().to_string(),
        base_commit: run.base.clone(),
        result_branch: result.map(|result| result.name.clone()),
        result_commit: result.map(|result| result.commit.clone()),
        steps: view.tasks.iter().map(|task| step(view, task)).collect(),
        error: error(view),
        warnings: Vec::new(),
    }
}

fn millis(to: Timestamp, from: Timestamp) -> u64 {
    u64::try_from(to.since(from).as_millis()).unwrap_or(u64::MAX)
}

fn status(view: &RunView<'_>) -> &'static str {
    let any = |status: &str| view.tasks.iter().any(|task| task.step_status() == status);
    match &view.run.state {
        RunState::Ended { outcome, .. } => match outcome {
            RunOutcome::Completed => "completed",
            RunOutcome::Failed(_) => "failed",
            RunOutcome::Cancelled => "cancelled",
        },
        RunState::Conflicted { .. } => "needs_input",
        RunState::Finishing => "running",
        RunState::Open
            if ["preparing", "running", "verifying"]
                .iter()
                .any(|status| any(status)) =>
        {
            "running"
        }
        // What is queued goes on by itself; only where nothing does, a person is waited for.
        RunState::Open if any("needs_input") && !any("queued") => "needs_input",
        RunState::Open
            if view
                .tasks
                .iter()
                .all(|task| task.attempts.is_empty() && !task.is_ended()) =>
        {
            "queued"
        }
        RunState::Open => "running",
    }
}

fn error(view: &RunView<'_>) -> Option<Error> {
    match &view.run.state {
        RunState::Ended {
            outcome: RunOutcome::Failed(reason),
            ..
        } => Some(failure(reason)),
        RunState::Ended {
            outcome: RunOutcome::Cancelled,
            ..
        } => Some(Error::new(ErrorKind::Cancelled, "it was cancelled")),
        RunState::Conflicted { paths, .. } => {
            let state = view.attempts.parent().unwrap_or(view.attempts);
            let folder = state
                .join("worktrees")
                .join(format!("{}--conflict", view.run.id));
            let message = format!(
                "the results of its steps do not merge: {}",
                paths.join(", ")
            );
            let error = Error::new(ErrorKind::Conflict, message);
            Some(super::conflict(error, &folder, view.run.id.as_str()))
        }
        _ if status(view) == "needs_input" => view.tasks.iter().find_map(need),
        _ => None,
    }
}

fn step(view: &RunView<'_>, task: &Task) -> wire::Step {
    let step = &task.step;
    let last = task.last_attempt();
    let (agent, action) = match &step.work {
        Work::Agent(agent) => (Some(agent.agent.clone()), Some(agent.action.clone())),
        _ => (None, None),
    };
    let id_of = |index: &usize| {
        view.run
            .workflow
            .steps
            .get(*index)
            .map(|step| step.id.to_string())
    };
    let findings = finding::stored(task);
    wire::Step {
        id: step.id.to_string(),
        title: step.title.clone(),
        agent,
        action,
        command: command(&step.work),
        status: task.step_status().to_owned(),
        class: task
            .failure()
            .map(|failure| failure.class.as_str().to_owned()),
        needs: step.needs.iter().filter_map(id_of).collect(),
        backend: last.map(|attempt| attempt.backend.name().to_owned()),
        passed_over: last.map_or_else(Vec::new, |attempt| {
            let passed = attempt.passed_over.iter();
            passed
                .map(|passed| wire::PassedOver {
                    backend: passed.backend.clone(),
                    reason: passed.reason.clone(),
                })
                .collect()
        }),
        attempts: task
            .attempts
            .iter()
            .map(|one| attempt(&task.id, one, view.attempts))
            .collect(),
        worktree: task
            .worktree
            .as_ref()
            .map(|worktree| worktree.path.display().to_string()),
        ports: task
            .worktree
            .as_ref()
            .map_or_else(Default::default, |worktree| {
                super::ports(&view.trees.ports_of(&worktree.path))
            }),
        branch: branch(task),
        commit: task.product.commit.clone(),
        outputs: task.product.outputs.iter().cloned().collect(),
        artifacts: artifacts(task),
        conflicts: conflicts(view, task),
        findings: finding::counts(&findings),
        duration_ms: duration(view, task),
        error: task.failure().as_ref().map(failure).or_else(|| need(task)),
        task_id: task.id.to_string(),
        finding_list: finding::worst(findings, SHOWN),
        gate: super::round::gate(view, task),
        round: task.round(),
        rounds: super::round::rounds(task),
        scores: super::round::scores(task),
        thresholds: super::round::thresholds(task),
        reason: reason(view, task),
    }
}

/// Why it was skipped, where that is no failure; who edits the same files.
fn reason(view: &RunView<'_>, task: &Task) -> Option<String> {
    let TaskState::Skipped { why, .. } = &task.state else {
        return view.overlaps.get(&task.id).cloned();
    };
    match why {
        SkipReason::Condition => Some("its condition did not hold".to_owned()),
        SkipReason::Branch { gate } => {
            let gate = view.run.workflow.steps.get(*gate)?;
            Some(format!("the gate of `{}` went another way", gate.id))
        }
        SkipReason::Dependency => None,
    }
}

fn branch(task: &Task) -> Option<String> {
    let of_worktree = task
        .worktree
        .as_ref()
        .map(|worktree| worktree.branch.clone());
    task.product
        .branch
        .clone()
        .or(of_worktree.filter(|branch| !branch.is_empty()))
}

fn artifacts(task: &Task) -> Vec<wire::Artifact> {
    let artifacts = task.product.artifacts.iter();
    artifacts
        .map(|artifact| wire::Artifact {
            path: artifact.path.clone(),
            kind: artifact.kind.clone(),
            schema_version: artifact.schema_version.clone(),
        })
        .collect()
}

fn conflicts(view: &RunView<'_>, task: &Task) -> Vec<wire::Conflict> {
    let TaskState::NeedsInput {
        need: Need::Conflict { paths, steps, .. },
        ..
    } = &task.state
    else {
        return Vec::new();
    };
    let names: Vec<String> = steps
        .iter()
        .filter_map(|index| view.run.workflow.steps.get(*index))
        .map(|step| step.id.to_string())
        .collect();
    paths
        .iter()
        .map(|path| wire::Conflict {
            path: path.clone(),
            steps: names.clone(),
        })
        .collect()
}

fn duration(view: &RunView<'_>, task: &Task) -> u64 {
    let spans = task
        .attempts
        .iter()
        .map(|attempt| millis(attempt.ended_at().unwrap_or(view.now), attempt.started_at));
    spans.sum()
}
