//! A look at the speed, printed and not asserted: `cargo test -p store --release -- speed --nocapture`.

use super::fixture::*;
use model::attempt::{Attempt, Phase};
use model::backend::Backend;
use model::task::{Task, TaskState};
use std::time::{Duration, Instant};

/// Tasks in the queue of the recovery bar.
const QUEUED: usize = 10_000;
const SINGLE: usize = 200;

#[test]
fn speed() {
    let home = Home::new();
    let mut store = home.open();
    let shared = environment();
    let mut tasks: Vec<Task> = (0..QUEUED)
        .map(|n| Task {
            environment: shared.clone(),
            ..task(&format!("t-{n:010}"))
        })
        .collect();
    let took = timed(|| {
        for part in tasks.chunks(100) {
            store.commit(&tasks_batch(part.to_vec())).expect("commit");
        }
    });
    println!("{QUEUED} tasks in batches of 100: {took:?}");

    let one = |number| Attempt {
        number,
        backend: Backend::Own,
        passed_over: Vec::new(),
        started_at: AT,
        phase: Phase::Starting,
    };
    for task in &mut tasks {
        task.state = TaskState::Active;
        task.attempts = vec![one(1)];
    }
    let mut seq = 0;
    // `NORMAL` is the baseline: the same without waiting for the disk.
    for synchronous in ["FULL", "NORMAL"] {
        let db = &store.db;
        db.pragma_update(None, "synchronous", synchronous)
            .expect("pragma");
        let took = timed(|| {
            for task in tasks.iter().take(SINGLE) {
                seq += 1;
                let mut batch = tasks_batch(vec![task.clone()]);
                batch.events = vec![full_event(seq, "r")];
                store.commit(&batch).expect("commit");
            }
        });
        let each = took / SINGLE as u32;
        println!("one update and one event, {synchronous}: {each:?}");
    }

    let took = timed(|| {
        for part in tasks.chunks(100) {
            store.commit(&tasks_batch(part.to_vec())).expect("commit");
        }
    });
    println!("{QUEUED} updates in batches of 100: {took:?}");
    store.close().expect("close");

    let size = std::fs::metadata(&home.path).expect("metadata").len();
    let mut opened = None;
    let took = timed(|| opened = Some(home.open()));
    println!("open and check {} kB: {took:?}", size / 1024);
    let store = opened.expect("open");
    let took = timed(|| assert_eq!(store.load().expect("load").loaded.tasks.len(), QUEUED));
    println!("load {QUEUED}: {took:?}");
    let took = timed(|| assert_eq!(store.counts().expect("counts").len(), 1));
    println!("count {QUEUED}: {took:?}");
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
