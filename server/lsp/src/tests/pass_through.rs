//! The rows of the method table as requests of the client.

use super::editor::Editor;
use super::fake::{FakeDaemon, ROOT};
use protocol::{Error, ErrorKind};
use serde_json::{Value, json};

#[test]
fn every_row_can_be_asked_and_what_is_absent_is_filled_in() {
    let daemon = FakeDaemon::new(|method, _| Err(Error::new(ErrorKind::NotFound, method)));
    let mut editor = Editor::ready_with(daemon.clone());
    for row in protocol::methods::METHODS {
        let answer = editor.call(&format!("offshoot/{}", row.name), Value::Null);
        assert_ne!(answer["error"]["code"], -32601, "{}: {answer}", row.name);
    }
    let submit = json!({"command": ["make"], "origin": "cli"});
    let answer = editor.call("offshoot/task.submit", submit);
    assert_eq!(answer["error"]["data"]["kind"], "not_found", "{answer}");
    let asked = daemon.asked("task.submit").pop().unwrap();
    assert_eq!(asked["folder"], ROOT);
    assert_eq!(asked["origin"], "editor");
    assert_eq!(asked["environment"], json!({"PATH": "/bin"}));
    // What is given is not touched.
    editor.call("offshoot/config.show", json!({"repo": "/elsewhere"}));
    assert_eq!(
        daemon.asked("config.show").pop().unwrap()["repo"],
        "/elsewhere"
    );
    editor.call("offshoot/config.show", json!({"repo": null}));
    assert_eq!(
        daemon.asked("config.show").pop().unwrap()["repo"],
        Value::Null
    );
    editor.call("offshoot/worktree.list", json!({}));
    assert_eq!(daemon.asked("worktree.list").pop().unwrap()["repo"], ROOT);
    // One subscription is enough.
    assert_eq!(daemon.asked("events.subscribe").len(), 1);
}

#[test]
fn parameters_of_another_shape_are_refused_with_the_place() {
    let mut editor = Editor::ready();
    let answer = editor.call("offshoot/run.cancel", json!({"run_id": 7}));
    assert_eq!(answer["error"]["code"], -32602);
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("run.cancel"), "{message}");
    let answer = editor.call("offshoot/run.dance", json!({}));
    assert_eq!(answer["error"]["code"], -32601);
}
