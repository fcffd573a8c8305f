//! Whole sessions: life cycle, diagnostics while typing, commands.

use super::editor::{Editor, FakeDaemon};
use crate::serve::Ended;
use protocol::{Error, ErrorKind, run};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const FILE: &str = "file:///home/u/my%20repo/workflows/w.yaml";
const GOOD: &str = "steps:\n  - id: a\n    run: make\n";
const BAD: &str = "steps:\n  - id: a\n    run: make\n    needs: [b]\n";

#[tokio::test]
async fn initializes_at_once_and_without_a_daemon() {
    let mut fastest = Duration::MAX;
    // The best of some: other tests want the processor too.
    for _ in 0..10 {
        let mut editor = Editor::start(FakeDaemon::new(|method, _| panic!("{method}")));
        let start = Instant::now();
        let answer = editor.call("initialize", json!({"capabilities": {}})).await;
        fastest = fastest.min(start.elapsed());
        assert_eq!(answer["result"]["serverInfo"]["name"], "offshoot");
        assert_eq!(editor.vanish().await, Ended::WithoutShutdown);
    }
    // 50 ms are promised of the whole program.
    assert!(fastest.as_millis() < 50, "took {fastest:?}");
}

#[tokio::test]
async fn offers_what_it_can_do() {
    let mut editor = Editor::start(FakeDaemon::new(|method, _| panic!("{method}")));
    let offered = json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}});
    let answer = editor
        .call("initialize", json!({"capabilities": offered}))
        .await;
    let expected = json!({
        "positionEncoding": "utf-8",
        "textDocumentSync": {"openClose": true, "change": 1},
        "executeCommandProvider": {"commands": ["offshoot.runWorkflow", "offshoot.cancelRun"]},
    });
    assert_eq!(answer["result"]["capabilities"], expected);
    editor.vanish().await;
}

#[tokio::test]
async fn the_status_tells_whether_shutdown_came_before_exit() {
    let mut editor = Editor::ready().await;
    assert_eq!(
        editor.call("shutdown", Value::Null).await["result"],
        Value::Null
    );
    editor.notify("exit", Value::Null).await;
    assert_eq!(editor.ended().await, Ended::AfterShutdown);

    let mut editor = Editor::ready().await;
    editor.notify("exit", Value::Null).await;
    assert_eq!(editor.ended().await, Ended::WithoutShutdown);

    // Never initialized.
    let mut editor = Editor::start(FakeDaemon::new(|_, _| unreachable!()));
    editor.notify("exit", Value::Null).await;
    assert_eq!(editor.ended().await, Ended::WithoutShutdown);
}

#[tokio::test]
async fn leaves_when_the_editor_vanishes() {
    assert_eq!(Editor::ready().await.vanish().await, Ended::WithoutShutdown);
    let mut editor = Editor::ready().await;
    editor.call("shutdown", Value::Null).await;
    assert_eq!(editor.vanish().await, Ended::AfterShutdown);
}

#[tokio::test]
async fn diagnostics_come_and_go_while_typing() {
    let mut editor = Editor::ready().await;
    editor.open(FILE, "yaml", GOOD).await;
    assert_eq!(editor.diagnostics(FILE, Some(1)).await, [""; 0]);
    editor.change(FILE, 2, BAD).await;
    assert_eq!(
        editor.diagnostics(FILE, Some(2)).await,
        ["3:12-3:13 1 unknown-step"]
    );
    editor
        .change(FILE, 3, "steps:\n  - id: a\n    run: [\n")
        .await;
    let broken = editor.diagnostics(FILE, Some(3)).await;
    assert!(
        broken.iter().any(|line| line.ends_with("yaml-syntax")),
        "{broken:?}"
    );
    editor.change(FILE, 4, GOOD).await;
    assert_eq!(editor.diagnostics(FILE, Some(4)).await, [""; 0]);
    editor.change(FILE, 5, BAD).await;
    assert_eq!(editor.diagnostics(FILE, Some(5)).await.len(), 1);
    editor
        .notify(
            "textDocument/didClose",
            json!({"textDocument": {"uri": FILE}}),
        )
        .await;
    assert_eq!(editor.diagnostics(FILE, None).await, [""; 0]);
    editor.vanish().await;
}

#[tokio::test]
async fn files_of_others_are_left_alone() {
    let mut editor = Editor::ready().await;
    editor
        .open("file:///ci.yaml", "yaml", "jobs: {}\nsteps: [{x: y}]\n")
        .await;
    editor
        .open("file:///k8s.yaml", "yaml", "apiVersion: v1\nsteps: []\n")
        .await;
    editor
        .open("file:///main.rs", "rust", "steps:\n  - nothing\n")
        .await;
    editor.open("file:///plain.yaml", "yaml", "a: [b\n").await;
    // The last one is answered last: what came before it would have been published.
    editor.open(FILE, "yaml", BAD).await;
    assert_eq!(editor.diagnostics(FILE, Some(1)).await.len(), 1);
    // A workflow that becomes something else takes its marks along.
    editor.change(FILE, 2, "apiVersion: v1\n").await;
    assert_eq!(editor.diagnostics(FILE, Some(2)).await, [""; 0]);
    editor.vanish().await;
}

#[tokio::test]
async fn a_burst_of_changes_ends_with_the_last() {
    let mut editor = Editor::ready().await;
    editor.open(FILE, "yaml", GOOD).await;
    assert_eq!(editor.diagnostics(FILE, Some(1)).await, [""; 0]);
    for version in 2..=500 {
        editor.change(FILE, version, BAD).await;
    }
    assert_eq!(editor.diagnostics(FILE, Some(500)).await.len(), 1);
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

#[tokio::test]
async fn commands_reach_the_daemon_as_the_editor() {
    let daemon = FakeDaemon::new(started);
    let asked = daemon.asked.clone();
    let mut editor = Editor::ready_with(daemon).await;
    for workflow in [FILE, "workflows/w.yaml", "/home/u/my repo/workflows/w.yaml"] {
        let params = command("offshoot.runWorkflow", json!({"workflow": workflow}));
        let answer = editor.call("workspace/executeCommand", params).await;
        assert_eq!(
            answer["result"],
            json!({"run_id": "w-abcdefgh"}),
            "{answer}"
        );
        let (method, params) = asked.lock().unwrap().pop().unwrap();
        assert_eq!(method, "run.start");
        assert_eq!(params["file"], "/home/u/my repo/workflows/w.yaml");
        assert_eq!(params["repo"], "/home/u/my repo/workflows");
        assert_eq!(params["origin"], "editor");
        assert_eq!(params["environment"], json!({"PATH": "/bin"}));
    }
    let params = command("offshoot.cancelRun", json!({"run_id": "w-"}));
    let answer = editor.call("workspace/executeCommand", params).await;
    assert_eq!(
        answer["result"],
        json!({"run_id": "w-abcdefgh", "status": "cancelled"})
    );
    assert_eq!(asked.lock().unwrap().pop().unwrap().1["run_id"], "w-");
    editor.vanish().await;
}

#[tokio::test]
async fn errors_of_commands_keep_kind_and_hint() {
    let daemon = FakeDaemon::new(|_, _| {
        Err(Error::new(
            ErrorKind::Untrusted,
            "commands of this repository need your trust",
        )
        .hint("offshoot trust"))
    });
    let mut editor = Editor::ready_with(daemon).await;
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
                json!({"workflow": FILE, "from": "b"}),
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
        let answer = editor
            .call("workspace/executeCommand", params.clone())
            .await;
        assert_eq!(answer["error"]["code"], code, "{params}: {answer}");
        assert_eq!(answer["error"]["data"]["kind"], kind, "{params}: {answer}");
    }
    editor.vanish().await;
}

#[tokio::test]
async fn a_panic_is_one_failed_answer() {
    let daemon = FakeDaemon::new(|method, params| match params["run_id"].as_str() {
        Some("bad") => panic!("a defect"),
        _ => started(method, params),
    });
    let mut editor = Editor::ready_with(daemon).await;
    let bad = editor
        .call(
            "workspace/executeCommand",
            command("offshoot.cancelRun", json!({"run_id": "bad"})),
        )
        .await;
    assert_eq!(bad["error"]["data"]["kind"], "internal");
    let good = editor
        .call(
            "workspace/executeCommand",
            command("offshoot.cancelRun", json!({"run_id": "good"})),
        )
        .await;
    assert_eq!(good["result"]["status"], "cancelled");
    editor.vanish().await;
}

#[tokio::test]
async fn what_is_not_offered_is_refused_and_the_session_goes_on() {
    let mut editor = Editor::ready().await;
    editor.change("file:///never-opened.yaml", 1, BAD).await;
    let answer = editor.call("textDocument/hover", json!({})).await;
    assert_eq!(answer["error"]["code"], -32601);
    editor.open(FILE, "yaml", BAD).await;
    assert_eq!(editor.diagnostics(FILE, Some(1)).await.len(), 1);
    editor.vanish().await;
}

#[tokio::test]
async fn what_is_no_json_ends_the_session_with_an_answer() {
    // The library's decoder cannot find the next message; editors start the server again.
    let mut editor = Editor::ready().await;
    editor.raw("{").await;
    let answer = editor.expect_error().await;
    assert_eq!(answer["error"]["code"], -32700);
    assert_eq!(editor.ended().await, Ended::WithoutShutdown);
}
