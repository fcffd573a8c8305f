//! `task ops infra`, `task ops compliance`, and `task ops` alone.

use serde_json::Value;
use support::run::text;
use support::schema::assert_document;
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

const DOCKERFILE: &str = "FROM debian\nENV DB_PASSWORD=hunter2hunter2\nUSER root\nCMD [\"/app\"]\n";
const WORKFLOW: &str = "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n          echo é \"${{ github.event.pull_request.title }}\"\n";

fn repo(sandbox: &Sandbox) -> Repo<'_> {
    sandbox.repo(&[
        ("Dockerfile", DOCKERFILE),
        (".github/workflows/ci.yml", WORKFLOW),
        (
            "chart/templates/a.yaml",
            "apiVersion: v1\nkind: Pod\nname: {{ .Values.name }}\n",
        ),
        (".env", "PASSWORD=hunter2hunter2\n"),
    ])
}

fn artifact(repo: &Repo<'_>, name: &str) -> Value {
    let text = repo.read(&format!("reports/ops/{name}-report.json"));
    serde_json::from_str(&text).expect("JSON")
}

fn codes(artifact: &Value) -> Vec<&str> {
    let findings = artifact["findings"].as_array().expect("findings");
    findings.iter().map(|one| text(one, "code")).collect()
}

#[test]
fn files_of_infrastructure_are_checked_where_they_stand() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = repo
        .call(&["--json", "task", "ops", "infra"])
        .run()
        .expect_code(0);
    let found = output.json();
    assert_document("artifact-infrastructure", &found);
    assert_eq!(found, artifact(&repo, "infrastructure"));
    let injection = found["findings"].as_array().expect("findings").iter();
    let injection = injection
        .clone()
        .find(|one| one["code"] == "github-injection")
        .expect("it");
    assert_eq!(
        (
            &injection["path"],
            &injection["line"],
            &injection["column"],
            &injection["end_column"]
        ),
        (
            &".github/workflows/ci.yml".into(),
            &7.into(),
            &19.into(),
            &57.into()
        )
    );
    assert_eq!(
        found["files_passed_over"][0]["path"],
        "chart/templates/a.yaml"
    );
    let page = repo.read("reports/ops/infrastructure-report.md");
    for told in [&output.stdout, &output.stderr, &page] {
        assert!(!told.contains("hunter2"), "{told}");
    }
    // The same input gives the same bytes; what was written is no input.
    let before = repo.read("reports/ops/infrastructure-report.json");
    repo.offshoot(&["task", "ops", "infra"]).expect_code(0);
    assert_eq!(repo.read("reports/ops/infrastructure-report.json"), before);
    repo.offshoot(&["task", "ops", "infra", "--strict"])
        .expect_code(1);
    repo.offshoot(&[
        "task",
        "ops",
        "infra",
        "--allow",
        "Dockerfile",
        "--ignore",
        "github-injection",
    ])
    .expect_code(0);
    assert!(
        codes(&artifact(&repo, "infrastructure"))
            .iter()
            .all(|code| code.starts_with("github-") && *code != "github-injection")
    );
    let wrong = repo
        .offshoot(&["task", "ops", "infra", "--ignore", "github-injections"])
        .expect_code(2);
    assert!(wrong.stderr.contains("github-injection"), "{wrong}");
}

#[test]
fn a_part_is_judged_with_the_whole_in_sight() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    repo.write(".dockerignore", ".git\n");
    repo.write("deploy/Dockerfile", DOCKERFILE);
    let paths = |found: &Value| -> Vec<String> {
        let findings = found["findings"].as_array().expect("findings").iter();
        let mut paths: Vec<String> = findings
            .filter_map(|one| Some(one["path"].as_str()?.to_owned()))
            .collect();
        paths.dedup();
        paths
    };
    let found = repo.json(&["task", "ops", "infra", "deploy", ".github"]);
    assert_eq!(
        paths(&found),
        [".github/workflows/ci.yml", "deploy/Dockerfile"]
    );
    // The file that tells what is left out lies above the part.
    assert!(
        !codes(&found).contains(&"docker-whole-context"),
        "{found:#}"
    );
    let found = repo.json(&["task", "ops", "compliance", ".env"]);
    assert_eq!(paths(&found), [".env"]);
    // That it has no licence is nothing that a part could mend.
    assert!(!codes(&found).contains(&"repo-no-licence"), "{found:#}");
    let checks = found["checks"].as_array().expect("checks").iter();
    let licence: Vec<&Value> = checks
        .filter(|one| one["rule"] == "repo-no-licence")
        .collect();
    assert_eq!(licence[0]["result"], "not_applicable");
}

#[test]
fn a_repository_is_checked_as_a_whole() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let found = repo.json(&["task", "ops", "compliance"]);
    assert_document("artifact-compliance", &found);
    let all = codes(&found);
    for code in ["repo-env", "repo-no-licence", "repo-wide-token"] {
        assert!(all.contains(&code), "{all:?}");
    }
    let found = repo.json(&["task", "ops", "compliance", "--framework", "hipaa"]);
    assert!(!codes(&found).contains(&"repo-no-licence"));
    assert!(
        repo.read("reports/ops/compliance-report.md")
            .contains("164.312(a)(1)")
    );
    repo.offshoot(&["task", "ops", "compliance", "--framework", "iso"])
        .expect_code(2);
}

#[test]
fn alone_it_does_all_of_them_in_one_time() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let done = repo.json(&["task", "ops"]);
    assert_document("artifact-list", &done);
    let done = done["artifacts"].as_array().expect("artifacts").clone();
    for kind in [
        "security-scan",
        "dependency-audit",
        "infrastructure",
        "compliance",
    ] {
        let one = done.iter().find(|one| one["kind"] == kind).expect(kind);
        assert_eq!(one["status"], "completed", "{one}");
        assert!(repo.path.join(text(one, "path")).is_file(), "{one}");
    }
    let output = repo.offshoot(&["task", "ops", "--strict"]).expect_code(1);
    assert!(
        output.stdout.contains("reports/ops/compliance-report.json"),
        "{output}"
    );
    assert!(!output.stdout.contains("hunter2"), "{output}");
    repo.offshoot(&["task", "ops", "--timeout", "0"])
        .expect_code(1);
    for name in ["security", "infrastructure", "compliance"] {
        assert_eq!(artifact(&repo, name)["status"], "timeout");
    }
}

#[test]
fn when_somebody_stops_it_what_was_done_is_there() {
    let sandbox = sandbox!();
    // Enough that it is still at work when the signal comes.
    let repo = sandbox.repo(&[("README.md", "x\n")]);
    for number in 0..3_000 {
        repo.write(&format!("f{number}/Dockerfile"), &DOCKERFILE.repeat(20));
    }
    let work = repo.spawn(&["task", "ops", "infra"]);
    let report = repo.path.join("reports/ops/infrastructure-report.json");
    wait_until("the artifact", LIMIT, || report.is_file().then_some(()));
    support::process::signal(work.pid(), nix::sys::signal::Signal::SIGINT);
    let output = work.wait().expect_code(130);
    assert!(output.stdout.contains("cancelled"), "{output}");
    let found = artifact(&repo, "infrastructure");
    assert_document("artifact-infrastructure", &found);
    assert_eq!(found["status"], "cancelled");
}
