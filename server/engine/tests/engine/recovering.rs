//! What was under way when a daemon died, in every phase.

use crate::support::{Fake, World, run};
use model::attempt::{Attempt, AttemptEnd, AttemptOutcome, Phase};
use model::backend::Backend;
use model::ids::RunId;
use model::run::RunState;
use model::task::{StopReason, Task, TaskState, Worktree};
use model::time::Timestamp;
use std::sync::Arc;

const NOW: Timestamp = Timestamp(1_000_000);

fn begin(task: &mut Task, phase: Phase) {
    task.state = TaskState::Active;
    task.attempts.push(Attempt {
        number: 1,
        backend: Backend::Own,
        passed_over: Vec::new(),
        started_at: NOW,
        phase,
    });
    task.worktree = Some(Worktree {
        path: "/worktree".into(),
        branch: "branch".to_owned(),
        base: "base".to_owned(),
    });
}

/// An engine that finds a run of one step as `make` left it: the work that follows, and the end.
async fn check(make: impl FnOnce(&mut RunState, &mut Task), expected: &[&str], status: &str) {
    let fake = Arc::new(Fake::new());
    let (mut run, mut tasks) = run("r", "steps: [{id: a, run: x, check: y}]");
    make(&mut run.state, &mut tasks[0]);
    fake.with(|inner| {
        inner.runs.insert(run.id.clone(), run);
        inner.tasks.insert(tasks[0].id.clone(), tasks[0].clone());
    });
    let world = World::on(Arc::clone(&fake));
    world.until("r.a", status).await;
    let id = RunId::new("r");
    while fake.with(|inner| inner.runs[&id].ended_at().is_none()) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(fake.log(), expected);
    assert_eq!(world.in_memory().await, (0, 0));
}

#[tokio::test(start_paused = true)]
async fn every_phase() {
    let rest = ["harvest r.a-1", "check r.a-1", "release r.a-1", "finish r"];
    let with = |first: &[&'static str]| [first, &rest].concat();
    check(
        |_, task| begin(task, Phase::Preparing),
        &with(&["make r.a-1", "launch r.a-1"]),
        "completed",
    )
    .await;
    let end = AttemptEnd::default();
    check(
        |_, task| begin(task, Phase::Verifying { end }),
        &with(&[]),
        "completed",
    )
    .await;
    // Nothing of it is there any more: a new attempt.
    let again = |first: &'static str| {
        let rest = [
            "make r.a-2",
            "launch r.a-2",
            "harvest r.a-2",
            "check r.a-2",
            "release r.a-2",
            "finish r",
        ];
        [&[first], &rest[..]].concat()
    };
    check(
        |_, task| begin(task, Phase::Starting),
        &again("adopt r.a-1"),
        "completed",
    )
    .await;
    let running = Phase::Running {
        since: NOW,
        pid: None,
    };
    check(
        |_, task| begin(task, running),
        &again("adopt r.a-1"),
        "completed",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_in_a_run_that_has_not() {
    let completed = |task: &mut Task| {
        begin(
            task,
            Phase::Ended {
                at: NOW,
                outcome: AttemptOutcome::Completed,
                end: None,
            },
        );
        task.state = TaskState::Completed { at: NOW };
    };
    check(
        |_, task| completed(task),
        &["release r.a-1", "finish r"],
        "completed",
    )
    .await;
    let finishing = |state: &mut RunState, task: &mut Task| {
        completed(task);
        task.worktree = None;
        *state = RunState::Finishing;
    };
    check(finishing, &["finish r"], "completed").await;
    let open = |_: &mut RunState, task: &mut Task| {
        completed(task);
        task.worktree = None;
    };
    check(open, &["finish r"], "completed").await;
    // What waits for nothing is seen to.
    let rest = [
        "make r.a-1",
        "launch r.a-1",
        "harvest r.a-1",
        "check r.a-1",
        "release r.a-1",
        "finish r",
    ];
    check(|_, _| (), &rest, "completed").await;
}

#[tokio::test(start_paused = true)]
async fn what_was_to_stop() {
    let cancelled = |phase: Phase| {
        move |_: &mut RunState, task: &mut Task| {
            begin(task, phase);
            task.stop = Some(StopReason::Cancel);
        }
    };
    check(cancelled(Phase::Preparing), &["finish r"], "cancelled").await;
    check(
        cancelled(Phase::Starting),
        &["adopt r.a-1", "finish r"],
        "cancelled",
    )
    .await;
    let end = AttemptEnd::default();
    check(
        cancelled(Phase::Verifying { end }),
        &["harvest r.a-1", "finish r"],
        "cancelled",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_still_works_is_gone_on_with() {
    let first = World::new();
    first.fake.with(|inner| inner.held = true);
    first.submit("t").await.expect("followed");
    first.until("t", "running").await;
    first.engine.shut_down().await;
    let second = World::on(Arc::clone(&first.fake));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(second.fake.log(), ["launch t-1", "adopt t-1"]);
    second.fake.end("t-1");
    second.until("t", "completed").await;
}
