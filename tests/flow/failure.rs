//! Failing: classes, what follows from them, retries that are given up, verified completion.

use serde_json::json;
use support::run::{statuses, step, text};
use support::sandbox;

#[test]
fn a_failed_step_fails_the_run_and_skips_what_needs_it() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: exit 7}\n  - {id: b, needs: [a], run: touch b}\n  - {id: c, needs: [], run: touch c}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let output = repo.call(&["--json", "run", "w.yaml"]).run().expect_code(1);
    let run = output.json();
    support::schema::assert_document("run", &run);
    assert_eq!(run["status"], "failed");
    assert_eq!(run["error"]["kind"], "failed");
    assert_eq!(
        statuses(&run),
        [("a", "failed"), ("b", "skipped"), ("c", "completed")].into()
    );
    assert_eq!(step(&run, "a")["class"], "exit");
    assert_eq!(
        step(&run, "a")["attempts"].as_array().map(Vec::len),
        Some(1),
        "exit is not retried unasked"
    );
    assert_eq!(step(&run, "a")["attempts"][0]["exit_code"], 7);
    assert_eq!(step(&run, "b")["class"], "dependency");
}

#[test]
fn each_failure_has_its_class() {
    let sandbox = sandbox!();
    let cases = [
        ("run: exit 1", "exit"),
        ("run: kill -KILL $$", "signal"),
        ("run: await-file /nowhere\n    timeout: 1", "timeout"),
        ("run: 'true'\n    check: exit 1", "check"),
        ("run: 'true'\n    creates: [missing.txt]", "artifact"),
    ];
    let steps: String = cases
        .iter()
        .enumerate()
        .map(|(number, (step, _))| format!("  - id: s{number}\n    needs: [root]\n    {step}\n"))
        .collect();
    let workflow = format!("steps:\n  - {{id: root, run: 'true'}}\n{steps}");
    let repo = sandbox.repo(&[("w.yaml", &workflow)]);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    for (number, (text, class)) in cases.iter().enumerate() {
        let step = step(&run, &format!("s{number}"));
        assert_eq!(step["class"], *class, "{text}: {step:#}");
        assert_eq!(step["attempts"][0]["class"], *class, "{text}");
        let message = step["error"]["message"].as_str();
        assert!(message.is_some_and(|message| !message.is_empty()), "{text}");
    }
}

#[test]
fn max_attempts_counts_the_first() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - id: a\n    retry: {max_attempts: 3, initial_delay_seconds: 0.01}\n    run: echo x >> \"$HOME/tries\"; exit 1\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    assert_eq!(
        step(&run, "a")["attempts"].as_array().map(Vec::len),
        Some(3)
    );
    let tries = std::fs::read_to_string(sandbox.path("home/tries")).expect("the step ran");
    assert_eq!(tries, "x\nx\nx\n");
}

#[test]
fn a_retry_starts_from_the_base_again() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - id: a\n    retry: {max_attempts: 2, initial_delay_seconds: 0.01}\n    \
                    run: '[ ! -e left-over ] || exit 9; touch left-over; [ -e \"$HOME/again\" ] || { touch \"$HOME/again\"; exit 1; }'\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
}

#[test]
fn on_error_continue_leaves_the_run_completed() {
    let sandbox = sandbox!();
    let workflow =
        "steps:\n  - {id: a, run: exit 1, on_error: continue}\n  - {id: b, run: touch b}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(0)
        .json();
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(statuses(&run), [("a", "failed"), ("b", "completed")].into());
    assert!(repo.has(text(&run, "result_branch"), "b"));
}

#[test]
fn what_a_check_changes_is_not_committed() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - id: a\n    run: echo done > out.txt\n    check: test -s out.txt && echo spoilt > out.txt && touch dirt\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let branch = text(&run, "result_branch");
    assert_eq!(repo.show(branch, "out.txt"), "done\n");
    assert!(!repo.has(branch, "dirt"));
}

#[test]
fn an_unchanged_artifact_is_a_finding_and_unverified_under_strict() {
    let sandbox = sandbox!();
    let workflow = |verify: &str| {
        format!("steps:\n  - id: a\n    run: 'true'\n    creates: [doc.md]\n{verify}")
    };
    let repo = sandbox.repo(&[
        ("doc.md", "old\n"),
        ("loose.yaml", &workflow("")),
        ("strict.yaml", &workflow("    verify: strict\n")),
    ]);
    let loose = repo
        .call(&["--json", "run", "loose.yaml"])
        .run()
        .expect_code(0)
        .json();
    assert_eq!(
        step(&loose, "a")["finding_list"][0]["code"],
        "unchanged-artifact",
        "{loose:#}"
    );
    assert_eq!(step(&loose, "a")["findings"]["warning"], 1);
    let strict = repo
        .call(&["--json", "run", "strict.yaml"])
        .run()
        .expect_code(1)
        .json();
    assert_eq!(
        statuses(&strict),
        [("a", "unverified")].into(),
        "{strict:#}"
    );

    // `accept` takes it as completed.
    let accepted = repo
        .call(&[
            "--json",
            "workflow",
            "accept",
            &support::run::id(&strict),
            "a",
        ])
        .run();
    let end = repo.wait_end(&support::run::id(&strict));
    assert_eq!(end["status"], "completed", "{accepted}");
}

#[test]
fn logs_can_be_read_and_outlive_worktrees() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: 'echo to-out; echo to-err >&2; touch f'}\n",
    )]);
    let run = repo.json(&["run", "w.yaml"]);
    let log = step(&run, "a")["attempts"][0]["log"]
        .as_str()
        .map(std::path::PathBuf::from)
        .expect("a log");
    repo.offshoot(&["worktree", "prune"]).expect_code(0);
    let text = std::fs::read_to_string(log).expect("the log is there");
    assert!(text.contains("to-out") && text.contains("to-err"), "{text}");
    assert_eq!(
        json!(null),
        step(&repo.run(&support::run::id(&run)), "a")["worktree"]
    );
}
