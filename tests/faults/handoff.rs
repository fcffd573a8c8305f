//! Hand-offs by files while daemons die: what was handed out stays handed out, and an answer counts whoever
//! was there when it came.

use crate::bed::{lock_holder, wait_nobody};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use support::process::kill9;
use support::run::{id, step, text};
use support::tree::put;
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

const WORKFLOW: &str = "steps:\n  - {id: a, agent: analyst, action: gather-requirements, creates: [requirements.md]}\n  \
                        - {id: b, run: 'grep -q written requirements.md && echo done > b.txt'}\n";

/// A hand-off that is open: the run, and the folder its agent works in.
fn open(repo: &Repo<'_>) -> (String, PathBuf) {
    let run = id(&repo.detach(&["w.yaml"]));
    repo.wait_step(&run, "a", "needs_input");
    let folder = wait_until("the command file", LIMIT, || {
        let trees = fs::read_dir(repo.path.join(".tapps-agents/worktrees")).ok()?;
        let mut trees = trees.flatten().map(|entry| entry.path());
        trees.find(|tree| tree.join(".cursor-skill-command.txt").is_file())
    });
    (run, folder)
}

fn answer(folder: &Path) {
    put(&folder.join("requirements.md"), "written\n");
    put(
        &folder.join(".cursor-skill-status.json"),
        "{\"status\": \"completed\"}",
    );
}

#[track_caller]
fn completes(repo: &Repo<'_>, run: &str) -> Value {
    let end = repo.wait_end(run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let attempts = step(&end, "a")["attempts"].as_array().map(Vec::len);
    assert_eq!(attempts, Some(1), "it was handed out again: {end:#}");
    let names = repo.git(&["ls-tree", "-r", "--name-only", text(&end, "result_branch")]);
    assert!(
        !names.contains("cursor-skill"),
        "hand-off files were committed: {names}"
    );
    end
}

fn kill_daemon(sandbox: &Sandbox) {
    kill9(lock_holder(sandbox).expect("a daemon"));
    wait_nobody(sandbox);
}

#[test]
fn an_answer_that_came_while_no_daemon_ran_counts() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let (run, folder) = open(&repo);
    kill_daemon(&sandbox);
    answer(&folder);
    sandbox.start_daemon();
    completes(&repo, &run);
}

#[test]
fn an_open_hand_off_outlives_daemons_however_they_go() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let (run, folder) = open(&repo);
    let command =
        fs::read_to_string(folder.join(".cursor-skill-command.txt")).expect("the command");
    kill_daemon(&sandbox);
    sandbox.start_daemon();
    sandbox.offshoot(&["background", "restart"]).expect_code(0);
    sandbox
        .offshoot(&["background", "stop", "--leave-running"])
        .expect_code(0);
    sandbox.start_daemon();
    repo.wait_step(&run, "a", "needs_input");
    let now = fs::read_to_string(folder.join(".cursor-skill-command.txt")).expect("the command");
    assert_eq!(now, command, "it was handed out anew");
    answer(&folder);
    completes(&repo, &run);
}

#[test]
fn half_an_answer_and_answers_of_others_end_nothing() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let (run, folder) = open(&repo);
    let status = folder.join(".cursor-skill-status.json");
    for odd in [
        "",
        "{\"status\": \"comp",
        "[]",
        "null",
        "\"completed\"",
        "{\"status\": 5}",
        "{\"status\": \"thinking\"}",
        "\u{0}",
    ] {
        put(&status, odd);
        // Read again by the daemon that comes next, too.
        if odd == "null" {
            kill_daemon(&sandbox);
            sandbox.start_daemon();
        }
    }
    assert_eq!(step(&repo.run(&run), "a")["status"], "needs_input");
    answer(&folder);
    completes(&repo, &run);
}

#[test]
fn a_hand_off_whose_folder_was_deleted_fails_with_a_word() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", WORKFLOW)]);
    let (run, folder) = open(&repo);
    fs::remove_dir_all(&folder).expect("the worktree");
    let end = repo.wait(&run, "the loss to be seen", |run| {
        run["status"] == "failed"
            || step(run, "a")["attempts"]
                .as_array()
                .is_some_and(|all| all.len() > 1)
    });
    let first = &step(&end, "a")["attempts"][0];
    assert_eq!(first["status"], "failed", "{end:#}");
    assert!(!text(&first["error"], "message").is_empty(), "{end:#}");
    repo.offshoot(&["workflow", "cancel", &run]);
}
