//! SARIF of real shapes in, ours out, and round about.

use crate::{Finding, Related, Severity, Units, read, to_sarif};
use serde_json::{Value, json};
use std::path::Path;

fn findings(run: &Value) -> (Vec<Finding>, Vec<String>) {
    let log = json!({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]});
    let reading = read(log.to_string().as_bytes(), &[Path::new("/w/a repo")]).expect("SARIF");
    assert_eq!(reading.kind, "sarif");
    (reading.findings, reading.notes)
}

fn one(run: &Value) -> Finding {
    let (findings, notes) = findings(run);
    assert_eq!(
        (findings.len(), notes.len()),
        (1, 0),
        "{findings:?} {notes:?}"
    );
    findings.into_iter().next().expect("one")
}

#[test]
fn a_result_with_everything() {
    let found = one(&json!({
        "tool": {"driver": {"name": "CodeQL", "rules": [
            {"id": "js/other"},
            {"id": "js/xss", "helpUri": "https://example.org/xss", "defaultConfiguration": {"level": "error"}}]}},
        "columnKind": "unicodeCodePoints",
        "results": [{
            "ruleId": "js/xss", "ruleIndex": 1, "message": {"text": "user input reaches {0}", "arguments": ["the page"]},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/a%20b.js", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}}}],
            "relatedLocations": [{"message": {"text": "it comes from here"}, "physicalLocation":
                {"artifactLocation": {"uri": "src/in.js"}, "region": {"startLine": 1}}}],
        }],
    }));
    let expected = Finding {
        severity: Severity::Error,
        code: "js/xss".to_owned(),
        message: "user input reaches the page".to_owned(),
        source: "CodeQL".to_owned(),
        path: Some("src/a b.js".to_owned()),
        line: Some(3),
        column: Some(5),
        end_line: Some(3),
        end_column: Some(9),
        related: vec![Related {
            path: "src/in.js".to_owned(),
            line: Some(1),
            message: "it comes from here".to_owned(),
        }],
        help: Some("https://example.org/xss".to_owned()),
        ..Finding::default()
    };
    assert_eq!(found, expected);
}

#[test]
fn where_a_file_is_named() {
    let path = |location: Value, more: Value| {
        let mut run = json!({"tool": {"driver": {"name": "t"}}, "results": [{"message": {"text": "m"},
            "locations": [{"physicalLocation": {"artifactLocation": location, "region": {"startLine": 1}}}]}]});
        let fields = run.as_object_mut().expect("fields");
        fields.extend(more.as_object().expect("fields").clone());
        let found = one(&run);
        assert_eq!(found.units, Units::Utf16);
        found.path.expect("a path")
    };
    let none = || json!({});
    assert_eq!(path(json!({"uri": "src/a.c"}), none()), "src/a.c");
    assert_eq!(
        path(json!({"uri": "file:///w/a%20repo/src/a.c"}), none()),
        "src/a.c"
    );
    assert_eq!(
        path(json!({"uri": "file://localhost/w/a%20repo/a.c"}), none()),
        "a.c"
    );
    assert_eq!(path(json!({"uri": "/w/a repo/a.c"}), none()), "a.c");
    let bases = json!({"originalUriBaseIds": {"ROOT": {"uri": "file:///w/a%20repo"}, "SRC": {"uri": "src/", "uriBaseId": "ROOT"},
        "LOOP": {"uri": "x/", "uriBaseId": "LOOP"}}});
    assert_eq!(
        path(json!({"uri": "a.c", "uriBaseId": "SRC"}), bases.clone()),
        "src/a.c"
    );
    assert_eq!(
        path(json!({"uri": "a.c", "uriBaseId": "ROOT"}), bases.clone()),
        "a.c"
    );
    assert!(path(json!({"uri": "a.c", "uriBaseId": "LOOP"}), bases).ends_with("a.c"));
    let files =
        json!({"artifacts": [{"location": {"uri": "first.c"}}, {"location": {"uri": "second.c"}}]});
    assert_eq!(path(json!({"index": 1}), files), "second.c");
    let (found, notes) = findings(
        &json!({"results": [{"message": {"text": "m"}, "locations": [
        {"physicalLocation": {"artifactLocation": {"uri": "file:///etc/passwd"}, "region": {"startLine": 1}}}]}]}),
    );
    assert_eq!((found[0].path.as_ref(), found[0].line), (None, None));
    assert!(notes[0].contains("/etc/passwd"), "{notes:?}");
}

#[test]
fn how_bad_it_is() {
    let severity = |result: Value, level: Value| {
        let mut result = result;
        result["message"] = json!({"text": "m"});
        result["ruleId"] = json!("r");
        let rule = json!({"id": "r", "defaultConfiguration": {"level": level}});
        one(&json!({"tool": {"driver": {"name": "t", "rules": [rule]}}, "results": [result]}))
            .severity
    };
    assert_eq!(
        severity(json!({"level": "error"}), json!("note")),
        Severity::Error
    );
    assert_eq!(
        severity(json!({"level": "none"}), json!("error")),
        Severity::Info
    );
    assert_eq!(severity(json!({}), json!("note")), Severity::Info);
    assert_eq!(severity(json!({}), json!("unheard-of")), Severity::Warning);
    assert_eq!(
        severity(json!({"kind": "review"}), json!("error")),
        Severity::Info
    );
    assert_eq!(
        severity(json!({"kind": "fail", "level": "note"}), json!("error")),
        Severity::Info
    );
}

#[test]
fn what_does_not_hold_is_left_out_and_what_is_odd_is_counted() {
    let results = json!([
        {"message": {"text": "passed"}, "kind": "pass"},
        {"message": {"text": "gone"}, "baselineState": "absent"},
        {"message": {"text": "set aside"}, "suppressions": [{"kind": "inSource"}]},
        {"message": {"text": "asked about"}, "suppressions": [{"kind": "external", "status": "underReview"}]},
        {"message": {"text": ""}}, {"level": 7}, 3,
    ]);
    let (found, notes) = findings(&json!({"tool": {"driver": {"name": "t"}}, "results": results}));
    let messages: Vec<_> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(messages, ["asked about"]);
    assert_eq!(notes, ["3 of its entries say nothing that is understood"]);
}

#[test]
fn messages_and_rules_by_their_names() {
    let found = one(&json!({
        "tool": {"driver": {"name": "t", "rules": [3]}, "extensions": [{"name": "e", "rules": [
            {"id": "X1", "help": {"text": "do not"}, "messageStrings": {"default": {"text": "{0} is not {1}"}}}]}]},
        "results": [{"rule": {"id": "X1"}, "message": {"id": "default", "arguments": ["a", "b"]}}],
    }));
    let said = (
        found.code.as_str(),
        found.message.as_str(),
        found.help.as_deref(),
    );
    assert_eq!(said, ("X1", "a is not b", Some("do not")));
}

fn examples() -> Vec<Finding> {
    let one = Finding {
        severity: Severity::Error,
        code: "a-rule".to_owned(),
        message: "häßlich \"quoted\"".to_owned(),
        source: "scan".to_owned(),
        path: Some("src/a b#c%.rs".to_owned()),
        line: Some(3),
        column: Some(5),
        end_line: Some(4),
        end_column: Some(1),
        related: vec![Related {
            path: "b.rs".to_owned(),
            line: None,
            message: "here".to_owned(),
        }],
        help: Some("https://example.org/a".to_owned()),
        ..Finding::default()
    };
    let two = Finding {
        severity: Severity::Info,
        path: Some("c.rs".to_owned()),
        related: Vec::new(),
        line: None,
        column: None,
        end_line: None,
        end_column: None,
        ..one.clone()
    };
    vec![one, two]
}

#[test]
fn what_is_written_is_read_again() {
    let text = to_sarif(&examples(), "1.2.3").expect("SARIF");
    let reading = read(text.as_bytes(), &[]).expect("SARIF");
    assert_eq!(reading.findings, examples());
    assert_eq!(
        text,
        to_sarif(&examples(), "1.2.3").expect("SARIF"),
        "the same for the same"
    );
}

#[test]
fn what_code_scanning_asks_for_is_there() {
    let text = to_sarif(&examples(), "1.2.3").expect("SARIF");
    let log: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "scan");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "a-rule");
    let result = &run["results"][0];
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "src/a%20b%23c%25.rs");
    assert_eq!(location["region"]["startLine"], 3);
    assert_eq!(
        (&result["ruleId"], &result["ruleIndex"], &result["level"]),
        (&json!("a-rule"), &json!(0), &json!("error"))
    );
    let print = result["partialFingerprints"]["offshoot/v1"]
        .as_str()
        .expect("a fingerprint");
    assert_eq!(print.len(), 12);
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(1));
    let none = to_sarif(&[], "1.2.3").expect("SARIF");
    assert!(
        none.contains("\"results\": []") && none.contains("\"name\": \"offshoot\""),
        "{none}"
    );
}
