//! Repositories of unusual kinds: those that libgit2 cannot open, bare ones, empty ones.

use super::*;

/// The whole way of a run with two steps side by side.
pub(super) fn whole_way(f: &Fixture) {
    f.write("readme.md", "hello\n");
    f.write("src/a.txt", "one\n");
    let start = f.commit("start");
    let head = f.repo.head().unwrap();
    assert_eq!(
        head,
        Head {
            commit: start.clone(),
            branch: Some("main".into())
        }
    );
    let a = f.result("a", &start, &[("a", "a")]);
    let w = f.step("b");
    write(&w.path, "readme.md", "changed\n");
    let job = HarvestJob {
        creates: vec!["readme.md".into(), "src".into(), "none".into()],
        ..f.job(&w)
    };
    let harvest = f.repo.harvest(&job).unwrap();
    assert_eq!(harvest.notes, []);
    let status: Vec<_> = harvest.created.iter().map(|c| c.status).collect();
    assert_eq!(
        status,
        [
            CreatedStatus::Changed,
            CreatedStatus::Unchanged,
            CreatedStatus::Missing
        ]
    );
    let leaves = [a, harvest.commit.unwrap()];
    let FinishOutcome::Done(result) = f
        .repo
        .finish_run("run", &start, &leaves, &f.who(), "m")
        .unwrap()
    else {
        panic!("a conflict");
    };
    assert!(
        matches!(f.repo.apply("run", &start, &result.commit).unwrap(), ApplyOutcome::Applied(c) if c.len() == 2)
    );
    f.repo.undo("run").unwrap();
    assert!(!f.repo.is_dirty().unwrap());
    f.repo.remove_worktree(&w.path, "b").unwrap();
}

#[test]
fn sha1_sha256_and_reftable() {
    for kind in [
        &[][..],
        &["--object-format=sha256"],
        &["--ref-format=reftable"],
    ] {
        let init: Vec<&str> = ["init", "-q", "-b", "main"]
            .iter()
            .chain(kind)
            .copied()
            .collect();
        let probe = tempfile::tempdir().unwrap();
        if try_run(probe.path(), probe.path(), &init).code == Some(0) {
            whole_way(&Fixture::bare_bones(&init));
        }
    }
}

#[test]
fn a_worktree_of_a_bare_repository() {
    let f = Fixture::new();
    let bare = f.folder.path().join("bare.git");
    f.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let checkout = f.trees().join("checkout");
    f.git_in(
        &bare,
        &["worktree", "add", "-q", checkout.to_str().unwrap(), "main"],
    );
    let repo = Repo::open(&checkout, environment(f.folder.path())).unwrap();
    assert_eq!(repo.common_dir(), fs::canonicalize(&bare).unwrap());
    let base = repo.head().unwrap().commit;
    let w = repo
        .add_worktree(&AddWorktree {
            path: f.trees().join("s"),
            branch: "s".into(),
            base: base.clone(),
        })
        .unwrap();
    write(&w.path, "new", "x");
    let result = repo
        .harvest(&HarvestJob {
            branch: "s".into(),
            ..f.job(&w)
        })
        .unwrap()
        .commit
        .unwrap();
    assert!(matches!(
        repo.apply("r", &base, &result).unwrap(),
        ApplyOutcome::Applied(_)
    ));
    assert!(checkout.join("new").exists());
}

#[test]
fn a_repository_without_files() {
    let f = Fixture::bare_bones(&["init", "-q", "-b", "main"]);
    let start = f.commit("empty");
    let w = f.step("s");
    assert_eq!(f.harvest(&w).commit, None);
    write(&w.path, "first", "x");
    let result = f.harvest(&w).commit.unwrap();
    assert!(matches!(
        f.repo.apply("r", &start, &result).unwrap(),
        ApplyOutcome::Applied(_)
    ));
    f.repo.undo("r").unwrap();
    assert_eq!(f.repo.remove_worktree(&w.path, "s").unwrap().salvaged, None);
}

#[test]
fn a_partial_clone() {
    let f = Fixture::new();
    f.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = f.folder.path().join("partial");
    let url = format!("file://{}", f.root().display());
    f.git(&[
        "clone",
        "-q",
        "--filter=blob:none",
        &url,
        clone.to_str().unwrap(),
    ]);
    let repo = Repo::open(&clone, environment(f.folder.path())).unwrap();
    let base = repo.head().unwrap().commit;
    let w = repo
        .add_worktree(&AddWorktree {
            path: f.trees().join("s"),
            branch: "s".into(),
            base,
        })
        .unwrap();
    write(&w.path, "new", "x");
    let job = HarvestJob {
        creates: vec!["new".into(), "readme.md".into()],
        ..f.job(&w)
    };
    let created = repo.harvest(&job).unwrap().created;
    assert_eq!(
        created.iter().map(|c| c.status).collect::<Vec<_>>(),
        [CreatedStatus::New, CreatedStatus::Unchanged]
    );
}

#[test]
fn a_worktree_inside_the_repository() {
    let f = Fixture::new();
    f.repo.exclude_block().unwrap();
    let path = f.root().join(".tapps-agents/worktrees/step-one");
    let w = f
        .repo
        .add_worktree(&AddWorktree {
            path,
            branch: "s".into(),
            base: f.head(),
        })
        .unwrap();
    write(&w.path, "new", "x");
    assert!(!f.repo.is_dirty().unwrap());
    w.verify_registered().unwrap();
    assert!(f.harvest(&w).commit.is_some());
    let roots = [f.root().join(".tapps-agents/worktrees")];
    assert_eq!(f.repo.reconcile(&[], &roots).unwrap().removed, [w.path]);
}

#[test]
fn a_retried_step_can_have_its_branch_again() {
    let f = Fixture::new();
    let first = f.result("s", &f.head(), &[("a", "first")]);
    let path = f.trees().join("s");
    assert!(matches!(
        f.repo.remove_branch("offshoot-step/run/s", "run/s"),
        Err(Error::CheckedOut { .. })
    ));
    f.repo.remove_worktree(&path, "run/s").unwrap();
    let saved = f
        .repo
        .remove_branch("offshoot-step/run/s", "run/s")
        .unwrap()
        .unwrap();
    assert_eq!(saved.commit, first);
    assert_eq!(f.step("s").branch, "offshoot-step/run/s");
    assert_eq!(f.repo.remove_branch("nowhere", "x").unwrap(), None);
}

#[test]
fn what_the_agent_closed_is_opened() {
    use std::os::unix::fs::PermissionsExt;
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, "closed/file", "x");
    write(&w.path, "unreadable", "x");
    for (path, mode) in [("closed", 0o000), ("unreadable", 0o000), ("src", 0o000)] {
        fs::set_permissions(w.path.join(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let harvest = f.harvest(&w);
    let seen: Vec<_> = harvest
        .changed
        .iter()
        .map(|c| c.path.to_str().unwrap())
        .collect();
    assert_eq!(seen, ["closed/file", "unreadable"]);
}
