//! One transaction for many inputs; and first it is stored, then told, answered and done.

use crate::support::{World, told};
use engine::{EngineError, Happening};
use model::ids::{RunId, TaskId};
use model::machine::{Command, Rejection};
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

const FAN: &str = "
steps:
  - {id: a, run: x, check: y}
  - {id: b, run: x, needs: [a]}
  - {id: c, run: x, needs: [a]}
";

#[tokio::test(start_paused = true)]
async fn a_run_from_its_start_to_its_end() {
    let world = World::new();
    let mut happenings = world.engine.subscribe();
    world.run("r", FAN).await;
    for step in ["r.a", "r.b", "r.c"] {
        world.until(step, "completed").await;
    }
    let run = RunId::new("r");
    while world
        .fake
        .with(|inner| inner.runs[&run].ended_at().is_none())
    {
        tokio::task::yield_now().await;
    }
    let log = world.fake.log();
    let of_a: Vec<&str> = log
        .iter()
        .filter(|line| line.contains("r.a-1"))
        .map(|line| line.as_str())
        .collect();
    assert_eq!(
        of_a,
        [
            "make r.a-1",
            "launch r.a-1",
            "harvest r.a-1",
            "check r.a-1",
            "release r.a-1"
        ]
    );
    assert_eq!(log.last().map(String::as_str), Some("finish r"));
    let product =
        |inner: &mut crate::support::Inner| inner.tasks[&TaskId::new("r.a")].product.clone();
    let product = world.fake.with(product);
    assert_eq!(product.commit.as_deref(), Some("commit of r.a-1"));
    assert_eq!(
        product.base.as_deref(),
        Some("base"),
        "for `diff`, when the worktree is gone"
    );
    assert_eq!(
        world.in_memory().await,
        (0, 0),
        "what has ended is forgotten"
    );
    // What was told is what was stored, in order and without a gap.
    let stored = world.fake.with(|inner| inner.events.clone());
    let stored: Vec<(u64, String)> = stored
        .into_iter()
        .map(|event| (event.seq, event.kind))
        .collect();
    assert_eq!(told(&mut happenings), stored);
    assert_eq!(
        world.engine.last_seq().await.expect("running"),
        stored.len() as u64
    );
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_a_commit_is_pending_is_one_batch() {
    let world = Arc::new(World::new());
    world.engine.look(|_| ()).await.expect("it has begun");
    world.fake.with(|inner| inner.held = true);
    world.fake.hold_commits();
    let submitted: Vec<_> = (0..100)
        .map(|n| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.submit(&format!("t{n}")).await })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    // Nothing is answered, told or done before it is stored.
    assert!(submitted.iter().all(|task| !task.is_finished()));
    assert_eq!(world.fake.log(), Vec::<String>::new());
    world.fake.let_commits();
    for task in submitted {
        task.await.expect("no panic").expect("followed");
    }
    let batches = world.fake.with(|inner| inner.batches.clone());
    assert!(batches.len() <= 10, "{batches:?}");
    assert!(batches.iter().any(|size| *size > 50), "{batches:?}");
}

#[tokio::test(start_paused = true)]
async fn a_look_shows_what_is_stored() {
    let world = Arc::new(World::new());
    world.engine.look(|_| ()).await.expect("it has begun");
    world.fake.with(|inner| inner.failing = 1);
    world.fake.hold_commits();
    let submitting = Arc::clone(&world);
    let submitting = tokio::spawn(async move { submitting.submit("t").await });
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    let looking = world.engine.clone();
    let looking = tokio::spawn(async move { looking.look(|state| state.tasks().count()).await });
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    world.fake.let_commits();
    assert!(matches!(
        submitting.await.expect("no panic"),
        Err(EngineError::Store(_))
    ));
    assert_eq!(looking.await.expect("no panic").expect("running"), 0);
}

#[tokio::test(start_paused = true)]
async fn shutting_down_stores_what_was_taken_in_and_begins_nothing() {
    let world = Arc::new(World::new());
    world.engine.look(|_| ()).await.expect("it has begun");
    world.fake.hold_commits();
    let mut waiting = Vec::new();
    for name in ["first", "t1", "t2"] {
        let world = Arc::clone(&world);
        waiting.push(tokio::spawn(async move { world.submit(name).await }));
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    let engine = world.engine.clone();
    let down = tokio::spawn(async move { engine.shut_down().await });
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    world.fake.let_commits();
    down.await.expect("no panic");
    for task in waiting {
        task.await.expect("no panic").expect("followed");
    }
    assert_eq!(world.fake.with(|inner| inner.tasks.len()), 3);
    assert_eq!(
        world.fake.with(|inner| inner.status(&TaskId::new("t1"))),
        "queued"
    );
    assert!(matches!(
        world.submit("late").await,
        Err(EngineError::Stopped)
    ));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(world.fake.count("launch t1-1"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_lags_is_told_so() {
    let world = World::new();
    let mut slow = world.engine.subscribe();
    for n in 0..1000 {
        world.submit(&format!("t{n}")).await.expect("followed");
    }
    world.until("t999", "completed").await;
    let Err(RecvError::Lagged(missed)) = slow.recv().await else {
        panic!("it was told everything");
    };
    let Ok(Happening::Event(next)) = slow.recv().await else {
        panic!("an event");
    };
    assert_eq!(next.seq, missed + 1, "it knows what it missed");
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_comes_back_when_it_is_asked_for() {
    let world = World::new();
    world.run("r", FAN).await;
    world.until("r.c", "completed").await;
    let run = RunId::new("r");
    while world
        .fake
        .with(|inner| inner.runs[&run].ended_at().is_none())
    {
        tokio::task::yield_now().await;
    }
    // A refusal leaves nothing in memory.
    for refused in [
        Command::Resume(run.clone()),
        Command::CancelRun(run.clone()),
        Command::CancelTask(TaskId::new("r.a")),
        Command::Retry(run.clone(), Some("nonsense".to_owned())),
    ] {
        let answer = world.engine.command(refused).await;
        assert!(
            matches!(answer, Err(EngineError::Rejected(_))),
            "{answer:?}"
        );
    }
    assert_eq!(world.in_memory().await, (0, 0));
    let again = Command::Retry(run.clone(), Some("b".to_owned()));
    world.engine.command(again).await.expect("followed");
    while world.fake.count("finish r") < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.fake.count("launch r.b-2"), 1);
    assert_eq!(world.fake.count("launch r.c-2"), 0);
    let unknown = world.engine.command(Command::Resume(RunId::new("x"))).await;
    assert!(matches!(
        unknown,
        Err(EngineError::Rejected(Rejection::NotFound(_)))
    ));
}

#[tokio::test(start_paused = true)]
async fn after_an_unknown_task_is_refused() {
    let world = World::new();
    let mut task = crate::support::task("t");
    task.after = vec![TaskId::new("nobody")];
    let answer = world
        .engine
        .command(Command::CreateTask(Box::new(task)))
        .await;
    assert!(matches!(
        answer,
        Err(EngineError::Rejected(Rejection::NotFound(_)))
    ));
}
