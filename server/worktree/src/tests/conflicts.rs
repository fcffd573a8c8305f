//! Resolving conflicts between parents in a worktree.

use super::*;

struct Case {
    f: Fixture,
    parents: Vec<Oid>,
    conflict: Conflict,
    worktree: Worktree,
}

/// `src/a.txt` has markers; `readme.md` was deleted on one side and changed on the other.
fn case() -> Case {
    let f = Fixture::new();
    let start = f.head();
    let a = f.result(
        "a",
        &start,
        &[("src/a.txt", "from a\n"), ("readme.md", "changed\n")],
    );
    let w = f.step("b");
    write(&w.path, "src/a.txt", "from b\n");
    fs::remove_file(w.path.join("readme.md")).unwrap();
    let b = f.harvest(&w).commit.unwrap();
    let c = f.result("c", &start, &[("c", "c")]);
    let parents = vec![a, b, c];
    let conflict = conflict(f.repo.base_of(&parents, &f.who(), "m").unwrap());
    let worktree = f
        .repo
        .add_conflict_worktree(
            &f.trees().join("conflict"),
            "offshoot-step/run/d",
            &conflict,
            &f.who(),
        )
        .unwrap();
    Case {
        f,
        parents,
        conflict,
        worktree,
    }
}

impl Case {
    fn resolved(&self, settled: &[&str]) -> Result<Resolved> {
        let settled: Vec<PathBuf> = settled.iter().map(PathBuf::from).collect();
        let exclude = vec![".cursor-skill-*".to_owned()];
        let resolution = Resolution {
            worktree: &self.worktree.path,
            conflict: &self.conflict,
            settled: &settled,
            exclude: &exclude,
            message: "Merge the parents",
        };
        self.f.repo.resolved_base(&resolution, &self.f.who())
    }

    fn open(&self, settled: &[&str]) -> Vec<String> {
        match self.resolved(settled) {
            Err(Error::StillConflicted { paths }) => {
                paths.iter().map(|p| p.display().to_string()).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_conflict_is_resolved_in_a_worktree_and_merging_goes_on() {
    let case = case();
    let path = &case.worktree.path;
    let marked = read(path, "src/a.txt");
    for mark in [
        "<<<<<<< offshoot-step/run/a\n",
        ">>>>>>> offshoot-step/run/b\n",
    ] {
        assert!(marked.contains(mark), "who wrote what: {marked}");
    }
    assert_eq!(case.f.git_in(path, &["status", "--porcelain"]), "");
    assert_eq!(case.open(&[]), ["readme.md", "src/a.txt"]);
    write(path, "src/a.txt", "half resolved\n>>>>>>> theirs\n");
    assert_eq!(case.open(&["readme.md"]), ["src/a.txt"]);
    write(path, "src/a.txt", "from both\n=======\na heading\n");
    write(path, ".cursor-skill-status.json", "{}");
    let merged = case.resolved(&["readme.md"]).unwrap().merge;
    let parents = case.f.git(&["log", "-1", "--format=%P", merged.as_str()]);
    assert_eq!(parents, format!("{} {}", case.parents[0], case.parents[1]));
    let all: Vec<Oid> = std::iter::once(merged.clone())
        .chain(case.parents.iter().cloned())
        .collect();
    let base = clean(case.f.repo.base_of(&all, &case.f.who(), "m").unwrap());
    assert_eq!(
        case.f.files(&base.commit),
        ["c", "readme.md", "src/a.txt", "src/b c.txt"]
    );
    assert!(
        case.f
            .show(&base.commit, "src/a.txt")
            .starts_with("from both")
    );
}

#[test]
fn deleting_a_file_resolves_it() {
    let case = case();
    fs::remove_file(case.worktree.path.join("readme.md")).unwrap();
    fs::remove_file(case.worktree.path.join("src/a.txt")).unwrap();
    let merged = case.resolved(&[]).unwrap().merge;
    assert_eq!(case.f.files(&merged), ["src/b c.txt"]);
}

#[test]
fn committing_in_the_conflict_worktree_does_no_harm() {
    let case = case();
    write(&case.worktree.path, "src/a.txt", "resolved\n");
    write(&case.worktree.path, "readme.md", "resolved\n");
    commit_all(
        case.f.folder.path(),
        &case.worktree.path,
        "resolved by the agent",
    );
    let merged = case.resolved(&[]).unwrap().merge;
    assert_eq!(case.f.show(&merged, "src/a.txt"), "resolved");
}

/// Two steps that did these things, and the conflict that a third one meets.
pub(super) fn meeting(
    f: &Fixture,
    ours: impl Fn(&Path),
    theirs: impl Fn(&Path),
) -> (Conflict, Worktree) {
    let parents = [("a", &ours as &dyn Fn(&Path)), ("b", &theirs)].map(|(name, change)| {
        let w = f.step(name);
        change(&w.path);
        f.harvest(&w).commit.unwrap()
    });
    let conflict = conflict(f.repo.base_of(&parents, &f.who(), "m").unwrap());
    let made = f
        .repo
        .add_conflict_worktree(
            &f.trees().join("conflict"),
            "offshoot-step/run/c",
            &conflict,
            &f.who(),
        )
        .unwrap();
    (conflict, made)
}

pub(super) fn resolve(f: &Fixture, conflict: &Conflict, at: &Worktree) -> Result<Resolved> {
    let resolution = Resolution {
        worktree: &at.path,
        conflict,
        settled: &[],
        exclude: &[],
        message: "m",
    };
    f.repo.resolved_base(&resolution, &f.who())
}

#[test]
fn a_file_that_both_moved_is_resolved_by_keeping_one_of_them() {
    let f = Fixture::new();
    let (conflict, at) = meeting(
        &f,
        |root| fs::rename(root.join("src/a.txt"), root.join("one.txt")).unwrap(),
        |root| fs::rename(root.join("src/a.txt"), root.join("two.txt")).unwrap(),
    );
    fs::remove_file(at.path.join("two.txt")).unwrap();
    match resolve(&f, &conflict, &at) {
        Err(Error::StillConflicted { paths }) => assert_eq!(paths, [PathBuf::from("one.txt")]),
        other => panic!("{other:?}"),
    }
    commit_all(f.folder.path(), &at.path, "one it is");
    let merged = resolve(&f, &conflict, &at).unwrap().merge;
    assert_eq!(f.files(&merged), ["one.txt", "readme.md", "src/b c.txt"]);
}

#[test]
fn a_binary_file_is_taken_as_it_lies_once_that_is_said() {
    let f = Fixture::new();
    f.write("data.bin", "\0base");
    f.commit("binary");
    let (conflict, at) = meeting(
        &f,
        |root| write(root, "data.bin", "\0ours"),
        |root| write(root, "data.bin", "\0theirs"),
    );
    assert!(matches!(
        resolve(&f, &conflict, &at),
        Err(Error::StillConflicted { .. })
    ));
    f.git_in(
        &at.path,
        &["commit", "-q", "--allow-empty", "-m", "as it lies"],
    );
    let merged = resolve(&f, &conflict, &at).unwrap().merge;
    assert_eq!(f.show(&merged, "data.bin"), "\0ours");
}

/// Removes the worktree and the branch, as somebody does who goes on with the merge.
fn let_go(f: &Fixture, at: &Worktree) -> Vec<SalvageRef> {
    let removed = f.repo.remove_worktree(&at.path, "run/c").unwrap();
    let branch = f.repo.remove_branch(&at.branch, "run/c-branch").unwrap();
    removed.salvaged.into_iter().chain(branch).collect()
}

fn forget(f: &Fixture, resolved: &Resolved, saved: Vec<SalvageRef>) -> Vec<SalvageRef> {
    let (conflicted, merge) = (&resolved.conflicted, Some(&resolved.merge));
    f.repo.forget_saved(conflicted, merge, saved).unwrap()
}

fn both_write(f: &Fixture) -> (Conflict, Worktree) {
    meeting(
        f,
        |root| write(root, "src/a.txt", "ours\n"),
        |root| write(root, "src/a.txt", "theirs\n"),
    )
}

#[test]
fn nothing_stays_saved_of_what_is_wholly_in_the_merge() {
    // Left uncommitted, and committed.
    for commits in [false, true] {
        let f = Fixture::new();
        let (conflict, at) = both_write(&f);
        write(&at.path, "src/a.txt", "both\n");
        write(&at.path, "new.txt", "made on the way\n");
        if commits {
            commit_all(f.folder.path(), &at.path, "resolved");
        }
        let resolved = resolve(&f, &conflict, &at).unwrap();
        // Before the merge is held by anything, what was saved is all there is.
        let saved = let_go(&f, &at);
        assert!(!saved.is_empty());
        let saved = forget(&f, &resolved, saved);
        assert!(!saved.is_empty());
        f.repo.keep_resolved("run", "c", &resolved).unwrap();
        assert_eq!(forget(&f, &resolved, saved), []);
        assert_eq!(f.repo.list_salvage().unwrap(), []);
        assert_eq!(f.show(&resolved.merge, "new.txt"), "made on the way");
    }
}

#[test]
fn of_a_conflict_that_was_given_up_only_work_stays_saved() {
    for works in [false, true] {
        let f = Fixture::new();
        let (_, at) = both_write(&f);
        if works {
            write(&at.path, "src/a.txt", "half\n");
        }
        let saved = let_go(&f, &at);
        assert_eq!(saved.len(), 1);
        let stays = f.repo.forget_saved(&at.base, None, saved).unwrap();
        assert_eq!(stays.len(), usize::from(works));
        assert_eq!(f.repo.list_salvage().unwrap(), stays);
    }
}

#[test]
fn what_the_merge_has_not_stays_saved() {
    let f = Fixture::new();
    let (conflict, at) = both_write(&f);
    write(&at.path, "src/a.txt", "a first try\n");
    let first = commit_all(f.folder.path(), &at.path, "a first try");
    write(&at.path, "src/a.txt", "both\n");
    let resolved = resolve(&f, &conflict, &at).unwrap();
    f.repo.keep_resolved("run", "c", &resolved).unwrap();
    // Also what came after.
    write(&at.path, "late.txt", "x\n");
    let saved = let_go(&f, &at);
    let stays = forget(&f, &resolved, saved);
    assert_eq!(f.show(&stays[0].commit, "late.txt"), "x");
    assert!(f.repo.is_ancestor(&first, &stays[0].commit).unwrap());
    assert_eq!(f.repo.list_salvage().unwrap().len(), stays.len());
}

#[test]
fn a_merge_is_kept_for_the_same_parents_until_the_run_is_forgotten() {
    let f = Fixture::new();
    let (conflict, at) = both_write(&f);
    write(&at.path, "src/a.txt", "both\n");
    let resolved = resolve(&f, &conflict, &at).unwrap();
    f.repo.keep_resolved("run", "c", &resolved).unwrap();
    let kept = |parents: &[Oid]| f.repo.kept_resolved("run", "c", parents).unwrap();
    let parents = conflict.parents.clone();
    assert_eq!(kept(&parents), Some(resolved.merge.clone()));
    let all: Vec<Oid> = kept(&parents).into_iter().chain(parents.clone()).collect();
    let base = clean(f.repo.base_of(&all, &f.who(), "m").unwrap());
    assert_eq!(f.show(&base.commit, "src/a.txt"), "both");
    // A step that was done again is another parent.
    let again = f.result("again", &f.head(), &[("src/a.txt", "theirs, again\n")]);
    assert_eq!(kept(&[parents[0].clone(), again]), None);
    assert_eq!(f.repo.kept_resolved("run", "d", &parents).unwrap(), None);
    f.repo.prune_refs("run").unwrap();
    assert_eq!(kept(&parents), None);
}
