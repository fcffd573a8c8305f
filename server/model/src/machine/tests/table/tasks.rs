//! Task states by inputs.

use super::Row;
use crate::attempt::{Attempt, AttemptEnd, AttemptOutcome, Phase};
use crate::backend::Backend;
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::machine::{
    Command, Effect, Input, NewRun, PrepareFailure, Report, State, Turn, Verified,
};
use crate::run::{Environment, Run, RunOptions, Source};
use crate::settings::{MachineSettings, TenantSettings};
use crate::task::{Need, Product, SkipReason, StopReason, Task, TaskState, Worktree};
use crate::time::Timestamp;
use crate::verdict::Verdict;
use std::path::PathBuf;
use std::sync::Arc;

pub(super) const NOW: Timestamp = Timestamp(1_000_000);
const LATER: Timestamp = Timestamp(9_000_000);

/// A run with a step `a` that is in a state, one before it that is being verified, and one after it.
const WORKFLOW: &str = "
steps:
  - {id: before, run: x}
  - {id: a, run: x, check: y, needs: [before]}
  - {id: after, run: x, needs: [a]}
";

/// A state by its name on the page.
type Named = (&'static str, TaskState, Option<Phase>, Option<StopReason>);

fn states() -> Vec<Named> {
    let at = NOW;
    let failure = || Failure::new(FailureClass::Exit, "no");
    let since = NOW;
    let running = Phase::Running { since, pid: None };
    let verifying = Phase::Verifying {
        end: AttemptEnd::default(),
    };
    let active = |name, phase: &Phase, stop| (name, TaskState::Active, Some(phase.clone()), stop);
    let (cancel, requeue) = (Some(StopReason::Cancel), Some(StopReason::Requeue));
    let need = Need::Trust;
    let dependency = SkipReason::Dependency;
    vec![
        ("waiting", TaskState::Waiting, None, None),
        ("scheduled", TaskState::Scheduled { at: LATER }, None, None),
        ("queued", TaskState::Queued { since }, None, None),
        active("preparing", &Phase::Preparing, None),
        active("preparing, cancelled", &Phase::Preparing, cancel),
        active("preparing, daemon stops", &Phase::Preparing, requeue),
        active("starting", &Phase::Starting, None),
        active("starting, cancelled", &Phase::Starting, cancel),
        active("starting, daemon stops", &Phase::Starting, requeue),
        active("running", &running, None),
        active("running, cancelled", &running, cancel),
        active("running, daemon stops", &running, requeue),
        active("verifying", &verifying, None),
        active("verifying, cancelled", &verifying, cancel),
        active("verifying, daemon stops", &verifying, requeue),
        (
            "retry_wait",
            TaskState::RetryWait { until: LATER },
            None,
            None,
        ),
        (
            "needs_input",
            TaskState::NeedsInput { since, need },
            None,
            None,
        ),
        ("completed", TaskState::Completed { at }, None, None),
        (
            "failed",
            TaskState::Failed {
                at,
                failure: failure(),
            },
            None,
            None,
        ),
        (
            "skipped",
            TaskState::Skipped {
                at,
                why: dependency,
            },
            None,
            None,
        ),
        ("cancelled", TaskState::Cancelled { at }, None, None),
        (
            "unverified",
            TaskState::Unverified {
                at,
                failure: failure(),
            },
            None,
            None,
        ),
    ]
}

fn of_a(report: Report) -> Input {
    Input::Report {
        task: TaskId::new("a"),
        attempt: 1,
        report,
    }
}

fn found(verdict: Verdict) -> Report {
    let product = Product::default();
    Report::Verified(Box::new(Verified {
        verdict,
        product,
        wrote: Vec::new(),
    }))
}

/// What can happen, by its name on the page.
fn inputs() -> Vec<(&'static str, Input)> {
    let command = Input::Command;
    let run = RunId::new("r");
    let a = || TaskId::new("a");
    let no = |class| Failure::new(class, "no");
    let (exit, again) = (FailureClass::Exit, FailureClass::Supervisor);
    let before = |verdict| Input::Report {
        task: TaskId::new("before"),
        attempt: 1,
        report: found(verdict),
    };
    let prepared = Report::Prepared {
        backend: Backend::Own,
        passed_over: Vec::new(),
        worktree: Some(Worktree {
            path: PathBuf::from("/worktree"),
            branch: "b".to_owned(),
            base: "c".to_owned(),
        }),
    };
    let not_prepared = |failure| of_a(Report::NotPrepared(failure));
    let ended = |failure, stopped| {
        of_a(Report::Ended(AttemptEnd {
            failure,
            stopped,
            ..AttemptEnd::default()
        }))
    };
    vec![
        ("all before it completed", before(Verdict::Completed)),
        ("one before it failed", before(Verdict::Failed(no(exit)))),
        ("its time comes", Input::Tick),
        ("a slot is free", command(Command::Pause(None))),
        ("worktree made", of_a(prepared)),
        (
            "worktree failed, a retry is left",
            not_prepared(PrepareFailure::Failed(no(again))),
        ),
        (
            "worktree failed, none is left",
            not_prepared(PrepareFailure::Failed(no(exit))),
        ),
        (
            "a person has to decide",
            not_prepared(PrepareFailure::Needs(Need::Trust)),
        ),
        (
            "too many hand-offs are open",
            not_prepared(PrepareFailure::NoRoom),
        ),
        ("it works", of_a(Report::Started { pid: None })),
        (
            "start failed, a retry is left",
            of_a(Report::NotStarted(no(again))),
        ),
        (
            "start failed, none is left",
            of_a(Report::NotStarted(no(exit))),
        ),
        ("success reported", ended(None, false)),
        ("failure reported", ended(Some(no(exit)), false)),
        ("stop reported", ended(None, true)),
        ("its supervisor died", of_a(Report::Vanished)),
        ("machine or daemon went down", of_a(Report::Interrupted)),
        ("verified", of_a(found(Verdict::Completed))),
        (
            "not verified, a retry is left",
            of_a(found(Verdict::Failed(no(again)))),
        ),
        (
            "not verified, the agent rules a retry out",
            of_a(found(Verdict::Failed(no(again).retryable(Some(false))))),
        ),
        (
            "not verified, none is left",
            of_a(found(Verdict::Failed(no(exit)))),
        ),
        (
            "nothing of it touched (`verify: strict`)",
            of_a(found(Verdict::Unverified(no(exit)))),
        ),
        ("found stopped", of_a(found(Verdict::Stopped))),
        ("worktree gone", of_a(Report::Released)),
        ("`cancel`", command(Command::CancelTask(a()))),
        ("`resume`", command(Command::Resume(run.clone()))),
        (
            "`retry`",
            command(Command::Retry(run.clone(), Some("a".to_owned()))),
        ),
        ("`accept`", command(Command::Accept(run, "a".to_owned()))),
        (
            "the daemon stops",
            command(Command::StopAll(StopReason::Requeue)),
        ),
    ]
}

/// Everything that changes something; any other pair is dropped or refused.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (state, task_state, phase, stop) in states() {
        for (input, what) in inputs() {
            let named = (state, task_state.clone(), phase.clone(), stop);
            rows.extend(row(named, input, what));
        }
    }
    rows
}

fn row(named: Named, input: &'static str, what: Input) -> Option<Row> {
    let state = named.0;
    let mut machine = machine(named);
    let a = TaskId::new("a");
    let before = machine.task(&a).expect("a").clone();
    let mut turn = Turn::default();
    let now = if matches!(what, Input::Tick) {
        LATER
    } else {
        NOW
    };
    machine.handle(what, now, &mut turn).ok()?;
    machine.plan(now, &mut turn);
    let after = machine.task(&a).expect("a");
    let effects: Vec<&str> = turn
        .effects
        .iter()
        .filter_map(|effect| name(effect, &a))
        .collect();
    (*after != before || !effects.is_empty()).then(|| Row {
        state,
        input,
        next: name_of(after),
        effects: effects.join(", "),
    })
}

/// The machine with `a` in this state; paused, so that nothing begins by the way.
fn machine((_, state, phase, stop): Named) -> State {
    let (run, mut tasks) = run();
    let verifying = Phase::Verifying {
        end: AttemptEnd::default(),
    };
    let over = Phase::Ended {
        at: NOW,
        outcome: AttemptOutcome::Completed,
        end: None,
    };
    let has_begun = phase.is_some()
        || matches!(
            &state,
            TaskState::Completed { .. } | TaskState::Unverified { .. }
        );
    let waits = matches!(state, TaskState::Waiting);
    begin(&mut tasks[0], if waits { verifying } else { over.clone() });
    if !waits {
        tasks[0].state = TaskState::Completed { at: NOW };
    }
    if has_begun {
        let made = phase != Some(Phase::Preparing);
        begin(&mut tasks[1], phase.unwrap_or(over));
        tasks[1].worktree = made.then(|| Worktree {
            path: PathBuf::from("/worktree"),
            branch: "b".to_owned(),
            base: "c".to_owned(),
        });
    }
    if let TaskState::Scheduled { at } = state {
        tasks[1].scheduled_at = Some(at);
    }
    tasks[1].state = state;
    tasks[1].stop = stop;
    let mut machine = State::new(&MachineSettings::default());
    let mut turn = Turn::default();
    let pause = Input::Command(Command::Pause(Some("the table".to_owned())));
    machine.handle(pause, NOW, &mut turn).expect("a pause");
    machine.insert(vec![run], tasks);
    let _ = machine.effects_under_way();
    machine
}

pub(super) fn begin(task: &mut Task, phase: Phase) {
    task.state = TaskState::Active;
    task.attempts.push(Attempt {
        number: 1,
        backend: Backend::Own,
        passed_over: Vec::new(),
        started_at: NOW,
        phase,
    });
}

pub(super) fn run() -> (Run, Vec<Task>) {
    let workflow = crate::language::parse("w.yaml", WORKFLOW.as_bytes()).workflow;
    NewRun {
        id: RunId::new("r"),
        task_ids: ["before", "a", "after"].map(TaskId::new).to_vec(),
        repo: PathBuf::from("/repo"),
        source: Source::File {
            path: "w.yaml".to_owned(),
            text: WORKFLOW.into(),
        },
        workflow: Arc::new(workflow.expect("a workflow")),
        options: RunOptions::default(),
        environment: Arc::new(Environment::default()),
        base: "base".to_owned(),
        after: Vec::new(),
        scheduled_at: None,
    }
    .build(&TenantSettings::default(), NOW)
}

fn name(effect: &Effect, a: &TaskId) -> Option<&'static str> {
    let (of, name) = match effect {
        Effect::Prepare(of) => (of, "prepare"),
        Effect::Launch(of) => (of, "launch"),
        Effect::Stop(of, _) => (of, "stop"),
        Effect::Verify(of) => (of, "verify"),
        Effect::Release(of) => (of, "release the worktree"),
        Effect::Finish(_) => return None,
    };
    (of == a).then_some(name)
}

fn name_of(task: &Task) -> String {
    let name = match task.active().map(|attempt| &attempt.phase) {
        Some(Phase::Preparing) => "preparing",
        Some(Phase::Starting) => "starting",
        Some(Phase::Running { .. }) => "running",
        Some(Phase::Verifying { .. }) => "verifying",
        Some(Phase::Ended { .. }) => "nothing that can be",
        None => match &task.state {
            TaskState::RetryWait { .. } => "retry_wait",
            TaskState::Scheduled { .. } => "scheduled",
            _ => task.step_status(),
        },
    };
    let stop = match task.stop {
        None => "",
        Some(StopReason::Cancel) => ", cancelled",
        Some(StopReason::Requeue) => ", daemon stops",
    };
    format!("{name}{stop}")
}
