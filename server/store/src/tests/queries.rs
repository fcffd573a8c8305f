//! Lists, look-ups, counts, events, notes.

use super::fixture::*;
use crate::{Count, RunFilter, Store, TaskFilter};
use model::ids::{RunId, TaskId};
use model::journal::Batch;
use model::task::{Task, TaskState};
use model::time::Timestamp;
use std::path::{Path, PathBuf};

fn ended(id: &str) -> Task {
    Task {
        state: TaskState::Completed { at: AT },
        ..task(id)
    }
}

#[test]
fn runs_come_newest_first_and_page_by_page() {
    let home = Home::new();
    let mut store = home.open();
    for n in 0..5 {
        let (mut run, task) = run(&format!("r-{n}"));
        if n == 2 {
            run.repo = PathBuf::from("/other");
        }
        store.commit(&run_batch((run, task))).expect("commit");
    }
    let ids = |filter: RunFilter| -> Vec<String> {
        let page = store.runs(&filter).expect("runs");
        assert_eq!(page.unreadable, []);
        assert!(page.items.iter().all(|line| line.tasks.len() == 1));
        page.items
            .iter()
            .map(|line| line.run.id.to_string())
            .collect()
    };
    let all = RunFilter {
        limit: 10,
        ..RunFilter::default()
    };
    assert_eq!(ids(all.clone()), ["r-4", "r-3", "r-2", "r-1", "r-0"]);
    let repo = Some(PathBuf::from(REPO));
    let here = RunFilter {
        repo,
        limit: 2,
        ..RunFilter::default()
    };
    assert_eq!(ids(here.clone()), ["r-4", "r-3"]);
    let before = Some(RunId::new("r-3"));
    assert_eq!(ids(RunFilter { before, ..here }), ["r-1", "r-0"]);
    let workflow_id = Some("nothing".to_owned());
    assert!(ids(RunFilter { workflow_id, ..all }).is_empty());
    let line = &store
        .runs(&RunFilter {
            limit: 1,
            ..RunFilter::default()
        })
        .expect("runs")
        .items[0];
    assert_eq!(line.tasks[0].id, TaskId::new("t-r-4"));
    assert_eq!(
        (&*line.tasks[0].status, &*line.tasks[0].step_status),
        ("queued", "queued")
    );
}

#[test]
fn a_thousand_ended_tasks_can_be_listed() {
    let home = Home::new();
    let mut store = home.open();
    let mut tasks: Vec<_> = (0..1000).map(|n| ended(&format!("t-{n}"))).collect();
    tasks.push(task("t-open"));
    store.commit(&tasks_batch(tasks)).expect("commit");
    store.commit(&run_batch(run("r-1"))).expect("commit");
    let list = |status: Option<&str>, tenant: Option<&str>, limit| {
        let filter = TaskFilter {
            tenant: tenant.map(PathBuf::from),
            status: status.map(str::to_owned),
            limit,
        };
        store.tasks(&filter).expect("tasks").items
    };
    assert_eq!(list(Some("completed"), None, 5000).len(), 1000);
    assert_eq!(list(None, Some(REPO), 5000).len(), 1002);
    assert_eq!(list(None, Some("/other"), 5000), []);
    let newest = list(Some("queued"), None, 1);
    assert_eq!(newest, [run("r-1").1], "with the step of its run");
}

#[test]
fn ids_are_found_by_prefix() {
    let home = Home::new();
    let mut store = home.open();
    for id in ["build-aa", "build-ab", "build-a", "build_%"] {
        store.commit(&run_batch(run(id))).expect("commit");
    }
    for (prefix, expected) in [
        ("build-aa", vec!["build-aa"]),
        ("build-a", vec!["build-a"]),
        ("build-", vec!["build-a", "build-aa", "build-ab"]),
        ("build_", vec!["build_%"]),
        ("%", vec![]),
        ("BUILD-A", vec![]),
    ] {
        let found = store.find_run(prefix).expect("find");
        let found: Vec<_> = found.iter().map(RunId::as_str).collect();
        assert_eq!(found, expected, "{prefix}");
    }
    let found = store.find_task("t-build-aa").expect("find");
    assert_eq!(found, [TaskId::new("t-build-aa")]);
}

#[test]
fn tasks_are_counted() {
    let home = Home::new();
    let mut store = home.open();
    let mut other = task("t-3");
    other.tenant = PathBuf::from("/other");
    other.priority = 90;
    let tasks = vec![task("t-1"), task("t-2"), other, ended("t-4")];
    store.commit(&tasks_batch(tasks)).expect("commit");
    let count = |tenant: &str, priority, status: &str, tasks| Count {
        tenant: PathBuf::from(tenant),
        priority,
        status: status.to_owned(),
        tasks,
    };
    assert_eq!(
        store.counts().expect("counts"),
        [
            count(REPO, 50, "completed", 1),
            count(REPO, 50, "queued", 2),
            count("/other", 90, "queued", 1),
        ]
    );
    let at = ended("t-4").ended_at().expect("an end");
    let later = Timestamp(at.0 + 1);
    assert_eq!(store.ended_since(at).expect("count"), 1);
    assert_eq!(store.ended_since(later).expect("count"), 0);
}

#[test]
fn events_are_read_from_a_place_on() {
    let home = Home::new();
    let mut store = home.open();
    let events: Vec<_> = (1..=10)
        .map(|seq| {
            if seq % 3 == 0 {
                full_event(seq, "r-1")
            } else {
                event(seq)
            }
        })
        .collect();
    store
        .commit(&Batch {
            events: events.clone(),
            ..Batch::default()
        })
        .expect("commit");
    let since = |seq, limit, run: Option<&str>| {
        let run = run.map(RunId::new);
        store
            .events_since(seq, limit, run.as_ref())
            .expect("events")
    };
    assert_eq!(since(0, 100, None), events);
    assert_eq!(since(7, 2, None), events[7..9]);
    assert_eq!(since(u64::MAX, 2, None), []);
    let of_run: Vec<_> = since(3, 100, Some("r-1")).iter().map(|e| e.seq).collect();
    assert_eq!(of_run, [6, 9]);
    assert_eq!(store.last_seq().expect("seq"), 10);
    assert_eq!(store.oldest_seq().expect("seq"), 1);
}

#[test]
fn trust_and_notes_are_remembered() {
    let home = Home::new();
    let store = home.open();
    let root = Path::new(REPO);
    let trusted = |store: &Store| store.is_trusted(root).expect("read");
    assert!(!trusted(&store));
    store.trust(root, AT).expect("trust");
    store.trust(root, AT).expect("again");
    store.set_note("daemon", "k", "1").expect("note");
    store.set_note("daemon", "k", "2").expect("note");
    drop(store);
    let store = home.open();
    assert!(trusted(&store));
    assert!(
        !store.is_trusted(Path::new("/home/u")).expect("read"),
        "a parent is not"
    );
    assert_eq!(store.trusted().expect("roots"), [root]);
    assert_eq!(
        store.note("daemon", "k").expect("note").as_deref(),
        Some("2")
    );
    assert!(store.untrust(root).expect("untrust") && !trusted(&store));
    assert!(!store.untrust(root).expect("nothing left"));
    assert!(store.remove_note("daemon", "k").expect("remove"));
    assert_eq!(store.notes("daemon").expect("notes"), []);
}
