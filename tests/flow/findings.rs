//! Findings: from artifacts, from what failing programs print, from conflicts; their ids; dismissing them.

use serde_json::{Value, json};
use support::run::{id, step, text};
use support::schema::assert_document;
use support::wire::Wire;
use support::{Repo, sandbox};

const SOURCE: &str = "def f():\n    password = \"hunter2\"\n    return password\n";
const REPORT: &str = r#"{"schema_version": "1.0", "kind": "security-scan", "status": "completed", "findings": [
  {"severity": "error", "code": "hard-coded-password", "message": "a password stands in line 2", "path": "src/a.py",
   "line": 2, "column": 5, "end_column": 13, "help": "https://example.org/password",
   "related": [{"path": "src/a.py", "line": 3, "message": "it goes out here"}]},
  {"severity": "low", "message": "elsewhere", "path": "../../etc/passwd", "line": 1}]}"#;
const SCAN: &str = "steps:\n  - id: scan\n    creates: [reports/scan.json]\n    run: mkdir -p reports; cp scan.json reports/\n";

/// `step source code severity path:line:column`, sorted by nothing: as the daemon says.
fn told(list: &Value) -> Vec<String> {
    let number = |value: &Value| {
        value
            .as_u64()
            .map_or(String::new(), |number| format!(":{number}"))
    };
    let all = list["findings"].as_array().expect("findings").iter();
    all.map(|found| {
        let finding = &found["finding"];
        format!(
            "{} {} {} {} {}{}{}",
            found["step_id"].as_str().unwrap_or("-"),
            text(finding, "source"),
            text(finding, "code"),
            text(finding, "severity"),
            finding["path"].as_str().unwrap_or("-"),
            number(&finding["line"]),
            number(&finding["column"]),
        )
    })
    .collect()
}

fn findings(repo: &Repo<'_>, args: &[&str]) -> Value {
    let list = repo.json(&[&["workflow", "findings"], args].concat());
    assert_document("finding-list", &list);
    list
}

fn ids(list: &Value) -> Vec<String> {
    let all = list["findings"].as_array().expect("findings").iter();
    all.map(|found| text(&found["finding"], "id").to_owned())
        .collect()
}

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
fn dismissing_lasts_over_runs_and_restarts_and_is_told() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        ("src/a.py", SOURCE),
        ("scan.json", REPORT),
        ("w.yaml", SCAN),
    ]);
    repo.json(&["run", "w.yaml"]);
    let all = ids(&findings(&repo, &[]));
    let mut ear = Wire::open(&sandbox);
    let folder = repo.path.display().to_string();
    ear.call("events.subscribe", &json!({"repo": folder}));
    let dismissed = repo.json(&["workflow", "dismiss", &all[0]]);
    assert_document("dismissed", &dismissed);
    assert_eq!(dismissed, json!({"id": all[0], "dismissed": true}));
    let event = ear.read().expect("an event");
    assert_eq!(event["params"]["kind"], "findings", "{event:#}");
    assert_eq!(event["params"]["message"], json!(all[0]));
    drop(ear);

    repo.offshoot(&["background", "stop"]).expect_code(0);
    repo.json(&["run", "w.yaml"]);
    assert_eq!(ids(&findings(&repo, &[])), all[1..]);
    assert_eq!(ids(&findings(&repo, &["--dismissed"])), all[..1]);
    repo.offshoot(&["workflow", "dismiss", &all[0], "--undo"])
        .expect_code(0);
    assert_eq!(ids(&findings(&repo, &[])), all);
    let unknown = repo
        .call(&["--json", "workflow", "dismiss", "nothing"])
        .run();
    assert_eq!(unknown.expect_code(2).json()["error"]["kind"], "not_found");
    sandbox.finish();
}

#[test]
fn of_programs_and_checks_that_fail() {
    let sandbox = sandbox!();
    let printed = "echo \"$PWD/src/a.c:2:3: error: expected ';'\"; echo '/usr/include/x.h:1:1: error: not ours'; exit 1";
    let workflow = format!(
        "steps:\n  - id: build\n    needs: []\n    run: |\n      {printed}\n\
         \x20 - id: lint\n    needs: []\n    run: 'true'\n    check: |\n      echo 'warning: x'; cd web; echo 'b.ts(1,5): error TS2304: no name'; exit 1\n"
    );
    let repo = sandbox.repo(&[
        ("src/a.c", "int\nx y\n"),
        ("web/b.ts", "let b = c\n"),
        ("w.yaml", &workflow),
    ]);
    let run = repo.call(&["--json", "run", "w.yaml"]).run().json();
    assert_eq!(run["status"], "failed", "{run:#}");
    let list = findings(&repo, &[]);
    assert_eq!(
        told(&list),
        [
            "build output  error src/a.c:2:3",
            "build offshoot step-failed error w.yaml:2:9",
            "lint tsc TS2304 error web/b.ts:1:5",
            "lint offshoot step-failed error w.yaml:6:9",
        ]
    );
    assert_eq!(list["findings"][0]["finding"]["text"], "x y");
    assert_eq!(list["findings"][1]["finding"]["text"], "  - id: build");
    // Discarded, the run says nothing any more.
    repo.offshoot(&["discard", &id(&run)]).expect_code(0);
    assert_eq!(told(&findings(&repo, &[])), Vec::<String>::new());
    sandbox.finish();
}

#[test]
fn of_results_that_do_not_merge_until_they_do() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: echo a > same.txt, needs: []}\n  - {id: b, run: echo b > same.txt, needs: []}\n  \
                    - {id: c, needs: [a, b], run: cp same.txt seen.txt}\n";
    let repo = sandbox.repo(&[("same.txt", "base\n"), ("w.yaml", workflow)]);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(4)
        .json();
    let list = findings(&repo, &[]);
    assert_eq!(told(&list), ["c offshoot conflict error same.txt"]);
    let finding = &list["findings"][0]["finding"];
    assert_eq!(
        finding["message"],
        "the results of `a` and `b` do not merge here"
    );
    assert!(
        text(finding, "help").contains("workflow resume"),
        "{finding:#}"
    );
    let place = text(step(&run, "c"), "worktree").to_owned();
    Repo::at(&sandbox, &place).write("same.txt", "both\n");
    repo.offshoot(&["workflow", "resume", &id(&run)]);
    repo.wait_end(&id(&run));
    assert_eq!(told(&findings(&repo, &[])), Vec::<String>::new());
    sandbox.finish();
}

#[test]
fn of_a_run_whose_results_do_not_merge_at_its_end() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: echo a > same.txt, needs: []}\n  - {id: b, run: echo b > same.txt, needs: []}\n";
    let repo = sandbox.repo(&[("same.txt", "base\n"), ("w.yaml", workflow)]);
    repo.call(&["--json", "run", "w.yaml"]).run().expect_code(4);
    let list = findings(&repo, &[]);
    assert_eq!(told(&list), ["- offshoot conflict error same.txt"]);
    let help = text(&list["findings"][0]["finding"], "help");
    let (folder, _) = help
        .strip_prefix("resolve the marked files in ")
        .and_then(|rest| rest.split_once(", then"))
        .expect("a folder");
    assert!(std::path::Path::new(folder).is_dir(), "{help}");
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

#[test]
fn files_of_runs_are_read() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, needs: [], run: 'echo new > f.txt; rm gone.txt; ln -s /etc/passwd link; printf \"\\\\377\\\\000\" > bin'}\n  \
                    - {id: b, needs: [a], run: 'echo now > f.txt; touch \"$HOME/ready\"; await-file \"$HOME/go\"'}\n";
    let repo = sandbox.repo(&[
        ("f.txt", "old\n"),
        ("gone.txt", "g\n"),
        ("w.yaml", workflow),
    ]);
    let run = id(&repo.detach(&["w.yaml"]));
    repo.wait_step(&run, "a", "completed");
    support::wait_until("b at work", support::LIMIT, || {
        sandbox.path("home/ready").exists().then_some(())
    });
    let mut wire = Wire::open(&sandbox);
    let mut read = |step: &str, side: &str, path: &str| {
        let params = json!({"run_id": run, "step_id": step, "side": side, "path": path});
        wire.call("file.read", &params)
    };
    assert_eq!(read("a", "base", "f.txt")["result"]["text"], "old\n");
    assert_eq!(read("a", "result", "f.txt")["result"]["text"], "new\n");
    let gone = read("a", "result", "gone.txt")["result"].clone();
    assert_eq!(
        (&gone["missing"], &gone["text"]),
        (&json!(true), &Value::Null)
    );
    let bin = read("a", "result", "bin")["result"].clone();
    assert_eq!((&bin["binary"], &bin["size"]), (&json!(true), &json!(2)));
    assert_eq!(
        read("a", "result", "link")["result"]["text"],
        "/etc/passwd",
        "a link is not followed"
    );
    let running = read("b", "result", "f.txt")["result"].clone();
    assert_eq!(
        (&running["text"], &running["commit"]),
        (&json!("now\n"), &Value::Null)
    );
    for path in ["../x", "/etc/passwd", ""] {
        assert_eq!(
            read("a", "result", path)["error"]["data"]["kind"],
            "invalid_input",
            "{path}"
        );
    }
    support::tree::put(&sandbox.path("home/go"), "");
    repo.wait_end(&run);
    let whole = wire.call(
        "file.read",
        &json!({"run_id": run, "side": "result", "path": "link"}),
    );
    assert_eq!(whole["result"]["text"], "/etc/passwd");
    sandbox.finish();
}

#[test]
fn only_some_files_are_applied() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: a, run: 'echo 1 > one.txt; echo 2 > two.txt; mkdir sub; echo 3 > sub/three.txt'}\n";
    let repo = sandbox.repo(&[("one.txt", "0\n"), ("w.yaml", workflow)]);
    let run = id(&repo.json(&["run", "w.yaml"]));
    let applied = repo.json(&["apply", &run, "one.txt", "sub"]);
    assert_document("applied", &applied);
    assert_eq!(applied["changed"], json!(["one.txt", "sub/three.txt"]));
    assert_eq!(
        (
            repo.read("one.txt").as_str(),
            repo.path.join("two.txt").exists()
        ),
        ("1\n", false)
    );
    let refused = repo.call(&["--json", "apply", &run, "w.yaml"]).run().json();
    assert!(
        text(&refused["error"], "message").contains("does not change w.yaml"),
        "{refused:#}"
    );
    repo.json(&["apply", &run, "--undo"]);
    assert_eq!(repo.read("one.txt"), "0\n");
    sandbox.finish();
}
