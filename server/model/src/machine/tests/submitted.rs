//! Submitted tasks: `after`, schedules, and what is forgotten when.

use super::script::{check, play};
use super::world::{World, failed};
use crate::attempt::AttemptEnd;
use crate::failure::FailureClass;
use crate::ids::TaskId;
use crate::machine::Command;
use crate::run::RunOptions;
use std::time::Duration;

fn id(name: &str) -> TaskId {
    TaskId::new(name)
}

fn status(world: &World, name: &str) -> &'static str {
    world.tasks[&id(name)].task_status()
}

/// `b` after `a`, where `a` ends like this before or after `b` was submitted.
#[track_caller]
fn check_after(end: AttemptEnd, expected: &str) {
    for first in [true, false] {
        let mut world = World::new(2);
        world.submit("a", "/r", |_| {});
        if first {
            world.answer(0);
            world.end(&id("a"), end.clone());
            assert!(world.state.task(&id("a")).is_none(), "it is forgotten");
        }
        world.submit("b", "/r", |new| new.after = vec![id("a")]);
        if !first {
            assert_eq!(status(&world, "b"), "blocked");
            world.crash(false);
            assert_eq!(status(&world, "b"), "blocked");
            if !world.alive.contains_key(&id("a")) {
                // The launch was lost with the daemon.
                world.answer(0);
            }
            world.end(&id("a"), end.clone());
        }
        world.drain();
        assert_eq!(status(&world, "b"), expected, "first: {first}");
        assert_eq!(world.state.tasks().count(), 0, "all is forgotten");
        assert!(world.state.dependants.is_empty());
    }
}

#[test]
fn after_another() {
    check_after(AttemptEnd::default(), "completed");
    check_after(failed(FailureClass::Exit), "dependency_failed");
}

#[test]
fn a_retry_asks_again_what_was_before() {
    let mut world = World::new(2);
    world.submit("a", "/r", |_| {});
    world.answer(0);
    world.end(&id("a"), failed(FailureClass::Exit));
    world.submit("b", "/r", |new| new.after = vec![id("a")]);
    assert_eq!(status(&world, "b"), "dependency_failed");
    // What it waits for is forgotten, and has not completed.
    world.command(Command::RetryTask(id("b"))).expect("retry");
    assert_eq!(status(&world, "b"), "dependency_failed");
    world.command(Command::RetryTask(id("a"))).expect("retry");
    world.drain();
    world.command(Command::RetryTask(id("b"))).expect("retry");
    world.drain();
    assert_eq!(status(&world, "b"), "completed");
    assert_eq!(world.state.tasks().count(), 0);
}

#[test]
fn a_run_after_a_task_and_a_task_after_a_step() {
    let workflow = || {
        let text = "steps: [{id: a, run: x}, {id: b, run: x}]";
        crate::language::parse("w.yaml", text.as_bytes())
            .workflow
            .expect("a workflow")
    };
    let mut world = World::new(2);
    world.submit("t", "/r", |_| {});
    world.start_with("r", workflow(), RunOptions::default(), vec![id("t")]);
    world.submit("u", "/r", |new| new.after = vec![id("r.b")]);
    play(&mut world, "= a:waiting b:waiting");
    world.drain();
    play(&mut world, "= a:completed b:completed run:completed");
    assert_eq!(status(&world, "u"), "completed");
    assert_eq!(
        (world.state.tasks().count(), world.state.runs().count()),
        (0, 0)
    );
    // After a step of a run that is forgotten: the task comes back alone, and goes again.
    world.submit("v", "/r", |new| new.after = vec![id("r.b")]);
    assert!(world.state.run(&crate::ids::RunId::new("r")).is_none());
    world
        .command(Command::Retry(
            crate::ids::RunId::new("r"),
            Some("b".to_owned()),
        ))
        .expect("retry");
    world.drain();
    assert_eq!(status(&world, "v"), "completed");
    assert_eq!(
        (world.state.tasks().count(), world.state.runs().count()),
        (0, 0)
    );
}

#[test]
fn not_before_its_time() {
    let mut world = World::new(2);
    let at = world.now.plus(Duration::from_secs(3600));
    world.submit("a", "/r", |new| new.scheduled_at = Some(at));
    assert_eq!(
        (status(&world, "a"), world.state.next_due()),
        ("scheduled", Some(at))
    );
    play(&mut world, "pass 3599");
    assert_eq!(status(&world, "a"), "scheduled");
    world.crash(false);
    play(&mut world, "pass 1");
    assert_eq!(status(&world, "a"), "running");
    world.submit("b", "/r", |new| new.scheduled_at = Some(at));
    assert_eq!(status(&world, "b"), "running", "that time is over");
}

#[test]
fn a_schedule_can_be_cancelled() {
    let mut world = World::new(2);
    let at = world.now.plus(Duration::from_secs(3600));
    world.submit("a", "/r", |new| new.scheduled_at = Some(at));
    world.command(Command::CancelTask(id("a"))).expect("cancel");
    assert_eq!(
        (status(&world, "a"), world.state.next_due()),
        ("cancelled", None)
    );
    assert!(world.command(Command::CancelTask(id("a"))).is_err());
}

#[test]
fn in_place_it_starts_at_once_unless_secrets_are_to_be_looked_at() {
    let mut world = World::new(2);
    world.submit("a", "/r", |_| {});
    world.submit("b", "/r", |new| {
        new.submission.env = vec!["TOKEN".to_owned()]
    });
    let effects: Vec<String> = world
        .pending
        .iter()
        .map(|(effect, _)| format!("{effect:?}"))
        .collect();
    assert_eq!(
        effects,
        [r#"Launch(TaskId("a"))"#, r#"Prepare(TaskId("b"))"#]
    );
}

#[test]
fn the_same_id_is_refused() {
    let mut world = World::new(2);
    world.submit("a", "/r", |_| {});
    let twice = world.state.task(&id("a")).expect("known").clone();
    assert!(world.command(Command::CreateTask(Box::new(twice))).is_err());
}

#[test]
fn an_unknown_name_is_refused() {
    check(
        "steps: [{id: a, run: x}]",
        "! cancel nonsense\n! retry nonsense\n! accept a\n! retry-task a",
    );
}
