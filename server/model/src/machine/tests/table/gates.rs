//! What a gate does, by its kind and its answer: found by asking the machine.

use super::tasks::{NOW, begin};
use crate::attempt::{AttemptEnd, Phase};
use crate::failure::{Failure, FailureClass};
use crate::ids::{RunId, TaskId};
use crate::machine::{Command, Input, NewRun, Report, State, Turn, Verified};
use crate::run::{Environment, RunOptions, Source};
use crate::settings::{MachineSettings, TenantSettings};
use crate::task::{Product, StopReason, TaskState};
use crate::verdict::Verdict;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

/// A gate by its name on the page.
const GATES: [(&str, &str); 4] = [
    (
        "goes back, and a round is left",
        "on_fail: write, on_pass: ship",
    ),
    (
        "goes back, and its rounds are used up",
        "on_fail: write, on_pass: ship, max_rounds: 1",
    ),
    ("goes aside", "on_fail: aside, on_pass: ship"),
    ("has no `on_fail`", "on_pass: ship"),
];

const ANSWERS: [(&str, Answer); 4] = [
    ("passes", Answer::Good),
    ("does not pass", Answer::Bad),
    (
        "its `run` or `check` fails",
        Answer::Fails(FailureClass::Check),
    ),
    (
        "the step fails for another reason",
        Answer::Fails(FailureClass::Memory),
    ),
];

#[derive(Debug, Clone, Copy)]
enum Answer {
    Good,
    Bad,
    Fails(FailureClass),
}

pub(super) fn rows() -> String {
    let mut out =
        "| a gate that | says | its step is | the step gone back to | `on_pass` | aside |\n\
                   |---|---|---|---|---|---|\n"
            .to_owned();
    for (kind, gate) in GATES {
        for (index, (said, answer)) in ANSWERS.into_iter().enumerate() {
            for stop in [None, Some(StopReason::Cancel)] {
                let name = if index == 0 && stop.is_none() {
                    kind
                } else {
                    ""
                };
                let stopped = if stop.is_some() {
                    "; the step is cancelled"
                } else {
                    ""
                };
                let [own, first, pass, aside] = after(gate, answer, stop);
                writeln!(
                    out,
                    "| {name} | {said}{stopped} | {own} | {first} | {pass} | {aside} |"
                )
                .expect("a string");
            }
        }
    }
    out
}

/// What the steps are when the gate has been asked.
fn after(gate: &str, answer: Answer, stop: Option<StopReason>) -> [String; 4] {
    let text = format!(
        "steps:\n  - {{id: write, run: x, repeats: true}}\n  - {{id: review, run: x, needs: [write], gate: \
         {{condition: steps.review.outputs.ok, {gate}}}}}\n  - {{id: ship, run: x, needs: [review]}}\n  \
         - {{id: aside, run: x, needs: [review]}}\n"
    );
    let workflow = crate::language::parse("w.yaml", text.as_bytes()).workflow;
    let new = NewRun {
        id: RunId::new("r"),
        task_ids: ["write", "review", "ship", "aside"]
            .map(TaskId::new)
            .to_vec(),
        repo: PathBuf::from("/repo"),
        source: Source::File {
            path: "w.yaml".to_owned(),
            text: text.into(),
        },
        workflow: Arc::new(workflow.expect("a workflow")),
        options: RunOptions::default(),
        environment: Arc::new(Environment::default()),
        base: "base".to_owned(),
        after: Vec::new(),
        scheduled_at: None,
    };
    let (run, mut tasks) = new.build(&TenantSettings::default(), NOW);
    tasks[0].state = TaskState::Completed { at: NOW };
    let end = AttemptEnd::default();
    begin(&mut tasks[1], Phase::Verifying { end });
    tasks[1].stop = stop;
    let mut machine = State::new(&MachineSettings::default());
    let mut turn = Turn::default();
    let pause = Input::Command(Command::Pause(Some("the table".to_owned())));
    machine.handle(pause, NOW, &mut turn).expect("a pause");
    machine.insert(vec![run], tasks);
    let verdict = match answer {
        Answer::Fails(class) => Verdict::Failed(Failure::new(class, "no")),
        _ => Verdict::Completed,
    };
    let ok = matches!(answer, Answer::Good);
    let product = Product {
        outputs: vec![("ok".to_owned(), ok.to_string())],
        ..Product::default()
    };
    let report = Input::Report {
        task: TaskId::new("review"),
        attempt: 1,
        report: Report::Verified(Box::new(Verified {
            verdict,
            product,
            wrote: Vec::new(),
        })),
    };
    machine.handle(report, NOW, &mut turn).expect("a report");
    ["review", "write", "ship", "aside"].map(|id| {
        let task = machine.task(&TaskId::new(id)).expect("a step");
        task.step_status().to_owned()
    })
}
