//! Doing away with a run.

use super::*;

fn finished(f: &Fixture) -> (Oid, Oid) {
    let start = f.head();
    let a = f.result("a", &start, &[("a", "a")]);
    let b = f.result("b", &a, &[("b", "b")]);
    f.repo.keep_base("run", &start).unwrap();
    assert!(matches!(
        f.repo
            .finish_run("run", &start, std::slice::from_ref(&b), &f.who(), "m")
            .unwrap(),
        FinishOutcome::Done(_)
    ));
    for name in ["a", "b"] {
        f.repo.remove_worktree(&f.trees().join(name), name).unwrap();
    }
    (a, b)
}

#[test]
fn what_is_not_merged_is_saved_once() {
    let f = Fixture::new();
    let (_, b) = finished(&f);
    let done = f.repo.discard("run", None).unwrap();
    assert_eq!(
        done.branches,
        ["offshoot/run", "offshoot-step/run/a", "offshoot-step/run/b"]
    );
    assert_eq!(
        done.salvaged,
        [SalvageRef {
            name: "refs/offshoot/salvage/run/result".into(),
            commit: b
        }]
    );
    assert_eq!(
        f.git(&["for-each-ref", "--format=%(refname)"]),
        "refs/heads/main\nrefs/offshoot/salvage/run/result"
    );
    assert!(f.repo.discard("run", None).unwrap().branches.is_empty());
}

#[test]
fn what_is_merged_needs_no_saving() {
    let f = Fixture::new();
    let (_, b) = finished(&f);
    let who = f.who();
    let landing = Landing {
        run: "run",
        base: &f.head(),
        result: &b,
        only: &[],
        message: "Merge",
        who: &who,
    };
    assert!(matches!(
        f.repo.apply_commit(&landing).unwrap(),
        LandOutcome::Landed(_)
    ));
    assert!(f.repo.discard("run", None).unwrap().salvaged.is_empty());
    assert_eq!(
        f.git(&["for-each-ref", "--format=%(refname)"]),
        "refs/heads/main\nrefs/offshoot/undo/run",
        "only what takes the merge back is left"
    );
}

#[test]
fn a_branch_that_is_checked_out_is_not_deleted() {
    let f = Fixture::new();
    finished(&f);
    f.git(&["switch", "-q", "offshoot/run"]);
    match f.repo.discard("run", None) {
        Err(Error::CheckedOut { branch, path }) => assert_eq!(
            (branch.as_str(), path.as_path()),
            ("offshoot/run", f.root())
        ),
        other => panic!("{other:?}"),
    }
    assert_eq!(f.git(&["branch", "--list", "offshoot*"]).lines().count(), 3);
}
