//! The checkout as it is, as the base of a run; and what a run on it gives back.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn take(f: &Fixture) -> Result<WorkingTree> {
    take_within(f, UntrackedLimits::default())
}

fn take_within(f: &Fixture, limits: UntrackedLimits) -> Result<WorkingTree> {
    let before = everything(f);
    let taken = f.taken_within(limits);
    assert_eq!(everything(f), before, "the checkout was touched");
    taken
}

/// Files and index to the byte, HEAD, stash, every ref, and what git says of the state.
fn everything(f: &Fixture) -> (impl PartialEq + std::fmt::Debug + use<>, Vec<u8>, String) {
    let index = fs::read(f.root().join(".git/index")).unwrap_or_default();
    let refs = ["for-each-ref", "--format=%(refname) %(objectname)"];
    let head = fs::read_to_string(f.root().join(".git/HEAD")).unwrap();
    let said = format!("{head}{}{}", f.git(&refs), f.git(&["stash", "list"]));
    (f.disk(), index, said)
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
    let before = f.disk();
    let ApplyOutcome::Applied(applied) = f.repo.apply("r", &base, &result).unwrap() else {
        panic!("clashes");
    };
    assert_eq!(applied.len(), 2);
    let read = |path| fs::read_to_string(f.root().join(path)).unwrap();
    assert_eq!(read("src/a.txt"), "ONE\ntwo\nthree\nfour\nFIVE\n");
    assert_eq!(read("untracked.txt"), "changed\n");
    assert_eq!(read("also mine.txt"), "mine\n");
    f.repo.undo("r").unwrap();
    assert_eq!(f.disk(), before);
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

/// What the index says and what lies there differ in every way that git knows.
#[test]
fn what_lies_there_counts_and_not_what_the_index_says() {
    let f = Fixture::new();
    for name in [
        "dropped",
        "staged gone",
        "was file",
        "was folder/in",
        "kept",
    ] {
        f.write(name, "committed\n");
    }
    f.write(".gitignore", "*.log\nout/\n");
    f.write("tracked.log", "committed\n");
    f.git(&["add", "-f", "tracked.log"]);
    f.commit("more");
    // Taken out of the index and still there; staged and deleted since; both gone.
    f.git(&["rm", "-q", "--cached", "dropped"]);
    f.write("staged gone", "staged\n");
    f.write("new gone", "staged\n");
    f.git(&["add", "staged gone", "new gone"]);
    fs::remove_file(f.root().join("staged gone")).unwrap();
    fs::remove_file(f.root().join("new gone")).unwrap();
    f.git(&["rm", "-q", "kept"]);
    // A file where a folder was, a folder where a file was, a link where a folder was.
    fs::remove_file(f.root().join("was file")).unwrap();
    f.write("was file/in", "untracked\n");
    fs::remove_dir_all(f.root().join("was folder")).unwrap();
    symlink("src", f.root().join("was folder")).unwrap();
    symlink("/nowhere", f.root().join("dangling")).unwrap();
    // Ignored: tracked, staged by force, and not at all.
    f.write("tracked.log", "edited\n");
    f.write("forced.log", "staged\n");
    f.git(&["add", "-f", "forced.log"]);
    f.write("forced.log", "edited\n");
    f.write("ignored.log", "x");
    f.write("out/x", "x");
    // Names that git could take for something else, and what is no file.
    f.write("-n", "x");
    f.write(":(top)a", "x");
    f.write("a\nb*?", "x");
    let socket = std::os::unix::net::UnixListener::bind(f.root().join("socket")).unwrap();
    let taken = take(&f).unwrap();
    drop(socket);
    assert_eq!(taken.notes, []);
    assert_eq!(
        f.files(&taken.commit),
        [
            "-n",
            ".gitignore",
            ":(top)a",
            "a\nb*?",
            "dangling",
            "dropped",
            "forced.log",
            "readme.md",
            "src/a.txt",
            "src/b c.txt",
            "tracked.log",
            "was file/in",
            "was folder"
        ]
    );
    assert_eq!(f.show(&taken.commit, "forced.log"), "edited");
    assert_eq!(f.show(&taken.commit, "tracked.log"), "edited");
    // A run on that which does nothing changes nothing.
    let w = f.step_at("s", &taken.commit);
    assert_eq!(f.harvest(&w).commit, None);
}

#[test]
fn a_conflict_of_every_kind_in_the_index_is_taken_as_it_lies() {
    let f = Fixture::new();
    f.write("deleted by us", "x\n");
    f.write("deleted by them", "x\n");
    f.write("data.bin", "\0base");
    let start = f.commit("more");
    f.git(&["checkout", "-q", "-b", "side"]);
    f.write("deleted by us", "theirs\n");
    f.write("data.bin", "\0theirs");
    f.write("both added", "theirs\n");
    fs::remove_file(f.root().join("deleted by them")).unwrap();
    f.commit("theirs");
    f.git(&["checkout", "-q", "-b", "ours", start.as_str()]);
    f.write("deleted by them", "ours\n");
    f.write("data.bin", "\0ours");
    f.write("both added", "ours\n");
    fs::remove_file(f.root().join("deleted by us")).unwrap();
    f.commit("ours");
    assert_eq!(
        try_run(f.folder.path(), f.root(), &["rebase", "side"]).code,
        Some(1)
    );
    // One is half resolved.
    f.write("data.bin", "\0mine");
    let taken = take(&f).unwrap();
    let conflicts = ["both added", "data.bin", "deleted by them", "deleted by us"];
    let conflicts = conflicts.map(|path| DirtyNote::InConflict(path.into()));
    let expected = [DirtyNote::Unfinished("rebase")]
        .into_iter()
        .chain(conflicts);
    assert_eq!(taken.notes, expected.collect::<Vec<_>>());
    assert_eq!(f.show(&taken.commit, "data.bin"), "\0mine");
    assert!(f.show(&taken.commit, "both added").contains("<<<<<<<"));
    for path in ["deleted by us", "deleted by them"] {
        let there = f.root().join(path).exists();
        assert_eq!(
            f.files(&taken.commit).contains(&path.to_owned()),
            there,
            "{path}"
        );
    }
}

#[test]
fn modes_that_the_file_system_does_not_keep_are_those_of_the_index() {
    let f = Fixture::new();
    f.write("tool", "#!/bin/sh\n");
    f.git(&["add", "tool"]);
    f.git(&["update-index", "--chmod=+x", "tool"]);
    f.git(&["commit", "-q", "-m", "a tool"]);
    f.git(&["config", "core.fileMode", "false"]);
    f.write("tool", "#!/bin/sh\nedited\n");
    let taken = take(&f).unwrap();
    let entry = f.git(&["ls-tree", taken.commit.as_str(), "tool"]);
    assert!(entry.starts_with("100755"), "{entry}");
}

#[test]
fn indexes_of_every_form_are_read_and_left_alone() {
    for setting in [
        "core.splitIndex=true",
        "core.untrackedCache=true",
        "index.version=4",
        "index.skipHash=true",
    ] {
        let f = Fixture::new();
        let (key, value) = setting.split_once('=').unwrap();
        f.git(&["config", key, value]);
        f.write("staged.txt", "staged\n");
        f.git(&["add", "staged.txt"]);
        f.git(&["update-index", "--force-write-index"]);
        f.git(&["status"]);
        f.write("src/a.txt", "edited\n");
        f.write("untracked.txt", "x\n");
        let taken = take(&f).unwrap();
        assert_eq!(taken.changed, 3, "{setting}");
        assert_eq!(f.show(&taken.commit, "src/a.txt"), "edited", "{setting}");
    }
}
