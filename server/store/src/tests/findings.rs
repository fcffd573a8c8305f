//! Which runs count for what holds now, and what was dismissed; databases of the version before.

use super::fixture::{self, AT, Home, REPO};
use crate::{Retention, Store};
use model::diagnostic::Severity;
use model::finding::Finding;
use model::ids::RunId;
use model::run::{RunOutcome, RunState, Source, Submission};
use model::time::Timestamp;
use rusqlite::Connection;
use std::path::Path;

fn ended(at: Timestamp) -> RunState {
    RunState::Ended {
        at,
        outcome: RunOutcome::Completed,
        result: None,
    }
}

fn put(store: &mut Store, id: &str, workflow: &str, state: RunState) {
    let (mut run, task) = fixture::run(id);
    let mut definition = (*run.workflow).clone();
    definition.id = workflow.to_owned();
    run.workflow = definition.into();
    run.source = Source::File {
        path: format!("{workflow}.yaml"),
        text: "".into(),
    };
    run.state = state;
    store
        .commit(&fixture::run_batch((run, task)))
        .expect("commit");
}

fn newest(store: &Store, within: u32) -> Vec<String> {
    let ids = store.newest_of_workflows(Path::new(REPO), within);
    let ids = ids.expect("read").into_iter();
    ids.map(|id| id.as_str().to_owned()).collect()
}

#[test]
fn the_newest_run_of_each_workflow_counts() {
    let home = Home::new();
    let mut store = home.open();
    for (id, workflow) in [("r-1", "a"), ("r-2", "b"), ("r-3", "a"), ("r-4", "c")] {
        put(&mut store, id, workflow, ended(AT));
    }
    assert_eq!(newest(&store, 100), ["r-4", "r-3", "r-2"]);
    assert_eq!(newest(&store, 2), ["r-4", "r-3"], "only among so many");
    let elsewhere = store.newest_of_workflows(Path::new("/home/u"), 100);
    assert_eq!(elsewhere.expect("read"), []);
}

#[test]
fn a_task_that_is_submitted_again_takes_the_place_of_the_one_before() {
    let home = Home::new();
    let mut store = home.open();
    for (id, task) in [("r-1", "scan"), ("r-2", "lint"), ("r-3", "scan")] {
        let (mut run, step) = fixture::run(id);
        run.source = Source::Submission(Submission {
            task: task.to_owned(),
            ..Submission::default()
        });
        store
            .commit(&fixture::run_batch((run, step)))
            .expect("commit");
    }
    assert_eq!(newest(&store, 100), ["r-3", "r-2"]);
}

#[test]
fn a_discarded_run_counts_no_more_until_it_goes_again() {
    let home = Home::new();
    let mut store = home.open();
    put(&mut store, "r-1", "a", ended(AT));
    put(&mut store, "r-2", "a", ended(AT));
    let after = Timestamp(AT.0 + 1);
    store.set_discarded(&RunId::new("r-2"), after).expect("set");
    assert_eq!(newest(&store, 100), Vec::<String>::new());
    put(&mut store, "r-2", "a", RunState::Open);
    assert_eq!(newest(&store, 100), ["r-2"]);
    put(&mut store, "r-2", "a", ended(Timestamp(AT.0 + 2)));
    assert_eq!(newest(&store, 100), ["r-2"]);
}

#[test]
fn dismissals_belong_to_a_repository_and_last() {
    let home = Home::new();
    let store = home.open();
    let (here, there) = (Path::new(REPO), Path::new("/home/u/other"));
    store.dismiss(here, "abc", AT).expect("dismiss");
    store.dismiss(here, "abc", AT).expect("again");
    drop(store);
    let mut store = home.open();
    store
        .prune(&Retention::new(Timestamp(i64::MAX), 0))
        .expect("prune");
    let of = |store: &Store, repo: &Path| store.dismissed(repo).expect("read").contains("abc");
    assert!(of(&store, here) && !of(&store, there));
    assert!(!store.undismiss(there, "abc").expect("nothing there"));
    assert!(store.undismiss(here, "abc").expect("undismiss"));
    assert!(!of(&store, here));
}

#[test]
fn a_database_of_version_1_is_brought_up() {
    let home = Home::new();
    let db = Connection::open(&home.path).expect("open");
    // What `.dump` said of a database that version 1 wrote, and the two numbers it leaves out.
    let dump = include_str!("../../golden/database-v1.sql");
    db.execute_batch(dump).expect("the dump");
    drop(db);
    let mut store = home.open();
    let id = RunId::new("two-f8rt0bew");
    let (run, tasks) = store.run(&id).expect("read").expect("its run");
    assert_eq!(run.repo, Path::new(REPO));
    let expected = Finding::new(
        "unchanged-artifact",
        Severity::Warning,
        "success was reported, but the file is as it was before",
    );
    assert_eq!(*tasks[0].product.findings, [expected.about("notes.md")]);
    assert_eq!(tasks[1].step_status(), "failed");
    assert!(store.is_trusted(Path::new(REPO)).expect("read"));
    assert_eq!(newest(&store, 10), ["two-f8rt0bew"]);
    store.dismiss(Path::new(REPO), "abc", AT).expect("dismiss");
    put(&mut store, "r-2", "two", RunState::Open);
    assert_eq!(newest(&store, 10), ["r-2"]);
}
