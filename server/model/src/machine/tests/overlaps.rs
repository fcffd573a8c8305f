//! Steps that would edit the same files at once. That no two of them which serialize are at work at once is
//! looked at after every turn.

use super::script::{play, task};
use super::world::{World, repo};
use crate::attempt::AttemptEnd;
use crate::ids::{RunId, StepId, TaskId};
use crate::machine::{Command, Effect, Input, PrepareFailure, Report, Verified};
use crate::overlap::Overlap;
use crate::run::{RunOutcome, RunState};
use crate::settings::TenantSettings;
use crate::task::{Need, Product, StopReason};
use crate::verdict::Verdict;
use crate::workflow::{Step, Work, Workflow};
use proptest::prelude::*;
use std::sync::Arc;

/// A workflow of steps `a`, `b`, …: what each needs and touches.
fn workflow(overlap: Option<Overlap>, steps: &[(&[usize], &[&str])]) -> Workflow {
    let parsed = crate::language::parse("w.yaml", b"steps: [{id: a, run: x}]");
    let plain = parsed.workflow.expect("parses");
    let made = steps.iter().zip('a'..).map(|((needs, touches), name)| {
        let work = Work::Shell("x".to_owned());
        let mut step = Step::new(StepId::new(name.to_string()), String::new(), work);
        step.needs = needs.to_vec();
        step.touches = touches.iter().map(|glob| (*glob).to_owned()).collect();
        step
    });
    Workflow {
        overlap,
        steps: made.collect(),
        ..plain
    }
}

fn serialize(steps: &[(&[usize], &[&str])]) -> Workflow {
    workflow(Some(Overlap::Serialize), steps)
}

fn note(world: &World, id: &str) -> String {
    world
        .state
        .overlap_note(&TaskId::new(id))
        .unwrap_or_default()
}

fn wrote(world: &mut World, id: &str, files: &[&str]) {
    let files = files.iter().map(|path| (*path).to_owned()).collect();
    world.report(&TaskId::new(id), 1, Report::Wrote(files));
}

/// The attempt works and ends well, having changed these files.
fn left(world: &mut World, id: &str, files: &[&str]) {
    let id = TaskId::new(id);
    world.end(&id, AttemptEnd::default());
    world
        .pending
        .retain(|(effect, _)| !matches!(effect, Effect::Verify(other) if *other == id));
    let verified = Verified {
        verdict: Verdict::Completed,
        product: Product {
            commit: Some(format!("commit of {id}")),
            ..Product::default()
        },
        wrote: files.iter().map(|path| (*path).to_owned()).collect(),
    };
    world.report(&id, 1, Report::Verified(Box::new(verified)));
}

fn findings(world: &World, id: &str) -> Vec<String> {
    let found = world.tasks[&TaskId::new(id)].product.findings.iter();
    let found = found.map(|finding| {
        let path = finding.place.as_ref().map_or("", |place| &place.path);
        format!("{} {path}: {}", finding.code, finding.message)
    });
    found.collect()
}

#[test]
fn the_later_waits_and_says_for_whom() {
    let mut world = World::new(4);
    world.start(
        "r",
        serialize(&[(&[], &["src/**"]), (&[], &["src/b.rs"]), (&[], &["docs/"])]),
    );
    play(&mut world, "= a:preparing b:queued c:preparing");
    assert_eq!(note(&world, "r.b"), "waits for step `a`: both edit src/**");
    assert_eq!(note(&world, "r.a"), "");
    let told = |world: &World| {
        world
            .events
            .iter()
            .filter(|kind| *kind == "overlap.waits")
            .count()
    };
    assert_eq!(told(&world), 1);
    play(
        &mut world,
        "a ok\n= a:completed b:preparing\ndrain\n= run:completed",
    );
    assert_eq!(told(&world), 1);
}

#[test]
fn nobody_is_overtaken_for_ever() {
    // `c` and `d` would fit beside `a`; `b` was before them.
    let steps: &[(&[usize], &[&str])] = &[
        (&[], &["x"]),
        (&[], &["x", "y"]),
        (&[], &["y"]),
        (&[], &["y", "z"]),
        (&[], &["w"]),
    ];
    let mut world = World::new(9);
    world.start("r", serialize(steps));
    play(
        &mut world,
        "= a:preparing b:queued c:queued d:queued e:preparing",
    );
    assert_eq!(note(&world, "r.c"), "waits for step `b`: both edit y");
    play(&mut world, "a ok\n= b:preparing c:queued d:queued");
    play(&mut world, "b fail exit\n= c:preparing d:queued");
}

#[test]
fn steps_of_other_runs_count() {
    let mut world = World::new(4);
    world.start("r", serialize(&[(&[], &["src/"])]));
    world.start("other", serialize(&[(&[], &["src/a.rs"])]));
    assert_eq!(
        note(&world, "other.a"),
        "waits for step `a` of run r: both edit src/"
    );
    play(&mut world, "a ok");
    assert_eq!(world.tasks[&TaskId::new("other.a")].attempts.len(), 1);
}

#[test]
fn what_is_off_or_only_warned_of_does_not_wait() {
    for (mode, expected) in [
        (Some(Overlap::Off), ""),
        (Some(Overlap::Warn), "step `a` edits src/ at the same time"),
        (None, "step `a` edits src/ at the same time"),
    ] {
        let mut world = World::new(4);
        world.start(
            "r",
            workflow(mode, &[(&[], &["src/"]), (&[], &["src/a.rs"])]),
        );
        play(&mut world, "= a:preparing b:preparing");
        assert_eq!(note(&world, "r.b"), expected, "{mode:?}");
        let told = world.events.iter().any(|kind| kind == "overlap.noticed");
        assert_eq!(told, !expected.is_empty(), "{mode:?}");
    }
}

#[test]
fn the_settings_decide_where_the_workflow_does_not() {
    let mut world = World::new(4);
    let settings = |overlap| {
        Arc::new(TenantSettings {
            overlap,
            auto_execution: true,
            ..TenantSettings::default()
        })
    };
    world
        .state
        .set_tenant(&repo(), settings(Overlap::Serialize));
    let flow = workflow(None, &[(&[], &["src/"]), (&[], &["src/a.rs"])]);
    world.start("r", flow);
    play(&mut world, "= a:preparing b:queued");
    world.state.set_tenant(&repo(), settings(Overlap::Warn));
    world.input(Input::Tick);
    play(&mut world, "= a:preparing b:preparing");
}

#[test]
fn what_a_step_is_seen_to_write_counts() {
    let mut world = World::new(1);
    let steps: &[(&[usize], &[&str])] = &[(&[], &[]), (&[], &["lib/**"]), (&[], &["docs/"])];
    world.start("r", serialize(steps));
    play(&mut world, "a to running");
    wrote(&mut world, "r.a", &["lib/x.rs"]);
    world.command(Command::Scale(3)).expect("always");
    play(&mut world, "= b:queued c:preparing");
    assert_eq!(
        note(&world, "r.b"),
        "waits for step `a`: both edit lib/x.rs"
    );
    wrote(&mut world, "r.a", &["other"]);
    play(&mut world, "= b:preparing");
    // Too late to wait: it is said.
    wrote(&mut world, "r.a", &["lib/x.rs"]);
    assert_eq!(
        note(&world, "r.b"),
        "step `a` edits lib/x.rs at the same time"
    );
}

#[test]
fn beside_one_that_declares_nothing_a_step_begins_after_a_look() {
    for (files, expected) in [
        (&[][..], ""),
        (&["docs/x"], ""),
        (
            &["lib/x.rs"],
            "waits for step `a` of run r: both edit lib/x.rs",
        ),
    ] {
        let mut world = World::new(4);
        world.start("r", workflow(None, &[(&[], &[])]));
        play(&mut world, "a to running");
        // Long before, and while nobody waited.
        wrote(&mut world, "r.a", &["docs/y"]);
        world.now.0 += 60_000;
        world.start("other", serialize(&[(&[], &["lib/**"]), (&[], &[])]));
        let begun = |world: &World, step: &str| world.tasks[&TaskId::new(step)].attempts.len();
        assert_eq!(
            note(&world, "other.a"),
            "waits for a look at what step `a` of run r edits"
        );
        assert!(world.state.waits_for_a_look());
        assert_eq!((begun(&world, "other.a"), begun(&world, "other.b")), (0, 1));
        wrote(&mut world, "r.a", files);
        assert!(!world.state.waits_for_a_look());
        let waits = world.state.overlap_note(&TaskId::new("other.a"));
        let waits = waits.filter(|note| note.starts_with("waits"));
        assert_eq!(waits.unwrap_or_default(), expected);
        assert_eq!(begun(&world, "other.a") == 1, expected.is_empty());
    }
}

#[test]
fn the_one_that_ends_later_finds_what_both_changed() {
    let mut world = World::new(4);
    world.start(
        "r",
        workflow(None, &[(&[], &[]), (&[], &[]), (&[0, 1], &[])]),
    );
    world.start("off", workflow(Some(Overlap::Off), &[(&[], &[])]));
    play(&mut world, "a to running\nb to running");
    while !world.alive.contains_key(&TaskId::new("off.a")) {
        world.answer(0);
    }
    left(&mut world, "r.a", &["x", "y"]);
    left(&mut world, "off.a", &["x"]);
    left(&mut world, "r.b", &["z", "y"]);
    assert_eq!(findings(&world, "r.a"), [""; 0]);
    let expected = "overlap y: step `a` changed this file, too, while this step was at work";
    assert_eq!(findings(&world, "r.b"), [expected]);
    assert_eq!(findings(&world, "off.a"), [""; 0]);
    // What begins after it stands on it.
    play(&mut world, "c to running");
    left(&mut world, "r.c", &["x", "y", "z"]);
    assert_eq!(findings(&world, "r.c"), [""; 0]);
    assert!(world.state.flight.wrote.is_empty());
    assert!(world.tasks.values().all(|task| task.beside.is_empty()));
}

#[test]
fn what_ended_before_the_daemon_did_is_held_against_what_ends_after() {
    let mut world = World::new(4);
    world.start("r", workflow(None, &[(&[], &[]), (&[], &[])]));
    play(&mut world, "a to running\nb to running");
    left(&mut world, "r.a", &["x"]);
    play(&mut world, "crash");
    left(&mut world, "r.b", &["x"]);
    let expected = "overlap x: step `a` changed this file, too, while this step was at work";
    assert_eq!(findings(&world, "r.b"), [expected]);
}

#[test]
fn a_conflict_takes_the_place_of_the_warning_about_its_files() {
    let need = Need::Conflict {
        paths: vec!["x".to_owned()],
        steps: vec![0, 1],
        worktree: None,
    };
    let mut world = World::new(4);
    let flow = || workflow(None, &[(&[], &[]), (&[], &[]), (&[0, 1], &[])]);
    world.start("r", flow());
    world.start("other", workflow(None, &[(&[], &[])]));
    play(&mut world, "a to running\nb to running");
    while !world.alive.contains_key(&TaskId::new("other.a")) {
        world.answer(0);
    }
    left(&mut world, "other.a", &["x"]);
    left(&mut world, "r.a", &["x", "y"]);
    left(&mut world, "r.b", &["x", "y"]);
    let of_other =
        "overlap x: step `a` of run other changed this file, too, while this step was at work";
    let of_x = "overlap x: step `a` changed this file, too, while this step was at work";
    let of_y = "overlap y: step `a` changed this file, too, while this step was at work";
    assert_eq!(findings(&world, "r.b"), [of_other, of_x, of_y]);
    let last = TaskId::new("r.c");
    world
        .pending
        .retain(|(effect, _)| !matches!(effect, Effect::Prepare(id) if *id == last));
    world.report(&last, 1, Report::NotPrepared(PrepareFailure::Needs(need)));
    assert_eq!(findings(&world, "r.b"), [of_other, of_y]);
}

#[test]
fn the_later_builds_on_the_earlier_and_is_done_again_with_it() {
    let mut world = World::new(4);
    let steps: &[(&[usize], &[&str])] = &[(&[], &["x"]), (&[], &["x"]), (&[], &["y"])];
    world.start("r", serialize(steps));
    play(&mut world, "a ok");
    let built_on = |world: &World, step: &str| {
        let run = world.state.run(&RunId::new("r")).expect("open");
        world
            .state
            .built_on(run, world.state.task(&task(step)).expect("open"))
    };
    assert_eq!(built_on(&world, "b"), [0]);
    assert_eq!(built_on(&world, "c"), [0; 0]);
    play(
        &mut world,
        "b ok\nretry a\n= a:preparing b:queued c:preparing",
    );
    play(&mut world, "drain\n= run:completed");
}

fn any_touches() -> impl Strategy<Value = Vec<&'static str>> {
    let globs = vec!["src/**", "src/a", "*.md", "docs/", "docs/x.md", "lib", "**"];
    prop::collection::vec(prop::sample::select(globs), 0..3)
}

/// Needs as bits, and touches, of each step.
fn any_steps() -> impl Strategy<Value = Vec<(u8, Vec<&'static str>)>> {
    prop::collection::vec((any::<u8>(), any_touches()), 1..6)
}

fn random(steps: &[(u8, Vec<&str>)], overlap: Option<Overlap>, most: Option<u32>) -> Workflow {
    let needs: Vec<Vec<usize>> = steps
        .iter()
        .enumerate()
        // Few edges, so that much is to be done at once.
        .map(|(index, (bits, _))| {
            (0..index)
                .filter(|need| bits & (0b11 << need) == 0b11 << need)
                .collect()
        })
        .collect();
    let steps: Vec<(&[usize], &[&str])> = steps
        .iter()
        .zip(&needs)
        .map(|((_, touches), needs)| (needs.as_slice(), touches.as_slice()))
        .collect();
    Workflow {
        max_parallel: most,
        ..workflow(overlap, &steps)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Several runs in one repository, whatever happens in whatever order: all of them end.
    #[test]
    fn everything_ends(
        runs in prop::collection::vec((any_steps(), 0u8..4, 0u8..4), 1..4),
        what in prop::collection::vec((0u8..30, any::<u8>()), 0..60),
        slots in 1u32..5,
    ) {
        let mut world = World::new(slots);
        for (index, (steps, mode, most)) in runs.iter().enumerate() {
            let mode = match mode {
                0 => None,
                1 => Some(Overlap::Warn),
                _ => Some(Overlap::Serialize),
            };
            let most = (*most > 0).then_some(u32::from(*most));
            world.start(&format!("r{index}"), random(steps, mode, most));
        }
        for (what, which) in what {
            happen(&mut world, what, which);
        }
        world.lose_next = false;
        world.drain();
        for _ in 0..3 {
            for id in world.runs.keys().cloned().collect::<Vec<_>>() {
                let _ = world.command(Command::Resume(id));
            }
            world.drain();
        }
        for run in world.runs.values() {
            let done = matches!(run.state, RunState::Ended { outcome: RunOutcome::Completed, .. });
            prop_assert!(done, "{} {:?}", run.id, run.state);
        }
        prop_assert!(world.state.held.is_empty() && world.state.editing.is_empty());
    }
}

fn happen(world: &mut World, what: u8, which: u8) {
    let pick = |len: usize| usize::from(which) % len.max(1);
    let alive: Vec<TaskId> = world.alive.keys().cloned().collect();
    let any: Vec<TaskId> = world.tasks.keys().cloned().collect();
    match what {
        0..=13 if !world.pending.is_empty() => {
            let place = pick(world.pending.len());
            world.answer(place);
        }
        14..=20 if !alive.is_empty() => {
            let end = match which % 4 {
                0 => super::world::failed(crate::failure::FailureClass::Exit),
                _ => AttemptEnd::default(),
            };
            world.end(&alive[pick(alive.len())], end);
        }
        21..=23 if !alive.is_empty() => {
            let id = &alive[pick(alive.len())];
            let number = world.alive[id];
            let file = ["src/a", "docs/x.md", "README.md", "lib/y"][pick(4)];
            world.report(id, number, Report::Wrote(vec![file.to_owned()]));
        }
        24 => world
            .command(Command::StopAll(StopReason::Requeue))
            .expect("always"),
        25 => world.crash(which.is_multiple_of(2)),
        26 => world.lose_next = true,
        27 => {
            let task = &world.tasks[&any[pick(any.len())]];
            let (run, _) = task.run.clone().expect("a step");
            let step = task.step.id.to_string();
            let _ = world.command(Command::Retry(run, Some(step)));
        }
        28 => {
            let at = world.state.next_due().unwrap_or(world.now);
            world.now = world.now.max(at);
            world.input(Input::Tick);
        }
        _ => {}
    }
}
