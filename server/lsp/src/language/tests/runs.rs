//! Lenses and hints, state by state.

use super::{FILE, reading, run};
use crate::language::Known;
use crate::language::hints::hints;
use crate::language::lenses::lenses;

const TEXT: &str =
    "# A comment\nid: w\nsteps:\n  - id: a\n    run: x\n  - title: B\n    id: b\n    run: x\n";

/// `line: title, …` of each line with lenses.
#[track_caller]
fn check(known: &Known, expected: &[&str]) {
    let mut lines: Vec<(u32, Vec<String>)> = Vec::new();
    for lens in lenses(&reading(FILE, TEXT), known) {
        let line = lens.range.start.line + 1;
        match lines.last_mut().filter(|(last, _)| *last == line) {
            Some((_, titles)) => titles.push(lens.title),
            None => lines.push((line, vec![lens.title])),
        }
    }
    let shown: Vec<String> = lines
        .into_iter()
        .map(|(line, titles)| format!("{line}: {}", titles.join(", ")))
        .collect();
    assert_eq!(shown, expected);
}

#[test]
fn lenses_follow_the_state() {
    check(
        &Known::default(),
        &["2: Run", "4: Run from here", "6: Run from here"],
    );
    check(
        &run("running", &[("a", "completed"), ("b", "running")]),
        &["2: Cancel", "4: Open diff, Log", "6: Log"],
    );
    check(
        &run("completed", &[("a", "completed"), ("b", "completed")]),
        &[
            "2: Run, Open diff",
            "4: Run from here, Open diff, Log",
            "6: Run from here, Open diff, Log",
        ],
    );
    check(
        &run("failed", &[("a", "failed"), ("b", "waiting")]),
        &[
            "2: Run, Resume",
            "4: Run from here, Retry, Log",
            "6: Run from here",
        ],
    );
    check(
        &run("needs_input", &[("a", "unverified"), ("b", "needs_input")]),
        &["2: Resume, Cancel", "4: Accept, Retry, Log", "6: Log"],
    );
}

#[test]
fn lenses_carry_what_their_command_needs() {
    let all = lenses(&reading(FILE, TEXT), &run("failed", &[("a", "failed")]));
    let found: Vec<_> = all
        .iter()
        .map(|lens| format!("{} {}", lens.command, lens.argument))
        .collect();
    let expected = [
        "offshoot.runWorkflow {\"workflow\":\"file:///r/w.yaml\"}",
        "offshoot.resumeRun {\"run_id\":\"w-1\"}",
        "offshoot.runWorkflow {\"from\":\"a\",\"workflow\":\"file:///r/w.yaml\"}",
        "offshoot.retryStep {\"run_id\":\"w-1\",\"step_id\":\"a\"}",
        "offshoot.showLog {\"run_id\":\"w-1\",\"step_id\":\"a\"}",
        "offshoot.runWorkflow {\"from\":\"b\",\"workflow\":\"file:///r/w.yaml\"}",
    ];
    assert_eq!(found, expected);
    let others = lenses(
        &reading("file:///r/x.yaml", "jobs: {}\n"),
        &Known::default(),
    );
    assert_eq!(others, []);
}

#[test]
fn hints_say_state_and_order() {
    let shown = |text: &str, known: &Known| -> Vec<String> {
        let found = hints(&reading(FILE, text), 0..100, known);
        found
            .iter()
            .map(|hint| format!("{}: {}", hint.line + 1, hint.label))
            .collect()
    };
    assert_eq!(shown(TEXT, &Known::default()), ["7: after a"]);
    assert_eq!(
        shown(TEXT, &run("failed", &[("a", "failed"), ("b", "skipped")])),
        ["4: failed (exit), 1.2 s", "7: skipped", "7: after a"]
    );
    let named = "steps:\n  - {id: a, run: x, creates: [f]}\n  - {id: b, run: x, needs: [a]}\n  - {id: c, run: x, requires: [f]}\n  - {id: d, run: x, condition: steps.a.status == 'failed'}\n";
    assert_eq!(shown(named, &Known::default()), ["4: after a"]);
    assert_eq!(hints(&reading(FILE, TEXT), 0..3, &Known::default()), []);
}
