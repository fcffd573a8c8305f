//! What goes in comes out.

use super::cases::*;
use super::fixture::*;
use model::ids::TaskId;
use model::journal::Batch;
use model::run::{Run, Source};
use model::task::{Place, StopReason, Task};
use model::time::Timestamp;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::sync::Arc;

/// Through the database, closed and opened in between; a second time by way of an update.
#[track_caller]
fn check_task(task: Task) {
    let home = Home::new();
    let mut store = home.open();
    let mut first = task.clone();
    first.state = model::task::TaskState::Waiting;
    first.attempts.clear();
    for value in [&first, &task] {
        store
            .commit(&tasks_batch(vec![value.clone()]))
            .expect("commit");
    }
    drop(store);
    let found = home.open().task(&task.id).expect("read").expect("a task");
    assert_eq!(found, task);
}

#[track_caller]
fn check_run(run: Run, task: Task) {
    let home = Home::new();
    let mut store = home.open();
    store
        .commit(&run_batch((run.clone(), task.clone())))
        .expect("commit");
    store
        .commit(&run_batch((run.clone(), task.clone())))
        .expect("again");
    store.close().expect("close");
    let found = home.open().run(&run.id).expect("read");
    assert_eq!(found, Some((run, vec![task])));
}

#[test]
fn every_state_of_a_task_survives() {
    for state in task_states() {
        check_task(Task {
            state,
            ..task("t-1")
        });
    }
}

#[test]
fn what_a_loop_adds_to_a_task_survives() {
    loop_tasks().into_iter().for_each(check_task);
}

#[test]
fn what_ended_beside_a_task_survives() {
    tasks_beside_others().into_iter().for_each(check_task);
}

#[test]
fn every_field_of_a_task_survives() {
    let odd = PathBuf::from(OsString::from_vec(b"/w/\xff\xfe".to_vec()));
    let mut full = task("t-1");
    full.attempts = attempts();
    full.submission = Some(Arc::new(full_submission()));
    full.step = Arc::new(full_submission().step());
    full.tenant = odd.clone();
    full.place = Place::Folder(odd.clone());
    full.worktree = Some(worktree(&odd));
    full.priority = 100;
    full.after = vec![TaskId::new("t-0"), TaskId::new("t-00")];
    full.scheduled_at = Some(Timestamp(i64::MAX));
    full.created_at = Timestamp(-1);
    full.policy = full_policy();
    full.product = product();
    for stop in [None, Some(StopReason::Cancel), Some(StopReason::Requeue)] {
        check_task(Task {
            stop,
            ..full.clone()
        });
    }
}

#[test]
fn every_state_of_a_run_survives() {
    for state in run_states() {
        let (mut run, task) = run("r-1");
        run.state = state;
        check_run(run, task);
    }
}

#[test]
fn every_field_of_a_run_survives() {
    let (mut run, mut task) = run("r-1");
    run.repo = PathBuf::from(OsString::from_vec(b"/r/\xff".to_vec()));
    run.options = options();
    run.cancelled = true;
    run.source = Source::Submission(full_submission());
    run.workflow = Arc::new(full_submission().workflow());
    task.step = Arc::new(run.workflow.steps[0].clone());
    check_run(run, task);
}

#[test]
fn what_is_open_is_loaded_with_what_it_waits_for() {
    let home = Home::new();
    let mut store = home.open();
    let done = |id: &str| Task {
        state: model::task::TaskState::Completed { at: AT },
        ..task(id)
    };
    let (mut over, mut over_task) = run("r-over");
    over.state = run_states().remove(3);
    over_task.state = done("x").state;
    let waiting = Task {
        after: vec![
            TaskId::new("t-done"),
            TaskId::new("t-r-over"),
            TaskId::new("t-gone"),
        ],
        ..task("t-waiting")
    };
    let (open, open_task) = run("r-open");
    let batch = Batch {
        runs: vec![over, open.clone()],
        tasks: vec![
            over_task.clone(),
            done("t-done"),
            done("t-nobody"),
            waiting.clone(),
            open_task.clone(),
        ],
        events: vec![full_event(1, "r-open"), event(2)],
    };
    store.commit(&batch).expect("commit");
    drop(store);
    let found = home.open().load().expect("load");
    assert_eq!(found.unreadable, []);
    assert_eq!(found.loaded.runs, [open]);
    assert_eq!(
        found.loaded.tasks,
        [open_task, waiting, done("t-done"), over_task]
    );
    assert_eq!(found.loaded.last_seq, 2);
}

#[test]
fn equal_environments_are_one() {
    let home = Home::new();
    let mut store = home.open();
    // Equal values, but not one value: only the hash tells.
    let tasks = (0..200).map(|n| task(&format!("t-{n}"))).collect();
    store.commit(&tasks_batch(tasks)).expect("commit");
    let rows: i64 = store
        .db
        .query_row("SELECT count(*) FROM environment", [], |row| row.get(0))
        .expect("count");
    assert_eq!(rows, 1);
    let loaded = store.load().expect("load").loaded.tasks;
    let first = &loaded[0].environment;
    assert!(
        loaded
            .iter()
            .all(|task| Arc::ptr_eq(first, &task.environment))
    );
}

/// A run of a file with two steps; the second in the form of the user guide.
fn file_run(id: &str, text: &str) -> (Run, Vec<Task>) {
    let path = "workflows/build.yaml";
    let workflow = model::language::parse(path, text.as_bytes()).workflow;
    let workflow = Arc::new(workflow.expect("a workflow"));
    let (mut run, task) = run(id);
    run.source = Source::File {
        path: path.to_owned(),
        text: Arc::from(text),
    };
    let steps = workflow.steps.iter().enumerate();
    let tasks: Vec<_> = steps
        .map(|(index, step)| Task {
            id: TaskId::new(format!("t-{id}-{index}")),
            run: Some((run.id.clone(), index)),
            step: Arc::new(step.clone()),
            ..task.clone()
        })
        .collect();
    run.workflow = workflow;
    run.tasks = tasks.iter().map(|task| task.id.clone()).collect();
    (run, tasks)
}

const TEXT: &str = "\
steps:
  - id: build
    run: make
    creates: [out/a.txt]
    retry: {max_attempts: 3}
  - step: \"Review\"
    agent: reviewer
    action: review
    params: {file: out/a.txt}
    needs: [build]
    condition: steps.build.status == \"completed\"
";

#[test]
fn a_workflow_is_made_of_its_text_again_and_shared() {
    let home = Home::new();
    let mut store = home.open();
    let (first, tasks) = file_run("r-1", TEXT);
    let (second, more) = file_run("r-2", TEXT);
    let batch = Batch {
        runs: vec![first.clone(), second],
        tasks: tasks.iter().cloned().chain(more).collect(),
        events: Vec::new(),
    };
    store.commit(&batch).expect("commit");
    let found = store.run(&first.id).expect("read");
    assert_eq!(found, Some((first, tasks)));
    let loaded = store.load().expect("load").loaded;
    assert_eq!(loaded.runs, batch.runs);
    assert_eq!(loaded.tasks, batch.tasks);
    assert!(Arc::ptr_eq(
        &loaded.runs[0].workflow,
        &loaded.runs[1].workflow
    ));
    assert!(Arc::ptr_eq(&loaded.tasks[1].step, &loaded.tasks[3].step));
}

#[test]
fn a_text_that_is_no_workflow_any_more_is_reported() {
    let home = Home::new();
    let mut store = home.open();
    let (mut run, tasks) = file_run("r-1", TEXT);
    if let Source::File { text, .. } = &mut run.source {
        *text = Arc::from("steps: 5\n");
    }
    let batch = Batch {
        runs: vec![run],
        tasks,
        events: Vec::new(),
    };
    store.commit(&batch).expect("commit");
    let found = store.load().expect("load");
    assert_eq!(found.loaded.tasks, []);
    let said = found.unreadable[0].to_string();
    let start = "run r-1 has a workflow that this version cannot read (workflows/build.yaml: ";
    assert!(said.starts_with(start), "{said}");
}
