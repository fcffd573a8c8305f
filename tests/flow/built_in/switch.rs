//! Switched off by settings: each way of starting a built-in task says so.

use super::{REPORT, SCAN, artifact_in, parse, repo, told};
use serde_json::{Value, json};
use support::run::{step, text};
use support::sandbox;
use support::session::Session;

/// Groups with a task of each: agent, action, arguments, artifact.
const GROUPS: [[&str; 4]; 3] = [
    [
        "documenter",
        "document",
        "docs",
        "reports/docs/coverage.json",
    ],
    ["ops", "security-scan", "ops scan", REPORT],
    [
        "context",
        "health",
        "context health",
        "reports/context/health.json",
    ],
];

#[test]
fn switched_off_it_says_so_and_is_no_silent_success() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    let config = ".tapps-agents/config.yaml";
    for (key, direct) in [("enabled", "not_run"), ("background", "completed")] {
        let settings = format!("offshoot:\n  tasks:\n    ops: {{{key}: false}}\n");
        repo.write(config, &settings);
        let run = repo.json(&["run", "w.yaml"]);
        assert_eq!(run["status"], "completed", "{run:#}");
        assert_eq!(
            told(step(&run, "scan")),
            [format!("{REPORT} artifact-not-run")]
        );
        let found = parse(&repo.show(text(&run, "result_branch"), REPORT));
        assert_eq!(
            (&found["status"], &found["enabled"]),
            (&json!("not_run"), &json!(false))
        );
        let why = text(&found, "error").to_owned();
        assert!(why.contains(&format!("offshoot.tasks.ops.{key}")), "{why}");
        let said = repo
            .call(&["--json", "task", "ops", "scan"])
            .run()
            .expect_code(0)
            .json();
        assert_eq!(said["status"], direct, "{said:#}");
        assert_eq!(artifact_in(&repo.path, REPORT)["status"], direct);
    }
    sandbox.finish();
}

#[test]
fn switched_off_each_way_of_starting_it_says_so() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("src/a.py", "a = 1\n")]);
    repo.offshoot(&["trust"]).expect_code(0);
    let mut editor = Session::start(&sandbox, &repo.path);
    let folder = format!("file://{}", repo.path.display());
    let folders = json!([{"uri": folder, "name": "repo"}]);
    editor.call(
        "initialize",
        json!({"capabilities": {}, "workspaceFolders": folders}),
    );
    editor.notify("initialized", json!({}));
    for [agent, action, words, path] in GROUPS {
        let (group, _) = words.split_once(' ').unwrap_or((words, ""));
        let operation = words.strip_prefix(group).unwrap_or_default().trim();
        let step_of = format!("steps:\n  - {{id: one, agent: {agent}, action: {action}}}\n");
        repo.write("one.yaml", &step_of);
        for (key, direct) in [("enabled", "not_run"), ("background", "completed")] {
            let settings = format!("offshoot:\n  tasks:\n    {group}: {{{key}: false}}\n");
            repo.write(".tapps-agents/config.yaml", &settings);
            let off = |run: &Value| {
                assert_eq!(run["status"], "completed", "{run:#}");
                let found = parse(&repo.show(text(run, "result_branch"), path));
                assert_eq!(found["status"], "not_run", "{found:#}");
                assert_eq!(found["enabled"], false, "{found:#}");
                let why = text(&found, "error");
                assert!(why.contains(&format!("tasks.{group}.{key}")), "{why}");
            };
            // A step.
            off(&repo.json(&["run", "one.yaml"]));
            // Submitted.
            let submit = [
                "--json",
                "background",
                "submit",
                "--agent",
                agent,
                "--task",
                action,
                "--wait",
            ];
            let done = repo.call(&submit).run().expect_code(0).json();
            let task = repo.json(&["background", "show", text(&done, "task_id")]);
            off(&repo.run(text(&task, "run_id")));
            // From the palette.
            let mut argument = json!({"task": group, "target": folder});
            if !operation.is_empty() {
                argument["operation"] = json!(operation);
            }
            let palette = json!({"command": "offshoot.runTask", "arguments": [argument]});
            let answer = editor.call("workspace/executeCommand", palette);
            let run = text(&answer["result"], "run_id");
            off(&repo.wait_end(run));
            // Directly.
            let mut args = vec!["--json", "task"];
            args.extend(words.split(' '));
            let said = repo.call(&args).run().expect_code(0).json();
            assert_eq!(said["status"], direct, "{said:#}");
            std::fs::remove_dir_all(repo.path.join("reports")).expect("reports");
        }
    }
    editor.close();
    sandbox.finish();
}
