//! A worktree that is being made of a warm tree when the daemon is killed, or when the disk is full.

use crate::bed::{Chance, Disk, lock_holder};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

/// Steps in a chain, each of which gets the tree of one before it.
const STEPS: usize = 8;
const FILES: usize = 300;

/// Each sees exactly its commit, and leaves rubbish, changed files and a file of its own.
const LOOK: &str = "test -z \"$(git status --porcelain --ignored)\"\n\
    test \"$(cat many/*.txt | cksum)\" = \"$(cat \"$HOME/sum\")\"\n\
    test ! -e junk.log\necho x > junk.log\necho \"$OFFSHOOT_STEP_ID\" > \"of-$OFFSHOOT_STEP_ID.txt\"";

fn repository(sandbox: &Sandbox) -> Repo<'_> {
    sandbox.script("look", LOOK);
    let mut workflow = "steps:\n".to_owned();
    for number in 0..STEPS {
        workflow.push_str(&format!("  - {{id: s{number}, run: look}}\n"));
    }
    let files: Vec<(String, String)> = (0..FILES)
        .map(|number| (format!("many/{number}.txt"), format!("number {number}\n")))
        .collect();
    let mut all: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, content)| (path.as_str(), content.as_str()))
        .collect();
    all.extend([(".gitignore", "*.log\n"), ("w.yaml", workflow.as_str())]);
    let repo = sandbox.repo(&all);
    sandbox.script("sum-up", "cat many/*.txt | cksum > \"$HOME/sum\"");
    repo
}

fn finished(run: &Value) -> bool {
    matches!(
        run["status"].as_str(),
        Some("completed" | "failed" | "cancelled")
    )
}

#[test]
fn a_daemon_killed_while_trees_are_used_again_loses_nothing() {
    let sandbox = sandbox!();
    let repo = repository(&sandbox);
    repo.write("sum.yaml", "steps:\n  - {id: sum, run: sum-up}\n");
    assert_eq!(repo.json(&["run", "sum.yaml"])["status"], "completed");
    let mut chance = Chance::new();
    let run = id(&repo.detach(&["w.yaml"]));
    let mut kills = 0;
    for _ in 0..12 {
        let daemon = wait_until("a daemon", LIMIT, || lock_holder(&sandbox));
        let _: Option<()> = chance.moment(400, || None);
        if kill(Pid::from_raw(daemon), Signal::SIGKILL).is_ok() {
            kills += 1;
        }
        if finished(&repo.run(&run)) {
            break;
        }
    }
    assert!(kills > 0, "nothing was killed");
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "after {kills} kills: {end:#}");
    for number in 0..STEPS {
        let name = format!("s{number}");
        let file = format!("of-{name}.txt");
        let branch = text(&end, "result_branch");
        assert_eq!(
            repo.show(branch, &file).trim(),
            name,
            "{}",
            step(&end, &name)
        );
    }
    // What is left is warm, or on its way out: nobody's worktree, and nothing half made.
    wait_until("everything to be in its place", LIMIT, || {
        let list = repo.json(&["worktree", "list"]);
        let all = list["worktrees"].as_array().cloned().unwrap_or_default();
        let warm = all.iter().all(|one| one["state"] == "warm");
        let known = repo.git(&["worktree", "list"]).lines().count() == 1;
        (warm && known).then_some(())
    });
    repo.git(&["fsck", "--strict"]);
}

#[test]
fn a_full_disk_while_a_tree_is_used_again_leaves_nothing_half_made() {
    let sandbox = sandbox!();
    let Some(disk) = Disk::mount(&sandbox, &sandbox.state().join("worktrees"), "6m") else {
        return;
    };
    let look = "steps:\n  - {id: a, run: 'test -z \"$(git status --porcelain)\"; wc -c < big.txt > size.txt', retry: {max_attempts: 1}}\n";
    let repo = sandbox.repo(&[("w.yaml", look), ("big.txt", &"x".repeat(1 << 20))]);
    assert_eq!(repo.json(&["run", "w.yaml"])["status"], "completed");
    let warm = || {
        let list = repo.json(&["worktree", "list"])["worktrees"].clone();
        let all = list.as_array().cloned().unwrap_or_default();
        all.into_iter()
            .filter(|one| one["state"] == "warm" && one["bytes"].as_u64() > Some(0))
            .count()
    };
    wait_until("its tree", LIMIT, || (warm() == 1).then_some(()));
    repo.commit("larger", &[("big.txt", &"y".repeat(3 << 20))]);
    let full = disk.fill();
    let output = repo.call(&["--json", "run", "w.yaml"]).run().expect_code(1);
    let run = output.json();
    assert_eq!(step(&run, "a")["class"], "disk", "{run:#}");
    assert_eq!(
        repo.git(&["worktree", "list"]).lines().count(),
        1,
        "a worktree is left of it"
    );
    drop(full);
    repo.offshoot(&["workflow", "retry", text(&run, "run_id")]);
    let end = repo.wait_end(text(&run, "run_id"));
    assert_eq!(end["status"], "completed", "{end:#}");
    let branch = text(&end, "result_branch");
    assert_eq!(repo.show(branch, "size.txt").trim(), (3 << 20).to_string());
    drop(disk);
}
