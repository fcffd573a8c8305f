//! Results as commits: on what is checked out, on other branches, and taken back.

use super::*;

/// How a result is committed.
struct Case {
    f: Fixture,
    base: Oid,
    result: Oid,
}

fn case(files: &[(&str, &str)]) -> Case {
    let f = Fixture::new();
    let base = f.head();
    let result = f.result("s", &base, files);
    Case { f, base, result }
}

impl Case {
    fn landing<'a>(&'a self, who: &'a Identity, only: &'a [PathBuf]) -> Landing<'a> {
        Landing {
            run: "run",
            base: &self.base,
            result: &self.result,
            only,
            message: "Merge run",
            who,
        }
    }

    fn commit(&self, only: &[&str]) -> Result<LandOutcome> {
        let only: Vec<PathBuf> = only.iter().map(PathBuf::from).collect();
        let who = self.f.who();
        self.f.repo.apply_commit(&self.landing(&who, &only))
    }

    fn onto(&self, branch: &str) -> Result<LandOutcome> {
        let who = self.f.who();
        self.f.repo.apply_into(branch, &self.landing(&who, &[]))
    }

    fn parents(&self, of: &str) -> String {
        self.f.git(&["log", "-1", "--format=%P", of])
    }
}

#[track_caller]
fn landed(outcome: Result<LandOutcome>) -> Landed {
    match outcome.unwrap() {
        LandOutcome::Landed(landed) => landed,
        LandOutcome::Clashes(clashes) => panic!("{clashes:?}"),
    }
}

#[track_caller]
fn clashes(outcome: Result<LandOutcome>) -> Vec<(String, ClashReason)> {
    match outcome.unwrap() {
        LandOutcome::Clashes(clashes) => clashes
            .iter()
            .map(|clash| (clash.path.display().to_string(), clash.reason))
            .collect(),
        LandOutcome::Landed(landed) => panic!("{landed:?}"),
    }
}

#[test]
fn committing_the_merge_needs_a_clean_checkout() {
    let case = case(&[("src/a.txt", "changed\n")]);
    let f = &case.f;
    f.write("readme.md", "dirty\n");
    assert!(matches!(case.commit(&[]), Err(Error::Dirty { .. })));
    f.git(&["add", "readme.md"]);
    assert!(matches!(case.commit(&[]), Err(Error::Dirty { .. })));
    f.commit("the user commits");
    f.write("untracked.txt", "mine\n");
    let before = f.head();
    let merged = landed(case.commit(&[]));
    assert_eq!(f.head(), merged.commit);
    assert_eq!(merged.branch.as_deref(), Some("main"));
    assert_eq!(case.parents("HEAD"), format!("{before} {}", case.result));
    assert_eq!(
        f.git(&["log", "-1", "--format=%s|%an|%cn"]),
        "Merge run|Ada L|Ada L"
    );
    assert_eq!(f.git(&["status", "--porcelain"]), "?? untracked.txt");
    let again = landed(case.commit(&[]));
    assert_eq!(again.commit, merged.commit, "nothing to merge is no commit");
    assert!(again.changes.is_empty());
}

#[test]
fn conflicts_are_told_and_nothing_is_done() {
    let case = case(&[("src/a.txt", "otherwise\n"), ("new", "theirs\n")]);
    let f = &case.f;
    f.git(&["branch", "side"]);
    f.write("src/a.txt", "mine\n");
    let mine = f.commit("mine");
    f.git(&["checkout", "-q", "-b", "elsewhere"]);
    let conflict = [("src/a.txt".to_owned(), ClashReason::BothChanged)];
    assert_eq!(clashes(case.commit(&[])), conflict);
    assert_eq!(clashes(case.onto("main")), conflict);
    assert_eq!(
        f.git(&["rev-parse", "main", "HEAD"]),
        format!("{mine}\n{mine}")
    );
    assert!(!f.repo.is_dirty().unwrap());
    assert!(!f.repo.can_undo("run").unwrap());
    // A file that git does not track, and one that it ignores.
    f.git(&["checkout", "-q", "side"]);
    f.write("new", "mine\n");
    let untracked = [("new".to_owned(), ClashReason::Untracked)];
    assert_eq!(clashes(case.commit(&[])), untracked);
    f.write(".git/info/exclude", "new\n");
    assert_eq!(clashes(case.commit(&[])), untracked);
    assert_eq!(fs::read_to_string(f.root().join("new")).unwrap(), "mine\n");
}

#[test]
fn merging_into_another_branch_needs_no_checkout() {
    let case = case(&[("new", "x")]);
    let f = &case.f;
    let here = case.onto("main");
    assert!(matches!(here, Err(Error::CheckedOutHere { .. })));
    let nowhere = case.onto("nowhere");
    assert!(matches!(nowhere, Err(Error::NoSuchBranch { .. })));
    f.git(&["branch", "side"]);
    let merged = landed(case.onto("refs/heads/side"));
    assert_eq!(f.git(&["rev-parse", "side"]), merged.commit.as_str());
    assert_eq!(
        case.parents("side"),
        format!("{} {}", case.base, case.result)
    );
    assert!(!f.root().join("new").exists());
    // In any worktree, and while a rebase is at work on it.
    let linked = f.trees().join("linked");
    f.git(&["worktree", "add", "-q", linked.to_str().unwrap(), "side"]);
    assert!(matches!(case.onto("side"), Err(Error::CheckedOut { .. })));
    f.git_in(&linked, &["checkout", "-q", "--detach"]);
    landed(case.onto("side"));
    let state = f.root().join(".git/worktrees/linked");
    write(&state, "rebase-merge/head-name", "refs/heads/side\n");
    assert!(matches!(case.onto("side"), Err(Error::CheckedOut { .. })));
}

#[test]
fn hooks_do_not_run_and_nothing_is_signed() {
    use std::os::unix::fs::PermissionsExt;
    let case = case(&[("new", "x")]);
    let witness = case.f.folder.path().join("witness");
    for hook in [
        "pre-merge-commit",
        "commit-msg",
        "post-merge",
        "post-checkout",
        "pre-commit",
    ] {
        let path = format!(".git/hooks/{hook}");
        case.f.write(
            &path,
            &format!(
                "#!/bin/sh\necho {hook} >> '{}'\nexit 1\n",
                witness.display()
            ),
        );
        fs::set_permissions(case.f.root().join(&path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    case.f.git(&["config", "commit.gpgSign", "true"]);
    case.f.git(&["config", "gpg.program", "false"]);
    landed(case.commit(&[]));
    assert!(!witness.exists(), "{:?}", fs::read_to_string(witness));
}

#[test]
fn a_commit_is_taken_back_where_nothing_came_on_top() {
    let case = case(&[("src/a.txt", "changed\n"), ("new", "x")]);
    let f = &case.f;
    f.git(&["branch", "side"]);
    landed(case.commit(&[]));
    landed(case.onto("side"));
    f.write("readme.md", "edited since\n");
    let side = f.repo.undo("run").unwrap();
    assert_eq!(side.branch.as_deref(), Some("side"));
    assert_eq!(f.git(&["rev-parse", "side"]), case.base.as_str());
    let main = f.repo.undo("run").unwrap();
    assert_eq!(main.branch.as_deref(), Some("main"));
    assert_eq!(f.head(), case.base);
    assert!(!f.root().join("new").exists());
    assert_eq!(f.git(&["status", "--porcelain"]), " M readme.md");
    assert!(matches!(f.repo.undo("run"), Err(Error::NotApplied { .. })));

    f.commit("edited since");
    landed(case.commit(&[]));
    f.write("src/a.txt", "edited\n");
    assert!(
        matches!(f.repo.undo("run"), Err(Error::ChangedSince { paths }) if paths == [PathBuf::from("src/a.txt")])
    );
    let on_top = f.commit("on top");
    let error = f.repo.undo("run").unwrap_err();
    assert!(error.to_string().contains("git revert -m 1"), "{error}");
    assert_eq!(f.head(), on_top);
}

#[test]
fn an_operation_that_is_not_finished_stands_against_it() {
    let case = case(&[("new", "x")]);
    let f = &case.f;
    f.write(".git/MERGE_HEAD", &format!("{}\n", case.base));
    assert!(matches!(
        case.commit(&[]),
        Err(Error::Unfinished { operation: "merge" })
    ));
    assert!(!f.root().join("new").exists());
}

#[test]
fn a_part_of_a_result_is_a_plain_commit() {
    let case = case(&[("src/a.txt", "changed\n"), ("new", "x")]);
    let picked = landed(case.commit(&["new"]));
    assert!(!picked.merge);
    assert_eq!(case.parents("HEAD"), case.base.as_str());
    assert_eq!(
        case.f.git(&["show", "--name-only", "--format=", "HEAD"]),
        "new"
    );
    let nothing = case.commit(&["readme.md"]);
    assert!(matches!(nothing, Err(Error::NotChanged { .. })));
    let rest = landed(case.commit(&[]));
    assert!(rest.merge);
    assert_eq!(case.f.show(&rest.commit, "src/a.txt"), "changed");
}

#[test]
fn what_the_user_threw_away_does_not_come_back() {
    // The base has a commit that a rebase dropped.
    let f = Fixture::new();
    let start = f.head();
    f.write("dropped", "x");
    let base = f.commit("to be dropped");
    f.repo.keep_base("run", &base).unwrap();
    let result = f.result("s", &base, &[("src/a.txt", "changed\n")]);
    f.git(&["reset", "-q", "--hard", start.as_str()]);
    f.write("readme.md", "rewritten\n");
    let rebased = f.commit("rebased");
    let case = Case { f, base, result };
    let done = landed(case.commit(&[]));
    assert!(!done.merge);
    assert_eq!(case.parents("HEAD"), rebased.as_str());
    assert_eq!(
        case.f.git(&["show", "--name-only", "--format=", "HEAD"]),
        "src/a.txt"
    );
    assert!(!case.f.root().join("dropped").exists());
}

#[test]
fn a_detached_head_can_take_a_result_and_give_it_back() {
    let case = case(&[("new", "x")]);
    case.f.git(&["checkout", "-q", "--detach"]);
    let done = landed(case.commit(&[]));
    assert_eq!((done.branch, case.f.head()), (None, done.commit));
    case.f.repo.undo("run").unwrap();
    assert_eq!(case.f.head(), case.base);
    assert_eq!(case.f.git(&["rev-parse", "main"]), case.base.as_str());
}

#[test]
fn what_was_committed_by_hand_is_not_committed_again() {
    let case = case(&[("src/a.txt", "changed\n"), ("new", "x")]);
    let f = &case.f;
    assert_eq!(f.applied(&case.base, &case.result).len(), 2);
    let mine = f.commit("committed by the user");
    let again = landed(case.commit(&[]));
    assert_eq!((again.commit, again.changes.len()), (mine.clone(), 0));
    assert_eq!(f.head(), mine);
    assert!(!f.repo.can_undo("run").unwrap());
}

#[test]
fn a_deleted_branch_does_not_stand_before_earlier_applies() {
    let case = case(&[("new", "x")]);
    let f = &case.f;
    f.git(&["branch", "side"]);
    let main = landed(case.commit(&[]));
    landed(case.onto("side"));
    f.git(&["branch", "-q", "-D", "side"]);
    let error = f.repo.undo("run").unwrap_err();
    assert!(
        matches!(&error, Error::BranchGone { branch } if branch == "side"),
        "{error}"
    );
    assert_eq!(f.head(), main.commit);
    f.repo.undo("run").unwrap();
    assert_eq!(f.head(), case.base);
}
