//! A store that fails: nothing happened, and nothing is lost.

use crate::support::{World, told};
use engine::EngineError;
use model::ids::TaskId;
use model::machine::Command;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_command_that_cannot_be_stored_did_not_happen() {
    let world = World::new();
    let mut happenings = world.engine.subscribe();
    world.fake.with(|inner| inner.failing = 3);
    assert!(matches!(
        world.submit("t").await,
        Err(EngineError::Store(_))
    ));
    assert_eq!(told(&mut happenings), []);
    assert_eq!(world.in_memory().await, (0, 0));
    assert_eq!(world.fake.log(), Vec::<String>::new());
    let problem = world.engine.problem().await.expect("running");
    assert_eq!(problem.as_deref(), Some("the disk is full"));
    for _ in 0..2 {
        assert!(world.submit("t").await.is_err());
    }
    world.submit("t").await.expect("there is room again");
    assert_eq!(world.engine.problem().await.expect("running"), None);
    world.until("t", "completed").await;
}

#[tokio::test(start_paused = true)]
async fn a_report_that_cannot_be_stored_comes_again() {
    for failing in [1, 2, 7] {
        let world = World::new();
        world.fake.with(|inner| inner.held = true);
        world.submit("t").await.expect("followed");
        world.until("t", "running").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.fake.with(|inner| inner.failing = failing);
        world.fake.end("t-1");
        world.until("t", "completed").await;
        assert_eq!(world.fake.count("launch t-1"), 1, "nothing twice");
        let attempts = world
            .fake
            .with(|inner| inner.tasks[&TaskId::new("t")].attempts.len());
        assert_eq!(attempts, 1);
        assert_eq!(world.engine.problem().await.expect("running"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn every_commit_of_a_run_can_fail() {
    let workflow = "
steps:
  - {id: a, run: x, check: y}
  - {id: b, run: x, needs: [a]}
";
    for nth in 1..16 {
        let world = World::new();
        world.run("r", workflow).await;
        let mut seen = 0;
        let run = model::ids::RunId::new("r");
        while world
            .fake
            .with(|inner| inner.runs[&run].ended_at().is_none())
        {
            let stored = world.fake.with(|inner| inner.batches.len());
            if stored == nth && seen != nth {
                seen = nth;
                // Half of the time it cannot be read back at first, either.
                world
                    .fake
                    .with(|inner| (inner.failing, inner.unreadable) = (1, u32::from(nth % 2 == 0)));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        for line in ["launch r.a-1", "launch r.b-1", "finish r"] {
            assert_eq!(world.fake.count(line), 1, "{nth}: {line}");
        }
        assert_eq!(world.in_memory().await, (0, 0), "{nth}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_that_cannot_be_read_back_decides_nothing() {
    let world = World::new();
    world.fake.with(|inner| inner.held = true);
    world.submit("t").await.expect("followed");
    world.until("t", "running").await;
    world
        .fake
        .with(|inner| (inner.failing, inner.unreadable) = (1, 4));
    assert!(world.submit("u").await.is_err());
    assert!(world.submit("u").await.is_err(), "still stale");
    world.fake.end("t-1");
    world.until("t", "completed").await;
    world.submit("u").await.expect("it is read again");
}

#[tokio::test(start_paused = true)]
async fn the_problem_goes_when_storing_works_again_by_itself() {
    let world = World::new();
    world.fake.with(|inner| inner.held = true);
    world.submit("t").await.expect("followed");
    world.until("t", "running").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.fake.with(|inner| inner.failing = 10);
    assert!(world.submit("u").await.is_err());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(world.engine.problem().await.expect("running").is_some());
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(world.engine.problem().await.expect("running"), None);
}

#[tokio::test(start_paused = true)]
async fn pool_commands_in_a_lost_batch_are_lost_too() {
    let world = World::new();
    world.fake.with(|inner| inner.held = true);
    world.submit("t").await.expect("followed");
    world.until("t", "running").await;
    world.fake.hold_commits();
    world.fake.with(|inner| inner.failing = 1);
    let (engine, other) = (world.engine.clone(), world.engine.clone());
    // One commit is pending; both of these are in the batch after it.
    let cancel =
        tokio::spawn(async move { engine.command(Command::CancelTask(TaskId::new("t"))).await });
    let scale = tokio::spawn(async move { other.command(Command::Scale(9)).await });
    tokio::time::sleep(Duration::from_millis(1)).await;
    world.fake.let_commits();
    let (cancel, scale) = (
        cancel.await.expect("no panic"),
        scale.await.expect("no panic"),
    );
    let size = world
        .engine
        .look(|state| state.pool().0)
        .await
        .expect("running");
    assert_eq!(size == 9, scale.is_ok());
    assert!(cancel.is_err());
}
