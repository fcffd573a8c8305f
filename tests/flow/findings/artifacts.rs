//! Of artifacts: their places, their ids, how many there may be.

use super::*;

#[test]
fn of_an_artifact_with_their_places_and_lines() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("src/a.py", SOURCE),
        ("scan.json", REPORT),
        ("w.yaml", SCAN),
    ]);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let scan = step(&run, "scan");
    assert_eq!(scan["artifacts"][0]["kind"], "security-scan");
    assert_eq!(
        scan["findings"],
        json!({"error": 1, "warning": 0, "info": 2})
    );
    let list = findings(&repo, &[]);
    assert_eq!(
        told(&list),
        [
            "scan security-scan hard-coded-password error src/a.py:2:5",
            "scan security-scan  info -",
            "scan offshoot artifact-note info reports/scan.json",
        ]
    );
    let first = &list["findings"][0]["finding"];
    assert_eq!(first["text"], "    password = \"hunter2\"");
    assert_eq!(first["artifact"], "reports/scan.json");
    assert_eq!(first["help"], "https://example.org/password");
    assert_eq!(
        first["related"],
        json!([{"path": "src/a.py", "line": 3, "message": "it goes out here"}])
    );
    let note = text(&list["findings"][2]["finding"], "message");
    assert!(note.contains("`../../etc/passwd`"), "{note}");

    let shown = repo
        .offshoot(&["workflow", "show", &id(&run)])
        .expect_code(0);
    assert!(shown.stdout.contains("src/a.py:2:5"), "{shown}");
    let page = repo
        .offshoot(&["workflow", "show", &id(&run), "--markdown"])
        .expect_code(0);
    assert!(page.stdout.contains("in `src/a.py:2`"), "{page}");
    let listed = repo.offshoot(&["workflow", "findings"]).expect_code(0);
    assert!(listed.stdout.contains(text(first, "id")), "{listed}");
    sandbox.finish();
}

#[test]
fn the_same_finding_has_the_same_id_when_its_lines_have_moved() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("src/a.py", SOURCE),
        ("scan.json", REPORT),
        ("w.yaml", SCAN),
    ]);
    repo.json(&["run", "w.yaml"]);
    let before = findings(&repo, &[]);
    let moved = REPORT
        .replace("\"line\": 2", "\"line\": 4")
        .replace("line 2", "line 4");
    repo.commit(
        "move",
        &[
            ("src/a.py", &format!("import os\n\n{SOURCE}")),
            ("scan.json", &moved),
        ],
    );
    repo.json(&["run", "w.yaml"]);
    let after = findings(&repo, &[]);
    assert_eq!(ids(&before), ids(&after));
    assert_eq!(after["findings"][0]["finding"]["line"], 4);
    let of_first = findings(&repo, &[text(&before["findings"][0], "run_id")]);
    assert_eq!(
        of_first, before,
        "the older run is still there when it is named"
    );
    // Another text is another finding.
    repo.commit(
        "change",
        &[(
            "src/a.py",
            &format!("import os\n\n{}", SOURCE.replace("hunter2", "hunter3")),
        )],
    );
    repo.json(&["run", "w.yaml"]);
    assert_ne!(ids(&before)[0], ids(&findings(&repo, &[]))[0]);
    sandbox.finish();
}

#[test]
fn of_artifacts_of_steps_that_fail_or_say_they_are_not_complete() {
    let sandbox = sandbox!();
    let report = r#"{"schema_version": "1.0", "kind": "docs", "status": "timeout", "error": "no more time", "findings": [{"message": "m", "path": "a", "line": 1}]}"#;
    let sarif = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "clippy"}}, "results": [{"ruleId": "x", "message": {"text": "m"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"}, "region": {"startLine": 1, "startColumn": 3}}}]}]}]}"#;
    let workflow = "steps:\n  - {id: docs, needs: [], creates: [out/], run: 'mkdir out; cp report.json out/'}\n  \
                    - {id: scan, needs: [], creates: [a.sarif], on_error: continue, run: 'cp scan.txt a.sarif; exit 3'}\n";
    let repo = sandbox.repo(&[
        ("a", "🧪x\n"),
        ("report.json", report),
        ("scan.txt", sarif),
        ("w.yaml", workflow),
    ]);
    repo.call(&["--json", "run", "w.yaml"]).run();
    assert_eq!(
        told(&findings(&repo, &[])),
        [
            "docs docs  warning a:1",
            "docs offshoot artifact-timeout warning out/report.json",
            // The third unit of UTF-16 is the second character.
            "scan clippy x warning a:1:2",
            "scan offshoot step-failed error w.yaml:3:10",
        ]
    );
    sandbox.finish();
}

/// Findings of the test below; the last 50 are over the bound.
const MANY: usize = 10_050;

#[test]
fn ten_thousand_in_five_hundred_files_are_bounded_and_the_rest_is_said() {
    let sandbox = sandbox!();
    let files: Vec<(String, String)> = (0..500)
        .map(|file| {
            let lines: String = (1..=21)
                .map(|line| format!("let value_{line} = compute({file}, {line});\n"))
                .collect();
            (format!("src/file_{file}.rs"), lines)
        })
        .collect();
    let found: Vec<Value> = (0..MANY)
        .map(|number| {
            let (file, line) = (number % 500, number / 500 + 1);
            json!({"severity": "warning", "code": "naming", "message": format!("`value_{line}` says nothing"),
                "path": format!("src/file_{file}.rs"), "line": line, "column": 5, "end_column": 12})
        })
        .collect();
    let report =
        json!({"schema_version": "1.0", "kind": "lint", "status": "completed", "findings": found})
            .to_string();
    let mut all: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    all.extend([("scan.json", report.as_str()), ("w.yaml", SCAN)]);
    let repo = sandbox.repo(&all);
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed");
    let scan = step(&run, "scan");
    // The note about those left out is one more.
    assert_eq!(
        scan["findings"],
        json!({"error": 0, "warning": 10_000, "info": 1})
    );
    assert_eq!(
        scan["finding_list"].as_array().map(Vec::len),
        Some(50),
        "a run's page stays small"
    );

    let folder = repo.path.display().to_string();
    let mut wire = Wire::open(&sandbox);
    let began = std::time::Instant::now();
    let answer = wire.call("finding.list", &json!({"repo": folder}));
    println!("finding.list of {MANY} findings took {:?}", began.elapsed());
    let list = &answer["result"];
    let found = list["findings"].as_array().expect("findings");
    assert_eq!((found.len(), &list["left_out"]), (10_001, &json!(0)));
    assert!(
        found
            .iter()
            .all(|found| found["finding"]["text"].is_string()
                || found["finding"]["code"] != "naming")
    );
    let note = found
        .iter()
        .find(|found| found["finding"]["code"] == "artifact-note");
    let note = text(&note.expect("a note")["finding"], "message");
    assert!(note.contains("50 more findings were left out"), "{note}");
    let mut ids = ids(list);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 10_001);
    sandbox.finish();
}
