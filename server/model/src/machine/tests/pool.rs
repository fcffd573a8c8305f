//! Who gets a slot: priority, age, share of the tenants, limits.

use super::script::{check, play};
use super::world::{World, repo};
use crate::attempt::AttemptEnd;
use crate::ids::TaskId;
use crate::machine::{Command, Input};
use crate::settings::{MachineSettings, TenantSettings};
use crate::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// Lets everything run, one attempt after another: the order in which they began.
fn order(world: &mut World) -> Vec<String> {
    let mut began = Vec::new();
    while !world.alive.is_empty() || !world.pending.is_empty() {
        while !world.pending.is_empty() {
            world.answer(0);
        }
        if let Some(id) = world.alive.keys().next().cloned() {
            began.push(id.to_string());
            world.end(&id, AttemptEnd::default());
        }
    }
    began
}

/// A pool of one slot with these tasks, submitted minute by minute: name, tenant, priority.
#[track_caller]
fn check_order(tasks: &[(&str, &str, u8)], expected: &[&str]) {
    let mut world = World::new(1);
    world
        .command(Command::Pause(Some("not yet".to_owned())))
        .expect("pause");
    for (name, tenant, priority) in tasks {
        world.submit(name, tenant, |new| new.priority = *priority);
        world.now = world.now.plus(Duration::from_secs(60));
    }
    world.command(Command::Pause(None)).expect("go on");
    assert_eq!(order(&mut world), expected);
}

#[test]
fn the_queue() {
    check_order(
        &[("a", "/r", 50), ("b", "/r", 50), ("c", "/r", 50)],
        &["a", "b", "c"],
    );
    check_order(
        &[("low", "/r", 30), ("critical", "/r", 90)],
        &["critical", "low"],
    );
    // A minute of waiting is worth a point.
    check_order(&[("old", "/r", 49), ("new", "/r", 50)], &["old", "new"]);
    check_order(&[("old", "/r", 48), ("new", "/r", 50)], &["new", "old"]);
}

#[test]
fn tenants_take_turns() {
    check_order(
        &[
            ("a1", "/a", 50),
            ("a2", "/a", 50),
            ("a3", "/a", 50),
            ("b1", "/b", 50),
            ("b2", "/b", 50),
        ],
        &["a1", "b1", "a2", "b2", "a3"],
    );
    // The first turn is that of the most urgent.
    check_order(
        &[("a1", "/a", 30), ("a2", "/a", 30), ("b1", "/b", 90)],
        &["b1", "a1", "a2"],
    );
}

#[test]
fn whoever_has_fewer_slots_is_next() {
    let mut world = World::new(3);
    for name in ["a1", "a2", "a3", "a4"] {
        world.submit(name, "/a", |_| {});
    }
    world.submit("b1", "/b", |new| new.priority = 0);
    while !world.pending.is_empty() {
        world.answer(0);
    }
    world.end(&TaskId::new("a1"), AttemptEnd::default());
    while !world.pending.is_empty() {
        world.answer(0);
    }
    assert!(
        world.alive.contains_key(&TaskId::new("b1")),
        "{:?}",
        world.alive
    );
}

#[test]
fn settings_that_change_keep_the_order() {
    let mut world = World::new(1);
    world
        .command(Command::Pause(Some("not yet".to_owned())))
        .expect("pause");
    let names: Vec<String> = (0..30).map(|n| format!("t{n:02}")).collect();
    for name in &names {
        world.submit(name, "/repo", |_| {});
    }
    let settings = TenantSettings {
        max_parallel: Some(3),
        ..TenantSettings::default()
    };
    world.state.set_tenant(&repo(), Arc::new(settings));
    world.command(Command::Pause(None)).expect("go on");
    assert_eq!(order(&mut world), names);
}

const WIDE: &str = "
steps:
  - {id: a, run: x, needs: []}
  - {id: b, run: x, needs: []}
  - {id: c, run: x, needs: []}
  - {id: d, run: x, needs: [a]}
";

#[test]
fn a_run_has_a_limit_of_its_own() {
    let limited = format!("max_parallel: 1\n{WIDE}");
    let parsed = crate::language::parse("w.yaml", limited.as_bytes());
    let Some(mut workflow) = parsed.workflow else {
        panic!("{:?}", parsed.diagnostics)
    };
    workflow.max_parallel = Some(1);
    let mut world = World::new(4);
    world.start("r", workflow);
    play(
        &mut world,
        "= a:preparing b:queued c:queued
        a to running
        = b:queued
        a ok
        = b:preparing c:queued d:queued
        drain
        = run:completed",
    );
}

#[test]
fn more_and_fewer_slots() {
    check(
        WIDE,
        "= a:preparing b:preparing c:queued
        scale 1
        a ok
        = b:preparing c:queued d:queued
        scale 3
        = c:preparing d:preparing
        drain
        = run:completed",
    );
}

#[test]
fn a_pause_starts_nothing_and_ends_nothing() {
    check(
        WIDE,
        "a to running
        pause
        a ok
        b ok
        = a:completed b:completed c:queued d:queued run:open
        go
        = c:preparing d:preparing
        drain
        = run:completed",
    );
}

#[test]
fn a_chosen_size_outlives_settings_that_do_not_change() {
    let mut world = World::new(2);
    world.command(Command::Scale(7)).expect("scale");
    let settings = |pool_size| MachineSettings {
        pool_size,
        ..MachineSettings::default()
    };
    world.state.set_machine(&settings(2));
    assert_eq!(world.state.pool().0, 7);
    world.state.set_machine(&settings(3));
    assert_eq!(world.state.pool().0, 3);
}

#[test]
fn a_turn_that_is_lost_leaves_pool_and_pause_as_they_were() {
    let mut world = World::new(2);
    world.state.checkpoint();
    let mut turn = Default::default();
    for command in [Command::Scale(9), Command::Pause(Some("x".to_owned()))] {
        world
            .state
            .handle(Input::Command(command), Timestamp(0), &mut turn)
            .expect("followed");
    }
    assert_eq!(world.state.emptied().pool(), (2, 0, None));
}

#[test]
fn hand_offs_take_no_slot_and_have_a_limit_of_their_own() {
    let workflow = "
steps:
  - {id: a, agent: analyst, action: look, needs: []}
  - {id: b, agent: analyst, action: look, needs: []}
  - {id: c, agent: analyst, action: look, needs: []}
  - {id: d, run: x, needs: []}
  - {id: e, run: x, needs: []}
  - {id: f, run: x, needs: [d, e]}
";
    check(
        workflow,
        "d to running
        e to running
        a to running
        b to running
        = a:running b:running c:queued d:running e:running
        crash
        = a:running b:running c:queued d:running e:running
        a ok
        = c:preparing f:waiting
        drain
        = run:completed",
    );
}

#[test]
fn what_turns_out_to_be_a_hand_off_waits_for_one() {
    // The agent is configured, so each takes a slot; its program is not there, so each is handed off.
    let settings = TenantSettings {
        auto_execution: true,
        default_agent: Some("claude".to_owned()),
        agents: [("claude".to_owned(), super::world::template())].into(),
        ..TenantSettings::default()
    };
    let workflow = "
steps:
  - {id: a, agent: analyst, action: look}
";
    let workflow = crate::language::parse("w.yaml", workflow.as_bytes()).workflow;
    let mut world = World::new(2);
    world.state.set_tenant(&repo(), Arc::new(settings));
    world.start("r", workflow.expect("a workflow"));
    play(&mut world, "a next no-room\na to running\n= a:running");
    let attempts = &world.tasks[&super::script::task("a")].attempts;
    let names: Vec<&str> = attempts
        .iter()
        .map(|attempt| attempt.backend.name())
        .collect();
    assert_eq!(
        (names, attempts[0].status()),
        (vec!["command", "file"], "revoked")
    );
    assert_eq!((world.state.slots_busy, world.state.hand_offs_open), (0, 1));
}
