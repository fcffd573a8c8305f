//! The rules that make the library safe, under more requests than it takes by itself.

use super::editor::Editor;
use super::fake::{FakeDaemon, run};
use crate::guard::WAITING;
use serde_json::{Value, json};

#[test]
fn six_hundred_requests_and_cancels_while_the_client_owes_answers() {
    let daemon = FakeDaemon::new(|_, params| {
        Ok(json!({
        "run_id": params["run_id"], "markdown": "x"}))
    });
    let capabilities = json!({"window": {"workDoneProgress": true}});
    let mut editor = Editor::capable(daemon.clone(), capabilities);
    // The client owes the answer to this, and gives it last.
    daemon.put(run("w-1", "running", &[("a", "running")]));
    editor.request("window/workDoneProgress/create");
    editor.event("run.running");
    let mut asked = Vec::new();
    for number in 0..600 {
        let params = json!({"run_id": format!("r-{number}")});
        let id = editor.ask("offshoot/run.summary", params);
        asked.push(id);
        if number % 2 == 0 {
            editor.notify("$/cancelRequest", json!({"id": id}));
        }
    }
    for id in asked {
        let answer = editor.answer(id);
        let cancelled = answer["error"]["code"] == -32800;
        assert!(cancelled || answer.get("result").is_some(), "{answer}");
    }
    assert_eq!(editor.call("shutdown", Value::Null)["result"], Value::Null);
    editor.notify("exit", Value::Null);
    editor.ended();
}

#[test]
fn a_daemon_that_never_answers_holds_up_neither_cancels_nor_the_end() {
    let daemon = FakeDaemon::quiet();
    daemon.world().hangs = true;
    let mut editor = Editor::initialized(daemon, json!({"capabilities": {}}));
    editor.status("starting");
    let asked: Vec<i64> = (0..WAITING + 100)
        .map(|_| editor.ask("offshoot/run.list", json!({})))
        .collect();
    // More than may wait are refused at once.
    for id in &asked[WAITING..] {
        assert_eq!(editor.answer(*id)["error"]["data"]["kind"], "refused");
    }
    for id in &asked[..WAITING] {
        editor.notify("$/cancelRequest", json!({"id": id}));
    }
    for id in &asked[..WAITING] {
        assert_eq!(editor.answer(*id)["error"]["code"], -32800);
    }
    // There is room again; whoever still waits at the end gets an answer, too.
    let last = editor.ask("offshoot/run.list", json!({}));
    assert_eq!(editor.call("shutdown", Value::Null)["result"], Value::Null);
    editor.notify("exit", Value::Null);
    let answer = editor.answer(last);
    assert!(answer.get("error").is_some(), "{answer}");
    editor.ended();
}
