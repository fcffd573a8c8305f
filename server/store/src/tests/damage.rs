//! Databases that cannot be used, and disks that do not let them be.

use super::fixture::*;
use crate::set_aside::{Reason, with_suffix};
use crate::{Error, Store};
use model::ids::TaskId;
use rusqlite::Connection;
use std::fs;

/// A database with one task, closed.
fn with_task(home: &Home) {
    let mut store = home.open();
    store
        .commit(&tasks_batch(vec![task("t-1")]))
        .expect("commit");
    store.close().expect("close");
}

#[test]
fn garbage_is_set_aside_under_a_free_name() {
    let home = Home::new();
    for number in 1..=3 {
        let text = format!("this is no database, number {number} ").repeat(100);
        put(&home.path, text.as_bytes());
        put(&with_suffix(&home.path, "-wal"), b"log");
        let aside = home.open_any().set_aside.expect("set aside");
        assert!(matches!(aside.reason, Reason::Damaged(_)), "{aside}");
        let expected = with_suffix(&home.path, &format!(".damaged-{number}"));
        assert_eq!(aside.path, expected);
        assert_eq!(fs::read(&expected).expect("read"), text.as_bytes());
        assert_eq!(
            fs::read(with_suffix(&expected, "-wal")).expect("read"),
            b"log"
        );
        assert_eq!(home.open().load().expect("load").loaded.tasks, []);
    }
    assert!(home.names().contains(&"offshoot.db.damaged-2".to_owned()));
}

#[test]
fn a_broken_page_is_found() {
    let home = Home::new();
    with_task(&home);
    let mut bytes = fs::read(&home.path).expect("read");
    let end = bytes.len();
    bytes[4096..end].fill(0x5a);
    put(&home.path, &bytes);
    let aside = home.open_any().set_aside.expect("set aside");
    assert!(matches!(aside.reason, Reason::Damaged(_)), "{aside}");
    assert_eq!(fs::read(&aside.path).expect("read"), bytes);
}

#[test]
fn a_cut_file_is_found() {
    let home = Home::new();
    with_task(&home);
    let bytes = fs::read(&home.path).expect("read");
    for length in [2, 100, 4096, bytes.len() / 2] {
        put(&home.path, &bytes[..length]);
        let aside = home.open_any().set_aside.expect("set aside");
        assert_eq!(fs::read(&aside.path).expect("read"), &bytes[..length]);
    }
}

#[test]
fn a_run_that_lost_a_task_and_a_database_that_lost_its_tables_are_found() {
    let home = Home::new();
    let mut store = home.open();
    store.commit(&run_batch(run("r-1"))).expect("commit");
    store.db.execute_batch("DELETE FROM task").expect("delete");
    let found = store.load().expect("load").unreadable;
    assert_eq!(found[0].to_string(), "run r-1 has lost its task t-r-1");
    store
        .db
        .execute_batch(
            "PRAGMA foreign_keys = OFF; DROP TABLE task; DROP TABLE run; DROP TABLE environment;
             DROP TABLE event; DROP TABLE note; DROP TABLE dismissed;",
        )
        .expect("drop");
    drop(store);
    let aside = home.open_any().set_aside.expect("set aside");
    assert!(matches!(aside.reason, Reason::Damaged(_)), "{aside}");
}

#[test]
fn a_newer_database_is_kept_as_it_is() {
    let home = Home::new();
    with_task(&home);
    let db = Connection::open(&home.path).expect("open");
    db.pragma_update(None, "user_version", 7).expect("version");
    drop(db);
    let before = fs::read(&home.path).expect("read");
    let aside = home.open_any().set_aside.expect("set aside");
    assert_eq!(aside.path, with_suffix(&home.path, ".newer-v7-1"));
    assert_eq!(
        aside.reason,
        Reason::Newer {
            found: 7,
            known: crate::schema::VERSION
        }
    );
    assert_eq!(fs::read(&aside.path).expect("read"), before);
    assert!(aside.to_string().contains("newer-v7-1"), "{aside}");
}

#[test]
fn the_log_of_a_newer_database_goes_with_it() {
    let home = Home::new();
    with_task(&home);
    // The state after a kill: the version stands in the log alone.
    let db = Connection::open(&home.path).expect("open");
    db.pragma_update(None, "user_version", crate::schema::VERSION + 1)
        .expect("version");
    let copies = ["", "-wal", "-shm"].map(|suffix| {
        let bytes = fs::read(with_suffix(&home.path, suffix)).expect("read");
        (suffix, bytes)
    });
    drop(db);
    for (suffix, bytes) in &copies {
        put(&with_suffix(&home.path, suffix), bytes);
    }
    let aside = home.open_any().set_aside.expect("set aside");
    for (suffix, bytes) in &copies[..2] {
        let kept = fs::read(with_suffix(&aside.path, suffix)).expect("read");
        assert!(kept == *bytes, "offshoot.db{suffix} changed");
    }
}

#[test]
fn the_database_of_another_program_is_not_ours_to_fill() {
    let home = Home::new();
    let db = Connection::open(&home.path).expect("open");
    db.execute_batch("CREATE TABLE theirs (x)").expect("table");
    drop(db);
    let aside = home.open_any().set_aside.expect("set aside");
    assert_eq!(aside.reason, Reason::Foreign);
}

#[test]
fn an_empty_file_is_begun_and_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    put(&home.path, b"");
    drop(home.open());
    fs::remove_file(&home.path).expect("remove");
    let mut store = home.open();
    store
        .commit(&tasks_batch(vec![task("t-1")]))
        .expect("commit");
    for name in ["", "-wal", "-shm"] {
        let found = fs::metadata(with_suffix(&home.path, name)).expect("metadata");
        assert_eq!(found.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_lock_of_another_program_is_named() {
    let home = Home::new();
    with_task(&home);
    let mut store = home.open();
    let soon = std::time::Duration::from_millis(20);
    store.db.busy_timeout(soon).expect("not the two seconds");
    let other = Connection::open(&home.path).expect("open");
    other.execute_batch("BEGIN IMMEDIATE").expect("lock");
    let refused = store.commit(&tasks_batch(vec![task("t-2")]));
    assert!(matches!(refused, Err(Error::Locked)), "{refused:?}");
    assert!(matches!(Store::open(&home.path), Err(Error::Locked)));
    other.execute_batch("ROLLBACK").expect("unlock");
    store
        .commit(&tasks_batch(vec![task("t-2")]))
        .expect("commit");
}

#[test]
fn a_full_disk_keeps_nothing_of_the_batch() {
    let home = Home::new();
    let mut store = home.open();
    store
        .commit(&tasks_batch(vec![task("t-1")]))
        .expect("commit");
    store
        .db
        .pragma_update_and_check(None, "max_page_count", 30, |_| Ok(()))
        .expect("limit");
    let mut batch = tasks_batch((0..1000).map(|n| task(&format!("t-full-{n}"))).collect());
    batch.events.push(event(1));
    let refused = store.commit(&batch);
    assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
    let loaded = store.load().expect("load").loaded;
    assert_eq!(loaded.tasks, [task("t-1")]);
    assert_eq!(loaded.last_seq, 0);
    store
        .db
        .pragma_update_and_check(None, "max_page_count", 1 << 20, |_| Ok(()))
        .expect("room");
    store.commit(&batch).expect("there is room again");
}

#[test]
fn half_a_batch_is_none() {
    let home = Home::new();
    let mut store = home.open();
    store
        .commit(&model::journal::Batch {
            events: vec![event(1)],
            ..Default::default()
        })
        .expect("commit");
    let mut batch = run_batch(run("r-1"));
    batch.events = vec![event(2), event(1)];
    assert!(store.commit(&batch).is_err(), "seq 1 is there already");
    assert_eq!(store.load().expect("load").loaded.runs, []);
    batch.events.pop();
    store.commit(&batch).expect("the same without it");
    let mut rootless = task("t-2");
    rootless.submission = None;
    let refused = store.commit(&tasks_batch(vec![rootless]));
    assert!(matches!(refused, Err(Error::Rootless(_))), "{refused:?}");
}

#[test]
fn rows_that_cannot_be_read_are_reported_and_kept() {
    let home = Home::new();
    let mut store = home.open();
    let names = ["t-0", "t-1", "t-2", "t-3", "t-4"];
    store
        .commit(&tasks_batch(names.map(task).to_vec()))
        .expect("commit");
    for id in ["r-1", "r-2", "r-3"] {
        store.commit(&run_batch(run(id))).expect("commit");
    }
    store
        .db
        .execute_batch(
            r#"UPDATE task SET doc = '{"v":1' WHERE id = 't-0';
               UPDATE task SET doc = '{"v":9,"place":"worktree","state":"waiting"}' WHERE id = 't-1';
               UPDATE task SET doc = '{"v":1,"place":"worktree","state":"dreaming"}' WHERE id = 't-2';
               UPDATE task SET submission = NULL WHERE id = 't-3';
               UPDATE task SET doc = '[]' WHERE id = 't-r-1';
               UPDATE run SET source = '' WHERE id = 'r-2';"#,
        )
        .expect("break");
    let found = store.load().expect("load");
    assert_eq!(found.loaded.tasks.len(), 2, "t-4 and that of r-3");
    assert_eq!(found.loaded.runs.len(), 1);
    let said: Vec<_> = found.unreadable.iter().map(ToString::to_string).collect();
    for (line, part) in said.iter().zip([
        "run r-1 has a task t-r-1 that is not readable",
        "run r-2 is not readable",
        "task t-0 is not readable",
        "task t-1 was written by a newer version (v9)",
        "task t-2 is not readable: unknown variant `dreaming`",
        "task t-3 has neither",
    ]) {
        assert!(line.starts_with(part), "{line}");
    }
    assert_eq!(said.len(), 6);
    let asked = store.task(&TaskId::new("t-0"));
    assert!(matches!(asked, Err(Error::Unreadable(_))), "{asked:?}");
    let rows = store
        .counts()
        .expect("counts")
        .iter()
        .map(|c| c.tasks)
        .sum::<u64>();
    assert_eq!(rows, 8, "all are still there");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests break files on purpose"
)]
fn put(path: &std::path::Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("write");
}
