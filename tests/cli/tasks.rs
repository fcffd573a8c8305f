//! Submitted tasks: with and without a worktree, in order, cancelled, tried again.

use serde_json::json;
use support::run::text;
use support::schema::assert_document;
use support::{LIMIT, sandbox, wait_until};

#[test]
fn a_command_gets_a_worktree_and_is_a_run() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("f", "x\n")]);
    let before = repo.fingerprint();
    let result = repo.json(&[
        "background",
        "submit",
        "--wait",
        "--",
        "sh",
        "-c",
        "echo made > made.txt",
    ]);
    assert_document("command-result", &result);
    assert_eq!(result["status"], "completed", "{result:#}");
    assert_eq!(
        repo.show(&format!("offshoot/{}", text(&result, "run_id")), "made.txt"),
        "made\n"
    );
    assert_eq!(repo.fingerprint(), before);
    let task = repo.json(&["background", "show", text(&result, "task_id")]);
    assert_document("task", &task);
    assert_eq!(task["status"], "completed");
    assert_eq!(task["run_id"], result["run_id"]);
    let list = repo.json(&["background", "list"]);
    assert_document("task-list", &list);
    assert_eq!(list["tasks"], json!([task]));
}

#[test]
fn without_a_worktree_it_runs_where_it_was_submitted() {
    let sandbox = sandbox!();
    let folder = sandbox.path("plain");
    std::fs::create_dir(&folder).expect("a folder");
    let args = [
        "--json",
        "background",
        "submit",
        "--wait",
        "--no-worktree",
        "--",
        "mkdir",
        "here",
    ];
    let result = sandbox
        .call(&folder)
        .args(&args)
        .run()
        .expect_code(0)
        .json();
    assert_document("command-result", &result);
    assert!(folder.join("here").is_dir());
    // Outside git a worktree cannot be had, and the message says what can.
    let refused = sandbox
        .call(&folder)
        .args(&["--json", "background", "submit", "--", "true"])
        .run()
        .expect_code(2);
    assert!(refused.stdout.contains("--no-worktree"), "{refused}");
}

#[test]
fn a_failed_task_has_code_and_class_and_can_be_tried_again() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("f", "x\n")]);
    let script = "test -e \"$HOME/fixed\"";
    let args = [
        "--json",
        "background",
        "submit",
        "--wait",
        "--no-worktree",
        "--",
        "sh",
        "-c",
        script,
    ];
    let result = repo.call(&args).run().expect_code(1).json();
    assert_eq!(result["status"], "failed");
    let task_id = text(&result, "task_id").to_owned();
    assert_eq!(
        repo.json(&["background", "show", &task_id])["attempts"][0]["class"],
        "exit"
    );
    std::fs::create_dir(sandbox.path("home/fixed")).expect("the fix");
    repo.offshoot(&["background", "retry", &task_id])
        .expect_code(0);
    let task = wait_until("the second attempt", LIMIT, || {
        let task = repo.json(&["background", "show", &task_id]);
        (task["status"] == "completed").then_some(task)
    });
    assert_eq!(task["attempts"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_task_waits_for_those_before_it_and_fails_with_them() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("f", "x\n")]);
    let submit = |after: &[&str], command: &[&str]| {
        let mut args = vec!["background", "submit", "--no-worktree"];
        args.extend(after.iter().flat_map(|task| ["--after", task]));
        args.push("--");
        args.extend(command);
        text(&repo.json(&args), "task_id").to_owned()
    };
    let first = submit(&[], &["sh", "-c", "await-file \"$HOME/go\""]);
    let second = submit(&[&first], &["test", "-e", "f"]);
    let failing = submit(&[], &["false"]);
    let third = submit(&[&failing], &["true"]);
    let status = |task: &str| text(&repo.json(&["background", "show", task]), "status").to_owned();
    assert_eq!(status(&second), "blocked");
    std::fs::create_dir(sandbox.path("home/go")).expect("the signal to go on");
    for (task, expected) in [(&second, "completed"), (&third, "dependency_failed")] {
        wait_until(expected, LIMIT, || (status(task) == expected).then_some(()));
    }
}

#[test]
fn a_task_is_cancelled_with_all_its_processes() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("f", "x\n")]);
    let script = "await-file /nowhere & mkdir \"$HOME/on\"; wait";
    let task = repo.json(&[
        "background",
        "submit",
        "--no-worktree",
        "--",
        "sh",
        "-c",
        script,
    ]);
    wait_until("the task", LIMIT, || {
        sandbox.path("home/on").exists().then_some(())
    });
    repo.offshoot(&["background", "cancel", text(&task, "task_id")]);
    wait_until("its processes to be gone", LIMIT, || {
        let agents = sandbox
            .processes()
            .into_iter()
            .filter(|found| found.command.contains("await-file"));
        (agents.count() == 0).then_some(())
    });
    wait_until("its status", LIMIT, || {
        (repo.json(&["background", "show", text(&task, "task_id")])["status"] == "cancelled")
            .then_some(())
    });
}

#[test]
fn higher_priorities_come_first() {
    let sandbox = sandbox!();
    sandbox.user_settings("offshoot:\n  pool_size: 1\n");
    let repo = sandbox.repo(&[("f", "x\n")]);
    let submit = |priority: &str, script: &str| {
        let args = [
            "background",
            "submit",
            "--no-worktree",
            "--priority",
            priority,
            "--",
            "sh",
            "-c",
            script,
        ];
        text(&repo.json(&args), "task_id").to_owned()
    };
    let first = submit("medium", "await-file \"$HOME/go\"");
    wait_until("the first", LIMIT, || {
        (repo.json(&["background", "show", &first])["status"] == "running").then_some(())
    });
    let last = ["low", "high", "critical", "55"]
        .map(|name| submit(name, &format!("echo {name} >> \"$HOME/order\"")));
    std::fs::create_dir(sandbox.path("home/go")).expect("the signal to go on");
    for task in &last {
        wait_until("all to end", LIMIT, || {
            (repo.json(&["background", "show", task])["status"] == "completed").then_some(())
        });
    }
    let order = std::fs::read_to_string(sandbox.path("home/order")).expect("they ran");
    assert_eq!(order, "critical\nhigh\n55\nlow\n");
}
