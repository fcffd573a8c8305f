//! The live picture and the lines off a terminal.

use super::{PLAIN, attempt, error, now, run, step};
use crate::render::plain;
use crate::render::tree::{Canvas, Picture, render};
use crate::row::width;
use protocol::run::{Artifact, Run, Step};
use std::collections::BTreeMap;

fn picture(run: &Run, columns: usize, rows: usize) -> Vec<String> {
    let lines = BTreeMap::from([(
        "docs".to_owned(),
        "\u{1b}[1mwriting\u{1b}[0m page 3 of 12".to_owned(),
    )]);
    let picture = Picture {
        run,
        lines: &lines,
        now: now(),
        frame: 0,
    };
    let canvas = Canvas {
        width: columns,
        height: rows,
        style: PLAIN,
    };
    render(&picture, canvas)
}

fn sample() -> Run {
    let mut lint = step("lint", "completed");
    lint.attempts = vec![attempt(1, "completed")];
    lint.duration_ms = 400;
    lint.artifacts = vec![Artifact::default(); 2];
    let mut unit = step("unit-tests", "queued");
    unit.title = "Run all the tests".to_owned();
    unit.attempts = vec![attempt(1, "failed")];
    unit.attempts[0].error = error("exit code 1\nwith more lines");
    unit.duration_ms = 900;
    let mut docs = step("docs", "running");
    docs.attempts = vec![attempt(1, "failed"), attempt(2, "running")];
    let mut report = step("report", "waiting");
    report.needs = vec![
        "lint".to_owned(),
        "unit-tests".to_owned(),
        "docs".to_owned(),
    ];
    let mut ask = step("ask", "needs_input");
    ask.error = error("the command waits for an agent");
    run("running", vec![lint, unit, docs, report, ask])
}

#[test]
fn a_line_per_step() {
    assert_eq!(
        picture(&sample(), 80, 24),
        [
            "⠋ notes-ab12cd34  running  1 of 5 steps  4.2s",
            "",
            "  ✔ lint           0.4s  2 files",
            "  ○ unit-tests     0.9s  exit code 1  is tried again",
            "  ⠋ docs           1.2s  attempt 2  writing page 3 of 12",
            "  · report               after unit-tests, docs",
            "  ! ask                  the command waits for an agent",
        ]
    );
    let wide = picture(&sample(), 100, 24);
    assert_eq!(
        wide[3],
        "  ○ unit-tests  Run all the tests     0.9s  exit code 1  is tried again"
    );
}

#[test]
fn it_fits_every_terminal() {
    let mut many = sample();
    many.steps
        .extend((0..30).map(|index| step(&format!("step-{index}"), "waiting")));
    for columns in [1, 2, 10, 20, 40, 79, 200] {
        for rows in [1, 2, 4, 5, 10, 100] {
            let lines = picture(&many, columns, rows);
            assert!(lines.len() <= rows, "{columns}x{rows}");
            assert!(
                lines.iter().all(|line| width(line) <= columns),
                "{columns}x{rows}: {lines:?}"
            );
        }
    }
}

#[test]
fn what_matters_is_shown_where_not_all_fits() {
    let mut steps: Vec<Step> = (0..10)
        .map(|index| step(&format!("done-{index}"), "completed"))
        .collect();
    steps.push(step("work", "running"));
    steps.push(step("broken", "failed"));
    steps.extend((0..10).map(|index| step(&format!("later-{index}"), "waiting")));
    let lines = picture(&run("running", steps), 80, 7);
    assert_eq!(
        lines[2..],
        [
            "  ⠋ work",
            "  ✘ broken",
            "  · later-0",
            "    and 10 completed, 9 waiting"
        ]
    );
}

#[test]
fn lines_off_a_terminal() {
    let mut before = run("running", vec![step("a", "queued"), step("b", "waiting")]);
    let check = |before: Option<&Run>, after: &Run, expected: &[&str]| {
        assert_eq!(plain::changes(before, after, now(), PLAIN), expected);
    };
    check(None, &before, &["   4.2s  ● notes-ab12cd34 running"]);
    let mut after = before.clone();
    check(Some(&before), &after, &[]);

    after.steps[0].status = "running".to_owned();
    after.steps[0].attempts = vec![attempt(1, "running")];
    check(Some(&before), &after, &["   4.2s  ● a running"]);

    before = after.clone();
    after.steps[0].status = "queued".to_owned();
    after.steps[0].attempts[0].status = "failed".to_owned();
    after.steps[0].attempts[0].error = error("exit code 1");
    check(
        Some(&before),
        &after,
        &["   4.2s  ○ a queued  again after: exit code 1"],
    );

    before = after.clone();
    after.steps[0].status = "running".to_owned();
    after.steps[0].attempts.push(attempt(2, "running"));
    check(Some(&before), &after, &["   4.2s  ● a running  attempt 2"]);

    before = after.clone();
    after.status = "completed".to_owned();
    after.steps[0].status = "completed".to_owned();
    after.steps[0].duration_ms = 2500;
    after.steps[1].status = "skipped".to_owned();
    after.steps[1].class = Some("dependency".to_owned());
    check(
        Some(&before),
        &after,
        &[
            "   4.2s  ✔ a completed  attempt 2  2.5s",
            "   4.2s  – b skipped  dependency",
            "   4.2s  ✔ notes-ab12cd34 completed",
        ],
    );
}
