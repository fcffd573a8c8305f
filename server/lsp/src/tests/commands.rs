//! The server's commands.

use super::editor::Editor;
use super::fake::{FakeDaemon, ROOT, run};
use protocol::{Error, ErrorKind};
use serde_json::{Value, json};

pub(super) const FILE: &str = "file:///home/u/my%20repo/src/a.rs";

/// Answers everything with something of the right shape.
pub(super) fn daemon() -> FakeDaemon {
    let daemon = FakeDaemon::new(|method, params| match method {
        "run.start" | "run.cancel" | "run.resume" | "run.retry" | "run.accept" => {
            let id = params["run_id"].as_str().unwrap_or("w-9");
            Ok(json!(run(id, "queued", &[])))
        }
        "run.diff" => Ok(json!({"from": "a", "to": "b", "patch": "--- a\n+++ b\n", "files": []})),
        "run.apply" => {
            Ok(json!({"run_id": "w-1", "mode": params["mode"], "changed": ["a"], "clashes": []}))
        }
        "run.discard" => Ok(json!({"run_id": "w-1", "branches": ["offshoot/w-1"], "salvaged": []})),
        "finding.dismiss" => Ok(json!({"id": params["id"], "dismissed": params["undo"] != true})),
        "daemon.reload" => Ok(json!({"files": [params["repo"]], "diagnostics": []})),
        "task.submit" => Ok(
            json!({"task_id": "t-1", "run_id": "r-1", "command": "", "task_type": "",
            "status": "queued", "priority": 50, "priority_name": "medium", "tenant": "", "dependencies": [],
            "attempts": [], "resource_requirements": {}, "max_retries": 0, "timeout": 1.0, "created_at": ""}),
        ),
        "log.read" => Ok(match params["offset"].as_u64() {
            Some(0) => {
                json!({"attempt": 2, "offset": 0, "next": 3, "text": "one", "dropped": 0, "end": false})
            }
            _ => {
                json!({"attempt": 2, "offset": 3, "next": 6, "text": "two", "dropped": 7, "end": true})
            }
        }),
        _ => Err(Error::new(ErrorKind::Internal, method)),
    });
    let mut known = run(
        "w-1",
        "failed",
        &[("a", "completed"), ("b", "failed"), ("c", "unverified")],
    );
    known.steps[0].worktree = Some("/state/worktrees/a".to_owned());
    known.steps[0].branch = Some("offshoot-step/w-1/a".to_owned());
    known.steps[0].commit = Some("abc".to_owned());
    known.steps[1]
        .attempts
        .push(protocol::run::Attempt::default());
    daemon.world().runs.push(known);
    daemon
}

#[test]
fn runs_go_on_as_they_are_told() {
    let daemon = daemon();
    let mut editor = Editor::ready_with(daemon.clone());
    for (command, method) in [
        ("offshoot.resumeRun", "run.resume"),
        ("offshoot.retryStep", "run.retry"),
        ("offshoot.acceptStep", "run.accept"),
    ] {
        let answer = editor.command(command, json!({"run_id": "w-1", "step_id": "b"}));
        assert_eq!(
            answer["result"],
            json!({"run_id": "w-1", "status": "queued"}),
            "{answer}"
        );
        let asked = daemon.asked(method).pop().unwrap();
        assert_eq!(
            (&asked["run_id"], &asked["step_id"]),
            (&json!("w-1"), &json!("b"))
        );
        assert_eq!(asked["environment"], json!({"PATH": "/bin"}));
    }
    let from =
        json!({"workflow": "w.yaml", "from": "b", "max_parallel": 2, "backends": ["command"]});
    let answer = editor.command("offshoot.runWorkflow", from);
    assert_eq!(answer["result"]["run_id"], "w-9", "{answer}");
    let asked = daemon.asked("run.start").pop().unwrap();
    assert_eq!(
        (&asked["from"], &asked["max_parallel"]),
        (&json!("b"), &json!(2))
    );
    for (command, argument, expected) in [
        (
            "offshoot.applyRun",
            json!({"run_id": "w-1", "check": true}),
            json!({"run_id": "w-1", "mode": "check", "changed": ["a"], "clashes": []}),
        ),
        (
            "offshoot.discardRun",
            json!({"run_id": "w-1"}),
            json!({"run_id": "w-1", "branches": ["offshoot/w-1"], "salvaged": []}),
        ),
        (
            "offshoot.dismissFinding",
            json!({"id": "x"}),
            json!({"id": "x", "dismissed": true}),
        ),
        (
            "offshoot.dismissFinding",
            json!({"id": "x", "repo": "/r", "undo": true}),
            json!({"id": "x", "dismissed": false}),
        ),
        (
            "offshoot.reloadConfig",
            Value::Null,
            json!({"files": [ROOT], "diagnostics": []}),
        ),
    ] {
        let answer = editor.command(command, argument);
        // Answers may say more than they did when this was written.
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(answer["result"][name], *value, "{command}: {answer}");
        }
    }
    let repos: Vec<Value> = daemon
        .asked("finding.dismiss")
        .iter()
        .map(|asked| asked["repo"].clone())
        .collect();
    assert_eq!(repos, [json!(ROOT), json!("/r")]);
}

#[test]
fn wrong_arguments_are_refused_with_a_word() {
    let mut editor = Editor::ready_with(daemon());
    for (command, argument, kind) in [
        ("offshoot.retryStep", json!({"run": "w-1"}), "invalid_input"),
        (
            "offshoot.applyRun",
            json!({"run_id": "w-1", "check": true, "undo": true}),
            "invalid_input",
        ),
        (
            "offshoot.openWorktree",
            json!({"run_id": "w-1", "step_id": "z"}),
            "not_found",
        ),
        (
            "offshoot.openWorktree",
            json!({"run_id": "w-1", "step_id": "b"}),
            "not_found",
        ),
        (
            "offshoot.openWorktree",
            json!({"run_id": "w-1", "step_id": "a", "path": "../x"}),
            "invalid_input",
        ),
        ("offshoot.showLog", json!({}), "invalid_input"),
        (
            "offshoot.runTask",
            json!({"task": "ops", "operation": "dance"}),
            "not_found",
        ),
        (
            "offshoot.runTask",
            json!({"task": "ops", "operation": "scan", "target": "untitled:Untitled-1"}),
            "invalid_input",
        ),
        ("offshoot.runTask", json!({"task": "dance"}), "not_found"),
        (
            "offshoot.submitTask",
            json!({"task": "a", "prompt": "b"}),
            "invalid_input",
        ),
        (
            "offshoot.submitTask",
            json!({"prompt": "b", "priority": "urgent"}),
            "invalid_input",
        ),
        (
            "offshoot.submitTask",
            json!({"prompt": "b", "files": ["untitled:Untitled-1"]}),
            "invalid_input",
        ),
        (
            "offshoot.applyStepToFile",
            json!({"run_id": "w-1", "file": FILE}),
            "refused",
        ),
    ] {
        let answer = editor.command(command, argument.clone());
        assert_eq!(
            answer["error"]["data"]["kind"], kind,
            "{command} {argument}: {answer}"
        );
    }
}

#[test]
fn what_is_to_be_seen_is_shown_where_the_client_can() {
    let daemon = daemon();
    let state = tempfile::tempdir().unwrap();
    daemon.world().state = state.path().to_owned();
    let mut editor = Editor::capable(
        daemon,
        json!({"window": {"showDocument": {"support": true}}}),
    );
    let shows = |editor: &mut Editor, command: &str, argument: Value| {
        let answer = editor.command(command, argument);
        let request = editor.request("window/showDocument");
        editor.respond(&request, json!({"success": true}));
        (answer["result"].clone(), request["params"].clone())
    };
    let of = json!({"run_id": "w-1", "step_id": "a", "path": "src/b c.rs", "line": 3});
    let (answer, shown) = shows(&mut editor, "offshoot.openWorktree", of);
    assert_eq!(answer["branch"], "offshoot-step/w-1/a");
    assert_eq!(shown["uri"], "file:///state/worktrees/a/src/b%20c.rs");
    assert_eq!(
        shown["selection"]["start"],
        json!({"line": 2, "character": 0})
    );

    let (answer, shown) = shows(
        &mut editor,
        "offshoot.showDiff",
        json!({"run_id": "w-1", "step_id": "a/../b"}),
    );
    assert_eq!(answer["patch"], "--- a\n+++ b\n");
    let path = crate::uri::to_path(shown["uri"].as_str().unwrap()).unwrap();
    assert_eq!(path, state.path().join("shown/w-1.a_.._b.diff"));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "--- a\n+++ b\n");

    let (answer, _) = shows(&mut editor, "offshoot.showLog", json!({"run_id": "w-1"}));
    assert_eq!(
        (&answer["attempt"], &answer["end"]),
        (&json!(2), &json!(true))
    );
    let text = std::fs::read_to_string(answer["shown"].as_str().unwrap()).unwrap();
    assert_eq!(text, "one\n[7 bytes were not kept]\ntwo");
    assert!(
        answer["shown"].as_str().unwrap().ends_with("w-1.b.2.log"),
        "{answer}"
    );
}

#[test]
fn something_is_sent_to_the_background() {
    let daemon = daemon();
    let mut editor = Editor::ready_with(daemon.clone());
    let argument = json!({"agent": "reviewer", "prompt": "look at this", "files": [FILE, "b.rs"],
        "priority": "high", "after": ["t-0"]});
    let answer = editor.command("offshoot.submitTask", argument);
    assert_eq!(
        answer["result"],
        json!({"task_id": "t-1", "run_id": "r-1", "status": "queued"})
    );
    let asked = daemon.asked("task.submit").pop().unwrap();
    let expected = [
        ("folder", json!(ROOT)),
        ("task", json!("look at this")),
        (
            "files",
            json!([format!("{ROOT}/src/a.rs"), format!("{ROOT}/b.rs")]),
        ),
        ("priority", json!(70)),
        ("after", json!(["t-0"])),
        ("worktree", json!(true)),
        ("origin", json!("editor")),
    ];
    for (name, value) in expected {
        assert_eq!(asked[name], value, "{name}");
    }
}

#[test]
fn a_built_in_task_is_sent_to_the_background() {
    let daemon = daemon();
    let mut editor = Editor::ready_with(daemon.clone());
    let sub = format!("{ROOT}/sub");
    let argument =
        json!({"task": "context", "operation": "search", "params": {"library": "react"}});
    editor.command("offshoot.runTask", argument);
    let asked = daemon.asked("task.submit").pop().unwrap();
    assert_eq!(asked["params"], json!({"library": "react"}));
    for (argument, folder) in [
        (json!({"task": "ops", "operation": "scan"}), ROOT),
        (
            json!({"task": "ops", "operation": "scan", "target": "sub"}),
            sub.as_str(),
        ),
    ] {
        let answer = editor.command("offshoot.runTask", argument);
        assert_eq!(
            answer["result"],
            json!({"task_id": "t-1", "run_id": "r-1", "status": "queued"})
        );
        let asked = daemon.asked("task.submit").pop().unwrap();
        let expected = [
            ("folder", json!(folder)),
            ("agent", json!("ops")),
            ("task", json!("security-scan")),
            ("worktree", json!(true)),
            ("origin", json!("editor")),
        ];
        for (name, value) in expected {
            assert_eq!(asked[name], value, "{name}");
        }
    }
}
