//! The service of OSV and its databases, by a server of these tests.

use super::service::Service;
use super::{advisories, advisory, artifact, codes, repo, sources};
use support::run::text;
use support::{Output, Repo, sandbox};

/// With a service at hand.
fn audit_at(repo: &Repo<'_>, service: &Service, args: &[&str]) -> Output {
    repo.call(&["task", "ops", "audit"])
        .args(args)
        .env("OFFSHOOT_OSV_URL", &service.url)
        .run()
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
    audit_at(&repo, &service, &[]).expect_code(0);
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
