//! Tools of the ecosystems, and being stopped while one of them works.

use super::{advisories, artifact, audit, codes, repo, sources};
use nix::sys::signal::Signal;
use serde_json::json;
use std::fs;
use std::path::Path;
use support::run::text;
use support::{LIMIT, process, sandbox, wait_until};

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
    run(&["--tools", "--exclude", "Cargo.lock"]).expect_code(0);
    let found = artifact(&repo);
    assert_eq!(found["status"], "not_run");
    assert!(text(&found["sources"][1], "reason").contains("network"));
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
