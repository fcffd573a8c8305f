//! Ports that panic: every effect is answered all the same.

use crate::support::World;
use model::ids::TaskId;
use model::machine::Command;
use std::time::Duration;

const ONE: &str = "steps: [{id: a, run: x, check: y}]";

/// A run of one step where this work panics once: how its step ends, and after how many attempts.
async fn check(panics: &[&str], status: &str, attempts: usize) {
    let world = World::new();
    world
        .fake
        .with(|inner| inner.panics = panics.iter().map(|line| (*line).to_owned()).collect());
    world.run("r", ONE).await;
    world.until("r.a", status).await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    let made = world
        .fake
        .with(|inner| inner.tasks[&TaskId::new("r.a")].attempts.len());
    assert_eq!(made, attempts, "{panics:?}: {:?}", world.fake.log());
    assert_eq!(world.in_memory().await, (0, 0));
}

#[tokio::test(start_paused = true)]
async fn work_that_is_lost_is_a_failure_or_done_again() {
    check(&["make r.a-1"], "completed", 2).await;
    check(&["harvest r.a-1"], "completed", 2).await;
    check(&["check r.a-1"], "completed", 2).await;
    check(&["release r.a-1"], "completed", 1).await;
    // Whether it was begun is for `adopt` to say: it was not.
    check(&["launch r.a-1"], "completed", 2).await;
    check(&["launch r.a-1", "adopt r.a-1"], "completed", 2).await;
    let all: Vec<String> = (1..=3).map(|n| format!("make r.a-{n}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    check(&all, "failed", 3).await;
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_asked_to_stop_until_it_does() {
    let world = World::new();
    world
        .fake
        .with(|inner| (inner.held, inner.deaf) = (true, 5));
    world.submit("t").await.expect("followed");
    world.until("t", "running").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let cancel = Command::CancelTask(TaskId::new("t"));
    world.engine.command(cancel).await.expect("followed");
    world.until("t", "cancelled").await;
    assert_eq!(world.fake.count("stop t-1"), 6);
    tokio::time::sleep(Duration::from_secs(100)).await;
    assert_eq!(world.fake.count("stop t-1"), 6, "and then no more");
}
