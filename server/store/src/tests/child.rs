//! What only another process can show: SIGKILL in the middle of commits, a disk that is full, a
//! disk that cannot be written. The child is this test binary again, told by variables what to do.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests start themselves again as a child"
)]

use super::fixture::*;
use crate::{Error, Store};
use model::ids::TaskId;
use model::journal::Batch;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TASKS: u64 = 20;
const DATABASE: &str = "STORE_TEST_DATABASE";
const ROUNDS: usize = 12;

/// Batch `n`, from 1: a run with its task, twenty tasks, and two events.
fn batch(n: u64) -> Batch {
    let mut batch = run_batch(run(&format!("r-{n}")));
    batch
        .tasks
        .extend((0..TASKS).map(|k| task(&format!("t-{n}-{k}"))));
    batch.events = vec![event(2 * n - 1), event(2 * n)];
    batch
}

/// This binary with one test to run; `shell` comes before it and may make mounts of its own.
fn child(test: &str, database: &Path, shell: Option<&str>) -> Command {
    let exe = std::env::current_exe().expect("this binary");
    let mut command = match shell {
        None => Command::new(&exe),
        Some(script) => {
            let mut command = Command::new("unshare");
            let script = format!("{script} && exec \"$@\"");
            command.args(["-m", "sh", "-ec", &script, "sh"]).arg(&exe);
            command
        }
    };
    command
        .args([
            "--exact",
            &format!("tests::child::{test}"),
            "--ignored",
            "--nocapture",
        ])
        .env(DATABASE, database)
        .stdout(Stdio::piped());
    command
}

fn database() -> PathBuf {
    PathBuf::from(std::env::var_os(DATABASE).expect("only as a child"))
}

#[test]
#[ignore = "the child of `a_kill_leaves_whole_batches`"]
fn commit_for_ever() {
    let mut store = Store::open(&database()).expect("open").store;
    let mut n = store.last_seq().expect("seq") / 2;
    loop {
        n += 1;
        store.commit(&batch(n)).expect("commit");
        println!("\ncommitted {n}");
        std::io::stdout().flush().expect("flush");
    }
}

#[test]
fn a_kill_leaves_whole_batches() {
    let home = Home::new();
    let mut told = 0;
    for round in 0..ROUNDS {
        let mut running = child("commit_for_ever", &home.path, None)
            .spawn()
            .expect("spawn");
        let lines = BufReader::new(running.stdout.take().expect("a pipe")).lines();
        let mut left = 1 + 3 * round;
        for line in lines {
            let line = line.expect("a line");
            if let Some(n) = line.strip_prefix("committed ") {
                told = n.parse().expect("a number");
                left = left.saturating_sub(1);
            }
            // Killed while it works on; the loop then reads what was still in the pipe.
            if left == 0 {
                running.kill().expect("kill");
            }
        }
        running.wait().expect("wait");
        check_whole(&home, told);
    }
}

/// Every batch that was told of is there, and every batch that is there is whole.
fn check_whole(home: &Home, told: u64) {
    let store = home.open();
    let found = store.load().expect("load");
    assert_eq!(found.unreadable, []);
    let loaded = found.loaded;
    let batches = loaded.runs.len() as u64;
    assert!(batches >= told, "{batches} batches, {told} told");
    assert_eq!(loaded.last_seq, 2 * batches);
    assert_eq!(loaded.tasks.len() as u64, batches * (TASKS + 1));
    let events = store.events_since(0, u32::MAX, None).expect("events");
    assert_eq!(events.len() as u64, 2 * batches);
}

/// Whether this machine lets a test have mounts of its own.
fn can_mount() -> bool {
    let tried = Command::new("unshare")
        .args(["-m", "sh", "-c", "mount -t tmpfs none /mnt"])
        .stderr(Stdio::null())
        .status();
    let can = tried.is_ok_and(|status| status.success());
    if !can {
        println!("not tried here: needs to be root and to have unshare(1)");
    }
    can
}

#[track_caller]
fn check_child(test: &str, script: &str) {
    if !can_mount() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().display();
    let script = script.replace("DIR", &at.to_string());
    let out = child(test, &folder.path().join("offshoot.db"), Some(&script))
        .stderr(Stdio::piped())
        .output()
        .expect("a child");
    let text = String::from_utf8_lossy(&out.stdout);
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{text}{errors}");
    assert!(text.contains("1 passed"), "{text}");
}

#[test]
fn a_full_disk_is_named() {
    check_child("fill_the_disk", "mount -t tmpfs -o size=512k none 'DIR'");
}

#[test]
#[ignore = "the child of `a_full_disk_is_named`"]
fn fill_the_disk() {
    let path = database();
    let mut store = Store::open(&path).expect("open").store;
    let refused = (1..).find_map(|n| store.commit(&batch(n)).err().map(|error| (n, error)));
    let (n, error) = refused.expect("an end");
    assert!(matches!(error, Error::Full), "{error:?}");
    assert!(n > 2, "{n}");
    let loaded = store.load().expect("load").loaded;
    assert_eq!(loaded.last_seq, 2 * (n - 1));
    assert_eq!(loaded.tasks.len() as u64, (n - 1) * (TASKS + 1));
    drop(store);

    // Not a byte left: a new database cannot be begun, and the old one says so at the latest when
    // it is written.
    let ballast = path.with_file_name("ballast");
    let mut file = std::fs::File::create(&ballast).expect("create");
    while file.write_all(&[0; 512]).is_ok() {}
    let refused = Store::open(&path.with_file_name("new.db")).map(|_| ());
    assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
    let refused = Store::open(&path).and_then(|mut old| old.store.commit(&batch(n)));
    assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
    std::fs::remove_file(&ballast).expect("room");
    let opened = Store::open(&path).expect("open");
    assert_eq!(opened.set_aside, None);
    let again = opened.store.load().expect("load").loaded;
    assert_eq!(again.last_seq, loaded.last_seq);
}

#[test]
fn a_read_only_disk_is_named() {
    check_child(
        "meet_a_read_only_disk",
        "mount -t tmpfs none 'DIR' && \"$1\" --exact tests::child::make --ignored && \
         mount -o remount,ro 'DIR'",
    );
}

#[test]
#[ignore = "a child of `a_read_only_disk_is_named`"]
fn make() {
    let mut store = Store::open(&database()).expect("open").store;
    store.commit(&batch(1)).expect("commit");
    let found = store.task(&TaskId::new("t-1-0")).expect("read");
    assert!(found.is_some());
}

#[test]
#[ignore = "a child of `a_read_only_disk_is_named`"]
fn meet_a_read_only_disk() {
    for name in ["offshoot.db", "new.db"] {
        let refused = Store::open(&database().with_file_name(name)).map(|_| ());
        assert!(
            matches!(refused, Err(Error::ReadOnly)),
            "{name}: {refused:?}"
        );
    }
}
