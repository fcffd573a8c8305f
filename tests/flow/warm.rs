//! Trees of completed steps that are used again, as seen from outside; and the disk they may take.

use serde_json::Value;
use support::run::{step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

/// A step that says which folder it is in, sees nothing of steps before it, and leaves rubbish behind.
const WHERE: &str = "steps:\n  - id: look\n    run: |\n      test ! -e junk.log && test ! -e sub\n      \
    echo \"folder=$(stat -c %i .)\" >> \"$OFFSHOOT_OUTPUT\"\n      echo x > junk.log\n      \
    mkdir -p sub && git init --quiet sub && chmod 500 sub\n      echo $OFFSHOOT_RUN_ID > result.txt\n";

fn repository(sandbox: &Sandbox) -> Repo<'_> {
    sandbox.repo(&[
        (".gitignore", "*.log\n"),
        ("w.yaml", WHERE),
        ("a/b.txt", "b\n"),
    ])
}

#[track_caller]
fn folder(repo: &Repo<'_>) -> String {
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    text(&step(&run, "look")["outputs"], "folder").to_owned()
}

fn of_state(repo: &Repo<'_>, state: &str) -> Vec<Value> {
    let list = repo.json(&["worktree", "list"]);
    support::schema::assert_document("worktree-list", &list);
    let all = list["worktrees"].as_array().cloned().unwrap_or_default();
    all.into_iter()
        .filter(|one| one["state"] == state)
        .collect()
}

/// Waits until so many trees are warm and measured.
#[track_caller]
fn warm(repo: &Repo<'_>, count: usize) -> Vec<Value> {
    wait_until("warm trees", LIMIT, || {
        let found = of_state(repo, "warm");
        let measured = found.iter().all(|one| one["bytes"].as_u64() > Some(0));
        (found.len() == count && measured).then_some(found)
    })
}

#[test]
fn the_tree_of_a_completed_step_is_used_again() {
    let sandbox = sandbox!();
    let repo = repository(&sandbox);
    let first = folder(&repo);
    let tree = warm(&repo, 1);
    assert!(
        tree[0]["since"].is_string() && tree[0]["run_id"].is_null(),
        "{tree:?}"
    );
    assert_eq!(
        repo.git(&["worktree", "list"]).lines().count(),
        1,
        "git knows nothing of it"
    );
    assert_eq!(folder(&repo), first, "the same tree");
    let shown = repo.offshoot(&["worktree", "list"]).expect_code(0);
    assert!(shown.stdout.contains("AGE"), "{shown}");

    // Thrown away when asked to.
    warm(&repo, 1);
    let pruned = repo.json(&["worktree", "prune", "--all"]);
    assert_eq!(
        pruned["removed"].as_array().map(Vec::len),
        Some(1),
        "{pruned:#}"
    );
    assert!(of_state(&repo, "warm").is_empty());
}

#[test]
fn failed_steps_keep_theirs_and_none_are_kept_where_none_are_wanted() {
    let sandbox = sandbox!();
    sandbox.user_settings("offshoot: {worktrees: {warm: 0}}\n");
    let repo = repository(&sandbox);
    let first = folder(&repo);
    assert_ne!(folder(&repo), first);
    repo.write(
        "bad.yaml",
        "steps:\n  - {id: bad, run: echo x > dirty.txt; exit 1}\n",
    );
    let run = repo
        .call(&["--json", "run", "bad.yaml"])
        .run()
        .expect_code(1)
        .json();
    let kept = wait_until("its size", LIMIT, || {
        let kept = of_state(&repo, "kept");
        kept.first()
            .filter(|one| one["bytes"].as_u64() > Some(0))
            .cloned()
    });
    assert_eq!(kept["run_id"], run["run_id"]);
    assert_eq!(kept["step_id"], "bad");
    assert!(of_state(&repo, "warm").is_empty());
}

#[test]
fn what_a_person_has_open_is_neither_used_nor_removed() {
    let sandbox = sandbox!();
    let repo = repository(&sandbox);
    let first = folder(&repo);
    let tree = text(&warm(&repo, 1)[0], "path").to_owned();
    let editor = support::session::Session::start(&sandbox, std::path::Path::new(&tree));
    let pruned = repo.json(&["worktree", "prune", "--all"]);
    assert_eq!(pruned["removed"], serde_json::json!([]), "{pruned:#}");
    assert_eq!(pruned["left"][0]["path"], tree.as_str(), "{pruned:#}");
    let reason = text(&pruned["left"][0], "reason").to_owned();
    assert!(reason.contains("stands in it"), "{reason}");
    support::schema::assert_document("pruned", &pruned);
    // The next step gets another.
    assert_ne!(folder(&repo), first);
    drop(editor);

    repo.write(
        "bad.yaml",
        "steps:\n  - {id: bad, run: echo x > dirty.txt; exit 1, retry: {max_attempts: 1}}\n",
    );
    let failed = repo.call(&["--json", "run", "bad.yaml"]).run();
    let run = failed.expect_code(1).json();
    let kept = text(step(&run, "bad"), "worktree").to_owned();
    let editor = support::session::Session::start(&sandbox, std::path::Path::new(&kept));
    let pruned = repo.json(&["worktree", "prune", "--all"]);
    let left = pruned["left"].to_string();
    assert!(left.contains(&kept), "{pruned:#}");
    assert!(std::path::Path::new(&kept).join("dirty.txt").exists());
    drop(editor);
    wait_until("it to be closed", LIMIT, || {
        let pruned = repo.json(&["worktree", "prune", "--all"]);
        let removed = pruned["removed"].to_string();
        removed.contains(&kept).then_some(())
    });
    assert!(!std::path::Path::new(&kept).exists());
}

#[test]
fn with_too_little_disk_nothing_begins_and_it_goes_on_by_itself() {
    let sandbox = sandbox!();
    sandbox.user_settings("offshoot: {worktrees: {free_minimum: 9000T}}\n");
    let repo = repository(&sandbox);
    sandbox.start_daemon();
    wait_until("the hold", LIMIT, || {
        let pool = sandbox.json(&["pool", "status"]);
        let reason = pool["reason"].as_str().unwrap_or_default();
        (pool["paused"] == true && reason.contains("free_minimum")).then_some(())
    });
    let run = repo.json(&["run", "w.yaml", "--detach"]);
    assert_eq!(run["status"], "queued", "{run:#}");
    let shown = repo.offshoot(&["pool", "status"]).expect_code(0);
    assert!(shown.stdout.contains("free_minimum"), "{shown}");
    sandbox.user_settings("offshoot: {worktrees: {free_minimum: 0, free_warning: 9000T}}\n");
    sandbox.offshoot(&["background", "reload"]).expect_code(0);
    let id = text(&run, "run_id").to_owned();
    wait_until("the run", LIMIT, || {
        let run = repo.json(&["workflow", "show", &id]);
        (run["status"] == "completed").then_some(())
    });
    wait_until("the warning", LIMIT, || {
        let status = sandbox.json(&["background", "status"]);
        let problems = status["problems"].to_string();
        problems.contains("worktree prune").then_some(())
    });
    // Warm trees give way to what is free.
    wait_until("room", LIMIT, || {
        of_state(&repo, "warm").is_empty().then_some(())
    });
}

/// Two steps at once, so that two trees become warm; each with a megabyte.
const TWO: &str = "steps:\n  - {id: a, run: 'touch $OFFSHOOT_HERE-a; await-file $OFFSHOOT_HERE-b'}\n  \
                   - {id: b, needs: [], run: 'touch $OFFSHOOT_HERE-b; await-file $OFFSHOOT_HERE-a'}\n";

fn two_warm<'a>(sandbox: &'a Sandbox, more: &[(&str, &str)]) -> (Repo<'a>, Vec<Value>) {
    let here = sandbox.path("here").display().to_string();
    let (workflow, big) = (TWO.replace("$OFFSHOOT_HERE", &here), "x".repeat(1 << 20));
    let mut files = vec![("big.txt", big.as_str()), ("w.yaml", workflow.as_str())];
    files.extend(more);
    let repo = sandbox.repo(&files);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let mut trees = warm(&repo, 2);
    trees.sort_by_key(|tree| text(tree, "since").to_owned());
    (repo, trees)
}

#[test]
fn where_the_oldest_is_open_another_gives_way_to_the_budget() {
    let sandbox = sandbox!();
    let (repo, trees) = two_warm(&sandbox, &[]);
    let oldest = text(&trees[0], "path").to_owned();
    let editor = support::session::Session::start(&sandbox, std::path::Path::new(&oldest));
    sandbox.user_settings("offshoot: {worktrees: {budget: 1500K}}\n");
    sandbox.offshoot(&["background", "reload"]).expect_code(0);
    let left = wait_until("the other to go", LIMIT, || {
        let left = of_state(&repo, "warm");
        (left.len() < 2).then_some(left)
    });
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["path"], oldest.as_str());
    drop(editor);
}

#[test]
fn a_repository_has_a_budget_of_its_own_and_what_failed_is_never_removed_for_it() {
    let sandbox = sandbox!();
    let settings = "offshoot: {worktrees: {repository_budget: 1500K}}\n";
    let big = "x".repeat(1 << 20);
    let workflow = "steps:\n  - {id: bad, run: exit 1, retry: {max_attempts: 1}}\n";
    let files = [
        ("big.txt", big.as_str()),
        ("bad.yaml", workflow),
        ("w.yaml", WHERE),
    ];
    let other = sandbox.repo_named("other", &files);
    let repo = sandbox.repo_named("repo", &files);
    folder(&other);
    folder(&repo);
    warm(&other, 1);
    warm(&repo, 1);
    repo.write(".tapps-agents/config.yaml", settings);
    let mut kept = Vec::new();
    for _ in 0..2 {
        let failed = repo.call(&["--json", "run", "bad.yaml"]).run();
        let run = failed.expect_code(1).json();
        kept.push(text(step(&run, "bad"), "worktree").to_owned());
    }
    let measured = || {
        let kept = of_state(&repo, "kept");
        kept.iter().all(|one| one["bytes"].as_u64() > Some(0))
    };
    wait_until("sizes", LIMIT, || measured().then_some(()));
    wait_until("the tree of this repository to go", LIMIT, || {
        sandbox.offshoot(&["background", "reload"]).expect_code(0);
        of_state(&repo, "warm").is_empty().then_some(())
    });
    let told = wait_until("a word about it", LIMIT, || {
        let problems = sandbox.json(&["background", "status"])["problems"].to_string();
        problems.contains("repository_budget").then_some(problems)
    });
    assert!(told.contains(&repo.path.display().to_string()), "{told}");
    assert!(kept.iter().all(|path| std::path::Path::new(path).exists()));
    assert_eq!(
        of_state(&other, "warm").len(),
        1,
        "the budget is not its own"
    );
}

#[test]
fn trees_of_a_repository_that_is_gone_go_too() {
    let sandbox = sandbox!();
    let (repo, trees) = two_warm(&sandbox, &[]);
    std::fs::remove_dir_all(&repo.path).expect("the repository");
    sandbox.offshoot(&["background", "reload"]).expect_code(0);
    wait_until("its trees to go", LIMIT, || {
        let there = |tree: &Value| std::path::Path::new(text(tree, "path")).exists();
        (!trees.iter().any(there)).then_some(())
    });
}

#[test]
fn what_a_repository_that_is_gone_left_is_told_and_goes_when_it_is_asked_for() {
    let sandbox = sandbox!();
    let said = sandbox.path("said");
    let settings = format!(
        "offshoot: {{worktrees: {{teardown: ['cat dirty.txt >> {}']}}}}\n",
        said.display()
    );
    let repo = sandbox.repo(&[
        (".tapps-agents/config.yaml", &settings),
        (
            "bad.yaml",
            "steps:\n  - {id: bad, run: echo x > dirty.txt; exit 1, retry: {max_attempts: 1}}\n",
        ),
        (
            "wait.yaml",
            "steps:\n  - {id: wait, run: 'touch \"$HOME/begun\"; await-file \"$HOME/never\"'}\n",
        ),
    ]);
    let failed = || {
        let run = repo.call(&["--json", "run", "bad.yaml"]).run();
        let run = run.expect_code(1).json();
        std::path::PathBuf::from(text(step(&run, "bad"), "worktree"))
    };
    let (open, closed) = (failed(), failed());
    let waits = repo.json(&["run", "wait.yaml", "--detach"]);
    let waits = text(&waits, "run_id").to_owned();
    let at_work = wait_until("the step", LIMIT, || {
        let run = repo.json(&["workflow", "show", &waits]);
        let worktree = step(&run, "wait")["worktree"].as_str().map(str::to_owned);
        worktree.filter(|_| sandbox.path("home/begun").exists())
    });
    // A repository that is there is no business of this.
    let pruned = sandbox.json(&["worktree", "prune", "--gone"]);
    assert_eq!(pruned["removed"], serde_json::json!([]), "{pruned:#}");
    std::fs::remove_dir_all(&repo.path).expect("the repository");

    let problem = || {
        sandbox.offshoot(&["background", "reload"]).expect_code(0);
        let status = sandbox.json(&["background", "status"]);
        let problems = status["problems"].as_array().cloned().unwrap_or_default();
        let mut told = problems.iter().filter_map(Value::as_str);
        told.find(|told| told.contains("prune --gone"))
            .map(str::to_owned)
    };
    let told = wait_until("a word about them", LIMIT, problem);
    assert!(told.contains(&repo.path.display().to_string()), "{told}");
    let editor = support::session::Session::start(&sandbox, &open);
    let pruned = sandbox.json(&["worktree", "prune", "--gone"]);
    support::schema::assert_document("pruned", &pruned);
    let path = closed.display().to_string();
    assert_eq!(pruned["removed"], serde_json::json!([path]), "{pruned:#}");
    assert!(!closed.exists());
    assert_eq!(std::fs::read_to_string(&said).expect("teardown"), "x\n");
    let left = pruned["left"].to_string();
    let cancel = format!("workflow cancel {waits}");
    for part in [
        &open.display().to_string(),
        "stands in it",
        &at_work,
        &cancel,
    ] {
        assert!(left.contains(part), "{pruned:#}");
    }
    drop(editor);
    sandbox
        .offshoot(&["workflow", "cancel", &waits])
        .expect_code(0);
    wait_until("all of them to go", LIMIT, || {
        let pruned = sandbox.json(&["worktree", "prune", "--gone"]);
        pruned["left"].is_null().then_some(())
    });
    assert!(!open.exists() && !std::path::Path::new(&at_work).exists());
    wait_until("nothing to be said of it", LIMIT, || {
        problem().is_none().then_some(())
    });
    let both = sandbox.offshoot(&["worktree", "prune", "--gone", "--all"]);
    both.expect_code(2);
}
