//! Artifacts of this version, of others, of TappsCodingAgents, and what is none.

use super::*;
use crate::{LARGEST, MOST, Severity};
use proptest::prelude::*;
use serde_json::json;

fn reading(value: &Value) -> Reading {
    read(value.to_string().as_bytes(), &[Path::new("/w")]).expect("an artifact")
}

/// `severity code source path:line message`
fn told(reading: &Reading) -> Vec<String> {
    let one = |found: &Finding| {
        let line = found.line.map_or(String::new(), |line| format!(":{line}"));
        let path = found.path.as_deref().unwrap_or("-");
        let or = |text: &str| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                text.to_owned()
            }
        };
        let (code, source) = (or(&found.code), or(&found.source));
        format!(
            "{} {code} {source} {path}{line} {}",
            found.severity.as_str(),
            found.message
        )
    };
    reading.findings.iter().map(one).collect()
}

#[test]
fn our_own_form_with_all_its_fields() {
    let reading = reading(&json!({
        "schema_version": "1.0", "kind": "security-scan", "status": "completed", "error": null,
        "findings": [{
            "severity": "error", "code": "password", "message": "a password", "source": "scan", "path": "src/a.py",
            "line": 3, "column": 5, "end_line": 4, "end_column": 1, "help": "https://example.org",
            "related": [{"path": "src/b.py", "line": 7, "message": "used here"}, {"path": "../x", "message": "no"}],
            "entropy": 4.5,
        }],
        "files": 12,
    }));
    let expected = Finding {
        severity: Severity::Error,
        code: "password".to_owned(),
        message: "a password".to_owned(),
        source: "scan".to_owned(),
        path: Some("src/a.py".to_owned()),
        line: Some(3),
        column: Some(5),
        end_line: Some(4),
        end_column: Some(1),
        related: vec![crate::Related {
            path: "src/b.py".to_owned(),
            line: Some(7),
            message: "used here".to_owned(),
        }],
        help: Some("https://example.org".to_owned()),
        other: Map::from_iter([("entropy".to_owned(), json!(4.5))]),
        ..Finding::default()
    };
    assert_eq!(reading.findings, [expected]);
    assert_eq!(reading.kind, "security-scan");
    assert_eq!(reading.schema_version.as_deref(), Some("1.0"));
    assert_eq!(reading.status.as_deref(), Some("completed"));
    assert_eq!(reading.error, None);
    assert_eq!(reading.notes, Vec::<String>::new());
}

#[test]
fn what_is_written_is_read_again_and_unknown_fields_are_kept() {
    let text = json!({
        "schema_version": "1.7", "kind": "docs", "status": "timeout", "error": "too slow", "later": {"x": [1]},
        "findings": [{"severity": "info", "message": "m", "path": "a", "line": 1, "later": true}],
    });
    let read = |text: &str| {
        Artifact::from_json(text.as_bytes(), &[])
            .expect("an artifact")
            .0
    };
    let artifact = read(&text.to_string());
    let written = artifact.to_json().expect("JSON");
    assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), text);
    assert_eq!(read(&written), artifact);
    let mut new = Artifact::new("docs");
    new.findings = artifact.findings;
    assert_eq!(read(&new.to_json().expect("JSON")), new);
}

#[test]
fn other_versions_are_read() {
    let older = reading(
        &json!({"findings": ["look at this", {"message": "and this", "file": "a.py", "line": "7"}]}),
    );
    assert_eq!(
        told(&older),
        ["warning - - - look at this", "warning - - a.py:7 and this"]
    );
    assert_eq!((older.schema_version, older.kind.as_str()), (None, "file"));
    let newer = reading(
        &json!({"schema_version": "2.0", "kind": "x", "status": "superb",
        "findings": [{"message": "m", "place": {"file": "a"}}, 7]}),
    );
    assert_eq!(told(&newer), ["warning - - - m"]);
    assert_eq!(newer.status.as_deref(), Some("superb"));
    assert_eq!(newer.notes.len(), 2, "{:?}", newer.notes);
    assert!(newer.notes[0].contains("version 2.0"), "{:?}", newer.notes);
}

#[test]
fn paths_that_leave_the_repository_are_refused_with_a_note() {
    let reading = reading(&json!({"findings": [
        {"message": "a", "path": "../../etc/passwd", "line": 1},
        {"message": "b", "path": "/etc/passwd"},
        {"message": "c", "path": "/w/src/a.py", "line": 2},
        {"message": "d", "path": ".git/config"},
        {"message": "e", "path": ""},
    ]}));
    let expected = [
        "warning - - - a",
        "warning - - - b",
        "warning - - src/a.py:2 c",
        "warning - - - d",
        "warning - - - e",
    ];
    assert_eq!(told(&reading), expected);
    let note =
        "3 of its paths leave the repository and were not taken, for example `../../etc/passwd`";
    assert_eq!(reading.notes, [note]);
}

#[test]
fn severities_of_other_tools() {
    let reading = reading(&json!({"findings": [
        {"message": "1", "severity": "HIGH"}, {"message": "2", "severity": "moderate"},
        {"message": "3", "level": "note"}, {"message": "4", "severity": "purple"},
    ]}));
    let words: Vec<_> = reading
        .findings
        .iter()
        .map(|found| found.severity.as_str())
        .collect();
    assert_eq!(words, ["error", "warning", "info", "warning"]);
    assert!(reading.notes[0].contains("`purple`"), "{:?}", reading.notes);
}

#[test]
fn reports_of_tappscodingagents() {
    let common = json!({"schema_version": "1.0", "timestamp": "2026-01-01T00:00:00", "status": "completed",
        "worktree_path": "/w", "correlation_id": "s-unknown", "error": null});
    let check = |fields: Value, kind: &str, expected: &[&str]| {
        let mut all = common.as_object().expect("fields").clone();
        all.extend(fields.as_object().expect("fields").clone());
        let reading = reading(&Value::Object(all));
        assert_eq!(told(&reading), expected);
        assert_eq!(reading.kind, kind);
        assert_eq!(reading.notes, Vec::<String>::new());
    };
    check(
        json!({"operation_type": "security_scan", "security_issues": [{"severity": "high", "issue_type": "sql",
            "description": "injection", "file_path": "/w/a.py", "line": 3, "recommendation": "bind"}],
            "compliance_checks": [{"check": "readme", "status": "pass", "message": "there"},
            {"check": "licence", "status": "fail", "message": "none", "recommendation": "add one"}]}),
        "operations",
        &[
            "error sql security-scan a.py:3 injection",
            "error licence security-scan - none",
        ],
    );
    check(
        json!({"files_documented": [
            {"file_path": "a.py", "doc_type": "api_docs", "status": "success", "error_message": null},
            {"file_path": "b.py", "doc_type": "api_docs", "status": "error", "error_message": "no syntax tree"}]}),
        "documentation",
        &["error documentation - b.py no syntax tree"],
    );
    check(
        json!({"tools": {
            "ruff": {"issues": [{"code": "F401", "message": "unused", "filename": "/w/a.py",
                "location": {"row": 1, "column": 8}, "end_location": {"row": 1, "column": 10}}]},
            "mypy": {"issues": [{"file": "b.py", "line": 2, "severity": "error", "message": "m", "error_code": "x"}]}}}),
        "quality",
        &["error - mypy b.py:2 m", "warning F401 ruff a.py:1 unused"],
    );
    check(
        json!({"decision": "CHANGES_REQUESTED", "security_findings": [
            {"file": "a.py", "line": 9, "severity": "medium", "message": "eval", "category": "injection"}],
            "comments": [{"file": "a.py", "line": 1, "message": "why"}, {"file": "a.py", "line": 2, "message": "how"}]}),
        "review",
        &[
            "warning injection - a.py:9 eval",
            "warning comment - a.py:1 why",
            "warning comment - a.py:2 how",
        ],
    );
    // The same names in JSON that is something else say nothing.
    let other = reading(&json!({"schema_version": "1.0", "comments": [{"message": "hello"}]}));
    assert_eq!(other.findings, []);
}

#[test]
fn what_says_nothing_is_no_error_and_what_is_no_json_is() {
    for text in [
        "{}",
        "[]",
        "[{\"message\":\"m\",\"path\":\"a\"}]",
        "null",
        " 7 ",
        "\u{feff}{\"findings\":3}",
    ] {
        let reading = read(text.as_bytes(), &[]).expect(text);
        assert_eq!(
            (reading.kind.as_str(), reading.findings.len()),
            ("file", 0),
            "{text}"
        );
    }
    for text in ["", "{", "{'a':1}", "{} x", "\u{feff}"] {
        assert!(read(text.as_bytes(), &[]).is_err(), "{text}");
    }
    assert!(read(b"{\"a\":\"\xff\"}", &[]).is_err());
    let deep = "[".repeat(100_000);
    assert!(read(deep.as_bytes(), &[]).is_err());
    let deep = format!("{{\"findings\":[{}{}]}}", "[".repeat(200), "]".repeat(200));
    assert!(read(deep.as_bytes(), &[]).map_or(true, |reading| reading.findings.is_empty()));
}

#[test]
fn ten_thousand_are_taken_and_the_rest_is_said() {
    let finding = |number: usize| {
        json!({"message": format!("m{number}"), "path": "a", "line": number + 1,
        "severity": if number == MOST + 4 { "error" } else { "info" }})
    };
    let all: Vec<Value> = (0..MOST + 5).map(finding).collect();
    let reading = reading(&json!({"findings": all}));
    assert_eq!((reading.findings.len(), reading.left_out), (MOST, 5));
    assert_eq!(
        reading.findings.last().expect("one").severity,
        Severity::Error
    );
    assert!(
        reading.notes[0].contains("5 more findings were left out"),
        "{:?}",
        reading.notes
    );
}

#[test]
fn names_of_artifacts() {
    for (path, expected) in [
        ("reports/ops/security-report.json", true),
        ("a.SARIF", true),
        ("a.sarif.json", true),
        ("json", false),
        ("docs/readme.md", false),
        ("a.json/b.txt", false),
    ] {
        assert_eq!(looks_like_one(path), expected, "{path}");
    }
    assert_eq!(LARGEST, 33_554_432);
}

/// Any JSON, with the words that mean something among its names and values.
fn any_json() -> impl Strategy<Value = Value> {
    let word = "(findings|runs|results|message|text|path|file|line|location|related|schema_version|operation_type|tools|\
        security_issues|issues|version|2\\.1\\.0|status|error|tool|driver|rules|id|ruleIndex|level|kind|[a-z./]{0,4})";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((word, inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_json_is_read(value in any_json(), sarif in any::<bool>()) {
        let mut value = value;
        if sarif && let Some(fields) = value.as_object_mut() {
            fields.insert("version".to_owned(), json!("2.1.0"));
            fields.entry("runs").or_insert_with(|| json!([{"results": [{}, 1]}]));
        }
        let reading = reading(&value);
        for found in &reading.findings {
            prop_assert!(!found.message.is_empty());
            prop_assert!(found.path.is_some() || found.line.is_none());
        }
        let mut whole = Artifact::new(&reading.kind);
        whole.findings = reading.findings;
        prop_assert!(crate::to_sarif(&[("a.json", &whole)], "1").is_ok());
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &[]);
    }
}
