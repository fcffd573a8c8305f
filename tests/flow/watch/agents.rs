//! The file of agents: several of them, their paths, and its problems.

use super::*;

#[test]
fn of_several_agents_the_first_that_is_on_does_it() {
    let sandbox = sandbox!();
    let agent = |name: &str, more: &str| {
        format!(
            "  - {{name: {name}, type: background, commands: [\"echo {name} >> who.txt\"], watch_paths: [\"**/.cursor-skill-command.txt\"]{more}}}\n"
        )
    };
    let agents = format!(
        "agents:\n{}{}{}",
        agent("off", ", enabled: false"),
        agent("first", ""),
        agent("second", "")
    );
    let repo = repo(&sandbox, &agents);
    leave(&repo.path.join("deep/er"), "n1", "@a b");
    once(&repo, 0);
    let who = wait_until("somebody", LIMIT, || {
        std::fs::read_to_string(repo.path.join("deep/er/who.txt")).ok()
    });
    assert_eq!(who, "first\n");
    // Only the other one.
    leave(&repo.path.join("deep/er"), "n2", "@a b");
    let call = repo.call(&[]);
    call.args(&["agent", "watch", "--once", "--agent", "second"])
        .run()
        .expect_code(0);
    assert_eq!(repo.read("deep/er/who.txt"), "first\nsecond\n");
    let call = repo.call(&[]);
    let unknown = call
        .args(&["agent", "watch", "--once", "--agent", "third"])
        .run()
        .expect_code(2);
    assert!(
        unknown.stderr.contains("there is no agent `third`"),
        "{unknown}"
    );
}

#[test]
fn other_files_start_agents_when_they_change() {
    let sandbox = sandbox!();
    let agents = "agents:\n  - {name: docs, type: background, commands: [\"cat {command_file_path} >> seen.txt\"], watch_paths: [\"notes/*.md\"]}\n";
    let repo = repo(&sandbox, agents);
    // What lay there before anybody watched is not news.
    support::tree::put(&repo.path.join("notes/old.md"), "old\n");
    assert_eq!(once(&repo, 0), [] as [Value; 0]);
    support::tree::put(&repo.path.join("notes/new.md"), "new\n");
    once(&repo, 0);
    assert_eq!(repo.read("seen.txt"), "new\n");
}

#[test]
fn problems_of_the_file_are_shown_with_their_places() {
    let sandbox = sandbox!();
    let repo = repo(
        &sandbox,
        "agents:\n  - {name: a, type: x, commands: [], watch_path: []}\n",
    );
    for args in [&["agent", "watch"][..], &["bg-config", "validate"]] {
        let output = repo.call(&[]).args(args).run().expect_code(2);
        for expected in [
            "background-agents.yaml:2:21",
            "`type` must be `background`",
            "did you mean `watch_paths`?",
        ] {
            assert!(output.stderr.contains(expected), "{expected} in {output}");
        }
    }
    let generate = ["bg-config", "generate"];
    let refused = repo.call(&[]).args(&generate).run().expect_code(2);
    assert!(refused.stderr.contains("--overwrite"), "{refused}");
    for more in [&["--overwrite"][..], &["--overwrite", "--minimal"]] {
        repo.call(&[])
            .args(&generate)
            .args(more)
            .run()
            .expect_code(0);
        let call = repo
            .call(&[])
            .args(&["--json", "background-agent-config", "validate"]);
        let checked = call.run().expect_code(0).json();
        support::schema::assert_document("checked-agents", &checked);
        assert_eq!(checked["watching"][0], "Offshoot Workflow Executor");
        assert_eq!(checked["diagnostics"], serde_json::json!([]));
    }
}

#[test]
fn a_watcher_goes_by_the_file_as_it_is_now_and_by_the_last_one_that_can_be_used() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, &agents(&["echo first >> who.txt"], ""));
    let told = sandbox.path("home/told");
    let watcher = watch_into(&sandbox, &repo, &told);
    let hears = |what: &str, count: usize| {
        wait_until(what, LIMIT, || {
            let told = std::fs::read_to_string(&told).ok()?;
            (told.matches(what).count() == count).then_some(())
        });
    };
    let who = |expected: &str| {
        wait_until(expected, LIMIT, || {
            let who = std::fs::read_to_string(repo.path.join("who.txt")).ok()?;
            (who == expected).then_some(())
        });
    };
    hears("watching", 1);
    leave(&repo.path, "n1", "@a b");
    who("first\n");
    let file = ".cursor/background-agents.yaml";
    repo.write(file, &agents(&["echo second >> who.txt"], ""));
    hears("watching", 2);
    leave(&repo.path, "n2", "@a b");
    who("first\nsecond\n");
    // Half an edit.
    repo.write(file, "agents:\n  - name: tester\n    type: backgr");
    hears("what it said before holds", 1);
    leave(&repo.path, "n3", "@a b");
    who("first\nsecond\nsecond\n");
    process::signal(watcher.pid(), nix::sys::signal::Signal::SIGINT);
    watcher.wait().expect_code(0);
}

#[test]
fn the_agents_that_tapps_agents_generates_for_a_workflow_are_understood() {
    let sandbox = sandbox!();
    // One for each step: it knows its step by its variables, and its files as `watch`.
    let agents = "agents:\n- name: \"TappsCodingAgents Workflow: Fast - gen\"\n  type: background\n  commands: ['echo $WORKFLOW_ID $STEP_ID >> gen.log']\n  environment: [TAPPS_AGENTS_MODE=cursor, WORKFLOW_ID=fast, STEP_ID=gen]\n  triggers: [Run step gen]\n  worktree: workflow-fast-gen\n  watch: [\"src/**\", requirements.md]\n  metadata: {workflow_name: Fast, generated: true}\n";
    let repo = repo(&sandbox, agents);
    let checked = repo.offshoot(&["bg-config", "validate"]).expect_code(0);
    assert_eq!(checked.stderr, "", "{checked}");
    once(&repo, 0);
    for (path, expected) in [("requirements.md", 1), ("src/deep/er.py", 2)] {
        support::tree::put(&repo.path.join(path), "new\n");
        once(&repo, 0);
        assert_eq!(
            repo.read("gen.log"),
            "fast gen\n".repeat(expected),
            "{path}"
        );
    }
}
