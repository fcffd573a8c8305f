//! The last words of a run, and what ends following.

use super::{PLAIN, attempt, error, run, step};
use crate::diagnostics;
use crate::exit::Exit;
use crate::render::{ending, is_over};
use protocol::error::Diagnostic;
use protocol::run::{Conflict, Run};
use std::collections::BTreeMap;

fn words(run: &Run) -> String {
    let tails = BTreeMap::from([("unit".to_owned(), vec!["assertion failed".to_owned()])]);
    ending::render(run, &tails, PLAIN).join("\n")
}

fn says(run: &Run, expected: &[&str]) {
    let words = words(run);
    for text in expected {
        assert!(words.contains(text), "`{text}` is missing in:\n{words}");
    }
}

#[test]
fn a_completed_run_names_its_branch_and_what_to_do() {
    let mut run = run("completed", vec![step("a", "completed")]);
    run.result_branch = Some("offshoot/notes-ab12cd34".to_owned());
    run.result_commit = Some("0123456789abcdef".to_owned());
    assert_eq!(
        words(&run),
        "
✔ notes-ab12cd34 completed in 4.2s, result in branch offshoot/notes-ab12cd34 (012345678)

  offshoot diff notes-ab12cd34   see what it changed
  offshoot apply notes-ab12cd34  put that into your working tree"
    );
}

#[test]
fn a_failed_run_says_why_and_how_to_go_on() {
    let mut broken = step("unit", "failed");
    broken.class = Some("exit".to_owned());
    broken.error = error("exit code 1");
    broken.attempts = vec![attempt(1, "failed"), attempt(2, "failed")];
    broken.attempts[1].log = Some("/state/attempts/t-1-2/log".to_owned());
    let run = run("failed", vec![broken, step("later", "skipped")]);
    says(
        &run,
        &[
            "✘ notes-ab12cd34 failed after 4.2s",
            "  unit  exit code 1 (exit, 2 attempts)\n    │ assertion failed\n",
            "offshoot background logs notes-ab12cd34 unit",
            "offshoot workflow retry notes-ab12cd34",
        ],
    );
}

#[test]
fn what_waits_says_for_what() {
    let mut conflict = step("merge", "needs_input");
    conflict.error = error("the results of its parents do not merge");
    conflict.worktree = Some("/state/worktrees/w".to_owned());
    conflict.conflicts = vec![Conflict {
        path: "a.txt".to_owned(),
        steps: vec!["left".to_owned(), "right".to_owned()],
    }];
    says(
        &run("needs_input", vec![conflict]),
        &[
            "a.txt  changed by left and right",
            "resolve it in /state/worktrees/w, then resume; a commit there says that the rest is right as it lies",
            "offshoot workflow resume notes-ab12cd34",
        ],
    );

    let mut hand_off = step("write", "needs_input");
    hand_off.backend = Some("file".to_owned());
    hand_off.worktree = Some("/my repo/w".to_owned());
    says(
        &run("needs_input", vec![hand_off]),
        &[
            "the command waits in /my repo/w/.cursor-skill-command.txt",
            "execute-skill-command --command-file '/my repo/w/.cursor-skill-command.txt'",
        ],
    );

    let mut untrusted = step("run", "needs_input");
    untrusted.error = Some(protocol::Error::new(
        protocol::ErrorKind::Untrusted,
        "not trusted",
    ));
    says(&run("needs_input", vec![untrusted]), &["offshoot trust"]);
    says(
        &run("failed", vec![step("b", "unverified")]),
        &["offshoot workflow accept notes-ab12cd34 b"],
    );
}

#[test]
fn a_run_is_over_when_nobody_may_still_answer() {
    let check = |status: &str, last: &str, expected: bool, exit: u8| {
        let mut waiting = step("a", "needs_input");
        waiting.attempts = vec![attempt(1, last)];
        let run = run(status, vec![waiting]);
        assert_eq!(is_over(&run), expected, "{status} {last}");
        assert_eq!(Exit::of_run(&run).0, exit);
    };
    check("needs_input", "running", false, 4);
    check("needs_input", "failed", true, 4);
    check("running", "running", false, 0);
    check("queued", "failed", false, 0);
    check("completed", "completed", true, 0);
    check("failed", "failed", true, 1);
    check("cancelled", "cancelled", true, 130);
}

#[test]
fn a_problem_is_underlined() {
    let found = Diagnostic {
        file: "w.yaml".to_owned(),
        line: 2,
        column: 9,
        end_line: 2,
        end_column: 13,
        code: "unknown-step".to_owned(),
        severity: "error".to_owned(),
        message: "there is no step `buld`".to_owned(),
        hint: Some("did you mean `build`?".to_owned()),
    };
    assert_eq!(
        diagnostics::render(&found, "steps:\nneeds: [buld]\n", PLAIN),
        [
            "error: there is no step `buld` [unknown-step]",
            "  at w.yaml:2:9",
            "  2 │ needs: [buld]",
            "    │         ────",
            "  hint: did you mean `build`?",
            "",
        ]
    );
    let nowhere = diagnostics::render(&found, "", PLAIN);
    assert_eq!(nowhere.len(), 4);
}
