//! Finding the repository, HEAD, the identity, what is dirty, and the exclude block.

use super::*;

#[test]
fn a_subfolder_and_a_file_lead_to_the_root() {
    let f = Fixture::new();
    for path in ["", "src", "src/a.txt"] {
        let repo = Repo::open(&f.root().join(path), environment(f.folder.path())).unwrap();
        assert_eq!(repo.root(), f.root(), "{path}");
        assert_eq!(repo.common_dir(), f.root().join(".git"));
        assert_eq!(repo.git_dir(), f.root().join(".git"));
    }
}

#[test]
fn a_linked_worktree_is_a_repository() {
    let f = Fixture::new();
    let linked = f.trees().join("linked");
    f.git(&[
        "worktree",
        "add",
        "-q",
        "-b",
        "side",
        linked.to_str().unwrap(),
    ]);
    let repo = Repo::open(&linked.join("src"), environment(f.folder.path())).unwrap();
    assert_eq!(repo.root(), linked);
    assert_eq!(repo.common_dir(), f.root().join(".git"));
    assert_eq!(repo.head().unwrap().branch.as_deref(), Some("side"));
    let step = repo
        .add_worktree(&AddWorktree {
            path: f.trees().join("s"),
            branch: "s".into(),
            base: f.head(),
        })
        .unwrap();
    step.verify_registered().unwrap();
    assert!(step.path.join("src/a.txt").exists());
}

#[test]
fn what_is_no_repository_says_so() {
    let f = Fixture::new();
    let open = |path: &Path| Repo::open(path, environment(f.folder.path())).unwrap_err();
    assert!(matches!(
        open(f.folder.path()),
        Error::NotARepository { .. }
    ));
    assert!(matches!(
        open(&f.folder.path().join("nowhere")),
        Error::Io { .. }
    ));
    assert!(matches!(
        open(&f.root().join(".git")),
        Error::NoWorkTree { .. }
    ));
    let bare = f.folder.path().join("bare.git");
    f.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    assert!(matches!(open(&bare), Error::NoWorkTree { .. }));
    let nowhere = Environment::filtered([("PATH", "/nonexistent")]);
    assert!(matches!(
        Repo::open(f.root(), nowhere),
        Err(Error::GitMissing)
    ));
}

#[test]
fn head_on_a_branch_detached_and_unborn() {
    let f = Fixture::new();
    let head = f.repo.head().unwrap();
    assert_eq!(head.branch.as_deref(), Some("main"));
    f.git(&["checkout", "-q", "--detach"]);
    assert_eq!(
        f.repo.head().unwrap(),
        Head {
            branch: None,
            ..head
        }
    );
    let empty = Fixture::bare_bones(&["init", "-q"]);
    let error = empty.repo.head().unwrap_err();
    assert!(matches!(error, Error::NoCommits { .. }));
    assert!(error.to_string().contains("git commit"), "{error}");
}

#[test]
fn identity_of_the_user_or_ours() {
    let f = Fixture::new();
    let ada = Identity {
        name: "Ada L".into(),
        email: "ada@example.org".into(),
        fallback: false,
    };
    assert_eq!(f.who(), ada);
    fs::remove_file(f.folder.path().join("home/.gitconfig")).unwrap();
    let nobody = f.who();
    assert_eq!(
        (nobody.name.as_str(), nobody.email.as_str()),
        ("Offshoot", "offshoot@localhost")
    );
    assert!(nobody.fallback);
    let vars = [("GIT_AUTHOR_NAME", "Env"), ("GIT_AUTHOR_EMAIL", "e@x")]
        .map(|(k, v)| (k.into(), v.into()));
    let env = Environment::filtered(
        environment(f.folder.path())
            .vars()
            .iter()
            .cloned()
            .chain(vars),
    );
    assert_eq!(
        Repo::open(f.root(), env).unwrap().identity().unwrap().name,
        "Env"
    );
}

#[test]
fn commits_can_be_made_without_an_identity() {
    let f = Fixture::new();
    fs::remove_file(f.folder.path().join("home/.gitconfig")).unwrap();
    let commit = f.result("s", &f.head(), &[("new", "x")]);
    assert_eq!(
        f.git(&["log", "-1", "--format=%an <%ae> %cn", commit.as_str()]),
        "Offshoot <offshoot@localhost> Offshoot"
    );
}

#[test]
fn dirty_paths_are_listed() {
    let f = Fixture::new();
    assert!(!f.repo.is_dirty().unwrap());
    f.write("src/b c.txt", "changed");
    f.write("new ü", "x");
    assert_eq!(
        f.repo.dirty_paths().unwrap(),
        [PathBuf::from("src/b c.txt"), "new ü".into()]
    );
}

#[test]
fn a_branch_named_like_a_prefix_changes_the_prefix() {
    let f = Fixture::new();
    assert_eq!(f.repo.result_branch("r").unwrap(), "offshoot/r");
    assert_eq!(f.repo.step_branch("r", "s").unwrap(), "offshoot-step/r/s");
    f.git(&["branch", "offshoot"]);
    assert_eq!(f.repo.result_branch("r").unwrap(), "offshoot-run/r");
    assert_eq!(
        f.repo.step_branch("r", "s").unwrap(),
        "offshoot-run-step/r/s"
    );
    assert!(matches!(
        f.repo.step_branch("r", "../s"),
        Err(Error::BadName { .. })
    ));
    f.step("s");
}

#[test]
fn the_exclude_block_hides_our_files_once() {
    let f = Fixture::new();
    f.write(".git/info/exclude", "*.o");
    assert!(f.repo.exclude_block().unwrap());
    assert!(!f.repo.exclude_block().unwrap());
    f.write(".tapps-agents/worktrees/x/file", "");
    f.write(".tapps-agents/metrics/m.json", "");
    f.write(".cursor-skill-command.txt", "");
    f.write("x.o", "");
    assert!(!f.repo.is_dirty().unwrap());
    f.write(".tapps-agents/config.yaml", "");
    assert!(
        f.repo.is_dirty().unwrap(),
        "the user's own settings are seen"
    );
}

#[test]
fn the_base_is_kept_from_gc_until_it_is_pruned() {
    let f = Fixture::new();
    f.write("x", "x");
    let lost = f.commit("to be lost");
    f.repo.keep_base("r", &lost).unwrap();
    f.git(&["reset", "-q", "--hard", "HEAD~1"]);
    f.git(&["reflog", "expire", "--expire=now", "--all"]);
    f.git(&["gc", "-q", "--prune=now"]);
    assert_eq!(f.show(&lost, "x"), "x");
    f.repo.prune_refs("r").unwrap();
    assert_eq!(f.git(&["for-each-ref", "refs/offshoot"]), "");
}
