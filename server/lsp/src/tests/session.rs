//! Diagnostics while typing, and commands.

use super::editor::Editor;
use super::fake::FakeDaemon;
use protocol::{Error, ErrorKind, run};
use serde_json::{Value, json};

const FILE: &str = "file:///home/u/my%20repo/workflows/w.yaml";
const GOOD: &str = "steps:\n  - id: a\n    run: make\n";
const BAD: &str = "steps:\n  - id: a\n    run: make\n    needs: [b]\n";

#[test]
fn diagnostics_come_and_go_while_typing() {
    let mut editor = Editor::ready();
    editor.open(FILE, "yaml", GOOD);
    assert_eq!(editor.diagnostics(FILE, Some(1)), [""; 0]);
    editor.change(FILE, 2, BAD);
    assert_eq!(
        editor.diagnostics(FILE, Some(2)),
        ["3:12-3:13 1 unknown-step"]
    );
    editor.change(FILE, 3, "steps:\n  - id: a\n    run: [\n");
    let broken = editor.diagnostics(FILE, Some(3));
    assert!(
        broken.iter().any(|line| line.ends_with("yaml-syntax")),
        "{broken:?}"
    );
    editor.change(FILE, 4, GOOD);
    assert_eq!(editor.diagnostics(FILE, Some(4)), [""; 0]);
    editor.change(FILE, 5, BAD);
    assert_eq!(editor.diagnostics(FILE, Some(5)).len(), 1);
    editor.notify(
        "textDocument/didClose",
        json!({"textDocument": {"uri": FILE}}),
    );
    assert_eq!(editor.diagnostics(FILE, None), [""; 0]);
    editor.vanish();
}

#[test]
fn files_of_others_are_left_alone() {
    let mut editor = Editor::ready();
    editor.open("file:///ci.yaml", "yaml", "jobs: {}\nsteps: [{x: y}]\n");
    editor.open("file:///k8s.yaml", "yaml", "apiVersion: v1\nsteps: []\n");
    editor.open("file:///main.rs", "rust", "steps:\n  - nothing\n");
    editor.open("file:///plain.yaml", "yaml", "a: [b\n");
    // The last one is answered last: what came before it would have been published.
    editor.open(FILE, "yaml", BAD);
    assert_eq!(editor.diagnostics(FILE, Some(1)).len(), 1);
    // A workflow that becomes something else takes its marks along.
    editor.change(FILE, 2, "apiVersion: v1\n");
    assert_eq!(editor.diagnostics(FILE, Some(2)), [""; 0]);
    editor.vanish();
}

#[test]
fn a_burst_of_changes_ends_with_the_last() {
    let mut editor = Editor::ready();
    editor.open(FILE, "yaml", GOOD);
    assert_eq!(editor.diagnostics(FILE, Some(1)), [""; 0]);
    for version in 2..=500 {
        editor.change(FILE, version, BAD);
    }
    assert_eq!(editor.diagnostics(FILE, Some(500)).len(), 1);
    // Some of those in between were shown, too.
    editor.ignore("textDocument/publishDiagnostics");
}

fn started(method: &str, _: Value) -> Result<Value, Error> {
    let run = |status: &str| run::Run {
        run_id: "w-abcdefgh".to_owned(),
        status: status.to_owned(),
        ..run::Run::default()
    };
    let run = match method {
        "run.start" => run("queued"),
        "run.cancel" => run("cancelled"),
        other => panic!("{other} was not expected"),
    };
    Ok(serde_json::to_value(run).unwrap())
}

fn command(name: &str, argument: Value) -> Value {
    json!({"command": name, "arguments": [argument]})
}

#[test]
fn commands_reach_the_daemon_as_the_editor() {
    let daemon = FakeDaemon::new(started);
    let mut editor = Editor::ready_with(daemon.clone());
    for workflow in [FILE, "workflows/w.yaml", "/home/u/my repo/workflows/w.yaml"] {
        let answer = editor.command("offshoot.runWorkflow", json!({"workflow": workflow}));
        assert_eq!(answer["result"]["run_id"], "w-abcdefgh", "{answer}");
        let params = daemon.asked("run.start").pop().unwrap();
        assert_eq!(params["file"], "/home/u/my repo/workflows/w.yaml");
        assert_eq!(params["repo"], "/home/u/my repo/workflows");
        assert_eq!(params["origin"], "editor");
        assert_eq!(params["environment"], json!({"PATH": "/bin"}));
    }
    let answer = editor.command("offshoot.cancelRun", json!({"run_id": "w-"}));
    let expected = json!({"run_id": "w-abcdefgh", "status": "cancelled"});
    assert_eq!(answer["result"], expected);
    assert_eq!(daemon.asked("run.cancel")[0]["run_id"], "w-");
}

/// It is checked like any other, and runs in the repository in which it lies.
#[test]
fn a_workflow_outside_the_workspace_is_as_good() {
    let outside = "file:///else/where/w.yaml";
    let daemon = FakeDaemon::new(started);
    let mut editor = Editor::ready_with(daemon.clone());
    editor.open(outside, "yaml", BAD);
    assert_eq!(editor.diagnostics(outside, Some(1)).len(), 1);
    editor.command("offshoot.runWorkflow", json!({"workflow": outside}));
    let params = daemon.asked("run.start").pop().unwrap();
    assert_eq!(params["file"], "/else/where/w.yaml");
    assert_eq!(params["repo"], "/else/where");
}

#[test]
fn errors_of_commands_keep_kind_and_hint() {
    let daemon = FakeDaemon::new(|_, _| {
        Err(Error::new(
            ErrorKind::Untrusted,
            "commands of this repository need your trust",
        )
        .hint("offshoot trust"))
    });
    let mut editor = Editor::ready_with(daemon);
    for (params, code, kind) in [
        (
            command("offshoot.runWorkflow", json!({"workflow": FILE})),
            -32007,
            "untrusted",
        ),
        (
            command("offshoot.runWorkflow", json!({"workflow": "untitled://x"})),
            -32602,
            "invalid_input",
        ),
        (
            command(
                "offshoot.runWorkflow",
                json!({"workflow": FILE, "fromm": "b"}),
            ),
            -32602,
            "invalid_input",
        ),
        (
            command("offshoot.cancelRun", Value::Null),
            -32602,
            "invalid_input",
        ),
        (
            json!({"command": "offshoot.cancelRun"}),
            -32602,
            "invalid_input",
        ),
        (
            command("offshoot.dance", json!({})),
            -32601,
            "unknown_method",
        ),
    ] {
        let answer = editor.call("workspace/executeCommand", params.clone());
        assert_eq!(answer["error"]["code"], code, "{params}: {answer}");
        assert_eq!(answer["error"]["data"]["kind"], kind, "{params}: {answer}");
    }
    editor.vanish();
}
