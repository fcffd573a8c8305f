//! `task ops scan`: secrets, told by their places only.

use serde_json::Value;
use support::run::{id, step, text};
use support::{LIMIT, Repo, Sandbox, sandbox, wait_until};

/// Made here, so that no file of this repository holds anything that looks like a secret.
fn token(seed: u64) -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut state = seed * 7919 + 17;
    let random = (0..36).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(letters[(state >> 33) as usize % letters.len()])
    });
    format!("ghp_{}", random.collect::<String>())
}

fn repo(sandbox: &Sandbox) -> Repo<'_> {
    let repo = sandbox.repo(&[
        ("src/a.py", "import os\nprint('é')\n"),
        ("w.yaml", "steps:\n  - id: scan\n    run: offshoot task ops scan\n    creates: [reports/ops/security-report.json]\n"),
    ]);
    repo.commit(
        "gone again",
        &[("old.env", &format!("TOKEN={}\n", token(1)))],
    );
    repo.git(&["rm", "--quiet", "old.env"]);
    repo.git(&["commit", "--quiet", "--message", "without"]);
    repo.write("src/b.py", &format!("é = 1; key = \"{}\"\n", token(2)));
    repo.write("fixture.txt", &token(3));
    repo
}

fn artifact(repo: &Repo<'_>) -> Value {
    serde_json::from_str(&repo.read("reports/ops/security-report.json")).expect("JSON")
}

#[test]
fn secrets_are_found_in_files_and_history_and_not_told() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let args = [
        "--json",
        "task",
        "ops",
        "scan",
        "--history",
        "HEAD",
        "--allow",
        "fixture.*",
    ];
    let output = repo.call(&args).run().expect_code(0);
    let found = output.json();
    support::schema::assert_document("artifact", &found);
    assert_eq!(found, artifact(&repo));
    assert_eq!(found["status"], "completed");
    let findings = found["findings"].as_array().expect("findings");
    assert_eq!(findings.len(), 2, "{found:#}");
    let (past, present) = (&findings[0], &findings[1]);
    assert_eq!(past["path"], "old.env");
    assert!(
        text(past, "message").contains("in the history (commit "),
        "{past}"
    );
    assert_eq!(
        (
            &present["path"],
            &present["line"],
            &present["column"],
            &present["end_column"]
        ),
        (&"src/b.py".into(), &1.into(), &15.into(), &55.into())
    );
    let page = repo.read("reports/ops/security-report.md");
    for secret in [token(1), token(2), token(3)] {
        for told in [&output.stdout, &output.stderr, &page] {
            assert!(!told.contains(&secret[4..]), "{told}");
        }
    }
    // The same input gives the same bytes; what was written is no input.
    let before = repo.read("reports/ops/security-report.json");
    repo.call(&args).run().expect_code(0);
    assert_eq!(repo.read("reports/ops/security-report.json"), before);
    repo.call(&["task", "ops", "scan", "--strict"])
        .run()
        .expect_code(1);
}

#[test]
fn it_is_limited_to_paths_of_the_repository() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    repo.write(".gitignore", "*.env\n");
    repo.write("local.env", &format!("TOKEN={}\n", token(4)));
    let found_in = |args: &[&str]| {
        let args = [&["--json", "task", "ops", "scan"], args].concat();
        let told = repo.call(&args).run().expect_code(0).json();
        assert_eq!(told, artifact(&repo));
        let findings = told["findings"].as_array().expect("findings").iter();
        let paths: Vec<String> = findings.map(|one| text(one, "path").to_owned()).collect();
        paths
    };
    assert_eq!(found_in(&[]), ["fixture.txt", "src/b.py"]);
    assert_eq!(found_in(&["src"]), ["src/b.py"]);
    assert_eq!(artifact(&repo)["paths"], serde_json::json!(["src"]));
    assert_eq!(found_in(&["src/a.py"]), Vec::<String>::new());
    // Whoever names a file wants it read, also where git ignores it.
    assert_eq!(
        found_in(&["local.env", "fixture.txt"]),
        ["fixture.txt", "local.env"]
    );
    assert_eq!(found_in(&["src", "--history", "HEAD"]), ["src/b.py"]);
    // One folder elsewhere is a folder of its own.
    let other = sandbox.path("other");
    support::tree::put(&other.join("a.txt"), &token(5));
    let elsewhere = other.display().to_string();
    let args = ["--json", "task", "ops", "scan", &elsewhere];
    let told = repo.call(&args).run().expect_code(0).json();
    assert_eq!(told["findings"][0]["path"], "a.txt");
    assert!(other.join("reports/ops/security-report.json").is_file());
    let two = repo
        .call(&["task", "ops", "scan", &elsewhere, "src"])
        .run()
        .expect_code(2);
    assert!(two.stderr.contains("is not in"), "{two}");
    // A step is limited in the same way.
    repo.write(
        "w.yaml",
        "steps:\n  - {id: scan, agent: ops, action: security-scan, params: {paths: [src/a.py, fixture.txt]}}\n",
    );
    let run = repo.json(&["run", "--include-dirty", "w.yaml"]);
    let told = step(&run, "scan")["finding_list"]
        .as_array()
        .expect("findings");
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["path"], "fixture.txt");
}

#[test]
fn what_cannot_be_done_is_in_the_artifact() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = repo
        .call(&["task", "ops", "scan", "--history", "no-such-branch.."])
        .run()
        .expect_code(1);
    assert!(output.stdout.contains("failed"), "{output}");
    let found = artifact(&repo);
    assert_eq!(found["status"], "failed");
    assert!(
        text(&found, "error").contains("no-such-branch"),
        "{found:#}"
    );
    assert_eq!(found["findings"].as_array().map(Vec::len), Some(2));
    repo.call(&["task", "ops", "scan", "--timeout", "0"])
        .run()
        .expect_code(1);
    assert_eq!(artifact(&repo)["status"], "timeout");
    let missing = repo
        .call(&["task", "ops", "scan", "nowhere"])
        .run()
        .expect_code(2);
    assert!(missing.stderr.contains("nowhere"), "{missing}");
}

#[test]
fn as_a_step_its_findings_are_those_of_the_run() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let program = sandbox.program().display().to_string();
    sandbox.script("offshoot", &format!("exec {program} \"$@\""));
    repo.commit(
        "all of it",
        &[("src/c.py", &format!("x = '{}'\n", token(4)))],
    );
    let run = id(&repo.detach(&["w.yaml"]));
    let end = repo.wait_end(&run);
    assert_eq!(end["status"], "completed", "{end:#}");
    let findings = step(&end, "scan")["finding_list"]
        .as_array()
        .expect("findings")
        .clone();
    let found = findings
        .iter()
        .find(|one| one["path"] == "src/c.py")
        .expect("the finding");
    assert_eq!(
        (&found["line"], &found["source"]),
        (&1.into(), &"security-scan".into())
    );
    assert!(!end.to_string().contains(&token(4)[4..]), "{end:#}");
    let database = sandbox.state().join("offshoot.db");
    wait_until("the daemon to end", LIMIT, || {
        (sandbox.offshoot(&["background", "stop"]).code == 0).then_some(())
    });
    for file in [database.clone(), database.with_extension("db-wal")] {
        let bytes = std::fs::read(file).unwrap_or_default();
        let secret = token(4);
        assert!(
            !bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        );
    }
}
