//! Making worktrees.

use super::*;

/// Everything in the main checkout and its git folder that the user would notice.
fn footprint(f: &Fixture) -> Vec<String> {
    let read = |path: &str| fs::read_to_string(f.root().join(path)).unwrap();
    let index = fs::metadata(f.root().join(".git/index"))
        .unwrap()
        .modified()
        .unwrap();
    vec![
        read(".git/config"),
        read(".git/HEAD"),
        format!("{index:?}"),
        f.git(&["status", "--porcelain"]),
        f.git(&["stash", "list"]),
    ]
}

#[test]
fn a_worktree_has_the_files_and_a_branch_and_leaves_the_checkout_alone() {
    let f = Fixture::new();
    f.write("src/a.txt", "uncommitted");
    let before = footprint(&f);
    let w = f.step("s");
    assert_eq!(footprint(&f), before);
    assert_eq!(w.branch, "offshoot-step/run/s");
    assert_eq!(
        fs::read_to_string(w.path.join("src/b c.txt")).unwrap(),
        "bee\n"
    );
    assert!(
        fs::read_to_string(w.path.join("src/a.txt"))
            .unwrap()
            .starts_with("one")
    );
    assert_eq!(f.git_in(&w.path, &["status", "--porcelain"]), "");
    assert_eq!(
        f.git_in(&w.path, &["rev-parse", "--abbrev-ref", "HEAD"]),
        w.branch
    );
    w.verify_registered().unwrap();
    assert_eq!(f.repo.worktree_at(&w.path).unwrap(), w);
}

#[test]
fn a_taken_name_is_not_forced() {
    let f = Fixture::new();
    let first = f.step("s");
    let second = f.step("s");
    let third = f.step("s");
    assert_eq!(second.branch, "offshoot-step/run/s-2");
    assert_eq!(third.branch, "offshoot-step/run/s-3");
    assert_eq!(second.path, first.path.with_file_name("s-2"));
    for w in [first, second, third] {
        w.verify_registered().unwrap();
    }
}

#[test]
fn many_at_once_get_names_of_their_own() {
    let f = Fixture::new();
    let made: Vec<Worktree> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| f.step("s"))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut paths: Vec<_> = made.iter().map(|w| &w.path).collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 8);
    assert!(
        made.iter()
            .all(|w| w.verify_registered().is_ok() && w.path.join("readme.md").exists())
    );
    assert_eq!(f.repo.worktrees().unwrap().len(), 8);
}

#[test]
fn a_failure_leaves_nothing_half_made() {
    let f = Fixture::new();
    let nonsense = Oid::parse(&"1".repeat(40)).unwrap();
    let job = AddWorktree {
        path: f.trees().join("s"),
        branch: "offshoot-step/r/s".into(),
        base: nonsense,
    };
    assert!(f.repo.add_worktree(&job).is_err());
    // A required filter that fails breaks the checkout in the middle.
    f.write(".gitattributes", "*.txt filter=broken\n");
    f.commit("attributes");
    f.git(&["config", "filter.broken.smudge", "false"]);
    f.git(&["config", "filter.broken.required", "true"]);
    assert!(
        f.repo
            .add_worktree(&AddWorktree {
                base: f.head(),
                ..job
            })
            .is_err()
    );
    assert_eq!(fs::read_dir(f.trees()).unwrap().count(), 0);
    assert_eq!(f.git(&["branch", "--list", "offshoot-step/*"]), "");
    assert!(f.repo.worktrees().unwrap().is_empty());
    assert_eq!(f.git(&["worktree", "list"]).lines().count(), 1);
}

#[test]
fn hooks_do_not_run() {
    use std::os::unix::fs::PermissionsExt;
    let f = Fixture::new();
    let witness = f.folder.path().join("witness");
    for hook in [
        "post-checkout",
        "reference-transaction",
        "pre-commit",
        "post-index-change",
    ] {
        let path = format!(".git/hooks/{hook}");
        f.write(
            &path,
            &format!("#!/bin/sh\necho {hook} >> '{}'\n", witness.display()),
        );
        fs::set_permissions(f.root().join(&path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let w = f.step("s");
    write(&w.path, "new", "x");
    f.harvest(&w);
    assert!(!witness.exists(), "{:?}", fs::read_to_string(witness));
}

#[test]
fn a_stub_is_never_taken_for_a_worktree() {
    let f = Fixture::new();
    let w = f.step("s");
    let dot_git = w.path.join(".git");
    let good = fs::read_to_string(&dot_git).unwrap();
    let reason = |w: &Worktree| w.verify_registered().unwrap_err().to_string();
    fs::remove_file(&dot_git).unwrap();
    assert!(reason(&w).contains("no .git file"));
    write(&w.path, ".git", "gitdir: /nowhere\n");
    assert!(reason(&w).contains("pruned"));
    let other = f.step("other");
    write(
        &w.path,
        ".git",
        &format!("gitdir: {}\n", other.git_dir.display()),
    );
    assert!(reason(&w).contains("another worktree"));
    write(&w.path, ".git", &good);
    w.verify_registered().unwrap();
    assert!(f.repo.worktree_at(f.root()).is_err());
}

#[test]
fn the_users_own_worktrees_are_not_ours() {
    let f = Fixture::new();
    let theirs = f.trees().join("theirs");
    f.git(&[
        "worktree",
        "add",
        "-q",
        "-b",
        "theirs",
        theirs.to_str().unwrap(),
    ]);
    assert!(f.repo.worktrees().unwrap().is_empty());
    assert!(matches!(
        f.repo.worktree_at(&theirs),
        Err(Error::NotOurWorktree { .. })
    ));
    assert!(matches!(
        f.repo.remove_worktree(&theirs, "x"),
        Err(Error::NotOurWorktree { .. })
    ));
    assert!(theirs.exists());
}

#[test]
fn a_lock_held_for_a_moment_is_waited_for() {
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, "new", "x");
    let lock = f.root().join(".git/refs/heads/offshoot-step/run/s.lock");
    write(lock.parent().unwrap(), "s.lock", "");
    std::thread::scope(|scope| {
        let harvest = scope.spawn(|| f.harvest(&w));
        std::thread::sleep(std::time::Duration::from_millis(150));
        fs::remove_file(&lock).unwrap();
        assert!(harvest.join().unwrap().commit.is_some());
    });
}

#[test]
fn prune_and_gc_by_the_user_do_no_harm() {
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, "new", "x");
    f.git(&["worktree", "prune", "--expire=now"]);
    f.git(&["gc", "-q", "--prune=now"]);
    w.verify_registered().unwrap();
    assert!(f.harvest(&w).commit.is_some());
}
