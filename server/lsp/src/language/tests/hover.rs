//! Hover: keys, steps, files, agents.

use super::{FILE, agents, cursor, reading, run};
use crate::language::Known;
use crate::language::hover::hover;
use std::sync::Arc;

/// The text that is shown, and what it is shown for.
#[track_caller]
fn check(known: &Known, marked: &str, expected: &str, of: &str) {
    let (text, at) = cursor(marked);
    let shown = hover(&reading(FILE, &text), at, known);
    let (markdown, range) = shown.unwrap_or_else(|| panic!("nothing in\n{marked}"));
    assert_eq!(markdown, expected, "in\n{marked}");
    let line = text.lines().nth(range.start.line as usize).unwrap();
    let line: Vec<char> = line.chars().collect();
    let range = range.start.column as usize..range.end.column as usize;
    assert_eq!(line[range].iter().collect::<String>(), of);
}

fn nothing_known() -> Known {
    Known {
        run: None,
        agents: Arc::new(agents()),
    }
}

#[test]
fn keys_say_what_they_mean() {
    let known = nothing_known();
    check(
        &known,
        "steps:\n  - id: a\n    run: x\n    on‸_error: fail\n",
        "**`on_error`**: `fail` or `continue`\n\nWhat its failure means for the run.\n\nWithout it: fail\n\nExample: `on_error: continue`",
        "on_error",
    );
    check(
        &known,
        "workf‸low:\n  steps: [{run: x}]\n",
        "**`workflow`**: mapping\n\nHolds the workflow; a flat file has its keys at the top.",
        "workflow",
    );
    check(
        &known,
        "workflow:\n  steps:\n    - run: x\n      retry: {max_att‸empts: 2}\n",
        "**`max_attempts`**: number from 1\n\nAttempts in all.\n\nWithout it: 3\n\nExample: `max_attempts: 3`",
        "max_attempts",
    );
}

#[test]
fn steps_say_what_became_of_them() {
    let text = "steps:\n  - id: a\n    title: The first\n    run: make\n  - {id: b, needs: [‸a], agent: reviewer, action: review-code}\n";
    check(
        &nothing_known(),
        text,
        "**a**: The first\n\nRuns `make`",
        "a",
    );
    check(
        &run("failed", &[("a", "failed"), ("b", "waiting")]),
        text,
        "**a**: The first\n\nRuns `make`\n\n---\n\n**failed (exit), 1.2 s** · attempt 2\n\nBranch `offshoot-step/w-1/a`\n\nRun `w-1`",
        "a",
    );
    check(
        &run("running", &[("a", "completed"), ("b", "running")]),
        "steps:\n  - id: a\n    run: make\n  - {id: b‸, needs: [a], agent: reviewer, action: review-code}\n",
        "**b**\n\n`@reviewer review-code`\n\nWaits for `a`.\n\n---\n\n**running** · attempt 2\n\nRun `w-1`",
        "b",
    );
}

#[test]
fn files_say_who_makes_and_who_wants_them() {
    check(
        &nothing_known(),
        "steps:\n  - {id: a, run: x, creates: [src/‸]}\n  - {id: b, run: x, requires: [src/]}\n",
        "**src/**\n\nCreated by `a`.\n\nRequired by `b`.",
        "src/",
    );
    check(
        &nothing_known(),
        "steps:\n  - {id: b, run: x, requires: [\"‸src/x\"]}\n",
        "**src/x**\n\nCreated by no step of this file: it must be in the repository.\n\nRequired by `b`.",
        "src/x",
    );
}

#[test]
fn agents_say_what_they_are_set_to() {
    check(
        &nothing_known(),
        "steps:\n  - {agent: ‸reviewer, action: review-code}\n",
        "**@reviewer**\n\nDone by the agent `mine` (`offshoot.personas.reviewer`, project): `my-agent --print {prompt}`\n\n`review-code`: Reviews code.",
        "reviewer",
    );
    check(
        &nothing_known(),
        "steps:\n  - agent: analyst‸\n    prompt: x\n",
        "**@analyst**\n\nNo agent is set for it: the step is handed over in files.",
        "analyst",
    );
}

#[test]
fn other_places_say_nothing() {
    for marked in [
        "steps:\n  - run: |\n      ma‸ke\n",
        "steps: # ‸\n  - run: x\n",
        "steps:\n  - {run: x, nonsen‸se: 1}\n",
        "jobs: {}\nst‸eps: []\n",
    ] {
        let (text, at) = cursor(marked);
        let shown = hover(&reading(FILE, &text), at, &nothing_known());
        assert_eq!(shown, None, "{marked}");
    }
}
