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
    // Also for one with another state folder.
    let elsewhere = sandbox.path("home/elsewhere").display().to_string();
    let third = repo.call(&[]).env("OFFSHOOT_HOME", &elsewhere);
    let third = third.args(&["agent", "watch"]).run().expect_code(2);
    assert!(third.stderr.contains("is watched already"), "{third}");
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

/// What the agent has done so far.
fn count(repo: &Repo<'_>) -> usize {
    let lines = std::fs::read_to_string(repo.path.join("count.txt")).unwrap_or_default();
    lines.lines().count()
}

/// An agent that counts, for every command file there is.
fn counting(sandbox: &Sandbox) -> Repo<'_> {
    let agents = agents(&["echo x >> count.txt"], "");
    let agents = agents.replace(".cursor-skill-command.txt", ".cursor-skill-command*.txt");
    repo(sandbox, &agents)
}

#[test]
fn a_command_that_is_touched_renamed_or_copied_is_the_same() {
    let sandbox = sandbox!();
    let repo = counting(&sandbox);
    let path = |name: &str| repo.path.join(name);
    let name = ".cursor-skill-command.txt";
    for text in [
        r#"{"command": "@a b", "execution_id": "n1", "step_id": "s"}"#,
        // What TappsCodingAgents wrote first, and words alone.
        r#"{"command": "@a b", "workflow_id": "w", "step_id": "s"}"#,
        "@a b",
    ] {
        let before = count(&repo);
        support::tree::put(&path(name), text);
        once(&repo, 0);
        assert_eq!(count(&repo), before + 1, "{text}");
        // Touched, and written once more as it was.
        support::tree::put(&path(name), text);
        once(&repo, 0);
        std::fs::create_dir_all(path(".cursor")).expect("a folder");
        std::fs::copy(path(name), path(".cursor").join(name)).expect("copied");
        once(&repo, 0);
        std::fs::remove_file(path(".cursor").join(name)).expect("removed");
        assert_eq!(count(&repo), before + 1, "{text}");
        std::fs::remove_file(path(name)).expect("removed");
        once(&repo, 0);
        // Renamed.
        support::tree::put(&path(name), &text.replace("n1", "n2"));
        once(&repo, 0);
        let other = path(".cursor-skill-command-old.txt");
        std::fs::rename(path(name), &other).expect("renamed");
        once(&repo, 0);
        assert_eq!(count(&repo), before + 2, "{text}");
        std::fs::remove_file(other).expect("removed");
        once(&repo, 0);
    }
}

#[test]
fn the_same_words_are_another_command_when_something_else_was_there() {
    let sandbox = sandbox!();
    let repo = counting(&sandbox);
    let file = repo.path.join(".cursor-skill-command.txt");
    let mut expected = 0;
    for text in ["@a b", "@a c", "@a b"] {
        support::tree::put(&file, text);
        once(&repo, 0);
        expected += 1;
        assert_eq!(count(&repo), expected, "{text}");
    }
    std::fs::remove_file(&file).expect("removed");
    once(&repo, 0);
    support::tree::put(&file, "@a b");
    once(&repo, 0);
    assert_eq!(count(&repo), expected + 1);
    // Written once more without a watcher that saw it go: said, not done.
    support::tree::put(&file, "@a b");
    assert_eq!(kinds(&once(&repo, 0)), ["skipped"]);
    assert_eq!(count(&repo), expected + 1);
}

#[test]
fn the_plain_text_of_a_command_is_not_a_second_one() {
    let sandbox = sandbox!();
    let repo = counting(&sandbox);
    let put = |name: &str, text: &str| support::tree::put(&repo.path.join(name), text);
    // The plain text comes first, and is left alone until its command is there.
    put(".cursor-skill-command-simple.txt", "@a b");
    put(".cursor-skill-command-test.txt", "test");
    assert_eq!(once(&repo, 0), [] as [Value; 0]);
    put(".cursor-skill-command.txt", r#"{"command": "@a b"}"#);
    once(&repo, 0);
    once(&repo, 0);
    assert_eq!(count(&repo), 1);
}

#[test]
fn a_file_that_its_agent_changes_does_not_start_it_for_ever() {
    let sandbox = sandbox!();
    let agents = "agents:\n  - {name: format, type: background, commands: [\"echo x >> count.txt; sed -i s/a/b/ {command_file_path}\"], watch_paths: [\"notes/*.md\"]}\n";
    let repo = repo(&sandbox, agents);
    once(&repo, 0);
    support::tree::put(&repo.path.join("notes/new.md"), "a\n");
    for expected in [1, 2, 2, 2] {
        once(&repo, 0);
        assert_eq!(count(&repo), expected);
    }
}

#[test]
fn a_command_for_another_folder_is_left_alone() {
    let sandbox = sandbox!();
    let repo = counting(&sandbox);
    let home = sandbox.path("home").display().to_string();
    let text = serde_json::json!({"command": "@a b", "execution_id": "n1", "worktree_path": home});
    support::tree::put(
        &repo.path.join(".cursor-skill-command.txt"),
        &text.to_string(),
    );
    let events = once(&repo, 0);
    assert_eq!(kinds(&events), ["skipped"]);
    let why = text_of(&events[0]);
    assert!(why.contains("is not in this repository"), "{why}");
    assert!(!sandbox.path("home/count.txt").exists());
}

fn text_of(event: &Value) -> &str {
    event["message"].as_str().unwrap_or_default()
}
