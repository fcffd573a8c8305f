//! The disk of the state is full or read-only: the engine says so, waits, and goes on when there is room.

use crate::bed::{Disk, counted, make, once, wait_for};
use std::collections::BTreeMap;
use support::run::id;
use support::{LIMIT, sandbox, wait_until};

const WAITING: &str = "steps:\n  - {id: a, run: 'mkdir \"$HOME/on\"; await-file \"$HOME/go\"; echo a >> \"$HOME/done\"; touch a; mkdir \"$HOME/over\"'}\n  \
                       - {id: b, run: 'echo b >> \"$HOME/done\"; touch b'}\n";

#[test]
fn a_full_disk_under_the_state_pauses_and_room_lets_it_go_on() {
    let sandbox = sandbox!();
    let Some(disk) = Disk::mount(&sandbox, &sandbox.state(), "6m") else {
        return;
    };
    let repo = sandbox.repo(&[("w.yaml", WAITING)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    repo.wait_step(&run, "a", "running");
    let full = disk.fill();
    // New work is refused with the reason, and nothing of it is half kept.
    let refused = wait_until("a refusal", LIMIT, || {
        let output = repo.call(&["--json", "run", "--detach", "w.yaml"]).run();
        (output.code != 0).then_some(output)
    });
    assert_eq!(refused.code, 3, "{refused}");
    assert_eq!(refused.json()["error"]["kind"], "storage", "{refused}");
    assert!(refused.stdout.contains("full"), "{refused}");
    let status = sandbox
        .call(&sandbox.path("home"))
        .args(&["--json", "background", "status"])
        .run();
    assert!(matches!(status.code, 0 | 5), "{status}");
    assert!(
        status.json()["problems"].to_string().contains("full"),
        "{status}"
    );
    make(&sandbox, "go");
    wait_for(&sandbox, "over");
    drop(full);
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    once(&end, "a");
    assert_eq!(
        counted(&sandbox, "done"),
        BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 1)])
    );
    wait_until("the problem to be gone", LIMIT, || {
        let status = sandbox.json(&["background", "status"]);
        status["problems"]
            .as_array()
            .is_some_and(Vec::is_empty)
            .then_some(())
    });
}

#[test]
fn a_daemon_killed_on_a_full_disk_comes_back() {
    let sandbox = sandbox!();
    let Some(disk) = Disk::mount(&sandbox, &sandbox.state(), "6m") else {
        return;
    };
    let repo = sandbox.repo(&[("w.yaml", WAITING)]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "on");
    repo.wait_step(&run, "a", "running");
    let full = disk.fill();
    support::process::kill9(sandbox.daemon_pid().expect("a daemon"));
    make(&sandbox, "go");
    wait_for(&sandbox, "over");
    // It may come up or say why not; it must not throw anything away.
    let start = sandbox
        .call(&sandbox.path("home"))
        .args(&["--json", "background", "start"])
        .run();
    assert!(matches!(start.code, 0 | 3), "{start}");
    drop(full);
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert_eq!(
        counted(&sandbox, "done"),
        BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 1)])
    );
}

#[test]
fn output_that_fills_the_disk_ends_neither_agent_nor_daemon() {
    let sandbox = sandbox!();
    let Some(disk) = Disk::mount(&sandbox, &sandbox.state(), "6m") else {
        return;
    };
    sandbox.script("flood", "head -c 30000000 /dev/zero | tr '\\0' 'x'\necho a >> \"$HOME/done\"\ntouch \"$HOME/flooded\"\ntouch a");
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: flood}\n  - {id: b, run: touch b}\n",
    )]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(&sandbox, "flooded");
    let daemon = sandbox.daemon_pid();
    // A person makes room: the log is the largest thing there.
    let attempts = sandbox.state().join("attempts");
    for file in support::tree::files(&attempts, &|_| true) {
        if file.file_name().is_some_and(|name| name == "log") {
            std::fs::remove_file(attempts.join(file)).expect("the log");
        }
    }
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert_eq!(sandbox.daemon_pid(), daemon, "the daemon died");
    assert_eq!(
        counted(&sandbox, "done"),
        BTreeMap::from([("a".to_owned(), 1)])
    );
    drop(disk);
}

#[test]
fn a_read_only_or_full_state_folder_is_named_with_the_way_out() {
    let sandbox = sandbox!();
    let Some(disk) = Disk::mount(&sandbox, &sandbox.state(), "2m") else {
        return;
    };
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")]);
    disk.read_only(true);
    let output = repo.call(&["--json", "run", "w.yaml"]).run().expect_code(3);
    assert!(
        output.stdout.to_lowercase().contains("read-only"),
        "{output}"
    );
    assert!(output.json()["error"]["hint"].is_string(), "{output}");
    disk.read_only(false);
    let full = disk.fill();
    let output = repo.call(&["--json", "run", "w.yaml"]).run().expect_code(3);
    assert!(
        output.stdout.contains("full") || output.stdout.contains("No space"),
        "{output}"
    );
    drop(full);
    assert_eq!(repo.json(&["run", "w.yaml"])["status"], "completed");
}
