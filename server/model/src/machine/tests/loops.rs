//! Gates: rounds, their bound, the way aside, and people who step in.

use super::properties::{happen, is_at_rest, run};
use super::script::check;
use super::world::World;
use crate::machine::Command;
use crate::round::Way;
use crate::run::{RunOutcome, RunState};
use crate::task::{SkipReason, TaskState};
use proptest::prelude::*;
use std::fmt::Write as _;

const LOOP: &str = "
steps:
  - {id: write, run: x, repeats: true}
  - {id: format, run: x, needs: [write]}
  - id: review
    run: x
    needs: [format]
    gate: {condition: steps.review.outputs.says == 'good', on_pass: ship, on_fail: write}
  - {id: ship, run: x}
";

#[test]
fn it_passes_in_the_second_round() {
    check(
        LOOP,
        "write ok
        format ok
        review says bad
        review ok
        = write:preparing format:waiting review:waiting ship:waiting run:open
        rounds review 1:back
        rounds write 1:-
        write ok
        = format:preparing
        format ok
        review says good
        review ok
        rounds review 1:back 2:on
        drain
        = write:completed format:completed review:completed ship:completed run:completed",
    );
}

#[test]
fn rounds_are_bounded() {
    let three = "write ok
        format ok
        review ok
        write ok
        format ok
        review ok
        write ok
        format ok
        review ok
        rounds review 1:back 2:back 3:out
        drain
        = write:completed format:completed review:failed ship:skipped run:failed";
    check(LOOP, three);
    let once = LOOP.replace("on_pass", "max_rounds: 1, on_pass");
    check(
        &once,
        "drain\n rounds review 1:out\n = review:failed ship:skipped run:failed",
    );
}

#[test]
fn whoever_retries_gets_rounds_anew() {
    check(
        LOOP,
        "drain
        = review:failed run:failed
        retry
        = review:queued write:completed run:open
        review ok
        = write:preparing review:waiting
        write ok
        format ok
        review says good
        review ok
        drain
        rounds review 1:back 2:back 3:out 4:back 5:on
        = ship:completed run:completed",
    );
}

#[test]
fn a_person_lets_it_pass() {
    check(
        LOOP,
        "drain
        = review:failed ship:skipped
        accept review
        = review:completed ship:preparing run:open
        rounds review 1:back 2:back 3:on
        drain
        = ship:completed run:completed",
    );
    check(
        LOOP,
        "review next unverified
        drain
        = review:unverified
        accept review
        rounds review 1:on
        drain
        = ship:completed run:completed",
    );
}

#[test]
fn cancel_and_resume_in_the_second_round() {
    check(
        LOOP,
        "write ok
        format ok
        review ok
        write to running
        cancel
        drain
        = write:cancelled format:cancelled review:cancelled ship:cancelled run:cancelled
        resume
        write ok
        format ok
        review says good
        review ok
        drain
        rounds review 1:back 2:on
        = ship:completed run:completed",
    );
    // Wanted while the gate's own step is verified: no round begins.
    check(
        LOOP,
        "write ok
        format ok
        review to verifying
        cancel review
        drain
        = write:completed review:cancelled",
    );
}

#[test]
fn a_step_of_the_loop_fails_in_the_second_round() {
    check(
        LOOP,
        "write ok
        format ok
        review ok
        write ok
        format fail exit
        drain
        = write:completed format:failed review:skipped ship:skipped run:failed
        retry
        format ok
        review says good
        review ok
        drain
        rounds format 1:-
        rounds review 1:back 2:on
        = run:completed",
    );
}

#[test]
fn crashes_lose_no_round() {
    for moment in ["preparing", "starting", "running", "verifying"] {
        for fall in ["crash", "reboot", "stop\n go"] {
            let script = format!(
                "write ok
                format ok
                review ok
                crash
                rounds review 1:back
                write to {moment}
                {fall}
                review says good
                drain
                = write:completed review:completed ship:completed run:completed"
            );
            check(LOOP, &script);
        }
    }
}

#[test]
fn a_shell_step_that_fails_does_not_pass_its_gate() {
    let workflow = "
steps:
  - {id: write, run: x, repeats: true}
  - {id: test, run: x, needs: [write], gate: {on_fail: write}}
  - {id: ship, run: x, needs: [test]}
";
    check(
        workflow,
        "write ok
        test fail exit
        = write:preparing test:waiting ship:waiting
        write ok
        test ok
        drain
        rounds test 1:back 2:on
        = ship:completed run:completed",
    );
    // What says nothing about the work is no answer.
    check(
        workflow,
        "write ok
        test fail memory
        rounds test
        drain
        = write:completed test:failed run:failed",
    );
}

#[test]
fn the_way_aside() {
    let workflow = "
steps:
  - id: review
    run: x
    gate: {condition: steps.review.outputs.says == 'good', on_pass: ship, on_fail: escalate}
  - {id: ship, run: x, needs: [review]}
  - {id: announce, run: x, needs: [ship]}
  - {id: escalate, run: x, needs: [review]}
  - {id: notes, run: x, needs: [ship, escalate]}
  - {id: end, agent: orchestrator, action: finalize}
";
    check(
        workflow,
        "review ok
        = ship:skipped announce:skipped escalate:preparing notes:waiting
        rounds review 1:aside
        drain
        = escalate:completed notes:completed end:completed run:completed",
    );
    check(
        workflow,
        "review says good
        review ok
        = ship:preparing escalate:skipped
        drain
        = announce:completed notes:completed end:completed run:completed",
    );
    // What fails goes aside, too, and the run has failed all the same.
    check(
        workflow,
        "review fail exit
        drain
        = review:failed ship:skipped escalate:completed end:skipped run:failed",
    );
}

#[test]
fn a_gate_that_was_never_asked_went_no_way() {
    let workflow = "steps:
  - {id: review, run: x, gate: {condition: steps.review.outputs.says == 'good', on_pass: ship, on_fail: escalate}}
  - {id: ship, run: x}
  - {id: escalate, run: x}
  - {id: tell, run: x, needs: [escalate]}
  - {id: mourn, run: x, needs: [review], condition: steps.review.status == 'failed'}
";
    let mut world = World::new(2);
    let parsed = crate::language::parse("w.yaml", workflow.as_bytes());
    world.start("r", parsed.workflow.expect("a workflow"));
    super::script::play(
        &mut world,
        "review fail memory\ndrain\n= review:failed mourn:completed run:failed",
    );
    for step in ["ship", "escalate", "tell"] {
        let state = &world.tasks[&super::script::task(step)].state;
        let why = SkipReason::Dependency;
        assert!(
            matches!(state, TaskState::Skipped { why: found, .. } if *found == why),
            "{step}: {state:?}"
        );
    }
}

#[test]
fn a_gate_without_a_way_on_fails_its_step() {
    check(
        "
steps:
  - {id: a, run: x, gate: {condition: steps.a.outputs.says == 'good'}}
  - {id: b, run: x}
",
        "drain
        rounds a 1:out
        = a:failed b:skipped run:failed",
    );
}

#[test]
fn conditions_know_the_last_gate() {
    let workflow = "
steps:
  - {id: a, run: x, gate: {condition: steps.a.outputs.says == 'good', on_fail: c}}
  - {id: b, run: x, needs: [a], condition: gate_last.passed}
  - {id: c, run: x, needs: [a]}
  - {id: d, run: x, needs: [b, c], condition: '!gate_last.passed'}
";
    check(
        workflow,
        "a says good\n drain\n = b:completed c:skipped d:skipped",
    );
    check(
        workflow,
        "drain\n = b:skipped c:completed d:completed run:completed",
    );
}

#[test]
fn a_step_that_goes_back_to_itself() {
    check(
        "
steps:
  - {id: a, run: x, gate: {condition: steps.a.outputs.says == 'good', on_fail: a}}
",
        "a ok
        a says good
        a ok
        rounds a 1:back 2:on
        drain
        = a:completed run:completed",
    );
}

/// A forgiven failure is tried again while the gate behind it is being asked: it goes on, and is not
/// sent back in the middle.
#[test]
fn a_step_that_was_set_going_meanwhile_goes_on() {
    check(
        "
steps:
  - {id: a, run: x, on_error: continue, repeats: true}
  - {id: b, run: x, needs: [a], gate: {condition: steps.b.outputs.says == 'good', on_fail: a}}
",
        "a fail exit
        b to verifying
        retry
        verified b
        = b:waiting
        a ok
        b says good
        drain
        = a:completed b:completed run:completed",
    );
}

/// What the next round builds on: for the first step what the gate saw, for the others what they left.
#[test]
fn work_accumulates() {
    let parsed = crate::language::parse("w.yaml", LOOP.as_bytes());
    let mut world = World::new(2);
    world.start("r", parsed.workflow.expect("a workflow"));
    let back = |world: &World, step: &str| {
        let task = &world.tasks[&super::script::task(step)];
        task.back.clone().and_then(|back| back.commit)
    };
    super::script::play(&mut world, "write ok\n format ok\n review ok");
    let commit = |number: u32, step: &str| Some(format!("commit {number} of r.{step}"));
    assert_eq!(back(&world, "write"), commit(1, "review"));
    assert_eq!(back(&world, "format"), commit(1, "format"));
    assert_eq!(back(&world, "review"), commit(1, "review"));
    super::script::play(&mut world, "write ok\n format ok\n review fail exit");
    // What failed left nothing: the gate saw what it had started from.
    assert_eq!(back(&world, "write"), Some("base".to_owned()));
    assert_eq!(back(&world, "review"), commit(1, "review"));
    super::script::play(&mut world, "drain\n retry write");
    assert_eq!(back(&world, "write"), None);
}

/// A random workflow with gates, as text: what goes back over what is found by the language.
fn workflow(plans: &[(u8, u8, u8)]) -> String {
    let mut text = "steps:\n".to_owned();
    for (index, (needs, gate, fate)) in plans.iter().enumerate() {
        let needs = (0..index).filter(|need| needs & (1 << need) != 0);
        let needs: Vec<String> = needs.map(|need| format!("s{need}")).collect();
        let _ = write!(
            text,
            "  - {{id: s{index}, run: x, needs: [{}]",
            needs.join(", ")
        );
        if *fate == 1 {
            text.push_str(", on_error: continue");
        }
        if *fate == 2 && index > 0 {
            text.push_str(", condition: \"gate_last.passed || steps.s0.status == 'completed'\"");
        }
        if gate % 3 != 0 {
            let target = usize::from(gate / 3) % plans.len();
            let _ = write!(
                text,
                ", gate: {{condition: \"steps.s{index}.outputs.says != 'bad'\", max_rounds: {}, on_fail: s{target}",
                1 + gate % 3
            );
            let pass = usize::from(gate / 7) % plans.len();
            if pass > index {
                let _ = write!(text, ", on_pass: s{pass}");
            }
            text.push('}');
        }
        text.push_str("}\n");
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever gates say, whoever steps in and whatever dies: every run ends or waits for a person,
    /// and one who goes on gets it done.
    #[test]
    fn every_loop_ends(
        plans in prop::collection::vec((any::<u8>(), any::<u8>(), 0u8..6), 1..7),
        what in prop::collection::vec((0u8..70, any::<u8>()), 0..90),
    ) {
        let text = workflow(&plans);
        let parsed = crate::language::parse("w.yaml", text.as_bytes());
        prop_assume!(parsed.workflow.is_some());
        let mut world = World::new(2);
        world.start("r", parsed.workflow.expect("a workflow"));
        for (what, which) in what {
            if what < 56 {
                happen(&mut world, what, which);
            } else {
                let step = format!("s{}", usize::from(which) % plans.len());
                world.answers.push((step, super::world::Answer::Says("bad")));
            }
        }
        world.lose_next = false;
        world.command(Command::Scale(2)).expect("always");
        world.command(Command::Pause(None)).expect("always");
        world.drain();
        prop_assert!(is_at_rest(&world), "{text}\n{:?}", world.runs);
        world.answers.clear();
        for _ in 0..4 {
            let _ = world.command(Command::Resume(run()));
            world.drain();
        }
        let state = &world.runs[&run()].state;
        let done = matches!(state, RunState::Ended { outcome: RunOutcome::Completed, .. });
        prop_assert!(done, "{text}\n{state:?}");
        for task in world.tasks.values() {
            let completed = matches!(task.state, TaskState::Completed { .. });
            prop_assert!(task.is_ended() && (!completed || task.worktree.is_none()));
            let gate = task.step.gate.is_some();
            let way = task.gate_answer().map(|answer| answer.way);
            prop_assert!(!(completed && gate) || matches!(way, Some(Way::On | Way::Aside)));
        }
    }

    /// Whatever a gate says each time, the number of its answers is bounded.
    #[test]
    fn answers_are_bounded(plans in prop::collection::vec((any::<u8>(), any::<u8>(), Just(0u8)), 1..6)) {
        let text = workflow(&plans).replace("!= 'bad'", "== 'good'");
        let parsed = crate::language::parse("w.yaml", text.as_bytes());
        prop_assume!(parsed.workflow.is_some());
        let mut world = World::new(2);
        world.start("r", parsed.workflow.expect("a workflow"));
        world.drain();
        let attempts = world.tasks.values().map(|task| task.attempts.len()).max();
        // Three rounds at most of each of five gates, each in the loop of the next.
        prop_assert!(attempts <= Some(3usize.pow(5)), "{text}\n{attempts:?}");
        prop_assert!(world.runs[&run()].ended_at().is_some());
    }
}
