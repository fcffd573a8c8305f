//! `task ops audit`: advisories against lockfiles, from the database of the machine, from a service, and from tools.

mod licences;
mod nobody;
mod online;
mod service;
mod tools;

use serde_json::{Value, json};
use service::Service;
use std::fs;
use support::run::text;
use support::{Output, Repo, Sandbox, sandbox};

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
