//! `workflow validate`: every problem of every file, each with its place, without a run or a daemon.

use serde_json::Value;
use support::run::text;
use support::sandbox;
use support::schema::assert_document;

#[test]
fn all_problems_of_all_files_with_their_places() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("one.yaml", "steps:\n  - id: a\n    needs: [bb]\n    rnu: x\n    run: make\n  - id: bé\n    needs: [a, c]\n    run: make\n"),
        ("empty.yaml", ""),
        ("good.yaml", "steps:\n  - {id: a, run: make}\n"),
    ]);
    let output = repo
        .call(&[
            "--json",
            "workflow",
            "validate",
            "one.yaml",
            "empty.yaml",
            "good.yaml",
        ])
        .run()
        .expect_code(2);
    let document = output.json();
    assert_document("error", &document);
    assert_eq!(document["error"]["kind"], "invalid_input");
    let found = document["error"]["details"]["diagnostics"]
        .as_array()
        .expect("diagnostics")
        .clone();
    for problem in &found {
        for field in ["line", "column", "end_line", "end_column"] {
            assert!(
                problem[field].as_u64().is_some_and(|number| number >= 1),
                "{problem:#}"
            );
        }
        for field in ["file", "code", "severity", "message"] {
            assert!(!text(problem, field).is_empty(), "{problem:#}");
        }
    }
    let place = |code: &str, file: &str| -> Vec<(u64, u64)> {
        let number = |problem: &Value, field: &str| problem[field].as_u64().expect("a number");
        let of = found
            .iter()
            .filter(|problem| problem["code"] == code && problem["file"] == file);
        of.map(|problem| (number(problem, "line"), number(problem, "column")))
            .collect()
    };
    assert_eq!(place("unknown-step", "one.yaml"), [(3, 13), (7, 16)]);
    assert_eq!(place("unknown-key", "one.yaml"), [(4, 5)]);
    assert_eq!(place("empty-file", "empty.yaml"), [(1, 1)]);
    let typo = found
        .iter()
        .find(|problem| problem["code"] == "unknown-key")
        .expect("the typo");
    assert!(text(typo, "hint").contains("run"), "{typo:#}");
    assert_eq!(sandbox.daemon_pid(), None, "validating started a daemon");
}

#[test]
fn people_get_them_on_stderr() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, needs: [b], run: make}\n")]);
    let output = repo
        .offshoot(&["workflow", "validate", "w.yaml"])
        .expect_code(2);
    assert!(output.stderr.contains("w.yaml:2:21"), "{output}");
    assert!(output.stderr.contains("unknown-step"), "{output}");
    let good = repo.call(&["workflow", "validate", "w.yaml"]).run();
    assert!(
        !good.stdout.contains('\u{1b}') && !good.stderr.contains('\u{1b}'),
        "colour off a terminal"
    );
}

#[test]
fn a_run_of_a_broken_file_shows_the_same() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, needs: [a], run: make}\n")]);
    let validated = repo
        .offshoot(&["--json", "workflow", "validate", "w.yaml"])
        .expect_code(2)
        .json();
    let run = repo
        .offshoot(&["--json", "run", "w.yaml"])
        .expect_code(2)
        .json();
    assert_eq!(validated["error"]["details"], run["error"]["details"]);
    assert_eq!(run["error"]["details"]["diagnostics"][0]["code"], "cycle");
}

#[test]
fn files_that_are_no_workflow_are_told_why() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("list.yaml", "- a\n"),
        ("tabs.yaml", "steps:\n\t- x\n"),
        ("none.yaml", "name: x\n"),
    ]);
    for (file, code) in [
        ("list.yaml", "not-a-workflow"),
        ("tabs.yaml", "yaml-tab"),
        ("none.yaml", "no-steps"),
    ] {
        let document = repo
            .offshoot(&["--json", "workflow", "validate", file])
            .expect_code(2)
            .json();
        assert_eq!(
            document["error"]["details"]["diagnostics"][0]["code"], code,
            "{document:#}"
        );
    }
}

#[test]
fn files_that_can_run_are_listed_and_drawn() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, title: First, run: make}\n  - {id: b, needs: [a], run: make}\n",
    )]);
    let good = repo.json(&["workflow", "validate", "w.yaml"]);
    assert_document("validated", &good);
    assert_eq!(good["files"][0]["steps"], 2);
    let graph = repo.json(&["workflow", "graph", "w.yaml"]);
    assert_document("graph", &graph);
    assert_eq!(
        graph["edges"],
        serde_json::json!([{"from": "a", "to": "b"}])
    );
    for (format, words) in [("mermaid", "flowchart"), ("dot", "digraph")] {
        let drawn = repo
            .offshoot(&["workflow", "graph", "w.yaml", "--format", format])
            .expect_code(0);
        assert!(
            drawn.stdout.contains(words) && drawn.stdout.contains("First"),
            "{drawn}"
        );
    }
}
