//! Seeing what an agent did to what it shares with the user.

use super::*;

#[test]
fn what_an_agent_should_not_touch_is_seen() {
    let f = Fixture::new();
    f.write("stashed", "x");
    f.git(&["stash", "-q", "-u"]);
    f.write("stashed", "y");
    f.git(&["stash", "-q", "-u"]);
    let w = f.step("s");
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("a branch", &["branch", "stray"], &["refs/heads/stray"]),
        (
            "main moved",
            &["update-ref", "refs/heads/main", "HEAD~0"],
            &[],
        ),
        ("a tag moved away", &["tag", "new-tag"], &[]),
        ("config", &["config", "user.name", "Mallory"], &["config"]),
        (
            "an older stash dropped",
            &["stash", "drop", "-q", "stash@{1}"],
            &["the stash"],
        ),
        (
            "the stash popped away",
            &["stash", "drop", "-q"],
            &["refs/stash", "the stash"],
        ),
        (
            "a branch deleted",
            &["branch", "-q", "-D", "stray"],
            &["refs/heads/stray"],
        ),
    ];
    for (name, command, expected) in cases {
        let before = f.repo.shared_state().unwrap();
        f.git_in(&w.path, command);
        let after = f.repo.shared_state().unwrap();
        let seen: Vec<_> = before.escaped(&after).into_iter().map(|e| e.what).collect();
        assert_eq!(seen, *expected, "{name}");
        assert_eq!(
            before.fingerprint() == after.fingerprint(),
            expected.is_empty() && *name != "a tag moved away",
            "{name}"
        );
    }
}

#[test]
fn head_and_hooks_are_seen() {
    let f = Fixture::new();
    let before = f.repo.shared_state().unwrap();
    f.git(&["switch", "-q", "-c", "elsewhere"]);
    f.write(".git/hooks/pre-commit", "#!/bin/sh\n");
    let seen = before.escaped(&f.repo.shared_state().unwrap());
    let what: Vec<_> = seen.iter().map(|e| e.what.as_str()).collect();
    assert_eq!(what, ["HEAD", "hooks/pre-commit", "refs/heads/elsewhere"]);
    assert_eq!(
        (seen[0].before.as_deref(), seen[0].after.as_deref()),
        (
            Some("ref: refs/heads/main"),
            Some("ref: refs/heads/elsewhere")
        )
    );
}

#[test]
fn our_own_doings_are_not_seen() {
    let f = Fixture::new();
    let before = f.repo.shared_state().unwrap();
    let w = f.step("s");
    write(&w.path, "new", "x");
    let commit = f.harvest(&w).commit.unwrap();
    f.repo.keep_base("run", &f.head()).unwrap();
    let _ = f
        .repo
        .finish_run("run", &f.head(), &[commit], &f.who(), "m")
        .unwrap();
    f.repo.exclude_block().unwrap();
    write(&w.path, "more", "x");
    f.repo.remove_worktree(&w.path, "s").unwrap();
    f.write("the user", "edits");
    f.git(&["add", "-A"]);
    assert_eq!(before.escaped(&f.repo.shared_state().unwrap()), []);
}
