//! Where nobody can be asked, or not about everything.

use super::{advisories, artifact, audit, codes, repo, sources};
use serde_json::{Value, json};
use std::fs;
use support::run::{step, text};
use support::sandbox;

#[test]
fn without_anybody_to_ask_it_is_not_run_and_does_not_say_nothing_was_found() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let output = audit(&repo, &["--strict"]).expect_code(0);
    for way in ["not_run", "--update", "--import", "--online"] {
        assert!(output.stdout.contains(way), "{way}: {output}");
    }
    let found = artifact(&repo);
    assert_eq!(found["status"], "not_run");
    let error = text(&found, "error");
    assert!(
        error.contains("crates.io (2 packages), npm (1 package)"),
        "{error}"
    );
    assert_eq!(
        sources(&found),
        [("osv-database", "absent"), ("osv-database", "absent")]
    );
    // Each lockfile about which nothing is known has a warning, with the way out.
    assert_eq!(
        codes(&found),
        ["packages-not-audited", "packages-not-audited"]
    );
    assert_eq!(found["findings"][1]["path"], "web/package-lock.json");
    assert!(text(&found["findings"][0], "help").contains("--import PATH"));
    assert_eq!(found["packages"], 3);
    let page = repo.read("reports/ops/dependency-audit.md");
    assert!(!page.contains("Nothing was found"), "{page}");
    assert!(page.contains("packages-not-audited"), "{page}");
    // What needs nobody is done all the same.
    assert_eq!(found["licences"]["by_licence"], json!({ "MIT": 1 }));
    assert_eq!(
        found["licences"]["unknown_packages"],
        json!(["inner 0.3.0", "outer 1.2.0"])
    );
    assert_eq!(
        found["licences"]["unknown_because"],
        json!({ "the package is not on this machine": 2 })
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
fn what_nobody_was_asked_about_is_said_beside_what_was_found() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let one = format!("{}/RUSTSEC-2026-0001.json", advisories(&sandbox));
    audit(&repo, &["--import", &one]).expect_code(0);
    let found = artifact(&repo);
    assert_eq!(found["status"], "completed");
    assert_eq!(codes(&found), ["RUSTSEC-2026-0001", "packages-not-audited"]);
    assert_eq!(
        sources(&found),
        [("osv-database", "answered"), ("osv-database", "absent")]
    );
    // A database that is there and cannot be read is another thing.
    let database = sandbox.path("cache/offshoot/osv/npm.tsv");
    fs::create_dir_all(&database).expect("a folder");
    audit(&repo, &[]).expect_code(1);
    let found = artifact(&repo);
    assert_eq!(found["status"], "failed");
    assert_eq!(sources(&found)[1], ("osv-database", "failed"));
}

/// A step has the folders and addresses that the same audit has where it is run directly.
#[test]
fn as_a_step_it_asks_whom_it_asks_directly() {
    let sandbox = sandbox!();
    let repo = repo(&sandbox);
    let kept = sandbox.path("elsewhere/registry/src/index/inner-0.3.0");
    fs::create_dir_all(&kept).expect("a folder");
    support::tree::put(
        &kept.join("Cargo.toml"),
        "[package]\nname = \"inner\"\nversion = \"0.3.0\"\nlicense = \"ISC\"\n",
    );
    repo.commit(
        "a workflow",
        &[(
            "w.yaml",
            "steps:\n  - {id: audit, agent: ops, action: dependency-audit}\n",
        )],
    );
    let service = super::Service::start();
    let run = |args: &[&str]| {
        repo.call(args)
            .env("CARGO_HOME", sandbox.path("elsewhere"))
            .env("OFFSHOOT_OSV_URL", &service.url)
            .run()
            .expect_code(0)
    };
    let first = run(&["--json", "run", "w.yaml"]).json();
    let told = step(&first, "audit");
    assert_eq!(first["status"], "completed", "{first:#}");
    let codes_of = |told: &Value| -> Vec<String> {
        let all = told["finding_list"].as_array().expect("findings").iter();
        let mut codes: Vec<String> = all.map(|one| text(one, "code").to_owned()).collect();
        codes.sort();
        codes
    };
    let nobody = [
        "artifact-not-run",
        "packages-not-audited",
        "packages-not-audited",
    ];
    assert_eq!(codes_of(told), nobody, "{told:#}");
    run(&["task", "ops", "audit", "--import", &advisories(&sandbox)]);
    let directly = artifact(&repo);
    let second = run(&["--json", "run", "w.yaml"]).json();
    let told = step(&second, "audit");
    let inner = told["finding_list"].as_array().expect("findings").iter();
    let mut inner = inner.filter(|one| one["code"] == "RUSTSEC-2026-0001");
    let inner = inner.next().expect("it");
    assert_eq!(
        (&inner["path"], &inner["line"]),
        (&json!("Cargo.lock"), &json!(9)),
        "{told:#}"
    );
    let branch = text(&second, "result_branch");
    let as_step: Value =
        serde_json::from_str(&repo.show(branch, "reports/ops/dependency-audit.json"))
            .expect("JSON");
    assert_eq!(as_step["sources"], directly["sources"]);
    assert_eq!(as_step["licences"]["by_licence"]["ISC"], 1);
    assert!(repo.has(branch, "reports/ops/sbom.cdx.json"));
    repo.write(
        "w.yaml",
        "steps:\n  - {id: audit, agent: ops, action: dependency-audit, params: {online: true}}\n",
    );
    service.knows(&super::advisory("GHSA-new", "npm", "lodash", "9.0.0"));
    let third = run(&["--json", "run", "w.yaml"]).json();
    assert!(
        codes_of(step(&third, "audit")).contains(&"GHSA-new".to_owned()),
        "{third:#}"
    );
    sandbox.finish();
}
