//! Exit codes, and signals while a run is followed.

use nix::sys::signal::Signal;
use std::path::Path;
use support::process::signal;
use support::run::{id, step};
use support::{LIMIT, sandbox, wait_until};

#[test]
fn each_end_has_its_code() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("good.yaml", "steps:\n  - {id: a, run: 'true'}\n"),
        ("bad.yaml", "steps:\n  - {id: a, run: 'false'}\n"),
        (
            "broken.yaml",
            "steps:\n  - {id: a, needs: [b], run: 'true'}\n",
        ),
    ]);
    for (args, code) in [
        (["run", "good.yaml"], 0),
        (["run", "bad.yaml"], 1),
        (["run", "broken.yaml"], 2),
        (["run", "missing.yaml"], 2),
        (["workflow", "validate"], 2),
        (["background", "stop"], 0),
        (["background", "status"], 3),
    ] {
        // Once for people and once for programs: the code is the same.
        if args != ["background", "stop"] {
            repo.call(&["--json"]).args(&args).run().expect_code(code);
        }
        repo.offshoot(&args).expect_code(code);
    }
}

#[test]
fn output_that_cannot_be_written_is_no_success() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("good.yaml", "steps:\n  - {id: a, run: 'true'}\n")]);
    let call = |script: &str| {
        let shell = sandbox.call_of(Path::new("sh"), &repo.path);
        let shell = shell.env("PROGRAM", sandbox.program());
        shell.args(&["-c", script]).run()
    };
    let full = call("\"$PROGRAM\" --json workflow validate good.yaml > /dev/full").expect_code(1);
    assert!(full.stderr.contains("cannot be written"), "{full}");
    // A reader that has seen enough is no fault of anybody's.
    let enough = call("\"$PROGRAM\" config show | head -n 1").expect_code(0);
    assert_eq!(enough.stderr, "");
}

#[test]
fn the_first_sigint_goes_on_and_the_second_cancels() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: 'mkdir \"$HOME/on\"; await-file /nowhere'}\n",
    )]);
    let mut follower = repo.spawn(&["run", "w.yaml"]);
    wait_until("the step", LIMIT, || {
        sandbox.path("home/on").exists().then_some(())
    });
    let run = repo.json(&["workflow", "list"])["runs"][0].clone();
    signal(follower.pid(), Signal::SIGINT);
    // Following still: the run goes on, and so does the command.
    assert_eq!(step(&repo.run(&id(&run)), "a")["status"], "running");
    assert!(follower.running());
    // Two signals at once are one: sent until it ends.
    wait_until("the end", LIMIT, || {
        if follower.running() {
            signal(follower.pid(), Signal::SIGINT);
            return None;
        }
        Some(())
    });
    let output = follower.wait();
    assert_eq!(output.code, 130, "{output}");
    assert!(
        output.stderr.contains(&id(&run)) || output.stdout.contains(&id(&run)),
        "{output}"
    );
    assert_eq!(repo.wait_end(&id(&run))["status"], "cancelled");
}

#[test]
fn sigterm_and_sighup_detach() {
    for number in [Signal::SIGTERM, Signal::SIGHUP] {
        let sandbox = sandbox!();
        let repo = sandbox.repo(&[(
            "w.yaml",
            "steps:\n  - {id: a, run: 'mkdir \"$HOME/on\"; await-file \"$HOME/go\"; touch a'}\n",
        )]);
        let follower = repo.spawn(&["run", "w.yaml"]);
        wait_until("the step", LIMIT, || {
            sandbox.path("home/on").exists().then_some(())
        });
        let run = id(&repo.json(&["workflow", "list"])["runs"][0]);
        signal(follower.pid(), number);
        follower.wait();
        assert_eq!(step(&repo.run(&run), "a")["status"], "running", "{number}");
        std::fs::create_dir(sandbox.path("home/go")).expect("the signal to go on");
        assert_eq!(repo.wait_end(&run)["status"], "completed", "{number}");
    }
}
