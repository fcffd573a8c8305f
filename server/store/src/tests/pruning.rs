//! What is forgotten, and what is not.

use super::fixture::*;
use crate::{Pruned, Retention, Store};
use model::ids::{RunId, TaskId};
use model::journal::Batch;
use model::run::{Environment, Run, RunOutcome, RunState, Source};
use model::task::{Task, TaskState};
use model::time::Timestamp;
use std::sync::Arc;

/// Ends at `at`: a run of a workflow (its source in the database is a file's), or of a submission.
fn ended_run(store: &mut Store, id: &str, at: i64, submitted: bool) {
    let (mut run, mut task): (Run, Task) = run(id);
    run.state = RunState::Ended {
        at: Timestamp(at),
        outcome: RunOutcome::Completed,
        result: None,
    };
    if !submitted {
        run.source = Source::File {
            path: "w.yaml".to_owned(),
            text: Arc::from(""),
        };
    }
    task.state = TaskState::Completed { at: Timestamp(at) };
    store.commit(&run_batch((run, task))).expect("commit");
}

fn ended_task(id: &str, at: i64) -> Task {
    Task {
        state: TaskState::Cancelled { at: Timestamp(at) },
        ..task(id)
    }
}

fn retention(before: i64, keep_per_repo: u32, keep_tasks: u32) -> Retention {
    Retention {
        keep_tasks,
        ..Retention::new(Timestamp(before), keep_per_repo)
    }
}

fn ids(pruned: &Pruned) -> Vec<&str> {
    let runs = pruned.runs.iter().map(RunId::as_str);
    runs.chain(pruned.tasks.iter().map(TaskId::as_str))
        .collect()
}

#[test]
fn runs_go_by_age_or_by_number() {
    let home = Home::new();
    let mut store = home.open();
    for n in 0..6 {
        ended_run(&mut store, &format!("r-{n}"), n, false);
    }
    store.commit(&run_batch(run("r-open"))).expect("commit");
    let prunable = |before, keep| {
        store
            .prunable(&retention(before, keep, 0))
            .expect("prunable")
    };
    assert_eq!(ids(&prunable(2, 10)), ["r-0", "r-1"]);
    assert_eq!(ids(&prunable(0, 3)), ["r-0", "r-1", "r-2"]);
    assert_eq!(ids(&prunable(4, 3)), ["r-0", "r-1", "r-2", "r-3"]);
    let all = store.prune(&retention(100, 3, 0)).expect("prune");
    assert_eq!(all.runs.len(), 6);
    assert_eq!(store.load().expect("load").loaded.runs.len(), 1);
    assert_eq!(store.task(&TaskId::new("t-r-0")).expect("read"), None);
    assert_eq!(
        ids(&store.prune(&retention(100, 3, 0)).expect("again")),
        [""; 0]
    );
}

#[test]
fn the_newest_submitted_tasks_stay_whatever_their_age() {
    let home = Home::new();
    let mut store = home.open();
    let tasks = (0..4).map(|n| ended_task(&format!("t-{n}"), n));
    store.commit(&tasks_batch(tasks.collect())).expect("commit");
    for n in 4..8 {
        ended_run(&mut store, &format!("r-{n}"), n, true);
    }
    let prunable = |before, keep, hold| {
        let found = store
            .prunable(&retention(before, keep, hold))
            .expect("prunable");
        ids(&found).join(" ")
    };
    assert_eq!(prunable(100, 0, 8), "");
    assert_eq!(prunable(100, 0, 6), "t-0 t-1");
    assert_eq!(prunable(100, 0, 3), "r-4 t-0 t-1 t-2 t-3");
    assert_eq!(prunable(2, 100, 0), "t-0 t-1");
    assert_eq!(prunable(0, 7, 0), "t-0");
}

#[test]
fn what_open_tasks_wait_for_stays() {
    let home = Home::new();
    let mut store = home.open();
    ended_run(&mut store, "r-awaited", 1, true);
    ended_run(&mut store, "r-other", 1, true);
    let waiting = Task {
        after: vec![TaskId::new("t-r-awaited"), TaskId::new("t-awaited")],
        ..task("t-waiting")
    };
    let tasks = vec![
        ended_task("t-awaited", 1),
        ended_task("t-other", 1),
        waiting,
    ];
    store.commit(&tasks_batch(tasks)).expect("commit");
    let broken = "UPDATE task SET doc = '{' WHERE id = 't-other'";
    store
        .db
        .execute_batch(broken)
        .expect("a row that is no JSON stops nothing");
    let gone = store.prune(&retention(100, 0, 0)).expect("prune");
    assert_eq!(ids(&gone), ["r-other", "t-other"]);
}

#[test]
fn what_was_reopened_meanwhile_stays() {
    let home = Home::new();
    let mut store = home.open();
    ended_run(&mut store, "r-1", 1, false);
    let gone = store.prunable(&retention(100, 0, 0)).expect("prunable");
    assert_eq!(ids(&gone), ["r-1"]);
    store.commit(&run_batch(run("r-1"))).expect("reopen");
    store.forget(&gone, 10).expect("forget");
    assert_eq!(store.find_run("r-1").expect("find"), [RunId::new("r-1")]);
}

#[test]
fn events_go_with_their_run_and_beyond_a_number() {
    let home = Home::new();
    let mut store = home.open();
    ended_run(&mut store, "r-old", 1, false);
    let events = (1..=20).map(|seq| match seq {
        3 | 5 | 20 => full_event(seq, "r-old"),
        _ => event(seq),
    });
    store
        .commit(&Batch {
            events: events.collect(),
            ..Batch::default()
        })
        .expect("commit");
    let kept = |store: &Store| -> Vec<u64> {
        let found = store.events_since(0, 100, None).expect("events");
        found.iter().map(|event| event.seq).collect()
    };
    store.prune(&retention(100, 0, 0)).expect("prune");
    assert_eq!(kept(&store).len(), 18, "3 and 5; 20 carries the count");
    assert_eq!(store.oldest_seq().expect("seq"), 6);
    let few = Retention {
        keep_events: 4,
        ..retention(100, 0, 0)
    };
    store.prune(&few).expect("prune");
    assert_eq!(kept(&store), [17, 18, 19, 20]);
    assert_eq!(store.oldest_seq().expect("seq"), 17);
    assert_eq!(store.last_seq().expect("seq"), 20);
}

#[test]
fn environments_and_room_are_given_back() {
    let home = Home::new();
    let mut store = home.open();
    let big = Arc::new(Environment(vec![("BIG".to_owned(), "x".repeat(4 << 20))]));
    let lone = Task {
        environment: big.clone(),
        ..ended_task("t-1", 1)
    };
    store
        .commit(&tasks_batch(vec![lone.clone()]))
        .expect("commit");
    store.prune(&retention(100, 0, 0)).expect("prune");
    let count = |sql: &str| -> i64 {
        let found = store.db.query_row(sql, [], |row| row.get(0));
        found.expect("count")
    };
    assert_eq!(count("SELECT count(*) FROM environment"), 0);
    assert!(count("PRAGMA page_count") < 100);
    store
        .commit(&tasks_batch(vec![lone.clone()]))
        .expect("its row is new");
    assert_eq!(store.task(&lone.id).expect("read"), Some(lone));
}
