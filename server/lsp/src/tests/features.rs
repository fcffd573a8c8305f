//! The requests of the language, over the pipe: each is hooked up, follows the runs, and leaves other files
//! alone. What they answer in detail is in [`crate::language`]'s own tests.

use super::editor::{Editor, wait};
use super::fake::{FakeDaemon, run};
use serde_json::{Value, json};

const FILE: &str = "file:///home/u/my%20repo/workflows/w.yaml";
const TEXT: &str =
    "steps:\n  - id: a\n    run: make\n  - {title: 😀, needs: [a], agent: reviewer, prompt: x}\n";

fn at(line: u32, character: u32) -> Value {
    json!({"textDocument": {"uri": FILE}, "position": {"line": line, "character": character}})
}

fn opened(daemon: FakeDaemon, capabilities: Value) -> Editor {
    let mut editor = Editor::capable(daemon, capabilities);
    editor.open(FILE, "yaml", TEXT);
    editor.diagnostics(FILE, Some(1));
    editor
}

fn ask(editor: &mut Editor, method: &str, params: Value) -> Value {
    let answer = editor.call(method, params);
    assert!(answer.get("error").is_none(), "{method}: {answer}");
    answer["result"].clone()
}

#[test]
fn completion_is_sent_in_the_clients_terms() {
    let completion = json!({"textDocument": {"completion": {"completionItem": {
        "snippetSupport": true,
        "insertTextModeSupport": {"valueSet": [1, 2]},
    }}}});
    let mut editor = opened(FakeDaemon::quiet(), completion);
    // Behind the emoji, which counts two.
    let list = ask(&mut editor, "textDocument/completion", at(3, 25));
    let item = &list["items"][0];
    assert_eq!(item["label"], "a");
    let range = json!({"start": {"line": 3, "character": 24}, "end": {"line": 3, "character": 25}});
    assert_eq!(item["textEdit"], json!({"range": range, "newText": "a"}));
    editor.change(FILE, 2, "steps:\n  - id: a\n    re");
    editor.diagnostics(FILE, Some(2));
    let list = ask(&mut editor, "textDocument/completion", at(2, 6));
    let items = list["items"].as_array().unwrap();
    let retry = items.iter().find(|item| item["label"] == "retry").unwrap();
    assert_eq!(retry["textEdit"]["newText"], "retry:\n      $0");
    assert_eq!(
        (&retry["insertTextFormat"], &retry["insertTextMode"]),
        (&json!(2), &json!(1))
    );
    editor.vanish();
}

#[test]
fn names_are_found_and_changed() {
    let mut editor = opened(FakeDaemon::quiet(), json!({}));
    let definition = ask(&mut editor, "textDocument/definition", at(3, 24));
    assert_eq!(
        definition[0]["range"]["start"],
        json!({"line": 1, "character": 8})
    );
    let mut params = at(1, 8);
    params["context"] = json!({"includeDeclaration": false});
    let references = ask(&mut editor, "textDocument/references", params);
    assert_eq!(references.as_array().unwrap().len(), 1);
    let highlights = ask(&mut editor, "textDocument/documentHighlight", at(1, 8));
    assert_eq!(highlights.as_array().unwrap().len(), 2);
    let prepared = ask(&mut editor, "textDocument/prepareRename", at(1, 8));
    assert_eq!(prepared["placeholder"], "a");
    let mut params = at(1, 8);
    params["newName"] = json!("build");
    let edits = ask(&mut editor, "textDocument/rename", params.clone());
    assert_eq!(edits["changes"][FILE].as_array().unwrap().len(), 2);
    params["newName"] = json!("a b");
    let refused = editor.call("textDocument/rename", params);
    assert_eq!(refused["error"]["data"]["kind"], "invalid_input");
    editor.vanish();
}

#[test]
fn hover_knows_the_last_run_and_the_agents_of_the_settings() {
    let daemon = FakeDaemon::quiet();
    daemon
        .world()
        .runs
        .push(run("w-1", "failed", &[("a", "failed")]));
    daemon.world().settings = vec![
        json!({"key": "offshoot.default_agent", "value": "mine", "origin": "user"}),
        json!({"key": "offshoot.agents.mine.command", "value": ["my-agent", "{prompt}"], "origin": "user"}),
    ];
    let hover = json!({"textDocument": {"hover": {"contentFormat": ["markdown"]}}});
    let mut editor = opened(daemon.clone(), hover);
    let contents = |editor: &mut Editor, line, character| {
        let shown = ask(editor, "textDocument/hover", at(line, character));
        shown["contents"].clone()
    };
    wait("the run to be known", || {
        let text = contents(&mut editor, 1, 8)["value"]
            .as_str()
            .unwrap()
            .to_owned();
        text.contains("**failed**") && text.contains("Run `w-1`")
    });
    wait("the agents to be known", || {
        let text = contents(&mut editor, 3, 36)["value"]
            .as_str()
            .unwrap()
            .to_owned();
        text.contains("Done by the agent `mine` (`offshoot.default_agent`): `my-agent {prompt}`")
    });
    assert_eq!(contents(&mut editor, 1, 8)["kind"], "markdown");
    editor.vanish();
}

fn titles(lenses: &Value) -> Vec<&str> {
    let lenses = lenses.as_array().unwrap().iter();
    lenses
        .map(|lens| lens["command"]["title"].as_str().unwrap())
        .collect()
}

#[test]
fn lenses_and_hints_follow_the_runs() {
    let daemon = FakeDaemon::quiet();
    let refresh = json!({"workspace": {
        "codeLens": {"refreshSupport": true},
        "inlayHint": {"refreshSupport": true},
    }});
    let mut editor = opened(daemon.clone(), refresh);
    let document = json!({"textDocument": {"uri": FILE}});
    let lenses = ask(&mut editor, "textDocument/codeLens", document.clone());
    assert_eq!(titles(&lenses), ["Run", "Run from here", "Run from here"]);
    daemon.put(run("w-1", "running", &[("a", "running")]));
    for method in ["workspace/codeLens/refresh", "workspace/inlayHint/refresh"] {
        let request = editor.request(method);
        editor.respond(&request, Value::Null);
    }
    let lenses = ask(&mut editor, "textDocument/codeLens", document);
    assert_eq!(titles(&lenses), ["Cancel"]);
    let range = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    let params = json!({"textDocument": {"uri": FILE}, "range": range});
    let hints = ask(&mut editor, "textDocument/inlayHint", params);
    assert_eq!(hints[0]["label"], "running");
    assert_eq!(hints[0]["position"], json!({"line": 1, "character": 9}));
    editor.ignore("offshoot/event");
    editor.vanish();
}

#[test]
fn outlines_folds_and_fixes_are_there() {
    let mut editor = opened(FakeDaemon::quiet(), json!({}));
    let document = json!({"textDocument": {"uri": FILE}});
    let symbols = ask(&mut editor, "textDocument/documentSymbol", document.clone());
    assert_eq!(symbols[1]["name"], "a");
    assert_eq!(symbols[1]["containerName"], "w");
    let folds = ask(&mut editor, "textDocument/foldingRange", document);
    assert!(
        folds
            .as_array()
            .unwrap()
            .contains(&json!({"startLine": 1, "endLine": 2})),
        "{folds}"
    );
    editor.change(FILE, 2, "steps:\n  - id: a\n    rnu: make\n    prompt: x\n");
    editor.diagnostics(FILE, Some(2));
    let range = json!({"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 4}});
    let params =
        json!({"textDocument": {"uri": FILE}, "range": range, "context": {"diagnostics": []}});
    let actions = ask(&mut editor, "textDocument/codeAction", params);
    assert_eq!(actions[0]["title"], "Change to `run`");
    assert_eq!(actions[0]["diagnostics"][0]["code"], "unknown-key");
    assert_eq!(actions[0]["edit"]["changes"][FILE][0]["newText"], "run");
    editor.vanish();
}

#[test]
fn other_files_are_answered_with_nothing() {
    let mut editor = Editor::ready();
    editor.open("file:///r/ci.yaml", "yaml", "jobs: {}\nsteps:\n  - ");
    editor.open("file:///r/main.rs", "rust", "steps:\n  - ");
    for uri in [
        "file:///r/ci.yaml",
        "file:///r/main.rs",
        "file:///r/closed.yaml",
    ] {
        let params = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 2}});
        for method in [
            "completion",
            "hover",
            "definition",
            "codeLens",
            "foldingRange",
        ] {
            let found = ask(
                &mut editor,
                &format!("textDocument/{method}"),
                params.clone(),
            );
            let nothing = found.is_null() || found == json!([]) || found["items"] == json!([]);
            assert!(nothing, "{method} of {uri}: {found}");
        }
    }
    editor.vanish();
}

#[test]
fn settings_files_are_checked_while_they_are_typed() {
    let mut editor = Editor::ready();
    let uri = "file:///home/u/my%20repo/.tapps-agents/config.yaml";
    editor.open(uri, "yaml", "offshoot:\n  max_paralel: 2\n");
    assert_eq!(editor.diagnostics(uri, Some(1)), ["1:2-1:13 2 unknown-key"]);
    editor.change(uri, 2, "offshoot:\n  max_parallel: two\n");
    assert_eq!(editor.diagnostics(uri, Some(2)), ["1:16-1:19 1 type"]);
    editor.change(uri, 3, "offshoot:\n  max_parallel: 2\n");
    assert_eq!(editor.diagnostics(uri, Some(3)), [""; 0]);
    editor.vanish();
}

#[test]
fn requests_are_registered_where_the_client_wants_that() {
    let dynamic = json!({"dynamicRegistration": true});
    let capabilities =
        json!({"textDocument": {"completion": dynamic, "hover": dynamic, "codeLens": dynamic}});
    let mut editor = Editor::start(FakeDaemon::quiet());
    let folders = json!([{"uri": "file:///home/u/my%20repo", "name": "repo"}]);
    let params = json!({"capabilities": capabilities, "workspaceFolders": folders});
    let answer = editor.call("initialize", params);
    let offered = &answer["result"]["capabilities"];
    assert!(offered.get("completionProvider").is_none() && offered.get("renameProvider").is_some());
    editor.notify("initialized", json!({}));
    editor.status("connected");
    let request = editor.request("client/registerCapability");
    editor.respond(&request, Value::Null);
    let registered = request["params"]["registrations"].as_array().unwrap();
    let methods: Vec<_> = registered
        .iter()
        .map(|one| one["method"].as_str().unwrap())
        .collect();
    assert_eq!(
        methods,
        [
            "textDocument/completion",
            "textDocument/hover",
            "textDocument/codeLens"
        ]
    );
    let selector = &registered[0]["registerOptions"]["documentSelector"];
    assert_eq!(selector[0], json!({"language": "yaml"}));
    editor.vanish();
}
