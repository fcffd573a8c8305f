//! Licences against a policy.

use super::{advisories, artifact, audit, codes, repo};
use support::sandbox;

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
