//! The connection to the daemon: found or started, lost and made again, and what is told of it.

use super::editor::Editor;
use super::fake::{FakeDaemon, run};
use protocol::event::Event;
use protocol::{Error, ErrorKind};
use serde_json::{Value, json};

fn absent() -> FakeDaemon {
    let daemon = FakeDaemon::quiet();
    daemon.world().up = false;
    daemon
}

#[test]
fn a_daemon_is_started_in_the_background_and_its_state_told() {
    let daemon = absent();
    let mut editor = Editor::initialized(daemon.clone(), json!({"capabilities": {}}));
    let status = editor.status("connected");
    let expected = json!({"state": "connected", "daemon_version": "1.2.3", "pid": 42});
    assert_eq!(status, expected);
    assert_eq!(daemon.world().starts, 1);
}

#[test]
fn without_a_folder_no_daemon_is_started_until_something_needs_one() {
    let daemon = FakeDaemon::new(|_, _| {
        Ok(json!({"size": 2, "min": 1, "max": 2, "busy": 0,
        "idle": 2, "paused": true, "reason": null}))
    });
    daemon.world().up = false;
    let params = json!({"capabilities": {}, "workspaceFolders": []});
    let mut editor = Editor::initialized(daemon.clone(), params);
    assert_eq!(editor.status("starting"), json!({"state": "starting"}));
    let read = editor.call("offshoot/pool.status", Value::Null);
    assert_eq!(read["error"]["data"]["kind"], "not_running", "{read}");
    assert_eq!(
        editor.status("unavailable")["message"],
        "no daemon is running; the next command that needs it starts it"
    );
    assert_eq!(daemon.world().starts, 0);
    let changed = editor.call("offshoot/pool.pause", Value::Null);
    assert_eq!(changed["result"]["paused"], true, "{changed}");
    editor.status("connected");
    assert_eq!(daemon.world().starts, 1);
}

#[test]
fn one_that_dies_is_started_again_and_events_go_on_where_they_ended() {
    let daemon = FakeDaemon::quiet();
    let mut editor = Editor::ready_with(daemon.clone());
    daemon.put(run("w-1", "running", &[("a", "running")]));
    assert_eq!(editor.event("run.running")["seq"], 1);
    daemon.go(false);
    editor.status("lost");
    editor.status("connected");
    assert_eq!(daemon.world().starts, 1);
    let subscribed = daemon.asked("events.subscribe");
    assert_eq!(subscribed.len(), 2);
    assert_eq!(subscribed[0]["since"], Value::Null);
    assert_eq!(subscribed[1]["since"], 1);
    daemon.put(run("w-1", "completed", &[("a", "completed")]));
    assert_eq!(editor.event("run.completed")["seq"], 2);
}

#[test]
fn one_that_was_stopped_stays_so_until_something_needs_it() {
    let daemon = FakeDaemon::new(|_, _| Ok(json!(run("w-1", "queued", &[]))));
    let mut editor = Editor::ready_with(daemon.clone());
    daemon.go(true);
    let status = editor.status("unavailable");
    assert_eq!(
        status["message"],
        "no daemon is running; the next command that needs it starts it"
    );
    assert_eq!(daemon.world().starts, 0);
    let file = "file:///home/u/my%20repo/w.yaml";
    let answer = editor.command("offshoot.runWorkflow", json!({"workflow": file}));
    assert_eq!(answer["result"]["run_id"], "w-1", "{answer}");
    editor.status("connected");
    assert_eq!(daemon.world().starts, 1);
}

#[test]
fn one_that_cannot_be_started_is_told_once_with_the_reason() {
    let daemon = absent();
    let reason = Error::new(ErrorKind::Storage, "the disk is full").hint("make room");
    daemon.world().broken = Some(reason);
    let mut editor = Editor::initialized(daemon.clone(), json!({"capabilities": {}}));
    let status = editor.status("unavailable");
    assert_eq!(status["message"], "the disk is full; make room");
    let answer = editor.command("offshoot.cancelRun", json!({"run_id": "x"}));
    assert_eq!(answer["error"]["data"]["kind"], "storage", "{answer}");
    assert_eq!(answer["error"]["data"]["hint"], "make room");
    daemon.world().broken = None;
    // The session's own attempts go on, too; a command does not wait for the next.
    let answer = editor.call("offshoot/run.list", json!({}));
    assert_eq!(answer["result"]["runs"], json!([]), "{answer}");
    editor.status("connected");
}

#[test]
fn events_of_other_repositories_are_not_passed_on() {
    let daemon = FakeDaemon::quiet();
    let mut editor = Editor::ready_with(daemon.clone());
    let mut other = run("o-1", "running", &[]);
    other.repo = "/home/u/other".to_owned();
    daemon.put(other);
    let signal = |kind: &str, run_id: &str| Event {
        kind: kind.to_owned(),
        run_id: Some(run_id.to_owned()),
        ..Event::default()
    };
    daemon.signal(signal("line", "o-1"));
    // A repository in a subfolder of the workspace that has its first run.
    let mut nested = run("n-1", "running", &[]);
    nested.repo = format!("{}/nested", super::fake::ROOT);
    daemon.put(nested);
    assert_eq!(editor.event("run.running")["run_id"], "n-1");
    daemon.signal(signal("line", "n-1"));
    assert_eq!(editor.event("line")["run_id"], "n-1");
}

#[test]
fn what_fell_behind_is_read_again_and_the_client_told() {
    let daemon = FakeDaemon::quiet();
    let mut editor = Editor::ready_with(daemon.clone());
    daemon.signal(Event {
        kind: "reload".to_owned(),
        ..Event::default()
    });
    editor.event("reload");
    daemon.put(run("w-1", "running", &[]));
    editor.event("run.running");
    assert_eq!(daemon.asked("run.list").len(), 2);
}

#[test]
fn an_untrusted_workspace_only_reads_and_starts_nothing() {
    let daemon = FakeDaemon::new(|_, _| Ok(json!(run("w-1", "queued", &[]))));
    daemon.world().up = false;
    let params = json!({"capabilities": {}, "initializationOptions": {"trusted": false}});
    let mut editor = Editor::initialized(daemon.clone(), params);
    editor.status("unavailable");
    let file = "file:///home/u/my%20repo/w.yaml";
    for refused in [
        editor.command("offshoot.runWorkflow", json!({"workflow": file})),
        editor.call("offshoot/run.cancel", json!({"run_id": "w-1"})),
        editor.call("offshoot/trust.set", json!({"trusted": true})),
    ] {
        assert_eq!(refused["error"]["data"]["kind"], "untrusted", "{refused}");
    }
    assert_eq!(daemon.world().starts, 0);
    daemon.world().up = true;
    editor.status("connected");
    let list = editor.call("offshoot/run.list", json!({}));
    assert_eq!(list["result"]["runs"], json!([]), "{list}");
    // The person trusts it after all: the word is passed on.
    editor.notify("offshoot/trust", json!({"trusted": true}));
    let started = editor.command("offshoot.runWorkflow", json!({"workflow": file}));
    assert_eq!(started["result"]["run_id"], "w-1", "{started}");
    let list = editor.call("offshoot/run.list", json!({}));
    assert!(list.get("result").is_some());
    let told = || {
        daemon
            .asked("trust.set")
            .iter()
            .any(|params| params["trusted"] == true)
    };
    super::editor::wait("the word of trust", told);
}

#[test]
fn folders_come_and_go() {
    let daemon = FakeDaemon::quiet();
    let second = "/home/u/second";
    daemon.world().roots.push(second.to_owned());
    let mut other = run("s-1", "running", &[]);
    other.repo = second.to_owned();
    let mut editor = Editor::ready_with(daemon.clone());
    let change =
        json!({"added": [{"uri": "file:///home/u/second", "name": "second"}], "removed": []});
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        json!({"event": change}),
    );
    super::editor::wait("the second folder", || {
        daemon
            .asked("run.list")
            .iter()
            .any(|params| params["repo"] == second)
    });
    daemon.put(other);
    assert_eq!(editor.event("run.running")["run_id"], "s-1");
}

#[test]
fn a_workspace_without_git_is_served() {
    let daemon = FakeDaemon::new(|method, _| {
        assert_eq!(method, "run.start");
        Err(Error::new(ErrorKind::NotARepository, "not in a git repository").hint("git init"))
    });
    daemon.world().roots.clear();
    let mut editor = Editor::ready_with(daemon.clone());
    daemon.put(run("w-1", "running", &[]));
    let file = "file:///home/u/my%20repo/w.yaml";
    editor.open(file, "yaml", "steps:\n  - {run: x, needs: [b]}\n");
    assert_eq!(editor.diagnostics(file, Some(1)).len(), 1);
    let answer = editor.command("offshoot.runWorkflow", json!({"workflow": file}));
    assert_eq!(
        answer["error"]["data"]["kind"], "not_a_repository",
        "{answer}"
    );
    assert_eq!(answer["error"]["data"]["hint"], "git init");
    // The run is of a repository around the folder, as far as anybody can tell.
    editor.ignore("offshoot/event");
}

#[test]
fn repositories_in_subfolders_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for path in [
        "a/.git",
        "b/deep/.git",
        "b/deep/er/still/.git",
        ".hidden/.git",
    ] {
        std::fs::create_dir_all(root.join(path)).unwrap();
    }
    let daemon = FakeDaemon::quiet();
    let named = |path: &str| root.join(path).to_str().unwrap().to_owned();
    daemon.world().roots = vec![named("a"), named("b/deep"), named(".hidden")];
    let uri = format!("file://{}", root.display());
    let params = json!({"capabilities": {}, "workspaceFolders": [{"uri": uri, "name": "w"}]});
    let mut editor = Editor::with(daemon.clone(), params);
    super::editor::wait("both to be read", || daemon.asked("run.list").len() == 2);
    let listed: Vec<Value> = daemon
        .asked("run.list")
        .iter()
        .map(|asked| asked["repo"].clone())
        .collect();
    assert_eq!(listed, [json!(named("a")), json!(named("b/deep"))]);
    let mut nested = run("n-1", "running", &[]);
    nested.repo = named("b/deep");
    daemon.put(nested);
    assert_eq!(editor.event("run.running")["run_id"], "n-1");
}

#[test]
fn two_windows_on_one_repository_see_the_same() {
    let daemon = FakeDaemon::new(|_, _| Ok(json!(run("w-1", "cancelled", &[]))));
    let mut windows = [(); 2].map(|()| Editor::ready_with(daemon.clone()));
    daemon.put(run("w-1", "running", &[("a", "running")]));
    for window in &mut windows {
        window.event("run.running");
    }
    let [first, second] = &mut windows;
    first.command("offshoot.cancelRun", json!({"run_id": "w-1"}));
    daemon.put(run("w-1", "cancelled", &[("a", "cancelled")]));
    first.event("run.cancelled");
    second.event("run.cancelled");
}
