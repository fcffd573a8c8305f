//! What the command line says of names that lead nowhere: each time with the way out.

use support::run::{step, text};
use support::sandbox;

#[test]
fn a_back_end_that_nobody_configured_is_told() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: 'true'}\n")]);
    let run = ["run", "w.yaml", "--backend", "command", "--backend", "nope"];
    let told = repo.offshoot(&run).expect_code(0);
    let line = told.stderr.lines().find(|line| line.contains("`nope`"));
    let line = line.unwrap_or_default();
    assert!(line.contains("offshoot.agents"), "{told}");
    let run = repo.call(&["--json"]).args(&run).run().json();
    assert_eq!(run["warnings"].as_array().map(Vec::len), Some(1), "{run:#}");
    assert_eq!(text(step(&run, "a"), "status"), "completed");
}

#[test]
fn what_is_not_there_is_told_with_where_to_look() {
    let sandbox = sandbox!();
    let repo = sandbox.repo(&[("w.yaml", "steps:\n  - {id: a, run: 'true'}\n")]);
    for (args, message, hint) in [
        (
            &["worktree", "restore", "nope", "new"][..],
            "nothing is saved as nope",
            "offshoot worktree list",
        ),
        (
            &["worktree", "restore", "nope", "."],
            "is there already",
            "name a folder that is not",
        ),
        (
            &["artifact", "show", "nope"],
            "cannot be read",
            "offshoot artifact list",
        ),
    ] {
        let told = repo.offshoot(args).expect_code(2);
        assert!(told.stderr.contains(message), "{told}");
        assert!(told.stderr.contains(hint), "{told}");
    }
}
