//! `kill -9` of the daemon at any moment, alone or with everything else.

use crate::bed::{
    Chance, SIX, counted, lock_holder, make, running, wait_for, wait_nobody, with_work,
};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::collections::BTreeMap;
use support::process::kill9;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

const STEPS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
/// Tasks beside the run.
const TASKS: usize = 6;
/// Kills of one run. After these it may go to its end in peace: a daemon that is killed faster than it can
/// start proves nothing.
const KILLS: u32 = 10;

fn status(repo: &Repo<'_>, run: &str) -> String {
    text(&repo.run(run), "status").to_owned()
}

/// Kills the daemon, whatever it is doing, again and again; each time a client starts the next one.
fn harass(sandbox: &Sandbox, repo: &Repo<'_>, run: &str, chance: &mut Chance) -> u32 {
    let mut kills = 0;
    for _ in 0..KILLS {
        let daemon = wait_until("a daemon", LIMIT, || lock_holder(sandbox));
        let _: Option<()> = chance.moment(250, || None);
        // One that a supervisor started meanwhile may have the lock by now; then this one is gone.
        if kill(Pid::from_raw(daemon), Signal::SIGKILL).is_ok() {
            kills += 1;
        }
        if status(repo, run) != "running" {
            break;
        }
    }
    kills
}

#[track_caller]
fn all_once(repo: &Repo<'_>, run: &Value) {
    assert_eq!(run["status"], "completed", "{run:#}");
    for name in STEPS {
        let step = step(run, name);
        let attempts = step["attempts"].as_array().expect("attempts");
        let completed = attempts
            .iter()
            .filter(|attempt| attempt["status"] == "completed");
        assert_eq!(completed.count(), 1, "{step:#}");
        let file = format!("{name}.txt");
        assert_eq!(repo.show(text(run, "result_branch"), &file).trim(), name);
    }
}

#[test]
fn a_daemon_killed_at_any_moment_loses_nothing_and_does_nothing_twice() {
    let sandbox = sandbox!();
    with_work(&sandbox);
    sandbox.user_settings("offshoot:\n  pool_size: 3\n");
    let repo = sandbox.repo(&[("w.yaml", SIX)]);
    let mut chance = Chance::new();
    let mut kills = 0;
    const ROUNDS: usize = 4;
    for round in 0..ROUNDS {
        for task in 0..TASKS {
            let script = format!("sleep 0.02; echo t{round}-{task} >> \"$HOME/done\"");
            repo.json(&[
                "background",
                "submit",
                "--no-worktree",
                "--",
                "sh",
                "-c",
                &script,
            ]);
        }
        let run = id(&repo.detach(&["w.yaml"]));
        kills += harass(&sandbox, &repo, &run, &mut chance);
        all_once(&repo, &repo.wait_end(&run));
    }
    wait_until("all tasks to end", LIMIT, || {
        let queue = repo.json(&["background", "status"])["queue"].clone();
        (queue["queued"] == 0 && queue["running"] == 0 && queue["retry_wait"] == 0).then_some(())
    });
    let mut expected: BTreeMap<String, usize> = STEPS.map(|name| (name.to_owned(), ROUNDS)).into();
    for (round, task) in (0..ROUNDS).flat_map(|round| (0..TASKS).map(move |task| (round, task))) {
        expected.insert(format!("t{round}-{task}"), 1);
    }
    assert_eq!(counted(&sandbox, "done"), expected, "after {kills} kills");
    assert!(kills >= 8, "only {kills} kills");
    // The trees of completed steps are gone, too.
    wait_until("worktrees to be gone", LIMIT, || {
        (repo.git(&["worktree", "list"]).lines().count() == 1).then_some(())
    });
}

#[test]
fn a_daemon_killed_during_a_check_looks_again_and_runs_nothing_again() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - id: a\n    run: echo a >> \"$HOME/done\"; touch a\n    check: mkdir -p \"$HOME/checking\"; await-file \"$HOME/go\"\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "checking");
    kill9(sandbox.daemon_pid().expect("a daemon"));
    make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert_eq!(
        counted(&sandbox, "done"),
        BTreeMap::from([("a".to_owned(), 1)])
    );
}

#[test]
fn after_a_power_failure_the_run_goes_on_from_what_was_stored() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: 'echo a >> \"$HOME/done\"; touch a'}\n  \
                    - {id: b, run: 'mkdir -p \"$HOME/on\"; await-file \"$HOME/go\"; echo b >> \"$HOME/done\"; touch b'}\n  - {id: c, run: touch c}\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    repo.wait_step(&run, "b", "running");
    // Whoever dies last must not have seen the others die.
    let all = sandbox.processes();
    for found in &all {
        let _ = kill(Pid::from_raw(found.pid), Signal::SIGSTOP);
    }
    support::process::clear(&sandbox.processes());
    wait_nobody(&sandbox);
    for left in ["daemon.sock", "daemon.lock"] {
        assert!(
            sandbox.state().join(left).exists(),
            "{left} is what a power failure leaves"
        );
    }
    make(&sandbox, "go");
    sandbox.start_daemon();
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert_eq!(
        counted(&sandbox, "done"),
        BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 1)])
    );
    let attempts = step(&end, "b")["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.len(), 2, "{attempts:#?}");
    assert_eq!(attempts[0]["status"], "interrupted", "{attempts:#?}");
    assert_eq!(attempts[0]["class"], "interrupted");
}

#[test]
fn a_lock_file_that_names_a_stranger_ends_nobody() {
    let sandbox = sandbox!();
    sandbox.start_daemon();
    kill9(sandbox.daemon_pid().expect("a daemon"));
    // After a reboot the number belongs to somebody else: to this test, for example.
    let words = format!("{{\"pid\":{},\"version\":\"0.0.1\"}}\n", std::process::id());
    support::tree::put(&sandbox.state().join("daemon.lock"), &words);
    sandbox.start_daemon();
    assert_eq!(running(&sandbox, "daemon").len(), 1);
    sandbox.offshoot(&["background", "stop"]).expect_code(0);
}
