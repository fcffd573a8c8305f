//! What is put into worktrees beside their commit: copies, links, setup, ports.

use serde_json::Value;
use support::run::{id, step, text};
use support::{LIMIT, Repo, sandbox, wait_until};

#[track_caller]
fn completed(repo: &Repo<'_>) -> Value {
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    run
}

#[test]
fn ignored_files_are_copied_and_never_committed() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        (".gitignore", "*.local\n"),
        (".worktreeinclude", "# private\n.env\n/conf/*.local\n"),
        ("conf/shared.yaml", "a: 1\n"),
        ("w.yaml", "steps:\n  - id: a\n    run: |\n      cat .env conf/x.local > seen.txt\n      git add -f .env\n      echo more >> .env\n"),
    ]);
    // The user's own `.gitignore` is ahead of the commit: in the worktree nothing ignores `.env`.
    repo.write(".gitignore", "*.local\n.env\n");
    repo.write(".env", "SECRET=1\n");
    repo.write("conf/x.local", "local\n");
    repo.write("not-named.local", "x\n");
    let run = completed(&repo);
    let branch = text(&run, "result_branch");
    assert_eq!(repo.show(branch, "seen.txt"), "SECRET=1\nlocal\n");
    assert!(!repo.has(branch, ".env") && !repo.has(branch, "conf/x.local"));
    let found = step(&run, "a")["finding_list"].to_string();
    assert!(
        found.contains("not-ignored") && found.contains(".env"),
        "{found}"
    );
    assert!(!found.contains("x.local"), "{found}");
    // Nor was it saved anywhere else.
    let objects = repo.git(&["rev-list", "--all", "--objects"]);
    assert!(
        !objects.lines().any(|line| line.ends_with(" .env")),
        "{objects}"
    );
    assert_eq!(repo.read(".env"), "SECRET=1\n");
}

#[test]
fn links_and_copies_by_the_settings() {
    let sandbox = sandbox!();
    let settings = "offshoot:\n  worktrees:\n    copy: [\"*.local\"]\n    link: [cache]\n    reflink: [heavy]\n";
    let repo = sandbox.repo(&[
        (".gitignore", "*.local\ncache\nheavy\n"),
        (".tapps-agents/config.yaml", settings),
        ("w.yaml", "steps:\n  - id: a\n    run: |\n      readlink cache > link.txt\n      cp deep/x.local copied.txt\n      \
                    if [ -e heavy ]; then cmp heavy/big \"$OFFSHOOT_ROOT/heavy/big\"; fi\n"),
    ]);
    repo.write("cache/one", "1");
    repo.write("heavy/big", "big");
    repo.write("deep/x.local", "local\n");
    let root = repo.path.display().to_string();
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .env("OFFSHOOT_ROOT", &root)
        .run();
    let run = run.json();
    assert_eq!(run["status"], "completed", "{run:#}");
    let branch = text(&run, "result_branch");
    assert_eq!(repo.show(branch, "copied.txt"), "local\n");
    assert_eq!(repo.show(branch, "link.txt"), format!("{root}/cache\n"));
    assert!(!repo.has(branch, "cache") && !repo.has(branch, "heavy"));
}

#[test]
fn cursors_setup_is_run_in_every_form_and_shown() {
    for (name, json) in [
        (
            "list",
            "{\"setup-worktree\": [\"no\"], \"setup-worktree-unix\": [\"echo from $ROOT_WORKTREE_PATH > made.txt\", \"echo second >> made.txt\"]}",
        ),
        ("script", "{\"setup-worktree\": \"setup.sh\"}"),
        ("above", "{\"setup-worktree\": \"../tools/setup\"}"),
        (
            "of the checkout",
            "{\"setup-worktree-unix\": \"$ROOT_WORKTREE_PATH/.cursor/setup.sh\", \"setup-worktree\": 1}",
        ),
    ] {
        let sandbox = sandbox!();
        let repo = sandbox.repo(&[
            (".cursor/worktrees.json", json),
            (
                ".cursor/setup.sh",
                "echo from $ROOT_WORKTREE_PATH > made.txt; echo second >> made.txt\n",
            ),
            // It may not be executed, and is of another shell.
            (
                "tools/setup",
                "#!/usr/bin/env bash\n[[ -n $BASH ]] && echo from $ROOT_WORKTREE_PATH > made.txt; echo second >> made.txt\n",
            ),
            (
                "w.yaml",
                "steps:\n  - {id: a, run: cp made.txt seen.txt; echo the step}\n",
            ),
        ]);
        let run = completed(&repo);
        let expected = format!("from {}\nsecond\n", repo.path.display());
        assert_eq!(
            repo.show(text(&run, "result_branch"), "seen.txt"),
            expected,
            "{name}"
        );
        let log = repo.offshoot(&["background", "logs", text(&run, "run_id"), "a"]);
        let said = log.expect_code(0).stdout;
        let (first, _) = said.split_once('\n').unwrap_or_default();
        assert!(
            first.starts_with("$ ") && !first.contains("[ -f"),
            "{name}: {said}"
        );
        assert!(said.contains("the step"), "{name}: {said}");
    }
}

#[test]
fn setup_that_fails_says_so() {
    let sandbox = sandbox!();
    for (json, expected) in [
        (
            "{\"setup-worktree\": [\"echo working\", \"echo it broke >&2; exit 3\"]}",
            "it broke",
        ),
        ("{\"setup-worktree\": 3}", ".cursor/worktrees.json"),
        (
            "{\"setup-worktree\": \"npm ci\"}",
            "the script `npm ci` is neither in the worktree nor in the checkout; commands stand in a list",
        ),
        ("{\"setup-wroktree\": []}", "`setup-wroktree` is not known"),
    ] {
        let repo = sandbox.repo_named(
            &format!("repo-{}", expected.len()),
            &[
                (".cursor/worktrees.json", json),
                (
                    "w.yaml",
                    "steps:\n  - {id: a, run: touch never, retry: {max_attempts: 1}}\n",
                ),
            ],
        );
        let run = repo
            .call(&["--json", "run", "w.yaml"])
            .run()
            .expect_code(1)
            .json();
        let step = step(&run, "a");
        assert_eq!(step["class"], "worktree", "{run:#}");
        let message = step["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(expected), "{message}");
        assert_eq!(
            repo.git(&["worktree", "list"]).lines().count(),
            1,
            "nothing is left of it"
        );
        assert_eq!(repo.git(&["for-each-ref", "refs/offshoot/salvage"]), "");
    }
}

#[test]
fn setup_is_done_again_only_where_its_inputs_changed() {
    let sandbox = sandbox!();
    let count = sandbox.path("count");
    let settings = format!(
        "offshoot:\n  worktrees:\n    setup: [\"echo x >> {}; cp Cargo.lock made.ignored\"]\n",
        count.display()
    );
    let workflow = "steps:\n  - {id: a, run: cp made.ignored seen.txt; date +%N > other.txt}\n";
    let repo = sandbox.repo(&[
        (".gitignore", "*.ignored\n"),
        (".tapps-agents/config.yaml", &settings),
        ("Cargo.lock", "one\n"),
        ("w.yaml", workflow),
    ]);
    let times = || std::fs::read_to_string(&count).unwrap_or_default().len() / 2;
    let run_and_wait = |seen: &str| {
        let run = completed(&repo);
        assert_eq!(repo.show(text(&run, "result_branch"), "seen.txt"), seen);
        wait_until("its tree", LIMIT, || {
            let list = repo.json(&["worktree", "list"])["worktrees"].to_string();
            list.contains("\"bytes\"").then_some(())
        });
    };
    run_and_wait("one\n");
    run_and_wait("one\n");
    assert_eq!(times(), 1, "what was set up was kept");
    repo.commit("lock", &[("Cargo.lock", "two\n")]);
    run_and_wait("two\n");
    assert_eq!(times(), 2);
    repo.commit(
        "bad guest",
        &[(
            "w.yaml",
            "steps:\n  - {id: a, run: cp made.ignored seen.txt; echo evil > made.ignored}\n",
        )],
    );
    run_and_wait("two\n");
    repo.commit("guest", &[("w.yaml", workflow)]);
    run_and_wait("two\n");
    assert_eq!(times(), 3, "what was touched was set up again");
}

#[test]
fn teardown_follows_every_step() {
    let sandbox = sandbox!();
    let said = sandbox.path("said");
    let settings = format!(
        "offshoot:\n  worktrees:\n    setup: [\"echo up >> {0}\"]\n    teardown: [\"echo down $OFFSHOOT_STEP_ID >> {0}\"]\n",
        said.display()
    );
    let repo = sandbox.repo(&[
        (".tapps-agents/config.yaml", &settings),
        (
            "w.yaml",
            "steps:\n  - {id: a, run: touch a}\n  - {id: b, needs: [a], run: touch b}\n",
        ),
    ]);
    completed(&repo);
    let said = std::fs::read_to_string(&said).expect("it was run");
    assert_eq!(said, "up\ndown a\nup\ndown b\n");
}

#[test]
fn ports_are_leased_told_and_shown() {
    let sandbox = sandbox!();
    let settings = "offshoot: {worktrees: {ports: [web, data-base]}}\n";
    let workflow = "steps:\n  - {id: a, run: 'echo p=$OFFSHOOT_PORT_WEB-$OFFSHOOT_PORT_DATA_BASE >> $OFFSHOOT_OUTPUT; touch $READY-a; await-file $GO'}\n  \
                    - {id: b, needs: [], run: 'echo p=$OFFSHOOT_PORT_WEB-$OFFSHOOT_PORT_DATA_BASE >> $OFFSHOOT_OUTPUT; touch $READY-b; await-file $GO'}\n";
    let (ready, go) = (sandbox.path("ready"), sandbox.path("go"));
    let workflow = workflow
        .replace("$READY", &ready.display().to_string())
        .replace("$GO", &go.display().to_string());
    let repo = sandbox.repo(&[
        (".tapps-agents/config.yaml", settings),
        ("w.yaml", &workflow),
    ]);
    let run = repo.json(&["run", "w.yaml", "--detach"]);
    let id = text(&run, "run_id").to_owned();
    wait_until("both steps", LIMIT, || {
        let there =
            |name: &str| std::fs::exists(format!("{}-{name}", ready.display())).unwrap_or(false);
        (there("a") && there("b")).then_some(())
    });
    let shown = repo.json(&["workflow", "show", &id]);
    let listed = repo.json(&["worktree", "list"])["worktrees"].clone();
    std::fs::File::create(&go).expect("a file");
    let mut all = Vec::new();
    for name in ["a", "b"] {
        let ports = &step(&shown, name)["ports"];
        for variable in ["OFFSHOOT_PORT_WEB", "OFFSHOOT_PORT_DATA_BASE"] {
            all.push(ports[variable].as_u64().expect("a port"));
        }
        let one = listed
            .as_array()
            .and_then(|all| all.iter().find(|one| one["step_id"] == name));
        assert_eq!(&one.expect("its worktree")["ports"], ports);
    }
    let mut different = all.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), 4, "{all:?}");
    let done = wait_until("the run", LIMIT, || {
        let run = repo.json(&["workflow", "show", &id]);
        (run["status"] == "completed").then_some(run)
    });
    assert_eq!(
        step(&done, "a")["outputs"]["p"],
        format!("{}-{}", all[0], all[1])
    );
    assert_eq!(
        step(&done, "b")["outputs"]["p"],
        format!("{}-{}", all[2], all[3])
    );
}

#[test]
fn setup_needs_trust_where_nobody_typed_the_command() {
    let sandbox = sandbox!();
    let said = sandbox.path("said");
    let settings = format!(
        "offshoot: {{worktrees: {{setup: ['echo up >> {0}']}}}}\n",
        said.display()
    );
    let repo = sandbox.repo(&[
        (".tapps-agents/config.yaml", &settings),
        ("w.yaml", "steps:\n  - {id: a, run: touch a}\n"),
    ]);
    sandbox.start_daemon();
    let mut wire = support::wire::Wire::open(&sandbox);
    let start = serde_json::json!({
        "repo": repo.path.display().to_string(),
        "file": repo.path.join("w.yaml").display().to_string(),
        "origin": "editor",
        "environment": {"PATH": std::env::var("PATH").unwrap_or_default()},
    });
    let refused = wire.call("run.start", &start);
    let error = &refused["error"];
    assert_eq!(error["data"]["kind"], "untrusted", "{refused:#}");
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains("not trusted"), "{message}");
    assert!(
        error["data"]["hint"].to_string().contains("offshoot trust"),
        "{refused:#}"
    );
    assert!(!said.exists(), "setup was run without trust");
    assert_eq!(
        repo.json(&["workflow", "list"])["runs"],
        serde_json::json!([])
    );

    // The same from a hook, where the exit code says it.
    let hook = ["run", "w.yaml", "--trusted-only"];
    let refused = repo.offshoot(&hook).expect_code(4);
    assert!(refused.stderr.contains("not trusted"), "{refused}");
    assert!(refused.stderr.contains("`offshoot trust`"), "{refused}");
    let refused = repo.call(&["--json"]).args(&hook).run().expect_code(4);
    assert_eq!(refused.json()["error"]["kind"], "untrusted");
    let submitted = ["background", "submit", "--trusted-only", "--", "true"];
    repo.offshoot(&submitted).expect_code(4);
    assert!(!said.exists(), "setup was run without trust");

    repo.offshoot(&["trust"]).expect_code(0);
    repo.offshoot(&hook).expect_code(0);
    assert_eq!(std::fs::read_to_string(&said).ok().as_deref(), Some("up\n"));
    let started = wire.call("run.start", &start);
    let run = text(&started["result"], "run_id").to_owned();
    assert_eq!(repo.wait_end(&run)["status"], "completed");
}

#[test]
fn teardown_comes_before_what_is_discarded_or_pruned_and_keeps_nothing() {
    let sandbox = sandbox!();
    let said = sandbox.path("said");
    let settings = |last: &str| {
        format!(
            "offshoot:\n  worktrees:\n    timeout: 2\n    teardown: [\"echo down $OFFSHOOT_STEP_ID $(cat made) >> {}{last}\"]\n",
            said.display()
        )
    };
    let repo = sandbox.repo(&[
        (".tapps-agents/config.yaml", &settings("")),
        (
            "w.yaml",
            "steps:\n  - {id: a, run: 'echo x > made; exit 1', retry: {max_attempts: 1}}\n",
        ),
    ]);
    let failed = || {
        let run = repo.call(&["--json", "run", "w.yaml"]).run();
        run.expect_code(1).json()
    };
    let told = || std::fs::read_to_string(&said).unwrap_or_default();
    let gone = |run: &Value| {
        let worktree = text(step(run, "a"), "worktree");
        assert!(!std::path::Path::new(worktree).exists(), "{worktree}");
    };
    let run = failed();
    assert_eq!(told(), "", "a failed step keeps its worktree as it is");
    repo.json(&["discard", text(&run, "run_id")]);
    assert_eq!(told(), "down a x\n");
    gone(&run);
    let run = failed();
    // What the settings say now was not agreed to for a worktree that is there already.
    repo.write(".tapps-agents/config.yaml", &settings("; touch new"));
    repo.json(&["worktree", "prune", "--all"]);
    assert_eq!(told(), "down a x\ndown a x\n");
    gone(&run);

    repo.write(".tapps-agents/config.yaml", &settings("; sleep 600"));
    let run = failed();
    let pruned = repo.json(&["worktree", "prune", "--all"]);
    assert!(
        pruned["warnings"][0]
            .as_str()
            .is_some_and(|text| text.contains("teardown") && text.contains("`a`")),
        "{pruned:#}"
    );
    gone(&run);
    repo.write(".tapps-agents/config.yaml", &settings("; exit 3"));
    let run = failed();
    let discarded = repo.offshoot(&["discard", text(&run, "run_id")]);
    assert!(
        discarded.stdout.contains("warning: step `a`: teardown"),
        "{discarded}"
    );
    gone(&run);
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_copy_ends_when_its_run_is_cancelled() {
    const LARGE: u64 = 4 << 30;
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        (".gitignore", "own/\n"),
        (
            ".tapps-agents/config.yaml",
            "offshoot: {worktrees: {copy: [own/]}}\n",
        ),
        ("w.yaml", "steps:\n  - {id: a, run: 'true'}\n"),
    ]);
    repo.write("own/small", "x\n");
    let open = |name| std::fs::File::create(repo.path.join(name)).expect(name);
    let small = std::fs::File::open(repo.path.join("own/small")).expect("a file");
    if rustix::fs::ioctl_ficlone(open("own/twin"), &small).is_ok() {
        // Blocks are shared here, however large it is: there is nothing to end.
        return;
    }
    open("own/large").set_len(LARGE).expect("its length");
    let run = id(&repo.json(&["run", "w.yaml", "--detach"]));
    let copied = || {
        let worktrees = std::fs::read_dir(sandbox.state().join("worktrees"));
        let worktrees = worktrees.into_iter().flatten().flatten();
        let copies = worktrees.map(|entry| entry.path().join("own/large"));
        let sizes = copies.filter_map(|copy| std::fs::metadata(copy).ok());
        sizes.map(|meta| meta.len()).max()
    };
    wait_until("the copy to begin", LIMIT, || copied().map(drop));
    repo.offshoot(&["workflow", "cancel", &run]);
    let mut most = 0;
    wait_until("the run to end", LIMIT, || {
        most = most.max(copied().unwrap_or(0));
        let run = repo.json(&["workflow", "show", &run]);
        (run["status"] == "cancelled").then_some(())
    });
    assert!(most < LARGE, "it was copied to the end");
    assert_eq!(copied(), None);
}
