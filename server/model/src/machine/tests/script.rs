//! Scripts: one event or one look per line.
//!
//! ```text
//! a ok                  the attempt of step `a` works and succeeds
//! a fail exit           … fails with this class; `a stopped`: … was stopped by nobody known
//! a fail exit for-good  … and says that another attempt would end the same way
//! a gone                … its supervisor vanishes
//! a to running          drive `a` up to a phase: preparing, starting, running, verifying
//! a next conflict       how the next fitting effect of `a` answers: conflict, secret, unverified,
//!                       no-room, or a class of failure
//! a says bad            … the verification of `a` finds this word as its output `says` (bad or good)
//! verified a            the verification of `a` answers
//! clash                 the result branch does not merge the next time
//! cancel | cancel a | resume | retry | retry a | retry-task a | accept a
//! pause | go | scale 2 | stop | crash | reboot | tick | drain | pass 60
//! ! cancel              this is refused
//! = a:running b:waiting  a look: steps by status word, `run` by its own
//! rounds a 1:back 2:on   the rounds of `a`: attempt and what its gate said, `-` where it has none
//! ```

use super::world::{Answer, World, failed, failed_for_good, stopped};
use crate::attempt::{AttemptEnd, Phase};
use crate::failure::FailureClass;
use crate::ids::{RunId, TaskId};
use crate::machine::{Command, Effect, Input, Rejection, Report};
use crate::run::{RunOutcome, RunState};
use crate::task::StopReason;
use std::time::Duration;

/// Plays a script against a workflow on two slots.
#[track_caller]
pub(super) fn check(workflow: &str, script: &str) {
    let mut world = World::new(2);
    let parsed = crate::language::parse("w.yaml", workflow.as_bytes());
    let workflow = parsed
        .workflow
        .unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    world.start("r", workflow);
    play(&mut world, script);
}

#[track_caller]
pub(super) fn play(world: &mut World, script: &str) {
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["=", looks @ ..] => look(world, line, looks),
            ["!", command @ ..] => {
                let answer = order(world, command);
                assert!(answer.expect(line).is_err(), "{line} was followed");
            }
            words => match order(world, words) {
                Some(answer) => answer.unwrap_or_else(|error| panic!("{line}: {error}")),
                None => event(world, line, words),
            },
        }
    }
}

#[track_caller]
fn look(world: &World, line: &str, looks: &[&str]) {
    let found = |name: &str| match name {
        "run" => run_status(world),
        step => world.tasks[&task(step)].step_status().to_owned(),
    };
    let all: Vec<String> = looks
        .iter()
        .filter_map(|look| look.split(':').next())
        .map(|name| format!("{name}:{}", found(name)))
        .collect();
    assert_eq!(all.join(" "), looks.join(" "), "{line}");
}

pub(super) fn run_status(world: &World) -> String {
    let status = match &world.runs[&run()].state {
        RunState::Open => "open",
        RunState::Finishing => "finishing",
        RunState::Conflicted { .. } => "conflicted",
        RunState::Ended { outcome, .. } => match outcome {
            RunOutcome::Completed => "completed",
            RunOutcome::Failed(_) => "failed",
            RunOutcome::Cancelled => "cancelled",
        },
    };
    status.to_owned()
}

fn run() -> RunId {
    RunId::new("r")
}

pub(super) fn task(step: &str) -> TaskId {
    TaskId::new(format!("r.{step}"))
}

/// A command of a person; none where the words are something else.
fn order(world: &mut World, words: &[&str]) -> Option<Result<(), Rejection>> {
    let command = match words {
        ["cancel"] => Command::CancelRun(run()),
        ["cancel", step] => Command::CancelTask(task(step)),
        ["resume"] => Command::Resume(run()),
        ["retry"] => Command::Retry(run(), None),
        ["retry", step] => Command::Retry(run(), Some((*step).to_owned())),
        ["retry-task", step] => Command::RetryTask(task(step)),
        ["accept", step] => Command::Accept(run(), (*step).to_owned()),
        ["pause"] => Command::Pause(Some("a person".to_owned())),
        ["go"] => Command::Pause(None),
        ["scale", size] => Command::Scale(size.parse().expect("a number")),
        ["stop"] => Command::StopAll(StopReason::Requeue),
        _ => return None,
    };
    Some(world.command(command))
}

#[track_caller]
fn event(world: &mut World, line: &str, words: &[&str]) {
    match words {
        ["rounds", step, rounds @ ..] => {
            let found = world.tasks[&task(step)].rounds.iter().map(|round| {
                let said = round
                    .answer
                    .as_ref()
                    .map_or("-", |answer| answer.way.as_str());
                format!("{}:{said}", round.attempt)
            });
            assert_eq!(found.collect::<Vec<_>>(), rounds, "{line}");
        }
        ["crash"] => world.crash(false),
        ["reboot"] => world.crash(true),
        ["drain"] => world.drain(),
        ["clash"] => world.clashes += 1,
        ["tick"] => {
            world.now = world.state.next_due().expect("something is due");
            world.input(Input::Tick);
        }
        ["pass", seconds] => {
            let seconds = seconds.parse().expect("seconds");
            world.now = world.now.plus(Duration::from_secs(seconds));
            world.input(Input::Tick);
        }
        [step, "next", answer] => world.answers.push(((*step).to_owned(), answer_of(answer))),
        [step, "says", word] => {
            let word = ["good", "bad"].into_iter().find(|known| known == word);
            let answer = Answer::Says(word.expect("a known word"));
            world.answers.push(((*step).to_owned(), answer));
        }
        ["verified", step] => {
            let wanted = Effect::Verify(task(step));
            let place = world
                .pending
                .iter()
                .position(|(effect, _)| *effect == wanted);
            world.answer(place.expect("it is being verified"));
        }
        [step, "to", phase] => drive(world, &task(step), phase),
        [step, "ok"] => ends(world, step, AttemptEnd::default()),
        [step, "stopped"] => ends(world, step, stopped()),
        [step, "fail", class] => ends(world, step, failed(class_of(class))),
        [step, "fail", class, "for-good"] => ends(world, step, failed_for_good(class_of(class))),
        [step, "gone"] => {
            drive(world, &task(step), "running");
            let number = world.alive.remove(&task(step)).expect("at work");
            world.report(&task(step), number, Report::Vanished);
        }
        _ => panic!("what is `{line}`?"),
    }
}

/// Works until its attempt ends, and lets what that leads to be answered.
#[track_caller]
fn ends(world: &mut World, step: &str, end: AttemptEnd) {
    drive(world, &task(step), "running");
    world.end(&task(step), end);
    while let Some(place) = world
        .pending
        .iter()
        .position(|(effect, _)| about(effect, &task(step)))
    {
        world.answer(place);
    }
}

/// Answers effects of a task, then those of others, until it is in that phase.
#[track_caller]
fn drive(world: &mut World, id: &TaskId, phase: &str) {
    for _ in 0..1000 {
        if phase_of(world, id) == phase {
            return;
        }
        let own = world
            .pending
            .iter()
            .position(|(effect, _)| about(effect, id));
        if let Some(place) = own.or((!world.pending.is_empty()).then_some(0)) {
            world.answer(place);
        } else if phase == "verifying" && world.alive.contains_key(id) {
            world.end(id, AttemptEnd::default());
        } else if let Some(at) = world.state.next_due() {
            world.now = at;
            world.input(Input::Tick);
        } else {
            break;
        }
    }
    let state = &world.tasks[id].state;
    panic!(
        "{id} does not get to {phase}: {} {state:?}",
        phase_of(world, id)
    );
}

fn about(effect: &Effect, id: &TaskId) -> bool {
    match effect {
        Effect::Prepare(of)
        | Effect::Launch(of)
        | Effect::Stop(of, _)
        | Effect::Verify(of)
        | Effect::Release(of) => of == id,
        Effect::Finish(_) => false,
    }
}

fn phase_of(world: &World, id: &TaskId) -> &'static str {
    match world.tasks[id].active().map(|attempt| &attempt.phase) {
        Some(Phase::Preparing) => "preparing",
        Some(Phase::Starting) => "starting",
        Some(Phase::Running { .. }) => "running",
        Some(Phase::Verifying { .. }) => "verifying",
        Some(Phase::Ended { .. }) => "ended",
        None => "none",
    }
}

fn answer_of(word: &str) -> Answer {
    match word {
        "conflict" => Answer::Conflict,
        "secret" => Answer::Secret,
        "unverified" => Answer::Unverified,
        "no-room" => Answer::NoRoom,
        class => Answer::Fail(class_of(class)),
    }
}

fn class_of(word: &str) -> FailureClass {
    FailureClass::parse(word).unwrap_or_else(|| panic!("no class {word}"))
}
