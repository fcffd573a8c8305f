//! Cancelling at any moment, in states that are too short to be met on purpose.

use crate::bed::{Chance, SIX, counted, running, wait_for, with_work};
use support::run::{id, step, text};
use support::{LIMIT, sandbox, wait_until};

#[test]
fn a_run_cancelled_at_any_moment_ends_and_leaves_nothing() {
    let sandbox = sandbox!();
    with_work(&sandbox);
    let repo = sandbox.repo(&[("w.yaml", SIX)]);
    let mut chance = Chance::new();
    for _ in 0..14 {
        let run = id(&repo.detach(&["w.yaml"]));
        let _: Option<()> = chance.moment(900, || None);
        let answer = repo.offshoot(&["--json", "workflow", "cancel", &run]);
        // It may have been over by then.
        assert!(matches!(answer.code, 0 | 2 | 130), "{answer}");
        let end = repo.wait_end(&run);
        let status = text(&end, "status");
        assert!(
            status == "cancelled" || (answer.code == 2 && status == "completed"),
            "{answer}\n{end:#}"
        );
        for step in end["steps"].as_array().expect("steps") {
            assert!(
                matches!(text(step, "status"), "completed" | "cancelled" | "skipped"),
                "{step:#}"
            );
            // What completed stays.
            if step["status"] == "completed" {
                let file = format!("{}.txt", text(step, "id"));
                assert!(repo.has(text(step, "branch"), &file), "{step:#}");
            }
        }
        wait_until("agents to be gone", LIMIT, || {
            running(&sandbox, "supervise").is_empty().then_some(())
        });
    }
    // Steps that did not complete keep their trees, until somebody lets them go.
    repo.offshoot(&["worktree", "prune", "--all"])
        .expect_code(0);
    wait_until("worktrees to be gone", LIMIT, || {
        (repo.git(&["worktree", "list"]).lines().count() == 1).then_some(())
    });
    let status = repo.json(&["background", "status"]);
    assert_eq!(status["pool"]["busy"], 0, "{status:#}");
}

#[test]
fn a_run_that_waits_for_a_secret_can_be_cancelled() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, env: [NOT_THERE], run: touch a}\n",
    )]);
    let run = id(&repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(4)
        .json());
    repo.offshoot(&["workflow", "cancel", &run]);
    assert_eq!(repo.wait_end(&run)["status"], "cancelled");
}

#[test]
fn a_cancel_survives_the_daemon() {
    let sandbox = sandbox!();
    // It takes its time to go: the daemon is killed in between.
    sandbox.script("slow", "trap 'mkdir -p \"$HOME/term\"; await-file \"$HOME/go\"; exit 0' TERM\nmkdir \"$HOME/on\"\nwhile :; do sleep 0.05; done");
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: slow}\n  - {id: b, run: 'echo b >> \"$HOME/done\"'}\n",
    )]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    repo.wait_step(&run, "a", "running");
    let cancel = repo.spawn(&["workflow", "cancel", &run]);
    wait_for(&sandbox, "term");
    support::process::kill9(sandbox.daemon_pid().expect("a daemon"));
    crate::bed::make(&sandbox, "go");
    let end = repo.wait_end(&run);
    drop(cancel);
    assert_eq!(end["status"], "cancelled", "{end:#}");
    assert_eq!(step(&end, "a")["status"], "cancelled");
    assert!(counted(&sandbox, "done").is_empty());
}
