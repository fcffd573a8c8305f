//! Hand-offs as a whole workflow sees them: what an agent says of another attempt.

use serde_json::Value;
use std::path::PathBuf;
use support::run::{id, step, text};
use support::tree::put;
use support::{LIMIT, Repo, sandbox, wait_until};

const WORKFLOW: &str = "steps:\n  - {id: a, agent: analyst, action: plan, retry: {max_attempts: 3, initial_delay_seconds: 0.01}}\n";

/// The folder where the attempt with this number waits for its agent.
fn place(repo: &Repo<'_>, attempt: u64) -> PathBuf {
    wait_until("the command file", LIMIT, || {
        let trees = std::fs::read_dir(repo.path.join(".tapps-agents/worktrees")).ok()?;
        let mut trees = trees.flatten().map(|entry| entry.path());
        trees.find(|tree| {
            let command = std::fs::read(tree.join(".cursor-skill-command.txt"));
            let command = command
                .ok()
                .and_then(|bytes| serde_json::from_slice(&bytes).ok());
            command.is_some_and(|command: Value| command["attempt"] == attempt)
        })
    })
}

fn fail(repo: &Repo<'_>, attempt: u64, retryable: &str) {
    let status = format!(
        r#"{{"version": "1.0", "status": "failed", "error": {{"message": "no database"{retryable}}}}}"#
    );
    put(
        &place(repo, attempt).join(".cursor-skill-status.json"),
        &status,
    );
}

fn attempts(run: &Value) -> usize {
    step(run, "a")["attempts"].as_array().map_or(0, Vec::len)
}

#[test]
fn what_an_agent_calls_hopeless_is_not_tried_again_but_by_a_person() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let run = id(&repo.detach(&["w.yaml"]));
    // It leaves the step's `retry` its word.
    fail(&repo, 1, "");
    fail(&repo, 2, r#", "retryable": false"#);
    let end = repo.wait_end(&run);
    assert_eq!((&end["status"], attempts(&end)), (&"failed".into(), 2));
    let error = &step(&end, "a")["error"];
    assert_eq!(
        error["message"],
        "no database; it is not tried again: another attempt would end the same way"
    );
    assert_eq!(error["details"]["retryable"], false);
    let shown = repo.offshoot(&["workflow", "show", &run]);
    assert!(shown.stdout.contains("it is not tried again"), "{shown}");

    // A person's retry has all its attempts.
    repo.offshoot(&["workflow", "retry", &run, "--detach"])
        .expect_code(0);
    fail(&repo, 3, r#", "retryable": true"#);
    fail(&repo, 4, r#", "retryable": "no""#);
    put(
        &place(&repo, 5).join(".cursor-skill-status.json"),
        r#"{"status": "completed"}"#,
    );
    let end = repo.wait_end(&run);
    assert_eq!((&end["status"], attempts(&end)), (&"completed".into(), 5));
    assert_eq!(text(step(&end, "a"), "status"), "completed");
    sandbox.finish();
}

#[test]
fn nor_is_what_a_person_stopped() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    for status in ["cancelled", "timeout"] {
        let run = id(&repo.detach(&["w.yaml"]));
        let answer = format!(
            r#"{{"status": "{status}", "error": {{"message": "a person stopped it", "retryable": false}}}}"#
        );
        put(&place(&repo, 1).join(".cursor-skill-status.json"), &answer);
        let end = repo.wait_end(&run);
        assert_eq!((&end["status"], attempts(&end)), (&"failed".into(), 1));
        let message = text(&step(&end, "a")["error"], "message").to_owned();
        assert!(
            message.starts_with("a person stopped it; it is not tried again"),
            "{message}"
        );
    }
    sandbox.finish();
}
