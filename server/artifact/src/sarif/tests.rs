//! SARIF of real shapes in, ours out, and round about.

use crate::{Artifact, Finding, Related, Severity, Units, read, to_sarif};
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

fn whole(kind: &str, findings: Vec<Finding>) -> Artifact {
    Artifact {
        findings,
        ..Artifact::new(kind)
    }
}

fn sarif(artifacts: &[(&str, &Artifact)]) -> (Value, Vec<String>) {
    let exported = to_sarif(artifacts, "1.2.3").expect("SARIF");
    let again = to_sarif(artifacts, "1.2.3").expect("SARIF");
    assert_eq!(exported, again, "the same for the same");
    let log = serde_json::from_str(&exported.text).expect("JSON");
    (log, exported.notes)
}

#[test]
fn what_is_written_is_read_again() {
    let artifact = whole("scan", examples());
    let exported = to_sarif(&[("a.json", &artifact)], "1.2.3").expect("SARIF");
    let reading = read(exported.text.as_bytes(), &[]).expect("SARIF");
    let mut expected = examples();
    // Code scanning wants a line, and a name of a tool.
    expected[1].line = Some(1);
    expected
        .iter_mut()
        .for_each(|finding| finding.source = "offshoot".to_owned());
    assert_eq!(reading.findings, expected);
}

#[test]
fn what_code_scanning_asks_for_is_there() {
    let artifact = whole("ops", examples());
    let (log, notes) = sarif(&[("a.json", &artifact)]);
    assert_eq!((&log["version"], notes.len()), (&json!("2.1.0"), 0));
    let run = &log["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(
        (&run["tool"]["driver"]["name"], &rule["id"]),
        (&json!("scan"), &json!("a-rule"))
    );
    for field in ["shortDescription", "fullDescription", "help"] {
        assert!(rule[field]["text"].is_string(), "{rule:#}");
    }
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
}

#[test]
fn each_tool_and_category_has_a_run_and_what_is_about_the_whole_a_place() {
    let own = |message: &str| Finding {
        code: "a".to_owned(),
        message: message.to_owned(),
        ..Finding::default()
    };
    let security = whole("security-scan", vec![own("one")]);
    let mut docs = whole("documentation", Vec::new());
    (docs.status, docs.error) = ("timeout".to_owned(), Some("its time was over".to_owned()));
    let other = whole(
        "sarif",
        vec![Finding {
            source: "CodeQL".to_owned(),
            units: Units::Utf16,
            column: Some(3),
            line: Some(2),
            path: Some("a.js".to_owned()),
            ..own("three")
        }],
    );
    let (log, notes) = sarif(&[
        ("s.json", &security),
        ("d.json", &docs),
        ("c.sarif", &other),
    ]);
    let runs = log["runs"].as_array().expect("runs");
    let ids: Vec<_> = runs
        .iter()
        .map(|run| {
            (
                run["tool"]["driver"]["name"].as_str(),
                run["automationDetails"]["id"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        ids,
        [
            (Some("CodeQL"), None),
            (Some("offshoot"), Some("offshoot/documentation/")),
            (Some("offshoot"), Some("offshoot/security-scan/")),
        ]
    );
    assert_eq!(runs[0]["columnKind"], "utf16CodeUnits");
    assert_eq!(
        runs[0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"],
        3
    );
    let about = &runs[2]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (
            &about["artifactLocation"]["uri"],
            &about["region"]["startLine"]
        ),
        (&json!("s.json"), &json!(1))
    );
    assert_eq!(
        (
            &runs[1]["results"],
            &runs[1]["invocations"][0]["executionSuccessful"]
        ),
        (&json!([]), &json!(false))
    );
    assert_eq!(
        notes,
        ["offshoot (documentation): d.json is timeout: its time was over"]
    );
    assert_eq!(sarif(&[]).0["runs"], json!([]));
}

#[test]
fn no_more_than_code_scanning_takes() {
    let many = |severity| Finding {
        severity,
        message: "m".to_owned(),
        ..Finding::default()
    };
    let mut findings = vec![many(Severity::Info); 6_000];
    findings.push(many(Severity::Error));
    let large = whole("large", findings);
    let kinds: Vec<Artifact> = (0..25)
        .map(|n| whole(&format!("z{n}"), Vec::new()))
        .collect();
    let mut all = vec![("l.json", &large)];
    all.extend(kinds.iter().map(|kind| ("k.json", kind)));
    let (log, notes) = sarif(&all);
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(20));
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(
        (results.len(), &results[0]["level"]),
        (5_000, &json!("error"))
    );
    assert!(
        notes[0].starts_with("6 runs were left out") && notes[1].contains("1001 of 6001"),
        "{notes:?}"
    );
}
