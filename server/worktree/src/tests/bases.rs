//! Merging parents, and the result branch.

use super::*;

#[test]
fn one_parent_is_its_own_base() {
    let f = Fixture::new();
    let base = clean(f.repo.base_of(&[f.head()], &f.who(), "m").unwrap());
    assert_eq!(base.commit, f.head());
    assert!(f.repo.base_of(&[], &f.who(), "m").is_err());
}

#[test]
fn a_parent_that_another_contains_costs_no_merge() {
    let f = Fixture::new();
    let start = f.head();
    let a = f.result("a", &start, &[("a", "a")]);
    let b = f.result("b", &a, &[("b", "b")]);
    for parents in [
        vec![start.clone(), a.clone(), b.clone()],
        vec![b.clone(), start, a],
    ] {
        assert_eq!(
            clean(f.repo.base_of(&parents, &f.who(), "m").unwrap()).commit,
            b
        );
    }
}

#[test]
fn three_parents_are_merged_in_order_without_a_checkout() {
    let f = Fixture::new();
    let start = f.head();
    let a = f.result(
        "a",
        &start,
        &[("src/a.txt", "ONE\ntwo\nthree\nfour\nfive\n")],
    );
    let b = f.result(
        "b",
        &start,
        &[("src/a.txt", "one\ntwo\nthree\nfour\nFIVE\n")],
    );
    let c = f.result("c", &start, &[("new ü.txt", "c")]);
    let base = clean(
        f.repo
            .base_of(&[a, b, c], &f.who(), "Merge the parents")
            .unwrap(),
    );
    assert_eq!(
        f.show(&base.commit, "src/a.txt"),
        "ONE\ntwo\nthree\nfour\nFIVE"
    );
    assert!(f.files(&base.commit).contains(&"new ü.txt".to_owned()));
    assert_eq!(
        f.git(&["log", "-1", "--format=%s %an", base.commit.as_str()]),
        "Merge the parents Ada L"
    );
    assert!(!f.repo.is_dirty().unwrap());
}

#[test]
fn a_conflict_names_files_and_parents() {
    let f = Fixture::new();
    let start = f.head();
    let a = f.result("a", &start, &[("src/b c.txt", "from a\n")]);
    let b = f.result("b", &start, &[("other", "b\n")]);
    let c = f.result(
        "c",
        &start,
        &[("src/b c.txt", "from c\n"), ("readme.md", "c\n")],
    );
    let found = conflict(f.repo.base_of(&[a, b, c], &f.who(), "m").unwrap());
    assert_eq!(found.at, 2);
    assert_eq!(
        found.paths,
        [ConflictPath {
            path: "src/b c.txt".into(),
            parents: vec![0, 2]
        }]
    );
    let text = f.git(&["show", &format!("{}:src/b c.txt", found.conflicted_tree)]);
    assert!(
        text.contains("<<<<<<<") && text.contains("from a") && text.contains("from c"),
        "{text}"
    );
}

#[test]
fn deleting_what_another_changed_is_a_conflict() {
    let f = Fixture::new();
    let start = f.head();
    let a = f.result("a", &start, &[("readme.md", "changed\n")]);
    let w = f.step("b");
    fs::remove_file(w.path.join("readme.md")).unwrap();
    let b = f.harvest(&w).commit.unwrap();
    let found = conflict(f.repo.base_of(&[a, b], &f.who(), "m").unwrap());
    assert_eq!(
        found.paths,
        [ConflictPath {
            path: "readme.md".into(),
            parents: vec![0, 1]
        }]
    );
}

#[test]
fn a_rename_and_a_change_of_the_same_file_merge() {
    let f = Fixture::new();
    let start = f.head();
    let a = f.result(
        "a",
        &start,
        &[("src/a.txt", "one\ntwo\nthree\nfour\nFIVE\n")],
    );
    let w = f.step("b");
    fs::rename(w.path.join("src/a.txt"), w.path.join("moved.txt")).unwrap();
    let b = f.harvest(&w).commit.unwrap();
    let base = clean(f.repo.base_of(&[a, b], &f.who(), "m").unwrap());
    assert!(f.show(&base.commit, "moved.txt").ends_with("FIVE"));
}

fn done(outcome: FinishOutcome) -> ResultBranch {
    match outcome {
        FinishOutcome::Done(branch) => branch,
        FinishOutcome::Conflict(conflict) => panic!("{conflict:?}"),
    }
}

#[test]
fn the_result_branch_holds_every_leaf() {
    let f = Fixture::new();
    let start = f.head();
    let finish = |run: &str, leaves: &[Oid]| {
        done(
            f.repo
                .finish_run(run, &start, leaves, &f.who(), "Result")
                .unwrap(),
        )
    };
    assert_eq!(
        finish("none", &[]),
        ResultBranch {
            name: "offshoot/none".into(),
            commit: start.clone()
        }
    );
    let a = f.result("a", &start, &[("a", "a")]);
    let b = f.result("b", &start, &[("b", "b")]);
    assert_eq!(finish("one", std::slice::from_ref(&a)).commit, a);
    let both = finish("two", &[a.clone(), b.clone()]);
    assert_eq!(f.git(&["rev-parse", "offshoot/two"]), both.commit.as_str());
    assert!(f.files(&both.commit).iter().any(|x| x == "a"));
    // A retried step adds to the run: the branch goes forward.
    let c = f.result("c", &both.commit, &[("c", "c")]);
    assert_eq!(
        finish("two", std::slice::from_ref(&c)),
        ResultBranch {
            name: "offshoot/two".into(),
            commit: c
        }
    );
    // A branch of that name with other content is left alone.
    assert_eq!(finish("two", &[a]).name, "offshoot/two-2");
}

#[test]
fn leaves_that_conflict_make_no_branch() {
    let f = Fixture::new();
    let start = f.head();
    let a = f.result("a", &start, &[("readme.md", "a\n")]);
    let b = f.result("b", &start, &[("readme.md", "b\n")]);
    let outcome = f
        .repo
        .finish_run("r", &start, &[a, b], &f.who(), "m")
        .unwrap();
    assert!(matches!(outcome, FinishOutcome::Conflict(_)));
    assert_eq!(f.git(&["branch", "--list", "offshoot/*"]), "");
}
