//! The state's database: locked by another program, damaged, or written by a newer version.

use crate::bed::{counted, make, once, running, status, wait_for};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use support::run::id;
use support::{LIMIT, Sandbox, sandbox, wait_until};

const WAITING: &str = "steps:\n  - {id: a, run: 'mkdir \"$HOME/on\"; await-file \"$HOME/go\"; echo a >> \"$HOME/done\"; touch a; mkdir \"$HOME/over\"'}\n  \
                       - {id: b, run: 'echo b >> \"$HOME/done\"; touch b'}\n";

fn database(sandbox: &Sandbox) -> PathBuf {
    sandbox.state().join("offshoot.db")
}

fn overwrite(path: &Path, bytes: &[u8]) {
    let mut file = fs::File::create(path).expect("the file");
    file.write_all(bytes).expect("its new content");
}

/// Everything the folder holds that looks like a database that was put aside.
fn aside(sandbox: &Sandbox, label: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(sandbox.state())
        .expect("the state folder")
        .flatten();
    let names = entries.map(|entry| entry.path());
    names
        .filter(|path| {
            path.display()
                .to_string()
                .contains(&format!("offshoot.db.{label}"))
        })
        .collect()
}

#[test]
fn a_database_locked_by_another_program_pauses_and_goes_on() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WAITING)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    repo.wait_step(&run, "a", "running");
    let other = Connection::open(database(&sandbox)).expect("the database");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let refused = repo
        .call(&["--json", "run", "--detach", "w.yaml"])
        .run()
        .expect_code(3);
    assert_eq!(refused.json()["error"]["kind"], "storage", "{refused}");
    assert!(refused.stdout.contains("lock"), "{refused}");
    make(&sandbox, "go");
    wait_for(&sandbox, "over");
    let problems = wait_until("the problem", LIMIT, || {
        let status = status(&sandbox);
        let problems = status["problems"].to_string();
        problems.contains("lock").then_some(problems)
    });
    assert!(problems.contains("another"), "{problems}");
    other.execute_batch("ROLLBACK").expect("the lock goes");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    once(&end, "a");
    assert_eq!(
        counted(&sandbox, "done"),
        BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 1)])
    );
    // The refused run is nowhere.
    assert_eq!(
        repo.json(&["workflow", "list"])["runs"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn a_database_locked_at_the_start_is_named() {
    let sandbox = sandbox!();
    sandbox.start_daemon();
    sandbox.offshoot(&["background", "stop"]).expect_code(0);
    let other = Connection::open(database(&sandbox)).expect("the database");
    other
        .execute_batch("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE")
        .expect("the lock");
    let output = sandbox
        .call(&sandbox.path("home"))
        .args(&["--json", "background", "start"])
        .run()
        .expect_code(3);
    assert!(output.stdout.contains("lock"), "{output}");
    assert!(running(&sandbox, "daemon").is_empty());
    drop(other);
    sandbox.start_daemon();
    assert!(
        aside(&sandbox, "").is_empty(),
        "a locked database was put aside"
    );
}

#[test]
fn a_damaged_database_is_set_aside_and_said_so() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")]);
    let run = repo.json(&["run", "w.yaml"]);
    sandbox.offshoot(&["background", "stop"]).expect_code(0);
    // The log first: what stands there would hide the damage.
    let fold = Connection::open(database(&sandbox)).expect("the database");
    let folded = fold.execute_batch("PRAGMA journal_mode=DELETE");
    folded.expect("the log is folded in");
    drop(fold);
    let mut bytes = fs::read(database(&sandbox)).expect("the database");
    bytes[4096..].fill(0x5a);
    overwrite(&database(&sandbox), &bytes);
    sandbox.start_daemon();
    let kept = aside(&sandbox, "damaged");
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(
        fs::read(&kept[0]).expect("the old one"),
        bytes,
        "it was written to"
    );
    let status = status(&sandbox);
    assert!(
        status["problems"].to_string().contains("damaged"),
        "{status:#}"
    );
    // What was done is in git, and work goes on.
    assert!(repo.has(run["result_branch"].as_str().expect("a branch"), "a"));
    assert_eq!(repo.json(&["run", "w.yaml"])["status"], "completed");
}

#[test]
fn a_newer_database_is_set_aside_and_never_written() {
    let sandbox = sandbox!();
    sandbox.start_daemon();
    sandbox.offshoot(&["background", "stop"]).expect_code(0);
    let newer = Connection::open(database(&sandbox)).expect("the database");
    newer
        .execute_batch(
            "PRAGMA journal_mode=DELETE; PRAGMA user_version=9999; CREATE TABLE of_tomorrow (x)",
        )
        .expect("a newer one");
    drop(newer);
    let bytes = fs::read(database(&sandbox)).expect("the database");
    sandbox.start_daemon();
    let kept = aside(&sandbox, "newer-v9999");
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(
        fs::read(&kept[0]).expect("the newer one"),
        bytes,
        "it was written to"
    );
    let status = status(&sandbox);
    assert!(
        status["problems"].to_string().contains("newer"),
        "{status:#}"
    );
}

#[test]
fn a_database_lost_under_work_leaves_no_agent_behind() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WAITING)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    repo.wait_step(&run, "a", "running");
    support::process::kill9(sandbox.daemon_pid().expect("a daemon"));
    for name in ["offshoot.db", "offshoot.db-wal", "offshoot.db-shm"] {
        let _ = fs::remove_file(sandbox.state().join(name));
    }
    sandbox.start_daemon();
    // Nobody knows that agent any more: it must not go on for ever, and `stop` must not leave it.
    make(&sandbox, "go");
    wait_until("the agent to be gone", LIMIT, || {
        running(&sandbox, "supervise").is_empty().then_some(())
    });
}
