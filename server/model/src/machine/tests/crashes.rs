//! A daemon that dies at any moment, and one that cannot store.

use super::script::{check, play};
use super::world::World;

const FAN: &str = "
steps:
  - {id: a, run: x, check: y}
  - {id: b, run: x, needs: [a]}
  - {id: c, run: x, needs: [a], on_error: continue}
  - {id: d, run: x, needs: [b, c]}
";

#[test]
fn in_every_phase() {
    for phase in ["preparing", "starting", "running", "verifying"] {
        check(
            FAN,
            &format!("a to {phase}\ncrash\ndrain\n= d:completed run:completed"),
        );
        check(
            FAN,
            &format!("a to {phase}\nreboot\ndrain\n= d:completed run:completed"),
        );
    }
    check(
        FAN,
        "a next unverified\na ok\n= run:finishing\ncrash\n= run:finishing\ndrain\n= run:failed",
    );
}

#[test]
fn a_worktree_that_was_being_let_go_goes_after_a_restart() {
    let mut world = World::new(2);
    let workflow = crate::language::parse("w.yaml", FAN.as_bytes()).workflow;
    world.start("r", workflow.expect("a workflow"));
    play(&mut world, "a to verifying");
    world.answer(0);
    play(&mut world, "= a:completed\ncrash\ndrain\n= run:completed");
    assert!(world.tasks.values().all(|task| task.worktree.is_none()));
}

#[test]
fn every_turn_of_a_run_can_be_lost() {
    // The n-th turn is lost, for every n, and so is every second one.
    for nth in 0..60 {
        let mut world = World::new(2);
        let workflow = crate::language::parse("w.yaml", FAN.as_bytes()).workflow;
        world.lose_next = nth == 0;
        world.start("r", workflow.expect("a workflow"));
        play(&mut world, "c next exit");
        let mut turns = 0;
        loop {
            turns += 1;
            world.lose_next = turns == nth || nth == 59 && turns % 2 == 0;
            if !world.pending.is_empty() {
                world.answer(0);
            } else if let Some(id) = world.alive.keys().next().cloned() {
                world.end(&id, Default::default());
            } else {
                break;
            }
        }
        world.lose_next = false;
        world.drain();
        play(
            &mut world,
            "= a:completed b:completed c:failed d:completed run:completed",
        );
        assert_eq!(world.state.tasks().count(), 0, "all is forgotten");
    }
}
