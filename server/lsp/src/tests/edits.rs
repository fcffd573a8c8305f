//! What a step changed, put into a buffer; and the actions on findings that offer it.

use super::commands::{FILE, daemon};
use super::editor::Editor;
use super::fake::{FakeDaemon, ROOT, finding};
use serde_json::{Value, json};

const BASE: &str = "one\ntwo\nthree\nfour\n";

fn edits(versioned: bool) -> Value {
    json!({"workspace": {"applyEdit": true, "workspaceEdit": {"documentChanges": versioned}}})
}

#[test]
fn a_steps_change_is_put_into_the_buffer_as_one_edit() {
    let daemon = daemon();
    daemon.file("a", "base", "src/a.rs", BASE);
    daemon.file("a", "result", "src/a.rs", "one\nTWO\nthree\nfour\nfive\n");
    let mut editor = Editor::capable(daemon.clone(), edits(true));
    // The person has changed other lines, and not saved them.
    editor.open(FILE, "rust", "zero\none\ntwo\nthree\nfour\n");
    let of = json!({"run_id": "w-1", "step_id": "a", "file": FILE});
    let answer = editor.command("offshoot.applyStepToFile", of.clone());
    assert_eq!(answer["result"]["edits"], 2, "{answer}");
    let request = editor.request("workspace/applyEdit");
    editor.respond(&request, json!({"applied": true}));
    let at = |line: u32| json!({"line": line, "character": 0});
    let expected = json!({"documentChanges": [{
        "textDocument": {"uri": FILE, "version": 1},
        "edits": [
            {"range": {"start": at(2), "end": at(3)}, "newText": "TWO\n"},
            {"range": {"start": at(5), "end": at(5)}, "newText": "five\n"},
        ],
    }]});
    assert_eq!(request["params"]["edit"], expected);
    // The client has changed meanwhile.
    editor.command("offshoot.applyStepToFile", of.clone());
    let request = editor.request("workspace/applyEdit");
    editor.respond(&request, json!({"applied": false}));
    let told = editor.notification("window/showMessage");
    let message = told["message"].as_str().unwrap();
    assert!(
        message.ends_with("src/a.rs: it has changed meanwhile"),
        "{message}"
    );
    // Both changed the same line.
    editor.change(FILE, 2, "one\n2\nthree\nfour\n");
    let clash = editor.command("offshoot.applyStepToFile", of.clone());
    assert_eq!(clash["error"]["data"]["kind"], "conflict", "{clash}");
    let message = clash["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("line 2 of "), "{message}");
    // It is there already.
    editor.change(FILE, 3, "one\nTWO\nthree\nfour\nfive\n");
    let nothing = editor.command("offshoot.applyStepToFile", of);
    assert_eq!(nothing["result"]["edits"], 0, "{nothing}");
    // What is no change of a text.
    let gone = json!({"run_id": "w-1", "step_id": "b", "file": FILE});
    let refused = editor.command("offshoot.applyStepToFile", gone);
    assert_eq!(refused["error"]["data"]["kind"], "refused", "{refused}");
    let elsewhere = json!({"run_id": "w-1", "step_id": "a", "file": "/elsewhere/a.rs"});
    let refused = editor.command("offshoot.applyStepToFile", elsewhere);
    assert_eq!(refused["error"]["data"]["kind"], "not_found", "{refused}");
}

#[test]
fn a_client_without_versioned_edits_gets_plain_ones() {
    let daemon = daemon();
    daemon.file("a", "base", "src/a.rs", BASE);
    daemon.file("a", "result", "src/a.rs", "one\ntwo\nthree\nFOUR\n");
    let mut editor = Editor::capable(daemon, edits(false));
    editor.open(FILE, "rust", BASE);
    editor.command(
        "offshoot.applyStepToFile",
        json!({"run_id": "w-1", "step_id": "a", "file": FILE}),
    );
    let request = editor.request("workspace/applyEdit");
    editor.respond(&request, json!({"applied": true}));
    assert_eq!(
        request["params"]["edit"]["changes"][FILE][0]["newText"],
        "FOUR\n"
    );
}

#[test]
fn a_step_is_applied_before_the_repositories_of_the_workspace_are_known() {
    let daemon = daemon();
    daemon.file("a", "base", "src/a.rs", BASE);
    daemon.file("a", "result", "src/a.rs", "one\ntwo\nthree\nFOUR\n");
    let params = json!({"capabilities": edits(true), "workspaceFolders": []});
    let mut editor = Editor::initialized(daemon, params);
    editor.open(FILE, "rust", BASE);
    let of = json!({"run_id": "w-1", "step_id": "a", "file": FILE});
    let answer = editor.command("offshoot.applyStepToFile", of);
    assert_eq!(answer["result"]["edits"], 1, "{answer}");
    let request = editor.request("workspace/applyEdit");
    editor.respond(&request, json!({"applied": true}));
    editor.ignore("offshoot/status");
}

#[test]
fn a_finding_offers_what_can_be_done_about_it() {
    let daemon = daemon();
    let mut other = finding("y", "src/a.rs", 4, "four");
    other.step_id = Some("c".to_owned());
    daemon.world().findings = vec![finding("x", "src/a.rs", 2, "two"), other];
    daemon.file("a", "base", "src/a.rs", BASE);
    daemon.file("a", "result", "src/a.rs", "one\nTWO\nthree\nfour\n");
    // It looked at the file, and left it as it was.
    daemon.file("c", "base", "src/a.rs", BASE);
    daemon.file("c", "result", "src/a.rs", BASE);
    let mut editor = Editor::capable(daemon.clone(), edits(true));
    editor.open(FILE, "rust", BASE);
    let shown = editor.published_of(FILE, Some(1), 2);
    let mut offered = |diagnostic: &Value, only: Value| {
        let context = json!({"diagnostics": [diagnostic], "only": only});
        let params = json!({"textDocument": {"uri": FILE}, "range": diagnostic["range"], "context": context});
        let answer = editor.call("textDocument/codeAction", params);
        answer["result"].as_array().cloned().unwrap()
    };
    let actions = offered(&shown[0], Value::Null);
    let commands: Vec<Value> = actions
        .iter()
        .map(|action| json!([action["title"], action["command"]["arguments"][0]]))
        .collect();
    let of = |more: Value| {
        let mut of = json!({"run_id": "w-1", "step_id": "a"});
        for (name, value) in more.as_object().unwrap() {
            of[name] = value.clone();
        }
        of
    };
    let expected = [
        json!([
            "Apply what `a` changed in this file",
            of(json!({"file": FILE}))
        ]),
        json!([
            "Open in the worktree of `a`",
            of(json!({"path": "src/a.rs", "line": 2}))
        ]),
        json!(["Show what `a` changed", of(json!({}))]),
        json!(["Retry `a`", of(json!({}))]),
        json!(["Dismiss this finding", {"id": "x", "repo": ROOT}]),
    ];
    assert_eq!(commands, expected);
    assert_eq!(actions[0]["diagnostics"][0]["data"]["id"], "x");
    let titles: Vec<Value> = offered(&shown[1], json!(["quickfix"]))
        .iter()
        .map(|action| action["title"].clone())
        .collect();
    assert_eq!(
        titles,
        ["Accept `c` as it is", "Retry `c`", "Dismiss this finding"]
    );
    assert_eq!(offered(&shown[1], json!(["refactor"])), [Value::Null; 0]);
    // A result does not change: what is asked of it with each move of the cursor is asked of the daemon once.
    let asked = |daemon: &FakeDaemon| {
        let all = daemon.asked("file.read");
        all.iter().filter(|asked| asked["step_id"] == "a").count()
    };
    let before = asked(&daemon);
    offered(&shown[0], Value::Null);
    assert_eq!(asked(&daemon), before);
}
