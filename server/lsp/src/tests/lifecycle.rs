//! From `initialize` to the end of the process.

use super::editor::Editor;
use super::fake::FakeDaemon;
use crate::serve::Ended;
use protocol::run;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const FILE: &str = "file:///home/u/my%20repo/workflows/w.yaml";
const BAD: &str = "steps:\n  - id: a\n    run: make\n    needs: [b]\n";

#[test]
fn initializes_at_once_and_without_a_daemon() {
    let mut fastest = Duration::MAX;
    // The best of some: other tests want the processor too.
    for _ in 0..10 {
        let mut editor = Editor::start(FakeDaemon::quiet());
        let start = Instant::now();
        let answer = editor.call("initialize", json!({"capabilities": {}}));
        fastest = fastest.min(start.elapsed());
        assert_eq!(answer["result"]["serverInfo"]["name"], "offshoot");
        assert_eq!(editor.vanish(), Ended::WithoutShutdown);
    }
    // 50 ms are promised of the whole program.
    assert!(fastest.as_millis() < 50, "took {fastest:?}");
}

#[test]
fn offers_what_it_can_do() {
    let mut editor = Editor::start(FakeDaemon::quiet());
    let offered = json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}});
    let answer = editor.call("initialize", json!({"capabilities": offered}));
    let offers = &answer["result"]["capabilities"];
    assert_eq!(offers["positionEncoding"], "utf-8");
    assert_eq!(
        offers["textDocumentSync"],
        json!({"openClose": true, "change": 2})
    );
    let folders = json!({"supported": true, "changeNotifications": true});
    assert_eq!(offers["workspace"]["workspaceFolders"], folders);
    let commands = offers["executeCommandProvider"]["commands"]
        .as_array()
        .unwrap();
    assert!(
        commands.contains(&json!("offshoot.runWorkflow")),
        "{commands:?}"
    );
}

#[test]
fn a_client_that_dies_takes_the_server_along_though_the_pipe_stays_open() {
    // A process that has ended and was waited for: nobody has its number.
    let mut child = dead_process();
    child.wait().unwrap();
    let gone = json!({"capabilities": {}, "processId": child.id()});
    assert_eq!(
        Editor::initialized(FakeDaemon::quiet(), gone).gone(),
        Ended::WithoutShutdown
    );
    // One that lives is served.
    let alive = json!({"capabilities": {}, "processId": std::process::id()});
    let mut editor = Editor::with(FakeDaemon::quiet(), alive);
    editor.call("shutdown", Value::Null);
}

#[expect(
    clippy::disallowed_methods,
    reason = "a process that is not there any more has to come from somewhere"
)]
fn dead_process() -> std::process::Child {
    std::process::Command::new("true")
        .spawn()
        .expect("`true` starts")
}

#[test]
fn the_status_tells_whether_shutdown_came_before_exit() {
    let mut editor = Editor::ready();
    assert_eq!(editor.call("shutdown", Value::Null)["result"], Value::Null);
    editor.notify("exit", Value::Null);
    assert_eq!(editor.ended(), Ended::AfterShutdown);

    let mut editor = Editor::ready();
    editor.notify("exit", Value::Null);
    assert_eq!(editor.ended(), Ended::WithoutShutdown);

    // Never initialized.
    let mut editor = Editor::start(FakeDaemon::new(|_, _| unreachable!()));
    editor.notify("exit", Value::Null);
    assert_eq!(editor.ended(), Ended::WithoutShutdown);
}

#[test]
fn leaves_when_the_editor_vanishes() {
    assert_eq!(Editor::ready().vanish(), Ended::WithoutShutdown);
    let mut editor = Editor::ready();
    editor.call("shutdown", Value::Null);
    assert_eq!(editor.vanish(), Ended::AfterShutdown);
}

#[test]
fn a_panic_is_one_failed_answer() {
    let daemon = FakeDaemon::new(|method, params| match params["run_id"].as_str() {
        Some("bad") => panic!("a defect"),
        _ if method == "run.cancel" => Ok(json!(run::Run {
            status: "cancelled".to_owned(),
            ..run::Run::default()
        })),
        _ => unreachable!("{method}"),
    });
    let mut editor = Editor::ready_with(daemon);
    let bad = editor.command("offshoot.cancelRun", json!({"run_id": "bad"}));
    assert_eq!(bad["error"]["data"]["kind"], "internal");
    let good = editor.command("offshoot.cancelRun", json!({"run_id": "good"}));
    assert_eq!(good["result"]["status"], "cancelled");
    editor.vanish();
}

#[test]
fn what_is_not_offered_is_refused_and_the_session_goes_on() {
    let mut editor = Editor::ready();
    editor.change("file:///never-opened.yaml", 1, BAD);
    let answer = editor.call("textDocument/formatting", json!({}));
    assert_eq!(answer["error"]["code"], -32601);
    editor.open(FILE, "yaml", BAD);
    assert_eq!(editor.diagnostics(FILE, Some(1)).len(), 1);
    editor.vanish();
}

#[test]
fn what_is_no_json_ends_the_session_with_an_answer() {
    // The library's decoder cannot find the next message; editors start the server again.
    let mut editor = Editor::ready();
    editor.raw("{");
    let answer = editor.expect("an error", |message| {
        message["id"].is_null() && message.get("error").is_some()
    });
    assert_eq!(answer["error"]["code"], -32700);
    assert_eq!(editor.ended(), Ended::WithoutShutdown);
}

#[test]
fn a_handler_that_panics_is_one_failed_answer_too() {
    // What is passed through is answered in the handler itself.
    let daemon = FakeDaemon::new(|method, _| match method {
        "run.summary" => panic!("a defect"),
        _ => Ok(json!({"files": []})),
    });
    let mut editor = Editor::ready_with(daemon);
    let bad = editor.call("offshoot/run.summary", json!({"run_id": "x"}));
    assert_eq!(bad["error"]["data"]["kind"], "internal", "{bad}");
    let good = editor.call("offshoot/workflow.files", json!({}));
    assert_eq!(good["result"]["files"], json!([]), "{good}");
}
