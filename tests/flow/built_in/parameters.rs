//! Parameters of built-in tasks: those that are used, those without use, and values that cannot be.

use super::{REPORT, SCAN, parse, repo, told, worktree};
use serde_json::{Value, json};
use support::run::{step, text};
use support::sandbox;

#[test]
fn a_parameter_without_use_is_told_and_never_an_argument() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: scan, agent: ops, action: security-scan, params: {history: \"--help\", type: code}}\n";
    let repo = repo(&sandbox, workflow);
    let run = repo
        .call(&["--json", "run", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    let scan = step(&run, "scan");
    assert!(
        told(scan).contains(&"- unused-parameter".to_owned()),
        "{scan:#}"
    );
    let error = text(&scan["error"], "message");
    assert!(
        error.contains("--help") && error.contains(REPORT),
        "{error}"
    );
    sandbox.finish();
}

#[test]
fn submitted_with_parameters() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    let submit = |more: &[&str]| {
        let words = ["--json", "background", "submit", "--wait", "--agent", "ops"];
        let done = repo.call(&words).args(more).run();
        (done.code, done.json())
    };
    let found = |done: &Value| {
        let task = repo.json(&["background", "show", text(done, "task_id")]);
        let run = repo.run(text(&task, "run_id"));
        parse(&repo.show(text(&run, "result_branch"), REPORT))
    };
    let scan = ["--task", "security-scan"];
    let (code, done) = submit(&[&scan[..], &["--param", "allow=src/**"]].concat());
    assert_eq!(
        (code, &done["status"]),
        (0, &json!("completed")),
        "{done:#}"
    );
    assert_eq!(found(&done)["findings"], json!([]));
    let all = [
        "--param",
        "allow=none/*",
        "--param",
        "allow=no/*",
        "--param",
        "history=HEAD",
    ];
    let (code, done) = submit(&[&scan[..], &all].concat());
    assert_eq!(code, 0, "{done:#}");
    let artifact = found(&done);
    assert_eq!(artifact["commits_scanned"], 1, "{artifact:#}");
    let (code, done) = submit(&[&scan[..], &["--param", "strict"]].concat());
    assert_eq!((code, &done["status"]), (1, &json!("failed")), "{done:#}");
    sandbox.finish();
}

#[test]
fn a_value_that_cannot_be_used_is_said_in_an_artifact() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    for (step_has, path, words) in [
        (
            "agent: ops, action: compliance, params: {framework: dance}",
            "reports/ops/compliance-report.json",
            ["dance", "--framework", "general", "soc2"],
        ),
        (
            "agent: documenter, action: document, params: {target: nowhere}",
            "reports/docs/coverage.json",
            ["nowhere", "cannot be used", "No such file", ""],
        ),
        (
            "agent: context, action: warm-up, params: {limit: many}",
            "reports/context/warm-up.json",
            ["many", "--limit", "invalid digit", ""],
        ),
        (
            "agent: context, action: all, params: {limit: many}",
            "reports/context/health.json",
            ["many", "--limit", "invalid digit", ""],
        ),
    ] {
        let workflow = format!("steps:\n  - {{id: one, {step_has}}}\n");
        repo.write("one.yaml", &workflow);
        // What lies there from another time is not taken for what this run found.
        repo.commit(
            "reports",
            &[(
                path,
                "{\"schema_version\": \"1.0\", \"status\": \"completed\", \"findings\": []}",
            )],
        );
        let call = repo.call(&["--json", "run", "one.yaml"]).run();
        let run = call.expect_code(1).json();
        let one = step(&run, "one");
        assert_eq!(one["class"], "exit", "{run:#}");
        let artifact = std::fs::read_to_string(worktree(one).join(path)).expect("an artifact");
        let artifact = parse(&artifact);
        assert_eq!(artifact["status"], "failed", "{artifact:#}");
        let why = text(&artifact, "error");
        let said = text(&one["error"], "message");
        for word in words {
            assert!(
                why.contains(word) && said.contains(word),
                "{word}: {why}\n{said}"
            );
        }
        let place = format!("{path} artifact-failed");
        assert!(told(one).contains(&place), "{one:#}");
    }
    sandbox.finish();
}
