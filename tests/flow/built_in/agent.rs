//! An agent that goes on from what a built-in task found, and adds to it.

use super::{REPORT, SCAN, artifact_in, parse, repo, told, worktree};
use serde_json::{Value, json};
use support::run::{id, step, text};
use support::{Sandbox, sandbox};

const ADDED: &str = "reports/ops/security-report.agent.json";

/// An agent that is this script; its worktree is where it starts.
fn agent(sandbox: &Sandbox, script: &str) {
    sandbox.script("mine", script);
    sandbox.user_settings(
        "offshoot:\n  default_agent: mine\n  agents:\n    mine: {command: [mine, \"{instructions_file}\"]}\n",
    );
}

#[test]
fn an_agent_adds_to_what_was_found() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    agent(
        &sandbox,
        &format!(
            "grep -q '{ADDED}' \"$1\" || exit 3\ngrep -q github-token {REPORT} || exit 4\n\
             echo '{{\"findings\": [{{\"path\": \"src/a.py\", \"line\": 1, \"severity\": \"low\", \"code\": \"unused\", \"message\": \"why import os\"}}], \
             \"verdict\": \"one is real\"}}' > {ADDED}\necho mended >> src/a.py"
        ),
    );
    let run = repo.json(&["run", "--auto", "w.yaml"]);
    let scan = step(&run, "scan");
    assert_eq!(
        (&run["status"], &scan["backend"]),
        (&json!("completed"), &json!("command")),
        "{run:#}"
    );
    assert_eq!(told(scan), ["src/a.py:1 unused", "src/a.py:2 github-token"]);
    let branch = text(&run, "result_branch");
    let found = parse(&repo.show(branch, REPORT));
    assert_eq!(found["agent"]["name"], "mine");
    assert_eq!(found["agent"]["verdict"], "one is real");
    assert_eq!(found["findings"][0]["source"], "mine");
    assert!(!repo.has(branch, ADDED));
    assert!(repo.show(branch, "src/a.py").ends_with("mended\n"));
    let page = repo.show(branch, "reports/ops/security-report.md");
    assert!(page.contains("## Added by the agent `mine`"), "{page}");
    sandbox.finish();
}

#[test]
fn each_artifact_of_a_whole_takes_what_the_agent_adds_to_it() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, "steps:\n  - {id: all, agent: ops, action: all}\n");
    let infra = "reports/ops/infrastructure-report.agent.json";
    let audit = "reports/ops/dependency-audit.agent.json";
    let finding = |code: &str| {
        format!(
            "{{\"findings\": [{{\"path\": \"src/a.py\", \"line\": 1, \"code\": \"{code}\", \"message\": \"m\"}}]}}"
        )
    };
    agent(
        &sandbox,
        &format!(
            "for one in {ADDED} {infra} {audit}; do grep -q \"$one\" \"$1\" || exit 3; done\n\
             echo '{}' > {ADDED}\necho '{}' > {infra}\necho nonsense > {audit}",
            finding("of-scan"),
            finding("of-infra")
        ),
    );
    let run = repo.json(&["run", "--auto", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let all = told(step(&run, "all"));
    let refused = format!("{audit} agent-result-refused");
    for expected in ["src/a.py:1 of-scan", "src/a.py:1 of-infra", &refused] {
        assert!(all.iter().any(|one| one == expected), "{expected}: {all:?}");
    }
    assert!(
        !all.iter().any(|one| one.contains("no-agent-result")),
        "{all:?}"
    );
    let branch = text(&run, "result_branch");
    let added = |path: &str| parse(&repo.show(branch, path))["agent"]["name"].clone();
    assert_eq!(added(REPORT), "mine");
    assert_eq!(added("reports/ops/infrastructure-report.json"), "mine");
    assert_eq!(added("reports/ops/compliance-report.json"), Value::Null);
    sandbox.finish();
}

#[test]
fn what_an_agent_spoils_stays_as_it_was_and_is_said() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    for (script, expected) in [
        (
            format!("echo nonsense > {ADDED}"),
            format!("{ADDED} agent-result-refused"),
        ),
        (
            format!("echo nonsense > {REPORT}"),
            format!("{ADDED} agent-result-refused"),
        ),
        ("true".to_owned(), "- no-agent-result".to_owned()),
    ] {
        agent(&sandbox, &script);
        let run = repo.json(&["run", "--auto", "w.yaml"]);
        assert_eq!(run["status"], "completed", "{script}: {run:#}");
        assert_eq!(
            told(step(&run, "scan")),
            ["src/a.py:2 github-token", &expected],
            "{script}"
        );
        let found = parse(&repo.show(text(&run, "result_branch"), REPORT));
        assert_eq!(
            found["findings"].as_array().map(Vec::len),
            Some(1),
            "{script}"
        );
    }
    sandbox.finish();
}

#[test]
fn what_was_found_is_there_when_the_agent_fails() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    agent(&sandbox, "exit 7");
    let run = repo
        .call(&["--json", "run", "--auto", "w.yaml"])
        .run()
        .expect_code(1)
        .json();
    let scan = step(&run, "scan");
    assert_eq!(
        (&scan["status"], &scan["class"]),
        (&json!("failed"), &json!("exit")),
        "{run:#}"
    );
    assert!(
        told(scan).contains(&"src/a.py:2 github-token".to_owned()),
        "{scan:#}"
    );
    let found = artifact_in(&worktree(scan), REPORT);
    assert_eq!(found["status"], "completed");
    sandbox.finish();
}

#[test]
fn a_hand_off_goes_on_from_it_where_it_is_named() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: scan, agent: ops, action: security-scan, backend: file}\n";
    let repo = repo(&sandbox, workflow);
    let run = id(&repo.detach(&["--auto", "w.yaml"]));
    let running = repo.wait_step(&run, "scan", "running");
    let folder = worktree(step(&running, "scan"));
    assert_eq!(artifact_in(&folder, REPORT)["status"], "completed");
    let instructions = folder.join(".cursor-skill-instructions.md");
    let told_to = std::fs::read_to_string(&instructions).expect("instructions");
    assert!(told_to.contains(ADDED), "{told_to}");
    support::tree::put(
        &folder.join(ADDED),
        r#"{"findings": [{"message": "seen by a person", "path": "src/a.py", "line": 1}]}"#,
    );
    support::tree::put(
        &folder.join(".cursor-skill-status.json"),
        r#"{"status": "completed"}"#,
    );
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    assert_eq!(
        told(step(&end, "scan")),
        ["src/a.py:1 ", "src/a.py:2 github-token"]
    );
    sandbox.finish();
}
