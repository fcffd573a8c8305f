//! Clients: fifty at once, clients that die, clients nobody reads from.
#![expect(
    clippy::disallowed_methods,
    reason = "a shell pipe is part of the test"
)]

use crate::bed::{counted, make, once, running, wait_for};
use nix::sys::signal::Signal;
use std::process::Command;
use support::process::{kill9, signal};
use support::run::id;
use support::{LIMIT, sandbox, wait_until};

#[test]
fn fifty_clients_at_once_start_one_daemon() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: 'true'}\n")]);
    let calls: Vec<_> = (0..50)
        .map(|number| {
            let script = format!("echo {number} >> \"$HOME/done\"");
            repo.spawn(&[
                "--json",
                "background",
                "submit",
                "--no-worktree",
                "--",
                "sh",
                "-c",
                &script,
            ])
        })
        .collect();
    let tasks: Vec<_> = calls
        .into_iter()
        .map(|call| call.wait().expect_code(0).json())
        .collect();
    assert_eq!(tasks.len(), 50);
    wait_until("all to be done", LIMIT, || {
        (counted(&sandbox, "done").len() == 50).then_some(())
    });
    assert!(counted(&sandbox, "done").values().all(|count| *count == 1));
    wait_until("the daemons that came too late to leave", LIMIT, || {
        (running(&sandbox, "daemon").len() == 1).then_some(())
    });
}

#[test]
fn a_killed_client_takes_nothing_along() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: 'mkdir \"$HOME/on\"; await-file \"$HOME/go\"; touch a'}\n",
    )]);
    let follower = repo.spawn(&["run", "w.yaml"]);
    wait_for(&sandbox, "on");
    let run = id(&repo.json(&["workflow", "list"])["runs"][0]);
    kill9(follower.pid());
    make(&sandbox, "go");
    assert_eq!(repo.wait_end(&run)["status"], "completed");
}

#[test]
fn sigint_once_goes_on_to_the_end_twice_cancels() {
    for (signals, code, status) in [(1, 0, "completed"), (2, 130, "cancelled")] {
        let sandbox = sandbox!();
        let repo = sandbox.repo(&[(
            "w.yaml",
            "steps:\n  - {id: a, run: 'mkdir \"$HOME/on\"; await-file \"$HOME/go\"; touch a'}\n",
        )]);
        let mut follower = repo.spawn(&["--json", "run", "w.yaml"]);
        wait_for(&sandbox, "on");
        let run = id(&repo.json(&["workflow", "list"])["runs"][0]);
        signal(follower.pid(), Signal::SIGINT);
        if signals == 2 {
            // Two at once are one for the kernel: sent until they were two.
            wait_until("the end", LIMIT, || {
                let on = follower.running();
                if on {
                    signal(follower.pid(), Signal::SIGINT);
                }
                (!on).then_some(())
            });
        } else {
            make(&sandbox, "go");
        }
        let output = follower.wait().expect_code(code);
        // One document, whatever happened in between.
        assert_eq!(output.json()["run_id"], run.as_str());
        assert_eq!(repo.wait_end(&run)["status"], status);
    }
}

#[test]
fn sigterm_and_sighup_detach_and_the_run_goes_on() {
    for number in [Signal::SIGTERM, Signal::SIGHUP] {
        let sandbox = sandbox!();
        let repo = sandbox.repo(&[(
            "w.yaml",
            "steps:\n  - {id: a, run: 'mkdir \"$HOME/on\"; await-file \"$HOME/go\"; touch a'}\n",
        )]);
        let follower = repo.spawn(&["run", "w.yaml"]);
        wait_for(&sandbox, "on");
        let run = id(&repo.json(&["workflow", "list"])["runs"][0]);
        signal(follower.pid(), number);
        let output = follower.wait().expect_code(0);
        assert!(
            output.stderr.contains(&run),
            "it does not say how to go on: {output}"
        );
        make(&sandbox, "go");
        assert_eq!(repo.wait_end(&run)["status"], "completed", "{number}");
    }
}

#[test]
fn a_follower_survives_the_daemons_death() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: 'mkdir \"$HOME/on\"; await-file \"$HOME/go\"; touch a'}\n  - {id: b, run: touch b}\n")]);
    let mut follower = repo.spawn(&["--json", "run", "w.yaml"]);
    wait_for(&sandbox, "on");
    kill9(sandbox.daemon_pid().expect("a daemon"));
    assert!(follower.running());
    make(&sandbox, "go");
    let run = follower.wait().expect_code(0).json();
    assert_eq!(run["status"], "completed", "{run:#}");
    once(&run, "a");
}

#[test]
fn a_pipe_that_nobody_reads_takes_nothing_along() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: 'seq 1 20000; await-file \"$HOME/go\"; touch a'}\n",
    )]);
    let program = env!("CARGO_BIN_EXE_offshoot-under-test");
    let script = format!("'{program}' run w.yaml | head -n 1");
    let shell = Command::new("sh")
        .args(["-c", &script])
        .current_dir(&repo.path)
        .env_clear()
        .envs(sandbox.environment())
        .spawn();
    let mut shell = shell.expect("a shell");
    let run = wait_until("the run", LIMIT, || {
        let list = repo.json(&["workflow", "list"]);
        list["runs"][0]["run_id"].as_str().map(str::to_owned)
    });
    make(&sandbox, "go");
    assert_eq!(repo.wait_end(&run)["status"], "completed");
    shell.wait().expect("the shell ends");
}
