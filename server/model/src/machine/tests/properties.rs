//! Random workflows, orders, commands, crashes and lost turns. The invariants are checked after every
//! turn by the world; here is what holds at the end.

use super::world::{World, failed, stopped};
use crate::attempt::AttemptEnd;
use crate::condition;
use crate::failure::FailureClass;
use crate::ids::{RunId, StepId, TaskId};
use crate::machine::{Command, Report};
use crate::run::{RunOutcome, RunState};
use crate::settings::TenantSettings;
use crate::task::{StopReason, TaskState};
use crate::workflow::{Condition, OnError, Retry, Step, Work, Workflow};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// What a random step is made of.
#[derive(Debug, Clone)]
struct Plan {
    needs: u8,
    kind: u8,
    fate: u8,
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let plan = (any::<u8>(), 0u8..12, 0u8..8);
    let plan = plan.prop_map(|(needs, kind, fate)| Plan { needs, kind, fate });
    prop::collection::vec(plan, 1..7)
}

fn workflow(plans: &[Plan]) -> Workflow {
    let steps = plans.iter().enumerate().map(|(index, plan)| {
        let work = match plan.kind {
            0 => Work::Nothing,
            1 => Work::Agent(Default::default()),
            _ => Work::Shell("x".to_owned()),
        };
        let mut step = Step::new(StepId::new(format!("s{index}")), String::new(), work);
        step.needs = (0..index)
            // What a condition asks about is waited for: the language sees to that.
            .filter(|need| plan.needs & (1 << need) != 0 || plan.kind == 6 && *need == 0)
            .collect();
        step.on_error = if plan.kind == 2 {
            OnError::Continue
        } else {
            OnError::Fail
        };
        step.optional = plan.kind == 3;
        step.check = (plan.kind == 4).then(|| "y".to_owned());
        step.condition = match plan.kind {
            5 => Condition::PrerequisitesMet,
            6 => Condition::Expr(condition::parse("steps.s0.status == 'failed'").expect("parses")),
            _ => Condition::Satisfied,
        };
        step.retry = (plan.kind == 7).then_some(Retry {
            max_attempts: 2,
            backoff_multiplier: 2.0,
            initial_delay: Duration::from_secs(1),
        });
        step
    });
    Workflow {
        id: "w".to_owned(),
        name: String::new(),
        description: String::new(),
        auto_execution: None,
        features: Vec::new(),
        overlap: None,
        max_parallel: (plans.len() > 4).then_some(2),
        version: String::new(),
        settings: Vec::new(),
        metadata: Vec::new(),
        steps: steps.collect(),
    }
}

pub(super) fn run() -> RunId {
    RunId::new("r")
}

/// Something that happens, picked by two numbers.
pub(super) fn happen(world: &mut World, what: u8, which: u8) {
    let pick = |len: usize| usize::from(which) % len.max(1);
    let tasks: Vec<TaskId> = world.tasks.keys().cloned().collect();
    let task = tasks[pick(tasks.len())].clone();
    let alive: Vec<TaskId> = world.alive.keys().cloned().collect();
    match what {
        0..=19 if !world.pending.is_empty() => {
            let place = pick(world.pending.len());
            world.answer(place);
        }
        20..=34 if !alive.is_empty() => {
            let end = match which % 5 {
                0 => failed(FailureClass::Exit),
                1 => stopped(),
                _ => AttemptEnd::default(),
            };
            world.end(&alive[pick(alive.len())], end);
        }
        35 if !alive.is_empty() => {
            let id = &alive[pick(alive.len())];
            let number = world.alive.remove(id).expect("alive");
            world.report(id, number, Report::Vanished);
        }
        36 => drop(world.command(Command::CancelRun(run()))),
        37 => drop(world.command(Command::CancelTask(task))),
        38 => drop(world.command(Command::Resume(run()))),
        39 => drop(world.command(Command::Retry(run(), None))),
        40 => {
            let step = world.tasks[&task].step.id.to_string();
            let _ = world.command(Command::Retry(run(), Some(step)));
        }
        41 => drop(world.command(Command::RetryTask(task))),
        42 => {
            let step = world.tasks[&task].step.id.to_string();
            let _ = world.command(Command::Accept(run(), step));
        }
        43 => world
            .command(Command::StopAll(StopReason::Requeue))
            .expect("always"),
        44 => world.crash(which.is_multiple_of(2)),
        45 => world.lose_next = true,
        46 => world
            .command(Command::Pause(Some("x".to_owned())))
            .expect("always"),
        47 => world.command(Command::Pause(None)).expect("always"),
        48 => world
            .command(Command::Scale(u32::from(which % 4)))
            .expect("always"),
        49 => {
            let at = world.state.next_due().unwrap_or(world.now);
            world.now = world.now.max(at);
            world.input(crate::machine::Input::Tick);
        }
        50 => {
            let settings = TenantSettings {
                auto_execution: which.is_multiple_of(2),
                max_parallel: which.is_multiple_of(3).then_some(1),
                ..TenantSettings::default()
            };
            let settings = Arc::new(settings);
            world.state.set_tenant(&super::world::repo(), settings);
            world.input(crate::machine::Input::Tick);
        }
        51 => world.clashes = 1,
        _ => {
            use super::world::Answer::*;
            let step = world.tasks[&task].step.id.to_string();
            let answers = [
                Conflict,
                Says("bad"),
                Secret,
                Unverified,
                NoRoom,
                Fail(FailureClass::Spawn),
                Fail(FailureClass::Check),
            ];
            world
                .answers
                .push((step, answers[pick(answers.len())].clone()));
        }
    }
}

/// It ended, or a person has a say.
pub(super) fn is_at_rest(world: &World) -> bool {
    match &world.runs[&run()].state {
        RunState::Ended { .. } | RunState::Conflicted { .. } => true,
        _ => world
            .tasks
            .values()
            .any(|task| matches!(task.state, TaskState::NeedsInput { .. })),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: every run ends or waits for a person, and a person who goes
    /// on gets it done.
    #[test]
    fn every_run_ends(plans in plans(), what in prop::collection::vec((0u8..56, any::<u8>()), 0..60)) {
        let mut world = World::new(2);
        world.start("r", workflow(&plans));
        for (what, which) in what {
            happen(&mut world, what, which);
        }
        world.lose_next = false;
        world.command(Command::Scale(2)).expect("always");
        world.command(Command::Pause(None)).expect("always");
        world.drain();
        prop_assert!(is_at_rest(&world), "{:?}", world.runs);
        world.answers.clear();
        for _ in 0..3 {
            let _ = world.command(Command::Resume(run()));
            world.drain();
        }
        let state = &world.runs[&run()].state;
        prop_assert!(matches!(state, RunState::Ended { outcome: RunOutcome::Completed, .. }), "{state:?}");
        let gone = |task: &crate::task::Task| !matches!(task.state, TaskState::Completed { .. }) || task.worktree.is_none();
        prop_assert!(world.tasks.values().all(|task| task.is_ended() && gone(task)));

        prop_assert_eq!((world.state.tasks().count(), world.state.runs().count()), (0, 0));
        prop_assert!(world.state.flight.releasing.is_empty() && world.state.flight.finishing.is_empty());
    }

    /// Where each step has a fate of its own, the end is the same in any order, with any crash, any lost
    /// turn and any stop of the daemon.
    #[test]
    fn the_end_does_not_depend_on_the_way(plans in plans(), order in prop::collection::vec((0u8..24, any::<u8>()), 0..80)) {
        let straight = go(&plans, &[]);
        let crooked = go(&plans, &order);
        prop_assert_eq!(straight, crooked);
    }
}

/// Runs a workflow to its end: the statuses of its steps, and of itself.
fn go(plans: &[Plan], order: &[(u8, u8)]) -> Vec<String> {
    let mut world = World::new(2);
    world.start("r", workflow(plans));
    let mut order = order.iter();
    for _ in 0..2_000 {
        let (what, which) = order.next().copied().unwrap_or((0, 0));
        match what {
            20 => world.crash(false),
            21 => world.lose_next = true,
            22 => world
                .command(Command::StopAll(StopReason::Requeue))
                .expect("always"),
            _ => {}
        }
        let all = world.pending.len() + world.alive.len();
        if all == 0 {
            let Some(due) = world.state.next_due() else {
                break;
            };
            world.now = due;
            world.input(crate::machine::Input::Tick);
            continue;
        }
        let place = usize::from(which) % all;
        if place < world.pending.len() {
            decide_fate(&mut world, plans, place);
            world.answer(place);
        } else {
            let id = world
                .alive
                .keys()
                .nth(place - world.pending.len())
                .cloned()
                .expect("alive");
            let end = match fate(&world, plans, &id) {
                0 => failed(FailureClass::Timeout),
                _ => AttemptEnd::default(),
            };
            world.end(&id, end);
        }
    }
    let steps = world.runs[&run()]
        .tasks
        .iter()
        .map(|id| world.tasks[id].step_status().to_owned());
    steps.chain([super::script::run_status(&world)]).collect()
}

fn fate(world: &World, plans: &[Plan], id: &TaskId) -> u8 {
    let (_, index) = world.tasks[id].run.as_ref().expect("a step");
    plans[*index].fate
}

/// What its verification finds is a step's fate, too.
fn decide_fate(world: &mut World, plans: &[Plan], place: usize) {
    world.answers.clear();
    let crate::machine::Effect::Verify(id) = world.pending[place].0.clone() else {
        return;
    };
    let step = world.tasks[&id].step.id.to_string();
    match fate(world, plans, &id) {
        1 => world.answers.push((step, super::world::Answer::Unverified)),
        2 => world
            .answers
            .push((step, super::world::Answer::Fail(FailureClass::Artifact))),
        _ => {}
    }
}
