//! Changes in pieces, in each unit that can be negotiated.

use super::editor::Editor;
use super::fake::FakeDaemon;
use crate::documents::{Documents, Opened};
use crate::positions::Encoding;
use serde_json::{Value, json};
use tower_lsp::gen_lsp_types::Uri;

fn at(line: u32, character: u32) -> Value {
    json!({"line": line, "character": character})
}

fn replace(start: (u32, u32), end: (u32, u32), text: &str) -> Value {
    json!({"range": {"start": at(start.0, start.1), "end": at(end.0, end.1)}, "text": text})
}

#[track_caller]
fn check(encoding: Encoding, text: &str, changes: Value, expected: &str) {
    let documents = Documents::default();
    documents.set_encoding(encoding);
    let uri = Uri("file:///x".to_owned());
    documents.open(Opened {
        uri: uri.clone(),
        version: 1,
        text: text.to_owned(),
        yaml: false,
    });
    documents.change(&uri, 2, serde_json::from_value(changes).unwrap());
    let document = documents.get("file:///x").unwrap();
    assert_eq!((&*document.text, document.version), (expected, 2));
}

#[test]
fn pieces_are_put_where_they_belong() {
    let text = "one\r\ntw😀o\nthree";
    for (encoding, after) in [
        (Encoding::Utf8, 6),
        (Encoding::Utf16, 4),
        (Encoding::Utf32, 3),
    ] {
        let change = json!([replace((1, 2), (1, after), "")]);
        check(encoding, text, change, "one\r\ntwo\nthree");
        let change = json!([replace((1, after), (1, after), "!")]);
        check(encoding, text, change, "one\r\ntw😀!o\nthree");
    }
    // Lines in between; each change counts from what the one before left.
    let both = json!([replace((0, 1), (2, 1), "-"), replace((0, 2), (0, 2), "+")]);
    check(Encoding::Utf16, text, both, "o-+hree");
    // Behind the end of a line and of the text.
    check(
        Encoding::Utf16,
        text,
        json!([replace((0, 99), (0, 99), "!")]),
        "one!\r\ntw😀o\nthree",
    );
    check(
        Encoding::Utf16,
        text,
        json!([replace((9, 9), (99, 0), "!")]),
        "one\r\ntw😀o\nthree!",
    );
    // Inside of a character, and a range that ends before it starts: nothing breaks.
    check(
        Encoding::Utf16,
        text,
        json!([replace((1, 3), (1, 3), "!")]),
        "one\r\ntw!😀o\nthree",
    );
    check(
        Encoding::Utf16,
        text,
        json!([replace((2, 3), (2, 1), "!")]),
        "one\r\ntw😀o\nthr!ee",
    );
    // A whole text makes what came before it moot.
    let whole = json!([replace((0, 0), (9, 9), ""), {"text": "a\n"}, replace((0, 1), (0, 1), "b")]);
    check(Encoding::Utf16, text, whole, "ab\n");
    check(
        Encoding::Utf8,
        "",
        json!([replace((0, 0), (0, 0), "\u{feff}x")]),
        "\u{feff}x",
    );
}

#[test]
fn a_thousand_pieces_in_a_burst_leave_no_stale_diagnostic() {
    const FILE: &str = "file:///home/u/my%20repo/w.yaml";
    let mut editor = Editor::ready_with(FakeDaemon::quiet());
    editor.open(
        FILE,
        "yaml",
        "steps:\n  - id: a\n    run: make\n    needs: []\n",
    );
    assert_eq!(editor.diagnostics(FILE, Some(1)), [""; 0]);
    // Types the letters of a step that is not there, and takes them away again.
    for version in 2..=1001 {
        let change = if version % 2 == 0 {
            replace((3, 12), (3, 12), "b")
        } else {
            replace((3, 12), (3, 13), "")
        };
        editor.edit(FILE, version, json!([change]));
    }
    assert_eq!(editor.diagnostics(FILE, Some(1001)), [""; 0]);
    editor.edit(FILE, 1002, json!([replace((3, 12), (3, 12), "b")]));
    assert_eq!(
        editor.diagnostics(FILE, Some(1002)),
        ["3:12-3:13 1 unknown-step"]
    );
    editor.ignore("textDocument/publishDiagnostics");
}
