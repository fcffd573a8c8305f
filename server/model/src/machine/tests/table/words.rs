//! The words of states in JSON.

use crate::attempt::{Attempt, AttemptEnd, AttemptOutcome, Phase};
use crate::backend::Backend;
use crate::failure::{Failure, FailureClass};
use crate::task::{Need, SkipReason, Task, TaskState};
use crate::time::Timestamp;
use std::fmt::Write as _;

const NOW: Timestamp = Timestamp(0);

fn failure(class: FailureClass) -> Failure {
    Failure::new(class, "no")
}

fn phases() -> Vec<(&'static str, Phase)> {
    let end = AttemptEnd::default();
    vec![
        ("its worktree is being made", Phase::Preparing),
        (
            "its supervisor is being started, or its hand-off written",
            Phase::Starting,
        ),
        (
            "it works",
            Phase::Running {
                since: NOW,
                pid: None,
            },
        ),
        ("what it left is being looked at", Phase::Verifying { end }),
    ]
}

fn task_states() -> Vec<(&'static str, TaskState, Option<Phase>, bool)> {
    let (at, since) = (NOW, NOW);
    let exit = failure(FailureClass::Exit);
    let dependency = failure(FailureClass::Dependency);
    let skipped = |why| TaskState::Skipped { at, why };
    let mut all = vec![
        (
            "for steps or tasks before it",
            TaskState::Waiting,
            None,
            false,
        ),
        (
            "for a moment in time",
            TaskState::Scheduled { at },
            None,
            false,
        ),
        (
            "for a slot, or for room for a hand-off",
            TaskState::Queued { since },
            None,
            false,
        ),
    ];
    for (what, phase) in phases() {
        let works = matches!(phase, Phase::Running { .. });
        all.push((what, TaskState::Active, Some(phase.clone()), false));
        if works {
            let what = "it waits for a person to start the agent (auto execution is off)";
            all.push((what, TaskState::Active, Some(phase), true));
        }
    }
    let rest = [
        (
            "for the delay before another attempt",
            TaskState::RetryWait { until: at },
        ),
        (
            "for a person: conflict, secret, trust",
            TaskState::NeedsInput {
                since,
                need: Need::Trust,
            },
        ),
        ("done and verified", TaskState::Completed { at }),
        (
            "failed, and no retry is left",
            TaskState::Failed {
                at,
                failure: exit.clone(),
            },
        ),
        (
            "a task before it did not complete",
            TaskState::Failed {
                at,
                failure: dependency,
            },
        ),
        ("its condition was false", skipped(SkipReason::Condition)),
        (
            "a gate went another way",
            skipped(SkipReason::Branch { gate: 0 }),
        ),
        (
            "a step before it did not complete",
            skipped(SkipReason::Dependency),
        ),
        ("ended by a person", TaskState::Cancelled { at }),
        (
            "success was reported, and not kept",
            TaskState::Unverified { at, failure: exit },
        ),
    ];
    all.extend(rest.map(|(what, state)| (what, state, None, false)));
    all
}

fn attempt(phase: Phase, manual: bool) -> Attempt {
    let backend = match manual {
        true => Backend::File { manual },
        false => Backend::Own,
    };
    Attempt {
        number: 1,
        backend,
        passed_over: Vec::new(),
        started_at: NOW,
        phase,
    }
}

/// What a task is doing, and how that is said of a step and of a task.
pub(super) fn tasks() -> String {
    let mut out =
        "| a task waits, works or is | `steps[].status` | `status` of a task |\n|---|---|---|\n"
            .to_owned();
    for (what, state, phase, manual) in task_states() {
        let (_, mut tasks) = super::tasks::run();
        let mut task: Task = tasks.remove(0);
        task.state = state;
        task.attempts
            .extend(phase.map(|phase| attempt(phase, manual)));
        let (step, status) = (task.step_status(), task.task_status());
        writeln!(out, "| {what} | `{step}` | `{status}` |").expect("a string");
    }
    out
}

/// How far an attempt is, and how that is said.
pub(super) fn attempts() -> String {
    let exit = failure(FailureClass::Exit);
    let ended = |outcome| Phase::Ended {
        at: NOW,
        outcome,
        end: None,
    };
    let mut all = phases();
    all.extend([
        ("verified success", ended(AttemptOutcome::Completed)),
        (
            "a failure, with its class",
            ended(AttemptOutcome::Failed(exit.clone())),
        ),
        ("a person stopped it", ended(AttemptOutcome::Cancelled)),
        (
            "daemon, supervisor or machine went away under it",
            ended(AttemptOutcome::Interrupted),
        ),
        (
            "called dead before it could begin",
            ended(AttemptOutcome::Revoked),
        ),
        (
            "success was reported, and not kept",
            ended(AttemptOutcome::Unverified(exit)),
        ),
    ]);
    let mut out = "| an attempt | `attempts[].status` |\n|---|---|\n".to_owned();
    for (what, phase) in all {
        let status = attempt(phase, false).status();
        writeln!(out, "| {what} | `{status}` |").expect("a string");
    }
    out
}
