//! Going on by hand: resume, retry, after failures and restarts.

use support::run::{id, statuses, step};
use support::sandbox;

const TWO: &str = "steps:\n  - {id: a, run: 'echo x >> \"$HOME/a\"; touch a'}\n  - {id: b, run: 'test -e \"$HOME/fixed\" && touch b'}\n  - {id: c, run: touch c}\n";

#[test]
fn retry_repeats_what_failed_and_what_follows() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", TWO)]);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    assert_eq!(
        statuses(&run),
        [("a", "completed"), ("b", "failed"), ("c", "skipped")].into()
    );
    std::fs::create_dir(sandbox.path("home/fixed")).expect("the fix");
    repo.offshoot(&["--json", "workflow", "retry", &id(&run), "b"]);
    let run = repo.wait_end(&id(&run));
    assert_eq!(run["status"], "completed", "{run:#}");
    assert_eq!(
        step(&run, "b")["attempts"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(
        std::fs::read_to_string(sandbox.path("home/a")).expect("a ran"),
        "x\n",
        "a ran again"
    );
}

#[test]
fn resume_goes_on_with_everything_that_has_not_completed() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", TWO)]);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    std::fs::create_dir(sandbox.path("home/fixed")).expect("the fix");
    repo.offshoot(&["--json", "workflow", "resume", &id(&run)]);
    let run = repo.wait_end(&id(&run));
    assert_eq!(
        statuses(&run),
        [("a", "completed"), ("b", "completed"), ("c", "completed")].into()
    );
    // A completed run has nothing to go on with.
    let again = repo
        .call(&["--json", "workflow", "resume", &id(&run)])
        .run()
        .expect_code(2);
    assert_eq!(again.json()["error"]["kind"], "refused");
}

#[test]
fn a_run_goes_on_without_its_client_and_over_a_restart() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: 'touch \"$HOME/started\" && await-file \"$HOME/go\" && touch a'}\n  - {id: b, run: touch b}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = repo.detach(&["w.yaml"]);
    support::schema::assert_document("run", &run);
    repo.wait_step(&id(&run), "a", "running");
    support::wait_until("the step", support::LIMIT, || {
        sandbox.path("home/started").exists().then_some(())
    });
    let old = sandbox.daemon_pid().expect("a daemon");
    sandbox.offshoot(&["background", "restart"]).expect_code(0);
    let new = support::wait_until("the new daemon", support::LIMIT, || sandbox.daemon_pid());
    assert_ne!(old, new);
    std::fs::create_dir(sandbox.path("home/go")).expect("the signal to go on");
    let end = repo.wait_end(&id(&run));
    assert_eq!(end["status"], "completed", "{end:#}");
    assert_eq!(
        step(&end, "a")["attempts"].as_array().map(Vec::len),
        Some(1),
        "the step was started again"
    );
}

#[test]
fn two_runs_of_one_workflow_do_not_meet() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: 'mkdir \"$HOME/$OFFSHOOT_RUN_ID\"; await-file \"$HOME/go\"; echo $OFFSHOOT_RUN_ID > mine'}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let runs = [repo.detach(&["w.yaml"]), repo.detach(&["w.yaml"])].map(|run| id(&run));
    assert_ne!(runs[0], runs[1]);
    for run in &runs {
        support::wait_until("both to run", support::LIMIT, || {
            sandbox.path("home").join(run).exists().then_some(())
        });
    }
    std::fs::create_dir(sandbox.path("home/go")).expect("the signal to go on");
    for run in &runs {
        assert_eq!(repo.wait_end(run)["status"], "completed");
        assert_eq!(repo.show(&format!("offshoot/{run}"), "mine").trim(), run);
    }
}

#[test]
fn a_run_starts_from_a_step_while_nothing_else_has_changed() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", TWO)]);
    let from = |step: &str, code: i32| {
        let call = repo.call(&["--json", "run", "w.yaml", "--from", step]);
        call.run().expect_code(code).json()
    };
    // Nothing was done before it.
    let refused = from("b", 2);
    assert_eq!(refused["error"]["kind"], "refused", "{refused:#}");
    let first = repo.call(&["--json", "run", "w.yaml"]).run().expect_code(1);
    let first = first.json();
    std::fs::create_dir(sandbox.path("home/fixed")).expect("the fix");
    let run = from("b", 0);
    assert_eq!(id(&run), id(&first), "the run goes on");
    assert_eq!(run["status"], "completed", "{run:#}");
    let ran = std::fs::read_to_string(sandbox.path("home/a")).expect("a ran");
    assert_eq!(ran, "x\n", "a ran again");
    assert_eq!(from("nowhere", 2)["error"]["kind"], "not_found");
    // Another base, or another text, makes other results of the steps before.
    repo.commit("more", &[("other", "x\n")]);
    let refused = from("c", 2);
    assert!(
        refused["error"]["message"]
            .to_string()
            .contains("HEAD has moved"),
        "{refused:#}"
    );
    repo.write("w.yaml", &TWO.replace("touch c", "touch d"));
    let refused = from("c", 2);
    assert!(
        refused["error"]["message"]
            .to_string()
            .contains("w.yaml has changed"),
        "{refused:#}"
    );
}
