//! Progress of runs, as a client sees it.

use super::editor::Editor;
use super::fake::{FakeDaemon, run};
use serde_json::{Value, json};

fn capable(daemon: FakeDaemon) -> Editor {
    Editor::capable(daemon, json!({"window": {"workDoneProgress": true}}))
}

/// Takes the token that the server makes.
#[track_caller]
fn take(editor: &mut Editor) -> String {
    let request = editor.request("window/workDoneProgress/create");
    editor.respond(&request, Value::Null);
    request["params"]["token"].as_str().unwrap().to_owned()
}

/// The next that is told of a token: kind and message.
#[track_caller]
fn told(editor: &mut Editor, token: &str) -> (String, String) {
    let message = editor.expect(&format!("progress of {token}"), |message| {
        message["method"] == "$/progress" && message["params"]["token"] == token
    });
    let value = &message["params"]["value"];
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    (text("kind"), text("message"))
}

#[track_caller]
fn check(editor: &mut Editor, token: &str, kind: &str, message: &str) {
    assert_eq!(told(editor, token), (kind.to_owned(), message.to_owned()));
}

#[test]
fn a_run_has_one_token_from_its_start_to_its_end() {
    let daemon = FakeDaemon::quiet();
    let mut editor = capable(daemon.clone());
    daemon.put(run("w-1", "running", &[("a", "running"), ("b", "waiting")]));
    let token = take(&mut editor);
    check(&mut editor, &token, "begin", "0/2 Step a");
    daemon.put(run(
        "w-1",
        "running",
        &[("a", "completed"), ("b", "running")],
    ));
    check(&mut editor, &token, "report", "1/2 Step b");
    daemon.put(run(
        "w-1",
        "completed",
        &[("a", "completed"), ("b", "completed")],
    ));
    check(&mut editor, &token, "end", "completed, 2 steps in 0 ms");
    editor.ignore("offshoot/event");
}

#[test]
fn runs_that_were_there_before_and_that_others_start_are_shown() {
    let daemon = FakeDaemon::quiet();
    daemon.world().runs.push(run(
        "w-1",
        "running",
        &[("a", "running"), ("b", "verifying")],
    ));
    daemon
        .world()
        .runs
        .push(run("w-0", "needs_input", &[("a", "needs_input")]));
    let mut editor = capable(daemon.clone());
    let token = take(&mut editor);
    check(&mut editor, &token, "begin", "0/2 Step a and 1 more");
    daemon.put(run("w-2", "queued", &[("a", "queued")]));
    let second = take(&mut editor);
    check(&mut editor, &second, "begin", "0/1 queued");
    editor.call("shutdown", Value::Null);
    check(&mut editor, &token, "end", "the session ends");
    check(&mut editor, &second, "end", "the session ends");
    editor.ignore("offshoot/event");
}

#[test]
fn a_run_that_waits_for_a_person_says_so_and_goes_on_with_another_token() {
    let daemon = FakeDaemon::quiet();
    let mut editor = capable(daemon.clone());
    daemon.put(run(
        "w-1",
        "running",
        &[("a", "needs_input"), ("b", "running")],
    ));
    let token = take(&mut editor);
    check(&mut editor, &token, "begin", "0/2 Step b");
    let mut waits = run(
        "w-1",
        "needs_input",
        &[("a", "needs_input"), ("b", "completed")],
    );
    let error = protocol::Error::new(protocol::ErrorKind::Conflict, "a.rs does not merge");
    waits.steps[0].error = Some(error);
    daemon.put(waits);
    check(
        &mut editor,
        &token,
        "end",
        "waits for you: Step a: a.rs does not merge",
    );
    daemon.put(run(
        "w-1",
        "running",
        &[("a", "running"), ("b", "completed")],
    ));
    let next = take(&mut editor);
    assert_ne!(next, token);
    check(&mut editor, &next, "begin", "1/2 Step a");
    daemon.put(run(
        "w-1",
        "cancelled",
        &[("a", "cancelled"), ("b", "completed")],
    ));
    check(&mut editor, &next, "end", "cancelled after 2/2 steps");
    editor.ignore("offshoot/event");
}

#[test]
fn cancelling_cancels_the_run() {
    let daemon = FakeDaemon::new(|method, _| {
        assert_eq!(method, "run.cancel");
        Err(protocol::Error::new(protocol::ErrorKind::Refused, "it has ended").hint("look again"))
    });
    let mut editor = capable(daemon.clone());
    daemon.put(run("w-1", "running", &[("a", "running")]));
    let token = take(&mut editor);
    told(&mut editor, &token);
    editor.notify("window/workDoneProgress/cancel", json!({"token": token}));
    let message = editor.notification("window/showMessage");
    let expected = "The run cannot be cancelled: it has ended; look again";
    assert_eq!(message, json!({"type": 1, "message": expected}));
    assert_eq!(daemon.asked("run.cancel")[0]["run_id"], "w-1");
    // What nobody knows is no run.
    editor.notify("window/workDoneProgress/cancel", json!({"token": 7}));
    editor.notify("window/workDoneProgress/cancel", json!({"token": "mine"}));
    daemon.put(run("w-1", "failed", &[("a", "failed")]));
    check(&mut editor, &token, "end", "failed after 1/1 steps");
    editor.ignore("offshoot/event");
}

#[test]
fn tokens_end_with_the_connection_and_begin_again_with_the_next() {
    let daemon = FakeDaemon::quiet();
    let mut editor = capable(daemon.clone());
    daemon.put(run("w-1", "running", &[("a", "running")]));
    let token = take(&mut editor);
    told(&mut editor, &token);
    daemon.go(false);
    let lost = "the connection to the daemon is lost; the run goes on without it";
    check(&mut editor, &token, "end", lost);
    let next = take(&mut editor);
    check(&mut editor, &next, "begin", "0/1 Step a");
    // Gone from the daemon's books.
    daemon.world().runs.clear();
    daemon.signal(protocol::event::Event {
        kind: "reload".to_owned(),
        ..Default::default()
    });
    check(&mut editor, &next, "end", "the run is not known any more");
    editor.status("connected");
    editor.ignore("offshoot/event");
}

#[test]
fn a_client_without_progress_hears_nothing_of_it() {
    let daemon = FakeDaemon::quiet();
    let mut editor = Editor::ready_with(daemon.clone());
    daemon.put(run("w-1", "running", &[("a", "running")]));
    editor.event("run.running");
    daemon.put(run("w-1", "completed", &[("a", "completed")]));
    editor.event("run.completed");
}

#[test]
fn a_client_that_refuses_a_token_or_never_answers_is_left_alone() {
    let daemon = FakeDaemon::quiet();
    let mut editor = capable(daemon.clone());
    daemon.put(run("w-1", "running", &[("a", "running")]));
    let request = editor.request("window/workDoneProgress/create");
    let error = json!({"code": -32603, "message": "no"});
    editor.raw(&json!({"jsonrpc": "2.0", "id": request["id"], "error": error}).to_string());
    daemon.put(run("w-2", "running", &[("a", "running")]));
    // Never answered.
    editor.request("window/workDoneProgress/create");
    daemon.put(run("w-1", "completed", &[("a", "completed")]));
    daemon.put(run("w-2", "completed", &[("a", "completed")]));
    for _ in 0..2 {
        editor.event("run.completed");
    }
    editor.ignore("offshoot/event");
}

#[test]
fn a_run_that_is_over_before_the_client_has_its_token_is_told_in_one_go() {
    let daemon = FakeDaemon::quiet();
    let mut editor = capable(daemon.clone());
    daemon.put(run("w-1", "running", &[("a", "running")]));
    let request = editor.request("window/workDoneProgress/create");
    daemon.put(run("w-1", "completed", &[("a", "completed")]));
    editor.event("run.completed");
    // The next run's token shows that the end was seen.
    daemon.put(run("w-2", "running", &[("b", "running")]));
    let second = take(&mut editor);
    check(&mut editor, &second, "begin", "0/1 Step b");
    editor.respond(&request, Value::Null);
    let token = request["params"]["token"].as_str().unwrap().to_owned();
    check(&mut editor, &token, "begin", "0/1 Step a");
    check(&mut editor, &token, "end", "completed, 1 step in 0 ms");
    daemon.put(run("w-2", "completed", &[("b", "completed")]));
    check(&mut editor, &second, "end", "completed, 1 step in 0 ms");
    editor.ignore("offshoot/event");
}
