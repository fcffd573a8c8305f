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

/// A session in a folder, by a client that shows progress and takes edits.
fn editor(sandbox: &support::Sandbox, folder: &std::path::Path) -> Session {
    let mut session = Session::start(sandbox, folder);
    let uri = format!("file://{}", folder.display());
    let capabilities =
        json!({"window": {"workDoneProgress": true}, "workspace": {"applyEdit": true}});
    let params = json!({"capabilities": capabilities, "processId": std::process::id(),
        "workspaceFolders": [{"uri": uri, "name": "w"}]});
    session.call("initialize", params);
    session.notify("initialized", json!({}));
    session.expect("the connection", |message| {
        message["method"] == "offshoot/status" && message["params"]["state"] == "connected"
    });
    session
}

#[test]
fn the_daemon_of_an_older_version_hands_over_and_its_run_goes_on() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[(
        "w.yaml",
        "steps:\n  - {id: a, run: 'await-file \"$HOME/go\"'}\n",
    )]);
    // As the extension left it before its update.
    let older = sandbox.older();
    let start = ["--json", "run", "w.yaml", "--detach"];
    let started = sandbox.call_of(&older, &repo.path).args(&start).json();
    let run_id = text(&started, "run_id").to_owned();
    let before = sandbox.json(&["background", "status"]);
    assert_ne!(before["version"], env!("CARGO_PKG_VERSION"));
    let mut session = editor(&sandbox, &repo.path);
    let after = sandbox.json(&["background", "status"]);
    assert_eq!(after["version"], env!("CARGO_PKG_VERSION"));
    assert_ne!(after["pid"], before["pid"]);
    // The attempt was not ended for it.
    let go = || std::fs::create_dir(sandbox.path("home/go")).expect("the sign");
    let end = progress(&mut session, go);
    assert!(end.starts_with("completed, 1 step"), "{end}");
    let shown = session.call("offshoot/run.show", json!({"run_id": run_id}));
    let attempts = shown["result"]["steps"][0]["attempts"].as_array();
    assert_eq!(attempts.map(Vec::len), Some(1), "{shown:#}");
}

/// Answers the request for a token, and waits for what it is told in the end.
fn progress(session: &mut Session, meanwhile: impl FnOnce()) -> String {
    let request = session.expect("a token", |message| {
        message["method"] == "window/workDoneProgress/create"
    });
    session.respond(&request, Value::Null);
    session.expect("the beginning", |message| {
        message["params"]["value"]["kind"] == "begin"
    });
    meanwhile();
    let end = session.expect("the end", |message| {
        message["params"]["value"]["kind"] == "end"
    });
    text(&end["params"]["value"], "message").to_owned()
}

#[test]
fn runs_of_others_are_shown_and_the_daemons_death_survived() {
    let sandbox = sandbox!();
    let steps = "steps:\n  - {id: a, run: 'await-file \"$HOME/go\"'}\n  - {id: b, run: touch b}\n";
    let repo = sandbox.repo(&[("w.yaml", steps)]);
    let mut session = editor(&sandbox, &repo.path);
    let started = repo.json(&["run", "w.yaml", "--detach"]);
    let run_id = text(&started, "run_id").to_owned();
    let request = session.expect("a token", |message| {
        message["method"] == "window/workDoneProgress/create"
    });
    session.respond(&request, Value::Null);
    let begin = session.expect("the step", |message| {
        message["params"]["value"]["message"]
            .as_str()
            .is_some_and(|text| text.starts_with("0/2 a"))
    });
    assert_eq!(begin["params"]["token"], request["params"]["token"]);
    // The daemon dies in the middle; another is started, and the run goes on.
    let pid = sandbox.daemon_pid().expect("a daemon");
    support::process::kill9(pid);
    session.expect("the loss", |message| message["params"]["state"] == "lost");
    let go = || std::fs::create_dir(sandbox.path("home/go")).expect("the sign");
    let end = progress(&mut session, go);
    assert!(end.starts_with("completed, 2 steps"), "{end}");
    assert_ne!(sandbox.daemon_pid(), Some(pid));
    let shown = session.call("offshoot/run.show", json!({"run_id": run_id}));
    assert_eq!(shown["result"]["status"], "completed", "{shown:#}");
}

#[test]
fn a_server_leaves_with_its_client_though_the_pipe_stays_open() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("f", "x\n")]);
    let sleep = std::path::Path::new("/bin/sleep");
    let client = support::Call::new(sleep, &repo.path).args(&["600"]).spawn();
    let mut session = Session::start(&sandbox, &repo.path);
    let params = json!({"capabilities": {}, "processId": client.pid()});
    session.call("initialize", params);
    session.notify("initialized", json!({}));
    support::process::kill9(client.pid());
    client.wait();
    assert_eq!(session.exit_code(), 1);
}
