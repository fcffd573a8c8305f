//! One file is done once, whatever becomes of the watcher.

use super::*;

#[test]
fn one_file_is_never_done_twice() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, &agents(&["echo x >> count.txt"], ""));
    leave(&repo.path, "n1", "@a b");
    assert_eq!(
        kinds(&once(&repo, 0)),
        ["taken", "started", "attempt_completed", "ended"]
    );
    assert_eq!(once(&repo, 0), [] as [Value; 0]);
    // Another command at the same place is another one, also with the answer of the first beside it.
    leave(&repo.path, "n2", "@a b");
    once(&repo, 0);
    assert_eq!(repo.read("count.txt"), "x\nx\n");
    // One that was answered by somebody else is left alone.
    leave(&repo.path, "n3", "@a b");
    support::tree::put(
        &repo.path.join(".cursor-skill-status.json"),
        r#"{"status":"completed","execution_id":"n3"}"#,
    );
    assert_eq!(kinds(&once(&repo, 0)), ["skipped"]);
    assert_eq!(repo.read("count.txt"), "x\nx\n");
}

#[test]
fn a_killed_watcher_loses_nothing_and_does_nothing_twice() {
    let sandbox = sandbox!();
    let agents = agents(
        &[
            "echo x >> count.txt; await-file \"$HOME/go\"",
            "echo y >> count.txt",
        ],
        "",
    );
    let repo = repo(&sandbox, &agents);
    leave(&repo.path, "n1", "@a b");
    let watcher = watch(&repo);
    wait_until("the command to run", LIMIT, || {
        repo.path.join("count.txt").exists().then_some(())
    });
    // There is one watcher for each repository.
    let second = repo
        .call(&[])
        .args(&["agent", "watch"])
        .run()
        .expect_code(2);
    assert!(second.stderr.contains("is watched already"), "{second}");
    process::kill9(watcher.pid());
    drop(watcher);
    assert_eq!(
        text(&status(&repo.path).expect("a status"), "status"),
        "running"
    );
    // It goes on, and the next watcher finds it at work.
    let told = sandbox.path("home/told");
    let watcher = watch_into(&sandbox, &repo, &told);
    wait_until("the next watcher to find it", LIMIT, || {
        let told = std::fs::read_to_string(&told).ok()?;
        told.contains("adopted").then_some(())
    });
    support::tree::put(&sandbox.path("home/go"), "");
    let answer = wait_until("the answer", LIMIT, || is_over(&repo.path));
    assert_eq!(answer["status"], "completed", "{answer:#}");
    assert_eq!(repo.read("count.txt"), "x\ny\n");
    process::signal(watcher.pid(), nix::sys::signal::Signal::SIGTERM);
    watcher.wait().expect_code(0);
}

#[test]
fn the_second_interrupt_stops_what_is_under_way() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, &agents(&["touch on; await-file never"], ""));
    leave(&repo.path, "n1", "@a b");
    let watcher = watch(&repo);
    wait_until("the command to run", LIMIT, || {
        repo.path.join("on").exists().then_some(())
    });
    let pid = watcher.pid();
    let ended = std::thread::spawn(move || watcher.wait());
    // The first is heard when it has printed so; what is sent too early is only one.
    wait_until("the watcher to end", LIMIT, || {
        if process::alive(pid) {
            let _ = nix::sys::signal::kill(
                nix::unistd::Pid::from_raw(pid),
                nix::sys::signal::Signal::SIGINT,
            );
            None
        } else {
            Some(())
        }
    });
    let output = ended.join().expect("joined").expect_code(130);
    assert!(
        output.stdout.contains("ctrl-c again stops that"),
        "{output}"
    );
    assert_eq!(
        text(&status(&repo.path).expect("a status"), "status"),
        "cancelled"
    );
}
