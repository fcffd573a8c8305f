//! A worktree for a step that runs again: on its branch, moved forward, or on a new one where that cannot be.

use super::*;

fn wanted(f: &Fixture, branch: &str, base: &Oid) -> AddWorktree {
    AddWorktree {
        path: f.trees().join("again"),
        branch: branch.to_owned(),
        base: base.clone(),
    }
}

fn tip(f: &Fixture, branch: &str) -> Oid {
    Oid::parse(
        f.git(&["rev-parse", &format!("refs/heads/{branch}")])
            .trim(),
    )
    .unwrap()
}

/// A step's branch with one result on it, its worktree gone; and that result.
fn first_round(f: &Fixture) -> (String, Oid) {
    let w = f.step("s");
    write(&w.path, "round.txt", "one\n");
    let result = f.harvest(&w).commit.unwrap();
    f.repo.remove_worktree(&w.path, "s").unwrap();
    assert_eq!(tip(f, &w.branch), result);
    (w.branch, result)
}

#[test]
fn it_goes_on_on_its_branch_and_keeps_what_was_there() {
    let f = Fixture::new();
    let (branch, first) = first_round(&f);
    let next = f.result("review", &first, &[("review.txt", "do it again\n")]);
    let w = f
        .repo
        .add_worktree_again(&wanted(&f, &branch, &next))
        .unwrap();
    w.verify_registered().unwrap();
    assert_eq!((&w.branch, &w.base), (&branch, &next));
    assert_eq!(tip(&f, &branch), next);
    assert_eq!(
        fs::read_to_string(w.path.join("review.txt")).unwrap(),
        "do it again\n"
    );
    assert_eq!(f.git_in(&w.path, &["status", "--porcelain"]), "");
    write(&w.path, "round.txt", "two\n");
    let second = f.harvest(&w).commit.unwrap();
    let log = f.git(&["log", "--format=%H", &branch]);
    for commit in [&first, &next, &second] {
        assert!(log.contains(commit.as_str()), "{commit} is not in {log}");
    }
}

#[test]
fn nothing_is_forced_where_the_branch_cannot_be_moved() {
    let f = Fixture::new();
    let (branch, first) = first_round(&f);
    // Its base has nothing of what the branch has.
    let base = f.head();
    let w = f
        .repo
        .add_worktree_again(&wanted(&f, &branch, &base))
        .unwrap();
    assert_eq!(w.branch, format!("{branch}-2"));
    assert_eq!(w.base, base);
    assert_eq!(tip(&f, &branch), first, "what was there is still there");
    f.repo.remove_worktree(&w.path, "x").unwrap();

    // Somebody has it checked out.
    let theirs = f.folder.path().join("theirs");
    f.git(&["worktree", "add", "-q", theirs.to_str().unwrap(), &branch]);
    let next = f.result("review", &first, &[("review.txt", "x\n")]);
    let w = f
        .repo
        .add_worktree_again(&wanted(&f, &branch, &next))
        .unwrap();
    assert_ne!(w.branch, branch);
    w.verify_registered().unwrap();
    assert_eq!(tip(&f, &branch), first);
    assert_eq!(f.git_in(&theirs, &["status", "--porcelain"]), "");

    // There is no such branch any more.
    let w = f
        .repo
        .add_worktree_again(&AddWorktree {
            path: f.trees().join("gone"),
            ..wanted(&f, "offshoot-step/run/gone", &next)
        })
        .unwrap();
    assert_eq!(w.branch, "offshoot-step/run/gone");
}
