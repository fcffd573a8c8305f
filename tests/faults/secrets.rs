//! Secrets: never at rest, never on a command line, asked for again when a restart lost them.

use crate::bed::{lock_holder, make, wait_for};
use std::fs;
use std::path::Path;
use support::process::kill9;
use support::run::{id, step, text};
use support::tree::files;
use support::{Repo, Sandbox, sandbox};

/// Not to be found anywhere but in the environment of the step's processes.
const VALUE: &str = "s3cr3t-5f0e9b7d21";

/// A step that uses its secret and never shows it.
const WORKFLOW: &str = "steps:\n  - id: a\n    env: [API_TOKEN]\n    run: test -n \"$API_TOKEN\"; mkdir -p \"$HOME/on\"; await-file \"$HOME/go\"; touch a\n  \
                        - id: b\n    env: [API_TOKEN]\n    run: test \"$API_TOKEN\" = \"$(cat \"$HOME/expected\")\"; echo ok > b\n    check: test -n \"$API_TOKEN\"\n";

fn start(repo: &Repo<'_>) -> String {
    let call = repo
        .call(&["--json", "run", "--detach", "w.yaml"])
        .env("API_TOKEN", VALUE);
    id(&call.run().expect_code(0).json())
}

#[track_caller]
fn nowhere(sandbox: &Sandbox) {
    for folder in [
        sandbox.state(),
        sandbox.path("repo"),
        sandbox.path("config"),
    ] {
        for file in files(&folder, &|_| true) {
            let bytes = fs::read(folder.join(&file)).unwrap_or_default();
            assert!(!holds(&bytes), "{} holds the secret", file.display());
        }
    }
    for entry in fs::read_dir("/proc").expect("processes").flatten() {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        assert!(
            !holds(&line),
            "on the command line of {}",
            entry.path().display()
        );
    }
}

fn holds(bytes: &[u8]) -> bool {
    bytes
        .windows(VALUE.len())
        .any(|window| window == VALUE.as_bytes())
}

fn expected(sandbox: &Sandbox) {
    // Outside of everything that is searched, except home, which is the step's own.
    support::tree::put(&sandbox.path("home/expected"), VALUE);
}

#[test]
fn a_secret_reaches_its_step_and_no_disk() {
    let sandbox = sandbox!();
    expected(&sandbox);
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let run = start(&repo);
    wait_for(&sandbox, "on");
    nowhere(&sandbox);
    make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    nowhere(&sandbox);
    sandbox.offshoot(&["background", "stop"]).expect_code(0);
    nowhere(&sandbox);
}

#[test]
fn a_secret_in_the_output_is_masked() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - id: a\n    env: [API_TOKEN]\n    run: echo \"the token is $API_TOKEN\"; echo \"$API_TOKEN\" >&2; exit 3\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let output = repo
        .call(&["run", "w.yaml"])
        .env("API_TOKEN", VALUE)
        .run()
        .expect_code(1);
    assert!(
        !holds(output.stdout.as_bytes()) && !holds(output.stderr.as_bytes()),
        "{output}"
    );
    nowhere(&sandbox);
}

#[test]
fn a_secret_lost_in_a_restart_is_asked_for_and_resume_brings_it() {
    let sandbox = sandbox!();
    expected(&sandbox);
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let run = start(&repo);
    wait_for(&sandbox, "on");
    repo.wait_step(&run, "a", "running");
    kill9(lock_holder(&sandbox).expect("a daemon"));
    make(&sandbox, "go");
    // The attempt under way had its secret and goes on; the next step has to ask.
    let waiting = repo.wait_step(&run, "b", "needs_input");
    assert_eq!(step(&waiting, "a")["status"], "completed", "{waiting:#}");
    assert_eq!(waiting["status"], "needs_input");
    assert!(
        text(&step(&waiting, "b")["error"], "message").contains("API_TOKEN"),
        "{waiting:#}"
    );
    // Without it nothing goes on.
    repo.offshoot(&["workflow", "resume", &run]);
    repo.wait_step(&run, "b", "needs_input");
    repo.call(&["--json", "workflow", "resume", &run])
        .env("API_TOKEN", VALUE)
        .run();
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    nowhere(&sandbox);
}

#[test]
fn a_check_whose_secret_was_lost_waits_for_it() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - id: a\n    env: [API_TOKEN]\n    run: echo a >> \"$HOME/done\"; touch a\n    \
                    check: test -n \"$API_TOKEN\"; mkdir -p \"$HOME/on\"; await-file \"$HOME/go\"\n";
    let repo = sandbox.repo(&[("w.yaml", workflow)]);
    let run = start(&repo);
    wait_for(&sandbox, "on");
    kill9(lock_holder(&sandbox).expect("a daemon"));
    make(&sandbox, "go");
    repo.wait_step(&run, "a", "needs_input");
    repo.call(&["--json", "workflow", "resume", &run])
        .env("API_TOKEN", VALUE)
        .run();
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
}

#[test]
fn a_secret_nobody_has_is_asked_for_at_once() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let output = repo.call(&["--json", "run", "w.yaml"]).run().expect_code(4);
    let run = output.json();
    assert_eq!(step(&run, "a")["status"], "needs_input", "{run:#}");
    assert!(output.stdout.contains("API_TOKEN"), "{output}");
    assert!(!Path::new(&sandbox.path("home/on")).exists());
    repo.offshoot(&["workflow", "cancel", &id(&run)]);
}
