//! Large runs: nothing is looked at for every step each time something happens.

use super::world::World;
use crate::ids::RunId;
use crate::machine::{Command, Input, State, Turn};
use crate::settings::MachineSettings;
use crate::workflow::{Step, Work};
use std::time::{Duration, Instant};

#[test]
fn a_run_of_many_steps_is_made_and_cancelled_at_once() {
    let text = "steps: [{id: a, run: x}]";
    let mut workflow = crate::language::parse("w.yaml", text.as_bytes())
        .workflow
        .expect("parses");
    let step = workflow.steps[0].clone();
    workflow.steps = (0..5_000)
        .map(|index| Step {
            id: crate::ids::StepId::new(format!("s{index}")),
            needs: if index == 0 {
                Vec::new()
            } else {
                vec![index / 2]
            },
            work: Work::Shell("x".to_owned()),
            ..step.clone()
        })
        .collect();
    let (run, tasks) = World::build("r", workflow, Default::default(), Vec::new());
    let mut state = State::new(&MachineSettings::default());
    let mut turn = Turn::default();
    let now = run.created_at;
    let began = Instant::now();
    let create = Command::CreateRun(Box::new(run), tasks);
    state
        .handle(Input::Command(create), now, &mut turn)
        .expect("a run");
    state.plan(now, &mut turn);
    let cancel = Command::CancelRun(RunId::new("r"));
    state
        .handle(Input::Command(cancel), now, &mut turn)
        .expect("a cancel");
    // A walk over all steps per step would take minutes; this takes a fraction of a second.
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}
