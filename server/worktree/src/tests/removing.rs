//! Saving, removing, restoring, and clearing up after a crash.

use std::os::unix::fs::PermissionsExt;

use super::*;

#[test]
fn a_clean_worktree_goes_without_a_trace() {
    let f = Fixture::new();
    let w = f.step("s");
    let removed = f.repo.remove_worktree(&w.path, "run/s").unwrap();
    assert_eq!(removed.salvaged, None);
    assert!(!w.path.exists() && !w.git_dir.exists());
    assert_eq!(fs::read_dir(f.trees()).unwrap().count(), 0);
    assert_eq!(f.git(&["worktree", "list"]).lines().count(), 1);
    assert!(
        f.repo.remove_worktree(&w.path, "run/s").is_ok(),
        "twice is no error"
    );
}

#[test]
fn dirty_and_untracked_files_are_saved_and_come_back() {
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, "src/a.txt", "dirty");
    write(&w.path, "untracked ü", "new");
    fs::remove_file(w.path.join("readme.md")).unwrap();
    let saved = f
        .repo
        .remove_worktree(&w.path, "run/s")
        .unwrap()
        .salvaged
        .unwrap();
    assert_eq!(saved.name, "refs/offshoot/salvage/run/s");
    assert_eq!(f.repo.list_salvage().unwrap(), std::slice::from_ref(&saved));
    let back = f.repo.restore("run/s", &f.trees().join("back")).unwrap();
    assert_eq!(back.branch, "offshoot/restored-run-s");
    assert_eq!(
        fs::read_to_string(back.path.join("src/a.txt")).unwrap(),
        "dirty"
    );
    assert_eq!(
        fs::read_to_string(back.path.join("untracked ü")).unwrap(),
        "new"
    );
    assert!(!back.path.join("readme.md").exists());
    f.repo.drop_salvage(&saved).unwrap();
    assert!(f.repo.list_salvage().unwrap().is_empty());
    assert!(matches!(
        f.repo.restore("run/s", &f.trees().join("x")),
        Err(Error::NothingSaved { .. })
    ));
}

#[test]
fn commits_that_no_branch_holds_are_saved() {
    let f = Fixture::new();
    let w = f.step("s");
    f.git_in(&w.path, &["checkout", "-q", "--detach"]);
    write(&w.path, "one", "1");
    let commit = commit_all(f.folder.path(), &w.path, "detached");
    let saved = f.repo.salvage(&w.path, "x").unwrap().unwrap();
    assert_eq!(saved.commit, commit);
    assert_eq!(
        f.repo.salvage(&w.path, "x").unwrap(),
        None,
        "once it is held, it is safe"
    );
    write(&w.path, "two", "2");
    assert_eq!(
        f.repo.salvage(&w.path, "x").unwrap().unwrap().name,
        "refs/offshoot/salvage/x-2"
    );
}

#[test]
fn read_only_folders_are_removed() {
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, "locked/deep/file", "x");
    for folder in ["locked/deep", "locked"] {
        fs::set_permissions(w.path.join(folder), fs::Permissions::from_mode(0o555)).unwrap();
    }
    assert!(
        f.repo
            .remove_worktree(&w.path, "s")
            .unwrap()
            .salvaged
            .is_some()
    );
    assert!(!w.path.exists());
}

#[test]
fn a_worktree_deleted_by_hand_leaves_only_its_entry_to_remove() {
    let f = Fixture::new();
    let (gone, other) = (f.step("gone"), f.trees().join("other"));
    f.git(&["worktree", "add", "-q", "-b", "o", other.to_str().unwrap()]);
    fs::remove_dir_all(&gone.path).unwrap();
    fs::remove_dir_all(&other).unwrap();
    assert_eq!(
        f.repo
            .worktrees()
            .unwrap()
            .iter()
            .map(|w| w.exists)
            .collect::<Vec<_>>(),
        [false]
    );
    assert!(gone.verify_registered().is_err());
    f.repo.remove_worktree(&gone.path, "s").unwrap();
    assert!(f.repo.worktrees().unwrap().is_empty());
    assert!(
        f.git(&["worktree", "list"]).contains("other"),
        "the user's stale entry is the user's"
    );
}

#[test]
fn a_folder_that_was_made_and_nothing_more_can_be_removed() {
    let f = Fixture::new();
    let path = f.trees().join("claimed");
    fs::create_dir_all(&path).unwrap();
    let removed = f.repo.remove_worktree(&path, "run/s").unwrap();
    assert_eq!(removed.salvaged, None);
    assert!(!path.exists());
    // One with something in it is somebody's.
    write(&path, "file", "x");
    assert!(f.repo.remove_worktree(&path, "run/s").is_err());
    assert!(path.join("file").exists());
}

#[test]
fn the_main_checkout_cannot_be_removed() {
    let f = Fixture::new();
    assert!(matches!(
        f.repo.remove_worktree(f.root(), "s"),
        Err(Error::NotOurWorktree { .. })
    ));
    assert!(matches!(
        f.repo.remove_worktree(&f.root().join("src"), "s"),
        Err(Error::NotOurWorktree { .. })
    ));
    assert!(f.root().join("src/a.txt").exists());
}

#[test]
fn orphans_are_saved_and_removed_at_start() {
    let f = Fixture::new();
    let (kept, dirty, untouched, pruned, deleted) = (
        f.step("kept"),
        f.step("dirty"),
        f.step("untouched"),
        f.step("pruned"),
        f.step("deleted"),
    );
    write(&dirty.path, "work", "x");
    write(&pruned.path, "work", "x");
    fs::remove_dir_all(&pruned.git_dir).unwrap();
    fs::remove_dir_all(&deleted.path).unwrap();
    write(&f.trees(), ".offshoot-trash-old/file", "x");
    write(&f.trees(), "stranger/file", "x");
    fs::create_dir(f.trees().join("stub")).unwrap();
    let expected = [kept.path.clone(), deleted.path.clone()];
    let done = f.repo.reconcile(&expected, &[f.trees()]).unwrap();
    let mut removed = done.removed;
    removed.sort();
    assert_eq!(
        removed,
        [
            dirty.path,
            pruned.path,
            f.trees().join("stub"),
            untouched.path
        ]
    );
    assert_eq!(done.salvaged.len(), 2);
    assert_eq!(done.missing, [deleted.path]);
    assert_eq!(done.left, [f.trees().join("stranger")]);
    assert!(done.failed.is_empty());
    assert!(
        done.rubbish
            .contains(&f.trees().join(".offshoot-trash-old"))
    );
    for folder in &done.rubbish {
        remove_folder(folder).unwrap();
    }
    let mut names: Vec<_> = fs::read_dir(f.trees())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["kept", "stranger"]);
    kept.verify_registered().unwrap();
    let branches = f.git(&[
        "branch",
        "--list",
        "--format=%(refname:short)",
        "offshoot-step/*",
    ]);
    assert_eq!(
        branches.lines().collect::<Vec<_>>(),
        [
            "offshoot-step/run/deleted",
            "offshoot-step/run/kept",
            "offshoot-step/run/pruned"
        ]
    );
    assert!(!f.repo.is_dirty().unwrap());
}

#[test]
fn a_worktree_killed_while_it_was_made_is_an_orphan() {
    let f = Fixture::new();
    let path = f.trees().join("half");
    // What git leaves when it is killed behind `worktree add --lock`: no note of ours yet.
    f.git(&[
        "worktree",
        "add",
        "-q",
        "--no-checkout",
        "--lock",
        "--reason",
        "offshoot",
        "-b",
        "half",
        path.to_str().unwrap(),
    ]);
    let done = f.repo.reconcile(&[], &[f.trees()]).unwrap();
    assert_eq!(done.removed, [path]);
    assert!(f.repo.worktrees().unwrap().is_empty());
}

#[test]
fn worktrees_of_somebody_else_are_left_alone() {
    let f = Fixture::new();
    let (ours, theirs) = (f.folder.path().join("ours"), f.folder.path().join("theirs"));
    let add = |owner: &Path, name: &str| {
        let job = AddWorktree {
            path: f.trees().join(name),
            branch: name.to_owned(),
            base: f.head(),
        };
        f.repo.clone().owned_by(owner).add_worktree(&job).unwrap()
    };
    let (a, b) = (add(&ours, "a"), add(&theirs, "b"));
    let unknown = f.step("c");
    write(&b.path, "unsaved.txt", "x");
    let me = f.repo.clone().owned_by(&ours);
    let seen: Vec<_> = me
        .worktrees()
        .unwrap()
        .into_iter()
        .map(|w| w.owner)
        .collect();
    assert_eq!(seen, [Some(ours.clone()), Some(theirs.clone()), None]);
    let done = me.reconcile(&[], &[f.trees()]).unwrap();
    assert_eq!(done.removed, [a.path, unknown.path]);
    assert_eq!(done.left, std::slice::from_ref(&b.path));
    b.verify_registered().unwrap();
    let them = f.repo.clone().owned_by(&theirs);
    assert_eq!(them.reconcile(&[], &[f.trees()]).unwrap().removed, [b.path]);
}
