//! `task ops audit`: advisories against lockfiles, from the database of the machine, from a service, and from tools.

mod service;

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use service::Service;
use std::fs;
use std::path::Path;
use support::run::text;
use support::{LIMIT, Output, Repo, Sandbox, process, sandbox, wait_until};

const CARGO_LOCK: &str = r#"version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["outer"]

[[package]]
name = "inner"
version = "0.3.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "outer"
version = "1.2.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = ["inner"]
"#;

const CARGO_TOML: &str = "[package]\nname = \"app\"\n\n[dependencies]\nouter = \"1\"\n";

const PACKAGE_LOCK: &str = r#"{
  "name": "web", "lockfileVersion": 3,
  "packages": {
    "": { "dependencies": { "lodash": "4.17.11" } },
    "node_modules/lodash": { "version": "4.17.11", "license": "MIT" }
  }
}
"#;

fn repo(sandbox: &Sandbox) -> Repo<'_> {
    sandbox.repo(&[
        ("Cargo.lock", CARGO_LOCK),
        ("Cargo.toml", CARGO_TOML),
        ("web/package-lock.json", PACKAGE_LOCK),
        (
            "web/package.json",
            "{\"dependencies\": {\n\"lodash\": \"4.17.11\"}}\n",
        ),
        (
            "web/node_modules/lodash/package.json",
            "{\"version\": \"4.17.11\", \"license\": \"MIT\"}\n",
        ),
    ])
}

fn advisory(id: &str, ecosystem: &str, name: &str, fixed: &str) -> Value {
    json!({
        "id": id, "modified": "2026-01-01T00:00:00Z", "summary": format!("{name} is broken"),
        "severity": [{ "type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
        "affected": [{
            "package": { "ecosystem": ecosystem, "name": name },
            "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": fixed }] }],
        }],
    })
}

/// Advisories on disk, outside the repository.
fn advisories(sandbox: &Sandbox) -> String {
    let folder = sandbox.path("advisories");
    fs::create_dir_all(&folder).expect("a folder");
    for (id, ecosystem, name, fixed) in [
        ("RUSTSEC-2026-0001", "crates.io", "inner", "0.3.1"),
        ("GHSA-lodash", "npm", "lodash", "4.17.12"),
        ("GHSA-other", "npm", "lodash", "4.0.0"),
    ] {
        let text = advisory(id, ecosystem, name, fixed).to_string();
        support::tree::put(&folder.join(format!("{id}.json")), &text);
    }
    folder.display().to_string()
}

fn artifact(repo: &Repo<'_>) -> Value {
    let found: Value =
        serde_json::from_str(&repo.read("reports/ops/dependency-audit.json")).expect("JSON");
    support::schema::assert_document("artifact-dependency-audit", &found);
    found
}

fn audit(repo: &Repo<'_>, args: &[&str]) -> Output {
    repo.call(&["task", "ops", "audit"]).args(args).run()
}

/// With a service at hand.
fn audit_at(repo: &Repo<'_>, service: &Service, args: &[&str]) -> Output {
    repo.call(&["task", "ops", "audit"])
        .args(args)
        .env("OFFSHOOT_OSV_URL", &service.url)
        .run()
}

fn codes(found: &Value) -> Vec<&str> {
    let findings = found["findings"].as_array().expect("findings");
    findings.iter().map(|one| text(one, "code")).collect()
}

fn sources(found: &Value) -> Vec<(&str, &str)> {
    let sources = found["sources"].as_array().expect("sources");
    sources
        .iter()
        .map(|one| (text(one, "name"), text(one, "status")))
        .collect()
}

#[test]
fn without_anybody_to_ask_it_fails_and_does_not_say_nothing_was_found() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = audit(&repo, &[]).expect_code(1);
    assert!(output.stdout.contains("--update"), "{output}");
    let found = artifact(&repo);
    assert_eq!(found["status"], "failed");
    let error = text(&found, "error");
    assert!(
        error.contains("crates.io (2 packages), npm (1 package)"),
        "{error}"
    );
    assert_eq!(
        sources(&found),
        [("osv-database", "failed"), ("osv-database", "failed")]
    );
    assert_eq!(found["packages"], 3);
    assert!(
        !repo
            .read("reports/ops/dependency-audit.md")
            .contains("Nothing was found")
    );
    // What needs nobody is done all the same.
    assert_eq!(found["licences"]["by_licence"], json!({ "MIT": 1 }));
    assert_eq!(
        found["licences"]["unknown_packages"],
        json!(["inner 0.3.0", "outer 1.2.0"])
    );
    let sbom: Value = serde_json::from_str(&repo.read(text(&found, "sbom"))).expect("JSON");
    assert_eq!(sbom["components"].as_array().map(Vec::len), Some(3));
    let nothing = sandbox.repo_named("empty", &[("a.txt", "")]);
    let output = audit(&nothing, &[]).expect_code(0);
    assert!(output.stdout.contains("0 findings"), "{output}");
    assert!(
        nothing
            .read("reports/ops/dependency-audit.md")
            .contains("no lockfile")
    );
}

#[test]
fn imported_advisories_are_found_at_their_lines() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let from = advisories(&sandbox);
    let output = audit(&repo, &["--import", &from]).expect_code(0);
    let found = artifact(&repo);
    assert_eq!(
        codes(&found),
        ["RUSTSEC-2026-0001", "GHSA-lodash"],
        "{output}"
    );
    assert_eq!(found["imported"]["advisories"], 3);
    let (inner, lodash) = (&found["findings"][0], &found["findings"][1]);
    assert_eq!(
        (&inner["path"], &inner["line"]),
        (&"Cargo.lock".into(), &9.into())
    );
    assert_eq!(inner["related"][0]["path"], "Cargo.toml");
    assert_eq!(inner["related"][0]["line"], 5);
    assert_eq!(
        inner["message"],
        "`inner` 0.3.0: inner is broken (fixed in 0.3.1)"
    );
    assert!(
        text(inner, "help").contains("update `outer`, which brings it along"),
        "{inner}"
    );
    assert_eq!(
        (&lodash["path"], &lodash["line"]),
        (&"web/package-lock.json".into(), &5.into())
    );
    assert_eq!(lodash["related"][0]["line"], 2);
    assert_eq!(
        (&lodash["severity"], &lodash["cvss"]),
        (&"error".into(), &9.8.into())
    );
    // The database is the user's, not the repository's, and serves the next time.
    assert!(sandbox.path("cache/offshoot/osv/npm.tsv").is_file());
    audit(&repo, &[]).expect_code(0);
    let before = repo.read("reports/ops/dependency-audit.json");
    audit(&repo, &["--strict"]).expect_code(1);
    assert_eq!(repo.read("reports/ops/dependency-audit.json"), before);
    assert_eq!(
        sources(&artifact(&repo)),
        [("osv-database", "answered"), ("osv-database", "answered")]
    );
    assert!(
        repo.read("reports/ops/dependency-audit.md")
            .contains("from single files")
    );
    audit(
        &repo,
        &[
            "--strict",
            "--ignore",
            "GHSA-lodash",
            "--exclude",
            "Cargo.lock",
        ],
    )
    .expect_code(0);
    assert_eq!(artifact(&repo)["ignored"], json!(["GHSA-lodash"]));
    let wrong = audit(&repo, &["--import", "nowhere"]).expect_code(1);
    assert!(wrong.stdout.contains("nowhere"), "{wrong}");
}

#[test]
fn an_old_database_is_used_and_said_to_be_old() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    audit(&repo, &["--import", &advisories(&sandbox)]).expect_code(0);
    let path = sandbox.path("cache/offshoot/osv/npm.tsv");
    let text = fs::read_to_string(&path).expect("the database");
    let (_, rest) = text.split_once("\"expires_at\":\"").expect("a time");
    let old = text.replace(&rest[..20], "2020-01-01T00:00:00Z");
    support::tree::put(&path, &old);
    let output = audit(&repo, &[]).expect_code(0);
    assert!(output.stdout.contains("old for npm"), "{output}");
}

#[test]
fn the_service_is_asked_when_that_is_allowed() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let service = Service::start();
    service.knows(&advisory("GHSA-lodash", "npm", "lodash", "4.17.12"));
    service.knows(&advisory(
        "RUSTSEC-2026-0001",
        "crates.io",
        "inner",
        "0.3.1",
    ));
    audit_at(&repo, &service, &[]).expect_code(1);
    assert_eq!(service.asked(), Vec::<String>::new());
    let output = audit_at(&repo, &service, &["--online"]).expect_code(0);
    let found = artifact(&repo);
    assert_eq!(
        codes(&found),
        ["RUSTSEC-2026-0001", "GHSA-lodash"],
        "{output}"
    );
    assert_eq!(
        sources(&found),
        [
            ("osv-database", "absent"),
            ("osv-database", "absent"),
            ("osv-api", "answered")
        ]
    );
    let first = service.asked().len();
    let before = repo.read("reports/ops/dependency-audit.json");
    audit_at(&repo, &service, &["--online"]).expect_code(0);
    // The advisories did not change: only the batch is asked again.
    assert_eq!(service.asked().len(), first + 1);
    assert_eq!(repo.read("reports/ops/dependency-audit.json"), before);
}

#[test]
fn a_service_in_trouble_is_an_error_of_that_source() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    for (answer, expected) in [
        (
            "HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n",
            "status 500 (3 tries)",
        ),
        (
            "HTTP/1.1 429 x\r\nretry-after: 900\r\ncontent-length: 0\r\n\r\n",
            "come back in 900 s",
        ),
        (
            "HTTP/1.1 200 x\r\ncontent-length: 99\r\n\r\n{\"results\"",
            "querybatch",
        ),
        (
            "HTTP/1.1 200 x\r\ncontent-length: 11\r\n\r\n{\"results\":",
            "cannot be read",
        ),
        (
            "HTTP/1.1 302 x\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
            "status 302",
        ),
        ("", "querybatch"),
    ] {
        let service = Service::saying(answer);
        audit_at(&repo, &service, &["--online"]).expect_code(1);
        let found = artifact(&repo);
        assert_eq!(found["status"], "failed", "{found:#}");
        assert_eq!(sources(&found)[2], ("osv-api", "failed"));
        let error = text(&found["sources"][2], "error");
        assert!(error.contains(expected), "{expected} in {error}");
    }
    // Where the database answers, it is no failure of the whole.
    let output = repo
        .call(&[
            "task",
            "ops",
            "audit",
            "--online",
            "--import",
            &advisories(&sandbox),
        ])
        .env("OFFSHOOT_OSV_URL", "http://127.0.0.1:1")
        .run()
        .expect_code(0);
    let found = artifact(&repo);
    assert_eq!(sources(&found)[2], ("osv-api", "failed"), "{output}");
    assert_eq!(codes(&found).len(), 2);
}

#[test]
fn databases_are_fetched_and_kept_when_the_next_fetch_fails() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let service = Service::start();
    service.knows(&advisory(
        "RUSTSEC-2026-0001",
        "crates.io",
        "inner",
        "0.3.1",
    ));
    service.knows(&advisory("GHSA-lodash", "npm", "lodash", "4.17.12"));
    audit_at(&repo, &service, &["--update"]).expect_code(0);
    let found = artifact(&repo);
    assert_eq!(codes(&found), ["RUSTSEC-2026-0001", "GHSA-lodash"]);
    assert_eq!(found["sources"][0]["complete"], true);
    assert_eq!(service.asked(), ["/crates.io/all.zip", "/npm/all.zip"]);
    let broken = Service::saying("HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\nno archive");
    audit_at(&repo, &broken, &["--update"]).expect_code(0);
    let found = artifact(&repo);
    assert_eq!(codes(&found).len(), 2);
    assert_eq!(sources(&found)[0], ("osv-update", "failed"));
}

const NPM_FOUND: &str = r#"{"auditReportVersion": 2, "vulnerabilities": {"lodash": {"name": "lodash", "via": [{"source": 1, "title": "bad", "url": "https://github.com/advisories/GHSA-tool", "severity": "high"}], "nodes": ["node_modules/lodash"]}}}"#;

#[test]
fn tools_are_asked_and_their_failures_said() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let dead = ["--tools", "--online", "--exclude", "Cargo.lock"];
    let run = |args: &[&str]| {
        repo.call(&["task", "ops", "audit"])
            .args(args)
            .env("OFFSHOOT_OSV_URL", "http://127.0.0.1:1")
            .run()
    };
    sandbox.script(
        "npm",
        &format!(
            "pwd > {}\nprintf '%s' '{NPM_FOUND}'\nexit 1",
            sandbox.path("where").display()
        ),
    );
    let output = run(&dead).expect_code(0);
    let found = artifact(&repo);
    assert_eq!(codes(&found), ["GHSA-tool"], "{output}");
    assert_eq!(found["findings"][0]["told_by"], json!(["npm-audit"]));
    let place = fs::read_to_string(sandbox.path("where")).expect("it ran");
    assert!(place.trim().ends_with("/web"), "{place}");
    // Without the network it is not asked: it would use it.
    run(&["--tools", "--exclude", "Cargo.lock"]).expect_code(1);
    assert!(text(&artifact(&repo)["sources"][1], "error").contains("--online"));
    sandbox.script(
        "npm",
        "echo '{\"error\": {\"summary\": \"no registry\"}}'\nexit 1",
    );
    run(&dead).expect_code(1);
    let found = artifact(&repo);
    assert_eq!(sources(&found)[1], ("npm-audit", "failed"));
    assert!(
        text(&found["sources"][1], "error").contains("no registry"),
        "{found:#}"
    );
}

#[test]
fn cancel_and_timeout_end_everything_and_leave_an_artifact() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let from = advisories(&sandbox);
    let mark = sandbox.path("asked");
    sandbox.script(
        "npm",
        &format!(
            "echo $$ > {0}.new; mv {0}.new {0}; sleep 600",
            mark.display()
        ),
    );
    let args = [
        "task", "ops", "audit", "--import", &from, "--tools", "--online",
    ];
    for cancelled in [true, false] {
        let _ = fs::remove_file(&mark);
        let more: &[&str] = if cancelled { &[] } else { &["--timeout", "2"] };
        let call = repo.call(&args).args(more);
        let spawned = call.env("OFFSHOOT_OSV_URL", "http://127.0.0.1:1").spawn();
        wait_until("the tool to be asked", LIMIT, || {
            mark.is_file().then_some(())
        });
        if cancelled {
            process::signal(spawned.pid(), Signal::SIGINT);
        }
        let output = spawned.wait();
        assert_eq!(output.code, if cancelled { 130 } else { 1 }, "{output}");
        let found = artifact(&repo);
        assert_eq!(
            found["status"],
            if cancelled { "cancelled" } else { "timeout" }
        );
        // What the database said was there already.
        assert_eq!(codes(&found), ["RUSTSEC-2026-0001", "GHSA-lodash"]);
        let pid = fs::read_to_string(&mark).expect("a number");
        assert!(
            !Path::new("/proc").join(pid.trim()).exists(),
            "the tool lives on"
        );
    }
    audit(&repo, &["--timeout", "0"]).expect_code(1);
    assert_eq!(artifact(&repo)["status"], "timeout");
}

#[test]
fn licences_are_held_against_a_policy() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let from = advisories(&sandbox);
    let only = [
        "--import",
        &from,
        "--exclude",
        "Cargo.lock",
        "--ignore",
        "GHSA-lodash",
    ];
    audit(&repo, &only).expect_code(0);
    assert_eq!(codes(&artifact(&repo)), Vec::<&str>::new());
    let output = repo
        .call(&[
            "task",
            "ops",
            "audit",
            "--strict",
            "--allow-license",
            "Apache-2.0",
        ])
        .args(&only)
        .run()
        .expect_code(1);
    assert!(
        output.stdout.contains("`MIT` is not among those"),
        "{output}"
    );
    audit(&repo, &["--deny-licence", "MIT"]).expect_code(0);
    let found = artifact(&repo);
    assert!(codes(&found).contains(&"licence-denied"), "{found:#}");
    assert!(codes(&found).contains(&"licence-unknown"), "{found:#}");
    let wrong = audit(&repo, &["--deny-license", "MTI"]).expect_code(1);
    assert!(wrong.stdout.contains("`MTI` is no licence"), "{wrong}");
}

#[test]
fn lockfiles_that_cannot_be_read_are_findings() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("a/poetry.lock", "[[package"), ("b/pnpm-lock.yaml", "a: [")]);
    let output = audit(&repo, &["--strict"]).expect_code(1);
    let found = artifact(&repo);
    assert_eq!(
        codes(&found),
        ["unreadable-lockfile", "unreadable-lockfile"],
        "{output}"
    );
    assert!(found["lockfiles"][0]["error"].is_string());
}
