//! The workflow language, driven by data: a file and what it comes to.

mod forms;
mod fuzz;
mod gates;
mod limits;
mod ordering;
mod outline;
mod overlaps;
mod places;
mod problems;
mod spots;
mod table;

use super::{Parsed, parse};
use crate::diagnostic::Diagnostic;
use crate::workflow::{Step, Workflow};

/// `line:column-line:column code severity message | hint`, counted from 1 as people do.
fn render(diagnostic: &Diagnostic) -> String {
    let Diagnostic {
        range,
        code,
        severity,
        message,
        hint,
    } = diagnostic;
    let place = |at: crate::diagnostic::Position| format!("{}:{}", at.line + 1, at.column + 1);
    let hint = hint
        .as_ref()
        .map(|hint| format!(" | {hint}"))
        .unwrap_or_default();
    format!(
        "{}-{} {code} {severity} {message}{hint}",
        place(range.start),
        place(range.end)
    )
}

fn read(yaml: &str) -> Parsed {
    parse("dir/My Flow.yaml", yaml.as_bytes())
}

/// The problems of this file are exactly these.
#[track_caller]
fn check(yaml: &str, expected: &[&str]) {
    let found: Vec<String> = read(yaml).diagnostics.iter().map(render).collect();
    assert_eq!(found, expected, "in\n{yaml}\nfound\n{}", found.join("\n"));
}

/// The workflow of a file without problems.
#[track_caller]
fn workflow(yaml: &str) -> Workflow {
    check(yaml, &[]);
    read(yaml).workflow.expect("no problem, so a workflow")
}

/// The only step of a file with this step, indented by two blanks.
#[track_caller]
fn step(yaml: &str) -> Step {
    let indented = yaml.trim_end().replace('\n', "\n    ");
    workflow(&format!("steps:\n  - {indented}\n"))
        .steps
        .remove(0)
}

/// `id <- needed ids` for each step.
fn order(workflow: &Workflow) -> Vec<String> {
    let id = |index: &usize| workflow.steps[*index].id.as_str().to_owned();
    let steps = workflow.steps.iter();
    steps
        .map(|step| {
            format!(
                "{} <- {}",
                step.id,
                step.needs.iter().map(id).collect::<Vec<_>>().join(" ")
            )
        })
        .collect()
}
