//! Run states by inputs.

use super::{Row, tasks};
use crate::attempt::Phase;
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::machine::{Command, Effect, Input, Report, RunReport, State, Turn};
use crate::run::{ResultBranch, Run, RunOutcome, RunState};
use crate::settings::MachineSettings;
use crate::task::TaskState;
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp(1_000_000);

type Named = (&'static str, RunState);

fn states() -> Vec<Named> {
    let ended = |outcome| RunState::Ended {
        at: NOW,
        outcome,
        result: None,
    };
    let failure = Failure::new(FailureClass::Exit, "no");
    let paths = vec!["f".to_owned()];
    vec![
        ("open", RunState::Open),
        ("finishing", RunState::Finishing),
        ("conflicted", RunState::Conflicted { since: NOW, paths }),
        ("completed", ended(RunOutcome::Completed)),
        ("failed", ended(RunOutcome::Failed(failure))),
        ("cancelled", ended(RunOutcome::Cancelled)),
    ]
}

fn inputs() -> Vec<(&'static str, Input)> {
    let run = || RunId::new("r");
    let report = |report| Input::Run { run: run(), report };
    let failure = Failure::new(FailureClass::Disk, "no");
    let branch = ResultBranch {
        name: "offshoot/r".to_owned(),
        commit: "c".to_owned(),
    };
    vec![
        ("its last step ends, all is released", last_step_ends()),
        (
            "result branch made",
            report(RunReport::Finished(Some(branch))),
        ),
        (
            "the results do not merge",
            report(RunReport::Conflict(vec!["f".to_owned()])),
        ),
        ("result branch failed", report(RunReport::Failed(failure))),
        ("`cancel`", Input::Command(Command::CancelRun(run()))),
        ("`resume`", Input::Command(Command::Resume(run()))),
        ("`retry`", Input::Command(Command::Retry(run(), None))),
        (
            "`retry` of a step",
            Input::Command(Command::Retry(run(), Some("a".to_owned()))),
        ),
    ]
}

fn last_step_ends() -> Input {
    let failure = Failure::new(FailureClass::Exit, "no");
    Input::Report {
        task: TaskId::new("after"),
        attempt: 1,
        report: Report::NotStarted(failure),
    }
}

/// All steps have completed, but one has failed where the run has; in an open run the last one ends.
pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (state, run_state) in states() {
        for (input, what) in inputs() {
            rows.extend(row((state, run_state.clone()), input, what));
        }
    }
    rows
}

fn row((state, run_state): Named, input: &'static str, what: Input) -> Option<Row> {
    let mut machine = machine(run_state.clone());
    let mut turn = Turn::default();
    machine.handle(what, NOW, &mut turn).ok()?;
    let run = machine.run(&RunId::new("r")).expect("the run");
    let finishes = turn
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Finish(_)));
    (run.state != run_state || finishes).then(|| Row {
        state,
        input,
        next: name_of(run).to_owned(),
        effects: if finishes { "finish" } else { "" }.to_owned(),
    })
}

fn machine(state: RunState) -> State {
    let (mut run, mut tasks) = tasks::run();
    for task in &mut tasks {
        task.state = TaskState::Completed { at: NOW };
    }
    if let RunState::Ended {
        outcome: RunOutcome::Failed(failure),
        ..
    } = &state
    {
        let (at, failure) = (NOW, failure.clone());
        tasks[1].state = TaskState::Failed { at, failure };
    }
    if let RunState::Open = state {
        tasks::begin(&mut tasks[2], Phase::Starting);
    }
    run.state = state;
    let mut machine = State::new(&MachineSettings::default());
    machine.insert(vec![run], tasks);
    let _ = machine.effects_under_way();
    machine
}

fn name_of(run: &Run) -> &'static str {
    match &run.state {
        RunState::Open => "open",
        RunState::Finishing => "finishing",
        RunState::Conflicted { .. } => "conflicted",
        RunState::Ended { outcome, .. } => match outcome {
            RunOutcome::Completed => "completed",
            RunOutcome::Failed(_) => "failed",
            RunOutcome::Cancelled => "cancelled",
        },
    }
}
