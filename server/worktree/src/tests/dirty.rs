//! The checkout as it is, as the base of a run; and what a run on it gives back.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::applying::disk;
use super::*;

fn take(f: &Fixture) -> Result<WorkingTree> {
    take_within(f, UntrackedLimits::default())
}

fn take_within(f: &Fixture, limits: UntrackedLimits) -> Result<WorkingTree> {
    let exclude = [".cursor-skill-*".to_owned()];
    let before = everything(f);
    let taken = f
        .repo
        .working_tree_commit(&f.who(), "With what is uncommitted", &exclude, limits);
    assert_eq!(everything(f), before, "the checkout was touched");
    taken
}

/// Files and index to the byte, HEAD, stash, every ref, and what git says of the state.
fn everything(f: &Fixture) -> (impl PartialEq + std::fmt::Debug + use<>, Vec<u8>, String) {
    let index = fs::read(f.root().join(".git/index")).unwrap_or_default();
    let refs = ["for-each-ref", "--format=%(refname) %(objectname)"];
    let head = fs::read_to_string(f.root().join(".git/HEAD")).unwrap();
    let said = format!("{head}{}{}", f.git(&refs), f.git(&["stash", "list"]));
    (disk(f), index, said)
}

#[test]
fn nothing_uncommitted_is_head() {
    let f = Fixture::new();
    let taken = take(&f).unwrap();
    assert_eq!(
        (taken.commit, taken.changed, taken.notes),
        (f.head(), 0, vec![])
    );
}

#[test]
fn every_kind_of_change_is_in_and_nothing_is_touched() {
    let f = Fixture::new();
    f.write("gone.txt", "x\n");
    f.write("renamed.txt", "a\nb\nc\n");
    f.write("ignored/.gitignore", "*.log\n");
    f.write("tool", "#!/bin/sh\n");
    f.commit("more");
    f.write("stashed.txt", "x");
    f.git(&["stash", "-q", "-u"]);
    // Staged, then edited again; staged only; intent to add; renamed; deleted; modes and links.
    f.write("src/a.txt", "staged\n");
    f.git(&["add", "src/a.txt"]);
    f.write("src/a.txt", "edited after\n");
    f.write("staged.txt", "staged\n");
    f.git(&["add", "staged.txt"]);
    f.write("intended.txt", "intended\n");
    f.git(&["add", "--intent-to-add", "intended.txt"]);
    f.git(&["mv", "renamed.txt", "moved.txt"]);
    fs::remove_file(f.root().join("gone.txt")).unwrap();
    fs::set_permissions(f.root().join("tool"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("src/a.txt", f.root().join("link")).unwrap();
    f.write("new folder/ü.txt", "untracked\n");
    f.write("ignored/x.log", "ignored\n");
    f.write(".cursor-skill-command.txt", "{}");
    let taken = take(&f).unwrap();
    assert_eq!(taken.notes, []);
    let base = &taken.commit;
    assert_eq!(
        f.files(base),
        [
            "ignored/.gitignore",
            "intended.txt",
            "link",
            "moved.txt",
            "new folder/ü.txt",
            "readme.md",
            "src/a.txt",
            "src/b c.txt",
            "staged.txt",
            "tool"
        ]
    );
    assert_eq!(f.show(base, "src/a.txt"), "edited after");
    assert_eq!(f.show(base, "intended.txt"), "intended");
    assert!(
        f.git(&["ls-tree", base.as_str(), "tool"])
            .starts_with("100755")
    );
    assert!(
        f.git(&["ls-tree", base.as_str(), "link"])
            .starts_with("120000")
    );
    assert_eq!(
        f.git(&["log", "-1", "--format=%P", base.as_str()]),
        f.head().as_str()
    );
    assert_eq!(take(&f).unwrap().changed, taken.changed);
}

#[test]
fn applying_changes_only_what_the_run_changed() {
    let f = Fixture::new();
    f.write("src/a.txt", "one\ntwo\nthree\nfour\nFIVE\n");
    f.write("untracked.txt", "mine\n");
    f.write("also mine.txt", "mine\n");
    let base = take(&f).unwrap().commit;
    let result = f.result(
        "s",
        &base,
        &[
            ("untracked.txt", "changed\n"),
            ("src/a.txt", "ONE\ntwo\nthree\nfour\nFIVE\n"),
        ],
    );
    let changed = f.repo.changed_files(&base, &result).unwrap();
    assert_eq!(changed.len(), 2);
    // The user goes on meanwhile.
    f.write("readme.md", "edited meanwhile\n");
    let before = disk(&f);
    let ApplyOutcome::Applied(applied) = f.repo.apply("r", &base, &result).unwrap() else {
        panic!("clashes");
    };
    assert_eq!(applied.len(), 2);
    let read = |path| fs::read_to_string(f.root().join(path)).unwrap();
    assert_eq!(read("src/a.txt"), "ONE\ntwo\nthree\nfour\nFIVE\n");
    assert_eq!(read("untracked.txt"), "changed\n");
    assert_eq!(read("also mine.txt"), "mine\n");
    f.repo.undo("r").unwrap();
    assert_eq!(disk(&f), before);
    // Committed, then: the run's changes alone come on top.
    f.commit("what was uncommitted");
    let who = f.who();
    let landing = Landing {
        run: "r",
        base: &base,
        result: &result,
        only: &[],
        message: "m",
        who: &who,
    };
    let LandOutcome::Landed(landed) = f.repo.apply_commit(&landing).unwrap() else {
        panic!("clashes");
    };
    assert!(!landed.merge);
    assert_eq!(
        f.git(&["show", "--name-only", "--format=", "HEAD"]),
        "src/a.txt\nuntracked.txt"
    );
}

#[test]
fn a_merge_in_progress_is_in_as_it_stands() {
    let f = Fixture::new();
    f.git(&["checkout", "-q", "-b", "side"]);
    f.write("src/a.txt", "theirs\n");
    f.write("theirs.txt", "theirs\n");
    f.commit("side");
    f.git(&["checkout", "-q", "main"]);
    f.write("src/a.txt", "ours\n");
    f.commit("ours");
    assert_eq!(
        try_run(f.folder.path(), f.root(), &["merge", "side"]).code,
        Some(1)
    );
    let taken = take(&f).unwrap();
    assert_eq!(
        taken.notes,
        [
            DirtyNote::Unfinished("merge"),
            DirtyNote::InConflict("src/a.txt".into())
        ]
    );
    assert!(f.show(&taken.commit, "src/a.txt").contains("<<<<<<<"));
    assert_eq!(f.show(&taken.commit, "theirs.txt"), "theirs");
    assert!(f.root().join(".git/MERGE_HEAD").exists());
}

#[test]
fn what_is_too_large_is_told() {
    let f = Fixture::new();
    f.write("small.txt", "1");
    f.write("lar[ge*].bin", "12345");
    f.write("src/a.txt", "123456789");
    let limits = UntrackedLimits {
        file: 4,
        total: 10,
        files: 2,
    };
    let taken = take_within(&f, limits).unwrap();
    assert_eq!(taken.notes, [DirtyNote::TooLarge("lar[ge*].bin".into(), 5)]);
    assert!(f.files(&taken.commit).contains(&"small.txt".to_owned()));
    assert!(!f.files(&taken.commit).contains(&"lar[ge*].bin".to_owned()));
    assert_eq!(
        f.show(&taken.commit, "src/a.txt"),
        "123456789",
        "tracked files have no limit"
    );
    let few = UntrackedLimits { files: 0, ..limits };
    assert!(matches!(
        take_within(&f, few),
        Err(Error::UntrackedTooBig { files: 2, bytes: 6 })
    ));
    let little = UntrackedLimits { total: 0, ..limits };
    assert!(matches!(
        take_within(&f, little),
        Err(Error::UntrackedTooBig { .. })
    ));
}

#[test]
fn repositories_inside_are_told() {
    let f = Fixture::new();
    f.git(&["init", "-q", "empty repo"]);
    f.git(&["init", "-q", "nested"]);
    f.write("nested/file", "x");
    commit_all(f.folder.path(), &f.root().join("nested"), "own");
    f.write("new.txt", "x");
    let taken = take(&f).unwrap();
    let mut notes = taken.notes;
    notes.sort_by_key(|note| note.to_string());
    assert_eq!(
        notes,
        [
            DirtyNote::NestedRepository("empty repo".into()),
            DirtyNote::NestedRepository("nested".into())
        ]
    );
    assert!(f.files(&taken.commit).contains(&"new.txt".to_owned()));
}

#[test]
fn edits_hidden_from_git_are_in() {
    for flag in ["--skip-worktree", "--assume-unchanged"] {
        let f = Fixture::new();
        f.git(&["update-index", flag, "src/a.txt"]);
        f.write("src/a.txt", "hidden edit\n");
        let taken = take(&f).unwrap();
        assert_eq!(f.show(&taken.commit, "src/a.txt"), "hidden edit", "{flag}");
    }
}
