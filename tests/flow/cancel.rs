//! Cancelling a run in every state it can be in: no process is left, and what completed stays.

use serde_json::Value;
use support::run::{id, statuses, step, text};
use support::{Repo, Sandbox, sandbox};

#[track_caller]
fn cancel(repo: &Repo<'_>, run: &str) -> Value {
    let answer = repo.offshoot(&["--json", "workflow", "cancel", run]);
    assert!(matches!(answer.code, 0 | 130), "{answer}");
    let end = repo.wait_end(run);
    assert_eq!(end["status"], "cancelled", "{end:#}");
    end
}

#[track_caller]
fn no_agents(sandbox: &Sandbox) {
    support::wait_until("agents to be gone", support::LIMIT, || {
        let agents = sandbox
            .processes()
            .into_iter()
            .filter(|found| found.command.contains("await-file"));
        (agents.count() == 0).then_some(())
    });
}

#[test]
fn while_running() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: touch a}\n  - {id: b, run: await-file /nowhere}\n  - {id: c, run: touch c}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = id(&repo.detach(&["w.yaml"]));
    repo.wait_step(&run, "b", "running");
    let end = cancel(&repo, &run);
    assert_eq!(
        statuses(&end),
        [("a", "completed"), ("b", "cancelled"), ("c", "cancelled")].into()
    );
    assert!(
        repo.has(text(step(&end, "a"), "branch"), "a"),
        "the completed step's work is gone"
    );
    no_agents(&sandbox);
    // Cancelling again is refused, and says so.
    let again = repo
        .call(&["--json", "workflow", "cancel", &run])
        .run()
        .expect_code(2);
    assert_eq!(again.json()["error"]["kind"], "refused");
}

#[test]
fn while_queued() {
    let sandbox = sandbox!();
    sandbox.user_settings("offshoot:\n  pool_size: 1\n");
    let repo = sandbox.repo(&[
        (
            "long.yaml",
            "steps:\n  - {id: a, run: await-file /nowhere}\n",
        ),
        ("w.yaml", "steps:\n  - {id: a, run: touch a}\n"),
    ]);
    let first = id(&repo.detach(&["long.yaml"]));
    repo.wait_step(&first, "a", "running");
    let second = id(&repo.detach(&["w.yaml"]));
    repo.wait_step(&second, "a", "queued");
    let end = cancel(&repo, &second);
    assert_eq!(step(&end, "a")["attempts"], serde_json::json!([]));
    cancel(&repo, &first);
    no_agents(&sandbox);
}

#[test]
fn while_verifying() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: touch a, check: await-file /nowhere}\n",
    )]);
    let run = id(&repo.detach(&["w.yaml"]));
    repo.wait_step(&run, "a", "verifying");
    cancel(&repo, &run);
    no_agents(&sandbox);
}

#[test]
fn while_waiting_for_another_attempt() {
    let sandbox = sandbox!();
    let workflow =
        "steps:\n  - {id: a, run: exit 1, retry: {max_attempts: 2, initial_delay_seconds: 50}}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = id(&repo.detach(&["w.yaml"]));
    repo.wait(&run, "the first attempt to fail", |run| {
        step(run, "a")["attempts"][0]["status"] == "failed"
    });
    let end = cancel(&repo, &run);
    assert_eq!(
        step(&end, "a")["attempts"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn while_a_hand_off_is_open() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, agent: analyst, action: look}\n",
    )]);
    let run = id(&repo.detach(&["w.yaml"]));
    repo.wait_step(&run, "a", "needs_input");
    let end = cancel(&repo, &run);
    assert_eq!(statuses(&end), [("a", "cancelled")].into());
}

#[test]
fn while_a_conflict_waits_for_a_person() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: echo a > x, needs: []}\n  - {id: b, run: echo b > x, needs: []}\n  - {id: c, needs: [a, b], run: touch c}\n";
    let repo = sandbox.repo(&[("x", "base\n"), ("w.yaml", workflow)]);
    let run = id(&repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(4)
        .json());
    cancel(&repo, &run);
}
