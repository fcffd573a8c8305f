//! Built-in tasks as steps and submitted.

#[path = "built_in/agent.rs"]
mod agent;
#[path = "built_in/parameters.rs"]
mod parameters;
#[path = "built_in/switch.rs"]
mod switch;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use support::run::{id, step, text};
use support::schema::assert_document;
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

const REPORT: &str = "reports/ops/security-report.json";
const AUDIT: &str = "reports/ops/dependency-audit.json";
const SCAN: &str = "steps:\n  - {id: scan, agent: ops, action: security_scan}\n";

/// Made here, so that no file of this repository holds anything that looks like a secret.
fn source() -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut state = 4_711u64;
    let random = (0..36).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(letters[(state >> 33) as usize % letters.len()])
    });
    let token: String = random.collect();
    format!("import os\nkey = \"ghp_{token}\"\n")
}

fn repo<'a>(sandbox: &'a Sandbox, workflow: &str) -> Repo<'a> {
    sandbox.repo(&[("src/a.py", &source()), ("w.yaml", workflow)])
}

/// The findings of a step as `path:line code`, without those that depend on where it runs.
fn told(step: &Value) -> Vec<String> {
    let all = step["finding_list"].as_array().expect("findings").iter();
    all.map(|found| {
        let place = match (found["path"].as_str(), found["line"].as_u64()) {
            (Some(path), Some(line)) => format!("{path}:{line}"),
            (Some(path), None) => path.to_owned(),
            _ => "-".to_owned(),
        };
        format!("{place} {}", text(found, "code"))
    })
    .collect()
}

fn parse(document: &str) -> Value {
    let document = serde_json::from_str(document).expect("JSON");
    assert_document("artifact", &document);
    document
}

fn worktree(step: &Value) -> PathBuf {
    PathBuf::from(text(step, "worktree"))
}

fn artifact_in(folder: &Path, path: &str) -> Value {
    parse(&std::fs::read_to_string(folder.join(path)).expect("an artifact"))
}

#[test]
fn alone_where_no_agent_is_configured() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    let before = repo.fingerprint();
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let scan = step(&run, "scan");
    assert_eq!(scan["backend"], "built-in");
    assert_eq!(scan["artifacts"][0]["path"], REPORT);
    assert_eq!(scan["artifacts"][0]["kind"], "security-scan");
    assert_eq!(told(scan), ["src/a.py:2 github-token"]);
    let found = parse(&repo.show(text(&run, "result_branch"), REPORT));
    assert_eq!(
        (&found["status"], &found["agent"]),
        (&json!("completed"), &Value::Null)
    );
    assert_eq!(repo.fingerprint(), before);
    // Named, it is the same, and `--auto` changes nothing.
    let again = repo.json(&["run", "--auto", "--backend", "built-in", "w.yaml"]);
    assert_eq!(step(&again, "scan")["backend"], "built-in");
    sandbox.finish();
}

#[test]
fn documentation_is_a_step_too() {
    let sandbox = sandbox!();
    let workflow = "steps:\n  - {id: docs, agent: documenter, action: generate_docs}\n  \
                    - {id: use, run: 'grep -c public reports/docs/coverage.json', requires: [reports/docs/coverage.json]}\n";
    let code =
        "def told(a):\n    \"\"\"Says a.\"\"\"\n    return a\n\n\ndef untold(b):\n    return b\n";
    let repo = sandbox.repo(&[("src/a.py", code), ("w.yaml", workflow)]);
    let before = repo.fingerprint();
    let run = repo.json(&["run", "w.yaml"]);
    assert_eq!(run["status"], "completed", "{run:#}");
    let docs = step(&run, "docs");
    assert_eq!(
        (&docs["backend"], &step(&run, "use")["needs"]),
        (&json!("built-in"), &json!(["docs"]))
    );
    assert!(
        told(docs).iter().any(|one| one.starts_with("src/a.py:6 ")),
        "{docs:#}"
    );
    let branch = text(&run, "result_branch");
    let found = parse(&repo.show(branch, "reports/docs/coverage.json"));
    assert_eq!(found["kind"], "documentation");
    assert!(repo.has(branch, "llms.txt"));
    assert_eq!(repo.fingerprint(), before);
    sandbox.finish();
}

/// An audit that is asking a tool which does not answer.
fn held(sandbox: &Sandbox, more: &str) -> String {
    let asked = sandbox.path("asked");
    sandbox.script(
        "cargo-audit",
        &format!("touch {}\nexec await-file /nowhere", asked.display()),
    );
    let repo = repo(
        sandbox,
        &format!(
            "steps:\n  - {{id: audit, agent: ops, action: dependency-audit, params: {{tools: true}}{more}}}\n"
        ),
    );
    let lock = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"inner\"\n\
        version = \"0.3.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
    repo.commit("packages", &[("Cargo.lock", lock)]);
    id(&repo.detach(&["w.yaml"]))
}

#[test]
fn cancelled_in_the_middle_it_leaves_what_it_did() {
    let sandbox = sandbox!();
    let run = held(&sandbox, "");
    let repo = Repo::at(&sandbox, sandbox.path("repo"));
    let running = repo.wait_step(&run, "audit", "running");
    let folder = worktree(step(&running, "audit"));
    wait_until("the tool to be asked", LIMIT, || {
        sandbox.path("asked").exists().then_some(())
    });
    repo.call(&["workflow", "cancel", &run]).run();
    let end = repo.wait_end(&run);
    assert_eq!(step(&end, "audit")["status"], "cancelled", "{end:#}");
    let found = artifact_in(&folder, AUDIT);
    assert_eq!(found["status"], "cancelled", "{found:#}");
    assert_eq!(found["packages"], 1, "{found:#}");
    sandbox.finish();
}

#[test]
fn it_is_held_to_its_time() {
    let sandbox = sandbox!();
    let run = held(&sandbox, ", timeout: 1");
    let repo = Repo::at(&sandbox, sandbox.path("repo"));
    let end = repo.wait_end(&run);
    let audit = step(&end, "audit");
    assert_eq!(
        (&audit["status"], &audit["class"]),
        (&json!("failed"), &json!("timeout")),
        "{end:#}"
    );
    assert!(
        told(audit).contains(&format!("{AUDIT} artifact-timeout")),
        "{audit:#}"
    );
    assert_eq!(artifact_in(&worktree(audit), AUDIT)["status"], "timeout");
    sandbox.finish();
}

#[test]
fn submitted_with_and_without_a_worktree() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox, SCAN);
    let submit = [
        "--json",
        "background",
        "submit",
        "--agent",
        "ops",
        "--task",
        "security-scan",
        "--wait",
    ];
    let done = repo.call(&submit).run().expect_code(0).json();
    assert_eq!(done["status"], "completed", "{done:#}");
    let artifacts = done["artifacts"].to_string();
    assert!(artifacts.contains(REPORT), "{done:#}");
    assert!(!repo.path.join("reports").exists());

    let here = repo
        .call(&submit)
        .args(&["--no-worktree"])
        .run()
        .expect_code(0)
        .json();
    assert_eq!(here["status"], "completed", "{here:#}");
    let found = artifact_in(&repo.path, REPORT);
    assert_eq!(found["findings"].as_array().map(Vec::len), Some(1));
    sandbox.finish();
}
