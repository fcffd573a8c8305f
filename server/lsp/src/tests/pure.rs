//! Positions, addresses, and which texts are workflows.

use crate::diagnostics::check;
use crate::positions::{Encoding, Lines};
use crate::uri;
use model::diagnostic::Position as Place;
use std::path::Path;
use tower_lsp::gen_lsp_types::InitializeParams;

#[test]
fn positions_are_counted_as_negotiated() {
    // Each: text, place (line, character), then the column in bytes, UTF-16 units and characters.
    let cases = [
        ("héllo: x", (0, 5), (0, [6, 5, 5])),
        ("a\r\n😀😀b", (1, 2), (1, [8, 4, 2])),
        ("a\rb\nc", (2, 1), (2, [1, 1, 1])),
        ("ab", (0, 9), (0, [2, 2, 2])),
        ("ab\n", (7, 3), (1, [0, 0, 0])),
        ("", (0, 0), (0, [0, 0, 0])),
        ("\u{feff}steps", (0, 2), (0, [5, 3, 3])),
    ];
    for (text, (line, column), (expected_line, expected)) in cases {
        let place = Place { line, column };
        for (encoding, character) in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32]
            .into_iter()
            .zip(expected)
        {
            let range = Lines::new(text, encoding).range(&(place..place));
            assert_eq!(
                (range.start.line, range.start.character),
                (expected_line, character),
                "{text:?} {encoding:?}"
            );
        }
    }
}

#[test]
fn the_clients_favourite_encoding_is_taken() {
    let cases = [
        (r#"{"capabilities":{}}"#, Encoding::Utf16),
        (
            r#"{"capabilities":{"general":{"positionEncodings":["utf-32","utf-16"]}}}"#,
            Encoding::Utf32,
        ),
        (
            r#"{"capabilities":{"general":{"positionEncodings":["utf-7","utf-8"]}}}"#,
            Encoding::Utf8,
        ),
        (
            r#"{"capabilities":{"general":{"positionEncodings":[]}}}"#,
            Encoding::Utf16,
        ),
    ];
    for (params, expected) in cases {
        let params: InitializeParams = serde_json::from_str(params).unwrap();
        assert_eq!(Encoding::negotiate(&params), expected);
    }
}

#[test]
fn addresses_become_paths() {
    let cases = [
        ("file:///a/b%20c/d.yaml", Some("/a/b c/d.yaml")),
        ("file://localhost/a", Some("/a")),
        ("file:///%C3%A9%25", Some("/é%")),
        ("file:///a%2", Some("/a%2")),
        ("file:///a%zz", Some("/a%zz")),
        ("file://server/a", None),
        ("untitled:Untitled-1", None),
        ("/a/b", None),
    ];
    for (uri, expected) in cases {
        assert_eq!(
            uri::to_path(uri).as_deref(),
            expected.map(Path::new),
            "{uri}"
        );
    }
}

#[test]
fn workflows_are_told_from_other_files() {
    // Each: text, whether it was a workflow before, whether it is one.
    let cases = [
        ("steps:\n  - run: a\n", false, true),
        ("workflow:\n  steps:\n    - run: a\n", false, true),
        ("jobs: {}\nsteps:\n  - run: a\n", false, false),
        ("apiVersion: v1\nsteps:\n  - run: a\n", true, false),
        ("name: x\n", false, false),
        ("name: x\n", true, false),
        // Broken while it is typed: known by what it was, or by its key.
        ("name: [\n", true, true),
        ("name: [\n", false, false),
        ("name: [\nsteps:\n", false, true),
        ("apiVersion: [\nsteps:\n", true, false),
        ("", true, false),
    ];
    for (text, was, is) in cases {
        assert_eq!(
            check("file:///w.yaml", text, was, Encoding::Utf16).workflow,
            is,
            "{text:?}, was: {was}"
        );
    }
}
