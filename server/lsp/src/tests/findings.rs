//! Findings as diagnostics of the user's files.

use super::editor::Editor;
use super::fake::{FakeDaemon, ROOT, finding, run};
use protocol::finding::{FoundFinding, Related};
use serde_json::{Value, json};

const FILE: &str = "file:///home/u/my%20repo/src/a.rs";
const WORKFLOW: &str = "file:///home/u/my%20repo/workflows/w.yaml";

const TEXT: &str = "fn one() {\n    bad();\n}\nfn two() {\n    bad();\n}\n";

/// A daemon with one run, whose step `a` said this.
fn daemon(findings: Vec<FoundFinding>) -> FakeDaemon {
    let daemon = FakeDaemon::quiet();
    daemon
        .world()
        .runs
        .push(run("w-1", "completed", &[("a", "completed")]));
    daemon.world().findings = findings;
    daemon
}

fn replace(line: u32, from: u32, to: u32, text: &str) -> Value {
    let at = |character: u32| json!({"line": line, "character": character});
    json!([{"range": {"start": at(from), "end": at(to)}, "text": text}])
}

#[test]
fn a_finding_follows_its_lines_goes_with_them_and_comes_back_on_undo() {
    let daemon = daemon(vec![finding("x", "src/a.rs", 5, "    bad();")]);
    let mut editor = Editor::ready_with(daemon.clone());
    editor.open(FILE, "rust", TEXT);
    assert_eq!(editor.diagnostics(FILE, Some(1)), ["4:4-4:10 2 code-x"]);
    editor.edit(FILE, 2, replace(0, 0, 0, "// new\n"));
    assert_eq!(editor.diagnostics(FILE, Some(2)), ["5:4-5:10 2 code-x"]);
    // Another line changes: nothing to tell.
    editor.edit(FILE, 3, replace(0, 0, 0, "// "));
    editor.edit(FILE, 4, replace(5, 4, 7, "good"));
    assert_eq!(editor.diagnostics(FILE, Some(4)), [""; 0]);
    editor.edit(FILE, 5, replace(5, 4, 8, "bad"));
    assert_eq!(editor.diagnostics(FILE, Some(5)), ["5:4-5:10 2 code-x"]);
    // A later run finds nothing any more.
    daemon.find(Vec::new());
    assert_eq!(editor.diagnostics(FILE, Some(5)), [""; 0]);
    // Keystrokes never reached the daemon.
    assert_eq!(daemon.asked("file.read").len(), 0);
    editor.event("findings");
}

#[test]
fn lines_are_found_by_the_result_where_the_checkout_is_another() {
    // In the step's result the second call is in line 7; the checkout has neither its comment nor the first
    // function's end as it was.
    let found = finding("x", "src/a.rs", 7, "    bad();");
    let result = "// by the step\n// more\nfn one() {\n    bad();\n}\nfn two() {\n    bad();\n}\n";
    let daemon = daemon(vec![found]);
    daemon.file("a", "result", "src/a.rs", result);
    let mut editor = Editor::ready_with(daemon.clone());
    editor.open(FILE, "rust", TEXT);
    let first = editor.diagnostics(FILE, Some(1));
    // Until the result is there the nearest line with that text is shown; it happens to be the same.
    assert_eq!(first, ["4:4-4:10 2 code-x"]);
    editor.edit(FILE, 2, replace(3, 0, 0, "//\n//\n"));
    assert_eq!(editor.diagnostics(FILE, Some(2)), ["6:4-6:10 2 code-x"]);
    // The first call is not meant, though it is the same text.
    editor.edit(FILE, 3, replace(6, 4, 7, "good"));
    assert_eq!(editor.diagnostics(FILE, Some(3)), [""; 0]);
    assert_eq!(daemon.asked("file.read").len(), 1);
}

#[test]
fn everything_that_is_known_is_told() {
    let mut found = finding("x", "src/a.rs", 2, "    bad();");
    found.finding.column = Some(5);
    found.finding.end_column = Some(8);
    found.finding.help = Some("https://example.org/bad".to_owned());
    found.finding.artifact = Some("security.json".to_owned());
    found.finding.related = vec![Related {
        path: "src/b #.rs".to_owned(),
        line: Some(3),
        message: "Defined here.".to_owned(),
    }];
    let daemon = daemon(vec![found]);
    let publishing = json!({"relatedInformation": true, "codeDescriptionSupport": true});
    let capabilities = json!({"textDocument": {"publishDiagnostics": publishing}});
    let params = json!({"capabilities": capabilities, "initializationOptions": {"results": true}});
    let mut editor = Editor::with(daemon, params);
    editor.open(FILE, "rust", TEXT);
    let at = |line: u32, character: u32| json!({"line": line, "character": character});
    let place = |uri: &str, line: u32| {
        json!({"uri": uri,
        "range": {"start": at(line, 0), "end": at(line, 0)}})
    };
    // Neither of the files is in the checkout: the client reads them out of the result.
    let result = |path: &str| {
        let of = r#"{"alone":true,"repo":"/home/u/my repo","run_id":"w-1","side":"result","step_id":"a"}"#;
        format!("offshoot:/{path}?{}", crate::uri::encoded(of.as_bytes()))
    };
    let expected = json!([{
        "range": {"start": at(1, 4), "end": at(1, 7)},
        "severity": 2,
        "code": "code-x",
        "codeDescription": {"href": "https://example.org/bad"},
        "source": "offshoot: security-scan",
        "message": "Message x.",
        "relatedInformation": [
            {"location": place(&result("src/b%20%23.rs"), 2), "message": "Defined here."},
            {"location": place(&result("security.json"), 0), "message": "from security.json"},
        ],
        "data": {"id": "x", "run_id": "w-1", "step_id": "a", "repo": ROOT, "path": "src/a.rs",
            "artifact": "security.json"},
    }]);
    assert_eq!(json!(editor.published(FILE, Some(1))), expected);
}

#[test]
fn nothing_leads_to_a_file_that_is_not_there() {
    let checkout = tempfile::tempdir().unwrap();
    let worktree = tempfile::tempdir().unwrap();
    let root = checkout.path().canonicalize().unwrap();
    let make = |path: std::path::PathBuf| {
        let mut file = std::fs::File::create(path).unwrap();
        std::io::Write::write_all(&mut file, b"x\n").unwrap();
    };
    make(root.join("a.rs"));
    make(root.join("here.rs"));
    make(worktree.path().join("made.json"));
    let related = |path: &str| Related {
        path: path.to_owned(),
        message: path.to_owned(),
        ..Related::default()
    };
    let mut found = finding("x", "a.rs", 1, "x");
    found.finding.related = vec![related("here.rs"), related("gone.rs")];
    found.finding.artifact = Some("made.json".to_owned());
    let daemon = daemon(vec![found]);
    {
        let mut world = daemon.world();
        world.roots = vec![root.display().to_string()];
        world.runs[0].repo = root.display().to_string();
        world.runs[0].steps[0].worktree = Some(worktree.path().display().to_string());
    }
    let folder = json!([{"uri": crate::uri::from_path(&root), "name": "w"}]);
    let publishing = json!({"publishDiagnostics": {"relatedInformation": true}});
    let params = json!({"workspaceFolders": folder, "capabilities": {"textDocument": publishing}});
    let mut editor = Editor::with(daemon, params);
    let shown = editor.published(&crate::uri::from_path(&root.join("a.rs")), None);
    let places = shown[0]["relatedInformation"].as_array().unwrap().iter();
    let places: Vec<&str> = places
        .filter_map(|place| place["location"]["uri"].as_str())
        .collect();
    let expected = [root.join("here.rs"), worktree.path().join("made.json")];
    assert_eq!(places, expected.map(|path| crate::uri::from_path(&path)));
}

#[test]
fn a_client_that_can_less_is_told_the_same_in_words() {
    let mut found = finding("x", "src/a.rs", 2, "    bad();");
    found.finding.help = Some("call good() instead".to_owned());
    let mut editor = Editor::ready_with(daemon(vec![found]));
    editor.open(FILE, "rust", TEXT);
    let shown = editor.published(FILE, Some(1));
    assert_eq!(shown[0]["message"], "Message x.\ncall good() instead");
    assert_eq!(shown[0].get("relatedInformation"), None);
}

#[test]
fn findings_about_steps_stand_with_them_beside_the_problems_of_the_language() {
    let mut failed = finding("f", "", 0, "");
    failed.finding.path = None;
    failed.finding.line = None;
    failed.finding.text = None;
    failed.finding.severity = "error".to_owned();
    // A file that is not in the checkout (yet).
    let absent = finding("n", "docs/new.md", 3, "text");
    let mut editor = Editor::ready_with(daemon(vec![failed, absent]));
    let text = "steps:\n  - id: b\n    run: x\n    needs: [c]\n  - id: a\n    run: y\n";
    editor.open(WORKFLOW, "yaml", text);
    let shown = editor.published_of(WORKFLOW, Some(1), 3);
    let messages: Vec<_> = shown
        .iter()
        .map(|one| one["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages[1..], ["Message f.", "docs/new.md:3: Message n."]);
    assert_eq!(shown[0]["code"], "unknown-step");
    assert_eq!(
        shown[1]["range"]["start"],
        json!({"line": 4, "character": 8})
    );
    // The step moves; the problem of the language goes.
    editor.edit(WORKFLOW, 2, replace(3, 0, 15, "#\n"));
    let moved = editor.published(WORKFLOW, Some(2));
    assert_eq!(moved.len(), 2);
    assert_eq!(
        moved[0]["range"]["start"],
        json!({"line": 5, "character": 8})
    );
    // The file comes to be: its finding goes there.
    let new = "file:///home/u/my%20repo/docs/new.md";
    editor.open(new, "markdown", "a\nb\ntext\n");
    assert_eq!(editor.diagnostics(new, Some(1)), ["2:0-2:4 2 code-n"]);
    assert_eq!(editor.published_of(WORKFLOW, Some(2), 1).len(), 1);
}

#[test]
fn files_that_are_not_open_are_read_from_disk_and_watched() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let name = "ä #%.rs";
    write(&root.join(name), TEXT);
    let daemon = daemon(vec![finding("x", name, 2, "    bad();")]);
    let root_text = root.to_str().unwrap().to_owned();
    daemon.world().runs[0].repo = root_text.clone();
    daemon.world().roots = vec![root_text.clone()];
    let folders = json!([{"uri": format!("file://{root_text}"), "name": "r"}]);
    let watched = json!({"dynamicRegistration": true, "relativePatternSupport": true});
    let params = json!({"workspaceFolders": folders,
        "capabilities": {"workspace": {"didChangeWatchedFiles": watched}}});
    let mut editor = Editor::with(daemon.clone(), params);
    let file = format!("file://{root_text}/%C3%A4%20%23%25.rs");
    assert_eq!(editor.diagnostics(&file, None), ["1:4-1:10 2 code-x"]);
    let request = editor.request("client/registerCapability");
    editor.respond(&request, Value::Null);
    let watchers = &request["params"]["registrations"][0]["registerOptions"]["watchers"];
    let pattern = json!({"baseUri": format!("file://{root_text}"), "pattern": name});
    assert_eq!(watchers, &json!([{"globPattern": pattern}]));
    // It changes on disk.
    write(&root.join(name), &TEXT.replacen("bad", "good", 1));
    let changed = json!({"changes": [{"uri": file, "type": 2}]});
    editor.notify("workspace/didChangeWatchedFiles", changed.clone());
    // What the result was is asked for; it cannot be had, so the nearest such line is taken.
    assert_eq!(editor.diagnostics(&file, None), ["4:4-4:10 2 code-x"]);
    std::fs::remove_file(root.join(name)).unwrap();
    editor.notify("workspace/didChangeWatchedFiles", changed);
    assert_eq!(editor.diagnostics(&file, None), [""; 0]);
    // The finding is of its step now, and the workflow file is watched, too.
    for method in ["client/registerCapability", "client/unregisterCapability"] {
        let request = editor.request(method);
        editor.respond(&request, Value::Null);
    }
}

#[expect(clippy::disallowed_methods, reason = "a test lays out files")]
fn write(path: &std::path::Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

#[test]
fn positions_count_as_negotiated_and_line_ends_do_not_matter() {
    let mut found = finding("x", "src/a.rs", 2, "let 😀 = ä;");
    found.finding.column = Some(7);
    for (encoding, start, end) in [("utf-8", 9, 14), ("utf-16", 7, 11), ("utf-32", 6, 10)] {
        let params = json!({"general": {"positionEncodings": [encoding]}});
        let mut editor = Editor::capable(daemon(vec![found.clone()]), params);
        editor.open(FILE, "rust", "fn a()\r\nlet 😀 = ä;\r\n");
        let expected = format!("1:{start}-1:{end} 2 code-x");
        assert_eq!(editor.diagnostics(FILE, Some(1)), [expected], "{encoding}");
    }
}

#[test]
fn what_has_no_file_is_shown_nowhere_and_breaks_nothing() {
    let daemon = daemon(vec![
        finding("x", "../../etc/passwd", 1, "root"),
        finding("y", "", 7, "z"),
    ]);
    daemon.world().runs[0].workflow_file = None;
    let mut editor = Editor::ready_with(daemon);
    editor.open("untitled:Untitled-1", "rust", TEXT);
    editor.open("git:/home/u/my%20repo/src/a.rs?HEAD", "rust", TEXT);
    editor.open("file:///elsewhere/a.rs", "rust", TEXT);
    editor.open(WORKFLOW, "yaml", "steps:\n  - run: a\n");
    assert_eq!(editor.diagnostics(WORKFLOW, Some(1)), [""; 0]);
}

#[test]
fn a_byte_order_mark_moves_nothing() {
    let mut found = finding("x", "src/a.rs", 1, "let a = 1;");
    found.finding.column = Some(5);
    // Some editors keep the mark from us, some do not.
    for (text, expected) in [
        ("let a = 1;\n", "0:4-0:10"),
        ("\u{feff}let a = 1;\n", "0:5-0:11"),
    ] {
        let mut editor = Editor::ready_with(daemon(vec![found.clone()]));
        editor.open(FILE, "rust", text);
        assert_eq!(
            editor.diagnostics(FILE, Some(1)),
            [format!("{expected} 2 code-x")]
        );
    }
}

#[test]
fn a_file_that_the_client_names_differently_is_the_same_file() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path().canonicalize().unwrap();
    write(&root.join("(a).rs"), TEXT);
    let daemon = daemon(vec![finding("x", "(a).rs", 2, "    bad();")]);
    let text = root.to_str().unwrap().to_owned();
    daemon.world().runs[0].repo = text.clone();
    daemon.world().roots = vec![text.clone()];
    let params = json!({"capabilities": {}, "workspaceFolders": [{"uri": format!("file://{text}"), "name": "r"}]});
    let mut editor = Editor::with(daemon, params);
    let ours = format!("file://{text}/%28a%29.rs");
    let theirs = format!("file://{text}/(a).rs");
    assert_eq!(editor.diagnostics(&ours, None).len(), 1);
    editor.open(&theirs, "rust", TEXT);
    assert_eq!(editor.diagnostics(&theirs, Some(1)).len(), 1);
    assert_eq!(editor.diagnostics(&ours, None), [""; 0]);
    editor.close(&theirs);
    assert_eq!(editor.diagnostics(&theirs, None), [""; 0]);
    assert_eq!(editor.diagnostics(&ours, None).len(), 1);
}
