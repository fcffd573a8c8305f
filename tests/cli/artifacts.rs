//! `artifact list`, `show` and `export`, of a folder and of a run.

use serde_json::{Value, json};
use support::run::{id, text};
use support::schema::assert_document;
use support::{Repo, Sandbox, sandbox};

const OURS: &str = r#"{"schema_version": "1.0", "kind": "documentation", "status": "timeout", "error": "its time was over", "coverage": 0.5,
 "findings": [{"severity": "error", "code": "broken-link", "message": "it leads nowhere\u001b[31m", "path": "README.md", "line": 1, "column": 3, "help": "mend it"},
              {"severity": "info", "code": "no-docs", "message": "nothing is said about this"}]}"#;

/// As ESLint's formatter for SARIF writes it: absolute addresses, columns in units of UTF-16.
fn foreign(root: &str) -> String {
    json!({"version": "2.1.0", "$schema": "http://json.schemastore.org/sarif-2.1.0-rtm.5", "runs": [{
        "tool": {"driver": {"name": "ESLint", "informationUri": "https://eslint.org", "rules": [
            {"id": "no-unused-vars", "helpUri": "https://eslint.org/docs/rules/no-unused-vars", "properties": {"category": "Variables"}}], "version": "10.0.0"}},
        "artifacts": [{"location": {"uri": format!("file://{root}/src/a.js")}}],
        "results": [{"level": "error", "message": {"text": "'x' is defined but never used."}, "ruleId": "no-unused-vars", "ruleIndex": 0,
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": format!("file://{root}/src/a.js"), "index": 0}, "region": {"startLine": 1, "startColumn": 7, "endLine": 1, "endColumn": 8}}}]}],
    }]})
    .to_string()
}

fn repo(sandbox: &Sandbox) -> Repo<'_> {
    let repo = sandbox.repo(&[("README.md", "x\n"), ("src/a.js", "const x = 1\n")]);
    let root = repo.path.canonicalize().expect("a folder");
    repo.write("reports/docs/a.json", OURS);
    repo.write("reports/eslint.sarif", &foreign(&root.to_string_lossy()));
    repo.write("reports/other.json", "{\"unrelated\": true}");
    repo.write("reports/broken.json", "{");
    repo
}

fn paths(list: &Value) -> Vec<&str> {
    let all = list["artifacts"].as_array().expect("artifacts");
    all.iter().map(|one| text(one, "path")).collect()
}

#[test]
fn artifacts_of_a_folder_are_listed_and_shown() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = repo
        .call(&["--json", "artifact", "list"])
        .run()
        .expect_code(0);
    let list = output.json();
    assert_document("artifact-list", &list);
    assert_eq!(
        paths(&list),
        ["reports/docs/a.json", "reports/eslint.sarif"]
    );
    let first = &list["artifacts"][0];
    assert_eq!(
        (&first["kind"], &first["status"], &first["findings"]),
        (
            &json!("documentation"),
            &json!("timeout"),
            &json!({"error": 1, "warning": 0, "info": 1})
        )
    );
    assert!(output.stderr.contains("reports/broken.json"), "{output}");
    let human = repo
        .offshoot(&["artifact", "list", "reports/docs"])
        .expect_code(0);
    assert!(
        human.stdout.contains("documentation") && !human.stdout.contains("eslint"),
        "{human}"
    );

    let human = repo
        .offshoot(&["artifact", "show", "reports/docs/a.json"])
        .expect_code(0);
    for part in [
        "README.md:1:3",
        "broken-link",
        "it leads nowhere",
        "mend it",
        "coverage 0.5",
        "its time was over",
    ] {
        assert!(human.stdout.contains(part), "{part}: {human}");
    }
    assert!(!human.stdout.contains('\u{1b}'), "{human}");
    let shown = repo.json(&["artifact", "show", "reports/eslint.sarif"]);
    assert_document("artifact", &shown);
    assert_eq!(
        (
            &shown["findings"][0]["path"],
            &shown["findings"][0]["source"]
        ),
        (&json!("src/a.js"), &json!("ESLint"))
    );

    for (args, code) in [
        (&["artifact", "show"][..], 2),
        (&["artifact", "show", "reports/no.json"], 2),
        (&["artifact", "show", "reports/broken.json"], 2),
        (&["artifact", "list", "--step", "a"], 2),
        (&["artifact", "export", "src"], 2),
        (&["artifact", "list", "--run", "no-such-run"], 2),
    ] {
        repo.offshoot(args).expect_code(code);
    }
}

#[test]
fn several_artifacts_become_one_file() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = repo.offshoot(&["artifact", "export"]).expect_code(0);
    let log = output.json();
    let names: Vec<_> = log["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .map(|run| text(&run["tool"]["driver"], "name"))
        .collect();
    assert_eq!(names, ["ESLint", "offshoot"]);
    assert_eq!(
        log["runs"][1]["automationDetails"]["id"],
        "offshoot/documentation/"
    );
    assert!(output.stderr.contains("its time was over"), "{output}");
    repo.offshoot(&["artifact", "export", "--output", "out.sarif"])
        .expect_code(0);
    assert_eq!(
        repo.read("out.sarif"),
        output.stdout,
        "the same for the same"
    );
    // What was exported is read again.
    let again = repo.json(&["artifact", "list", "out.sarif"]);
    assert_eq!(
        again["artifacts"][0]["findings"],
        json!({"error": 2, "warning": 0, "info": 1})
    );

    let all = repo
        .offshoot(&["artifact", "export", "--format", "json"])
        .expect_code(0)
        .json();
    assert_eq!(all["artifacts"][0]["artifact"]["coverage"], 0.5);
    let page = repo
        .offshoot(&["artifact", "export", "--format", "markdown", "reports/docs"])
        .expect_code(0);
    assert!(
        page.stdout.contains("# Documentation") && page.stdout.contains("`README.md:1`"),
        "{page}"
    );
}

#[test]
fn artifacts_of_a_run_are_there_also_where_git_ignores_them() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[
        (".gitignore", "reports/ops/\n"),
        ("Dockerfile", "FROM debian\n"),
        ("a.json", OURS),
        ("w.yaml", "steps:\n  - id: look\n    run: offshoot task ops infra\n    creates: [reports/ops/infrastructure-report.json]\n  - id: write\n    run: mkdir -p reports && cp a.json reports/a.json\n    creates: [reports/a.json]\n"),
    ]);
    let program = sandbox.program().display().to_string();
    sandbox.script("offshoot", &format!("exec {program} \"$@\""));
    let run = id(&repo.detach(&["w.yaml"]));
    assert_eq!(repo.wait_end(&run)["status"], "completed");
    let list = repo.json(&["artifact", "list", "--run", &run]);
    assert_document("artifact-list", &list);
    assert_eq!(
        paths(&list),
        ["reports/ops/infrastructure-report.json", "reports/a.json"]
    );
    let steps: Vec<_> = list["artifacts"]
        .as_array()
        .expect("all")
        .iter()
        .map(|one| text(one, "step_id"))
        .collect();
    assert_eq!(steps, ["look", "write"]);
    let one = repo.json(&["artifact", "show", "--run", &run, "--step", "look"]);
    assert_eq!(one["findings"][0]["code"], "docker-base-version");
    let log = repo
        .offshoot(&["artifact", "export", "--run", &run])
        .expect_code(0)
        .json();
    assert_eq!(log["runs"].as_array().map(Vec::len), Some(2));
    let some = repo.json(&["artifact", "list", "--run", &run, "reports/ops"]);
    assert_eq!(paths(&some).len(), 1);
    repo.offshoot(&["artifact", "list", "--run", &run, "--step", "no"])
        .expect_code(2);
}
