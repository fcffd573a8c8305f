//! Cancel and the daemon's stop in every phase of an attempt, and what surfaces are told of it.

use super::script::{check, play, task};
use super::world::World;
use crate::attempt::AttemptOutcome;
use crate::failure::{Failure, FailureClass};
use crate::machine::{Command, Input, Report};
use crate::task::StopReason;

const ONE: &str = "steps: [{id: a, run: x, check: y}]";

#[test]
fn cancel_in_every_phase() {
    for phase in ["preparing", "starting", "running", "verifying"] {
        check(
            ONE,
            &format!("a to {phase}\ncancel\ndrain\n= a:cancelled run:cancelled"),
        );
        check(
            ONE,
            &format!("a to {phase}\ncancel a\ncrash\ndrain\n= a:cancelled run:cancelled"),
        );
        check(
            ONE,
            &format!("a to {phase}\ncancel\nreboot\ndrain\n= a:cancelled run:cancelled"),
        );
    }
    for before in [
        "pause\na fail exit\n= a:failed",
        "a next secret\ndrain\n= a:needs_input\ncancel\ndrain\n= a:cancelled run:cancelled",
        "a next spawn\na to running\ncancel\ndrain\n= a:cancelled run:cancelled",
    ] {
        check(ONE, before);
    }
}

#[test]
fn the_stop_of_the_daemon_in_every_phase() {
    for (phase, then) in [
        ("preparing", "queued"),
        ("starting", "queued"),
        ("running", "queued"),
        // The work is done: it is only looked at again.
        ("verifying", "verifying"),
    ] {
        let stop = format!("a to {phase}\npause\nstop\ndrain\n= a:{then}");
        check(ONE, &format!("{stop}\ncrash\ndrain\n= a:completed"));
        check(ONE, &format!("{stop}\ngo\ndrain\n= a:completed"));
        check(
            ONE,
            &format!("{stop}\ncancel\ngo\ndrain\n= a:cancelled run:cancelled"),
        );
    }
}

#[test]
fn a_cancel_is_stronger_than_the_stop_of_the_daemon() {
    for phase in ["preparing", "starting", "running", "verifying"] {
        for order in ["stop\ncancel", "cancel\nstop"] {
            check(
                ONE,
                &format!("a to {phase}\npause\n{order}\ndrain\n= a:cancelled run:cancelled"),
            );
        }
    }
}

#[test]
fn a_failure_of_its_own_is_not_put_back() {
    check(
        ONE,
        "a to running\npause\nstop\na fail exit\n= a:failed\ndrain\n= run:failed",
    );
}

#[test]
fn a_supervisor_killed_by_the_stop_is_put_back() {
    check(
        ONE,
        "a to running\npause\nstop\na gone\n= a:queued\ngo\ndrain\n= a:completed",
    );
}

#[test]
fn an_open_hand_off_outlives_the_daemon() {
    let workflow = "
metadata: {auto_execution: false}
steps: [{id: a, agent: analyst, action: look}]
";
    check(
        workflow,
        "a to running\npause\nstop\n= a:needs_input\ncrash\n= a:needs_input\na ok\n= a:completed",
    );
}

#[test]
fn events_tell_every_state_once_and_none_that_was_not() {
    let told = |script: &str| {
        let mut world = World::new(1);
        let workflow = crate::language::parse("w.yaml", ONE.as_bytes()).workflow;
        world.start("r", workflow.expect("a workflow"));
        world.events.clear();
        play(&mut world, script);
        world.events.join(" ")
    };
    assert_eq!(
        told("drain"),
        "attempt.running step.running attempt.verifying step.verifying attempt.completed \
         step.completed task.completed run.completed"
    );
    assert_eq!(
        told("a next conflict\ndrain"),
        "attempt.revoked step.needs_input task.blocked"
    );
    assert_eq!(
        told("a fail spawn"),
        "attempt.running step.running attempt.verifying step.verifying attempt.failed \
         step.queued task.retry_wait"
    );
}

#[test]
fn a_report_of_an_older_attempt_changes_nothing() {
    let mut world = World::new(1);
    let workflow = crate::language::parse("w.yaml", ONE.as_bytes()).workflow;
    world.start("r", workflow.expect("a workflow"));
    play(&mut world, "a next spawn\na to running");
    let before = world.tasks.clone();
    for attempt in [0, 1, 3] {
        for report in [
            Report::Started { pid: None },
            Report::Ended(Default::default()),
            Report::NotStarted(Failure::new(FailureClass::Spawn, "no")),
            Report::Vanished,
            Report::Interrupted,
            Report::Released,
        ] {
            let mut turn = Default::default();
            let input = Input::Report {
                task: task("a"),
                attempt,
                report,
            };
            let now = world.now;
            world.state.handle(input, now, &mut turn).expect("a report");
            assert!(turn.is_empty(), "{turn:?}");
        }
    }
    assert_eq!(world.tasks, before);
}

#[test]
fn a_new_attempt_waits_until_the_old_worktree_is_gone() {
    let mut world = World::new(1);
    let workflow = crate::language::parse("w.yaml", ONE.as_bytes()).workflow;
    world.start("r", workflow.expect("a workflow"));
    play(&mut world, "a to verifying");
    // Verified, and not yet released.
    world.answer(0);
    play(&mut world, "= a:completed\nretry a\n= a:queued");
    assert!(world.tasks[&task("a")].worktree.is_some());
    play(&mut world, "drain\n= a:completed run:completed");
    let attempts = &world.tasks[&task("a")].attempts;
    assert_eq!(attempts.len(), 2);
}

#[test]
fn what_is_stopped_says_how() {
    let outcome = |reason: Command| {
        let mut world = World::new(1);
        let workflow = crate::language::parse("w.yaml", ONE.as_bytes()).workflow;
        world.start("r", workflow.expect("a workflow"));
        play(&mut world, "a to running\npause");
        world.command(reason).expect("followed");
        world.drain();
        world.tasks[&task("a")].attempts[0].status()
    };
    assert_eq!(
        outcome(Command::StopAll(StopReason::Requeue)),
        AttemptOutcome::Interrupted.as_str()
    );
    assert_eq!(
        outcome(Command::StopAll(StopReason::Cancel)),
        AttemptOutcome::Cancelled.as_str()
    );
}
