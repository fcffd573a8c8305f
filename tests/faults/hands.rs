//! The user works in the repository while a run is under way: rebases, collects garbage, prunes, deletes.

use crate::bed::{make, wait_for};
use std::path::Path;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

const WORKFLOW: &str = "steps:\n  - {id: a, run: echo a > a.txt}\n  - {id: b, run: 'echo b > b.txt; mkdir \"$HOME/on$OFFSHOOT_ATTEMPT_NUMBER\"; await-file \"$HOME/go\"; echo more >> b.txt'}\n  \
                        - {id: c, run: 'test -e a.txt && test -e b.txt && echo c > c.txt'}\n";

fn under_way(sandbox: &Sandbox) -> (Repo<'_>, String) {
    let repo = sandbox.repo(&[("f.txt", "1\n"), ("w.yaml", WORKFLOW)]);
    repo.commit("second", &[("f.txt", "2\n")]);
    let run = id(&repo.detach(&["w.yaml"]));
    wait_for(sandbox, "on1");
    (repo, run)
}

#[track_caller]
fn completes(sandbox: &Sandbox, repo: &Repo<'_>, run: &str) {
    make(sandbox, "go");
    let end = repo.wait_end(run);
    assert_eq!(end["status"], "completed", "{end:#}");
    for name in ["a.txt", "b.txt", "c.txt"] {
        assert!(
            repo.has(text(&end, "result_branch"), name),
            "{name} is missing"
        );
    }
    repo.git(&["fsck", "--strict"]);
}

#[test]
fn garbage_collection_during_a_run_takes_nothing() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "--quiet", "--prune=now"]);
    completes(&sandbox, &repo, &run);
}

#[test]
fn worktree_prune_during_a_run_takes_nothing() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    repo.git(&["worktree", "prune", "--expire=now"]);
    completes(&sandbox, &repo, &run);
}

#[test]
fn history_rewritten_during_a_run_does_not_matter_to_it() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    // The run's base is on no branch any more, and collected.
    repo.git(&[
        "commit",
        "--quiet",
        "--amend",
        "--message",
        "second, reworded",
    ]);
    repo.commit("third", &[("g.txt", "x\n")]);
    repo.git(&["rebase", "--quiet", "--root", "--force-rebase"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "--quiet", "--prune=now"]);
    let head = repo.git(&["rev-parse", "HEAD"]);
    completes(&sandbox, &repo, &run);
    assert_eq!(repo.git(&["rev-parse", "HEAD"]), head);
}

#[test]
fn a_rebase_that_stands_still_is_not_disturbed() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    repo.git(&["checkout", "--quiet", "-b", "topic", "HEAD~1"]);
    repo.commit("topic", &[("f.txt", "topic\n")]);
    let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        repo.git(&["rebase", "main"])
    }));
    assert!(stopped.is_err(), "the rebase was to conflict");
    let before = repo.fingerprint();
    completes(&sandbox, &repo, &run);
    assert_eq!(repo.fingerprint(), before);
    assert!(repo.path.join(".git/rebase-merge").exists());
}

#[test]
fn a_worktree_deleted_by_hand_during_a_step_fails_that_step_with_a_word() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    let tree = text(step(&repo.wait_step(&run, "b", "running"), "b"), "worktree").to_owned();
    std::fs::remove_dir_all(&tree).expect("the step's worktree");
    make(&sandbox, "go");
    let end = repo.wait_end(&run);
    let failed = step(&end, "b");
    // Either it failed for good or it was done once more in a new tree; never completed without its work.
    if end["status"] == "completed" {
        assert!(repo.has(text(&end, "result_branch"), "b.txt"), "{end:#}");
    } else {
        assert_eq!(failed["status"], "failed", "{end:#}");
        assert!(!text(&failed["error"], "message").is_empty());
        assert_eq!(step(&end, "a")["status"], "completed");
        assert_eq!(step(&end, "c")["status"], "skipped");
        // The way out works.
        repo.offshoot(&["workflow", "retry", &run]);
        let end = repo.wait_end(&run);
        assert_eq!(end["status"], "completed", "{end:#}");
    }
    repo.git(&["fsck", "--strict"]);
    assert!(!Path::new(&tree).exists(), "the tree is left");
}

#[test]
fn deleted_branches_of_steps_do_not_matter() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    let branch = text(step(&repo.run(&run), "a"), "branch").to_owned();
    // git keeps a branch for as long as a worktree has it.
    repo.wait(&run, "the worktree of a to go", |run| {
        step(run, "a")["worktree"].is_null()
    });
    repo.git(&["branch", "--quiet", "-D", &branch]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.git(&["gc", "--quiet", "--prune=now"]);
    completes(&sandbox, &repo, &run);
}

#[test]
fn locks_that_other_programs_hold_are_waited_for() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    // A git of the user holds these for as long as it works; a crashed one for ever.
    for lock in [".git/index.lock", ".git/HEAD.lock", ".git/config.lock"] {
        support::tree::put(&repo.path.join(lock), "");
    }
    make(&sandbox, "go");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    for lock in [".git/index.lock", ".git/HEAD.lock", ".git/config.lock"] {
        std::fs::remove_file(repo.path.join(lock)).expect("the lock is the user's");
    }
}

#[test]
fn packed_refs_locked_for_a_moment_fail_no_step() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    let lock = repo.path.join(".git/packed-refs.lock");
    support::tree::put(&lock, "");
    make(&sandbox, "go");
    wait_until("b to end", LIMIT, || {
        (step(&repo.run(&run), "b")["status"] != "running").then_some(())
    });
    std::fs::remove_file(&lock).expect("the lock");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
}

#[test]
fn a_lock_that_a_power_failure_left_on_a_ref_of_ours_is_no_obstacle() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    let branch = text(step(&repo.run(&run), "b"), "branch").to_owned();
    support::tree::put(
        &repo.path.join(format!(".git/refs/heads/{branch}.lock")),
        "",
    );
    completes(&sandbox, &repo, &run);
}

#[test]
fn the_repository_moved_away_during_a_run_fails_it_with_a_word() {
    let sandbox = sandbox!();
    let (repo, run) = under_way(&sandbox);
    let away = sandbox.path("moved");
    std::fs::rename(&repo.path, &away).expect("the repository moves");
    make(&sandbox, "go");
    let home = sandbox.path("home");
    let elsewhere = Repo::at(&sandbox, &home);
    let end = elsewhere.wait_end(&run);
    assert_eq!(end["status"], "failed", "{end:#}");
    assert!(
        !text(&step(&end, "b")["error"], "message").is_empty(),
        "{end:#}"
    );
    std::fs::rename(&away, &repo.path).expect("and comes back");
    repo.offshoot(&["workflow", "retry", &run]);
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
}
