//! `offshoot lsp` as an editor starts it: hooked up, quick to leave, and no daemon until one is needed.

use serde_json::{Value, json};
use support::run::text;
use support::session::Session;
use support::{Repo, sandbox};

fn ready(repo: &Repo<'_>, sandbox: &support::Sandbox) -> Session {
    let mut session = Session::start(sandbox, &repo.path);
    let answer = session.call("initialize", json!({"capabilities": {}}));
    assert_eq!(answer["result"]["serverInfo"]["name"], "offshoot");
    session.notify("initialized", json!({}));
    session
}

#[test]
fn a_session_ends_with_the_status_of_the_protocol() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("f", "x\n")]);
    let mut session = ready(&repo, &sandbox);
    let document = json!({"uri": "file:///w.yaml", "languageId": "yaml", "version": 1,
        "text": "steps:\n  - {id: a, needs: [b], run: x}\n"});
    session.notify("textDocument/didOpen", json!({"textDocument": document}));
    let shown = session.expect("diagnostics", |message| {
        message["method"] == "textDocument/publishDiagnostics"
    });
    assert_eq!(shown["params"]["diagnostics"][0]["code"], "unknown-step");
    session.call("shutdown", Value::Null);
    session.notify("exit", Value::Null);
    // It leaves although the pipe stays open.
    assert_eq!(session.exit_code(), 0);

    let mut session = ready(&repo, &sandbox);
    session.notify("exit", Value::Null);
    assert_eq!(session.exit_code(), 1);

    let mut session = ready(&repo, &sandbox);
    session.close();
    assert_eq!(session.exit_code(), 1);
    assert_eq!(sandbox.daemon_pid(), None, "a daemon was started");
}

#[test]
fn commands_of_the_repository_need_trust_and_then_run() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: touch a}\n")]);
    let mut session = ready(&repo, &sandbox);
    let file = format!("file://{}/w.yaml", repo.path.display());
    let run = json!({"command": "offshoot.runWorkflow", "arguments": [{"workflow": file}]});
    let refused = session.call("workspace/executeCommand", run.clone());
    assert_eq!(refused["error"]["data"]["kind"], "untrusted", "{refused}");
    repo.offshoot(&["trust"]).expect_code(0);
    let started = session.call("workspace/executeCommand", run);
    let end = repo.wait_end(text(&started["result"], "run_id"));
    assert_eq!(end["status"], "completed", "{end:#}");
}
