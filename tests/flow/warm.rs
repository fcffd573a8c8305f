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
