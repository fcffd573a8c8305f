//! Repositories as people have them: filters and attributes, clones that lack something, names that
//! differ in case, merge drivers.

use std::os::unix::fs::PermissionsExt;

use super::kinds::whole_way;
use super::*;

/// The same fixture with its repository cloned.
fn cloned(options: &[&str]) -> Fixture {
    let f = Fixture::new();
    for n in 0..3 {
        f.write("src/a.txt", &format!("version {n}\n"));
        f.commit("more history");
    }
    f.git(&["config", "uploadpack.allowFilter", "true"]);
    f.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = f.folder.path().join("the clône");
    let url = match options {
        ["--shared", ..] => f.root().display().to_string(),
        _ => format!("file://{}", f.root().display()),
    };
    let mut args = vec!["clone", "-q"];
    args.extend(options);
    args.extend([url.as_str(), clone.to_str().unwrap()]);
    f.git(&args);
    let repo = Repo::open(&clone, environment(f.folder.path())).unwrap();
    Fixture {
        repo,
        folder: f.folder,
    }
}

fn applied(outcome: ApplyOutcome) -> usize {
    match outcome {
        ApplyOutcome::Applied(changes) => changes.len(),
        ApplyOutcome::Clashes(clashes) => panic!("{clashes:?}"),
    }
}

fn on_disk(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap()
}

/// A program beside the repository.
fn program(f: &Fixture, name: &str, text: &str) -> String {
    write(f.folder.path(), name, &format!("#!/bin/sh\n{text}\n"));
    let path = f.folder.path().join(name);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

#[test]
fn clones_that_are_shallow_partial_or_borrow_their_objects() {
    for options in [
        &["--depth=1"][..],
        &["--filter=blob:none"],
        &["--filter=tree:0"],
        &["--shared"],
        &["--filter=blob:none", "--sparse"],
    ] {
        let f = cloned(options);
        if options.contains(&"--sparse") {
            f.git(&["sparse-checkout", "set", "src"]);
        }
        whole_way(&f);
    }
}

#[test]
fn blobs_that_were_never_fetched_are_fetched_when_they_are_needed() {
    let f = cloned(&["--filter=blob:none", "--no-checkout"]);
    let base = f.head();
    let older = Oid::parse(&f.git(&["rev-parse", "HEAD~2"])).unwrap();
    let patch = f.repo.diff(&older, &base, &[]).unwrap();
    assert!(String::from_utf8(patch).unwrap().contains("+version 2"));
    let found = f.repo.file_at(&older, Path::new("src/a.txt"), 100).unwrap();
    assert_eq!(found, FileAt::Content(b"version 0\n".to_vec()));
    let a = f.result("a", &older, &[("src/b c.txt", "a\n")]);
    assert!(
        !clean(f.repo.base_of(&[a, base], &f.who(), "m").unwrap())
            .commit
            .as_str()
            .is_empty()
    );
}

#[test]
fn a_git_folder_that_lies_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere.git");
    let f = Fixture::bare_bones(&[
        "init",
        "-q",
        "-b",
        "main",
        "--separate-git-dir",
        elsewhere.to_str().unwrap(),
    ]);
    assert!(f.root().join(".git").is_file());
    assert_eq!(f.repo.git_dir(), fs::canonicalize(&elsewhere).unwrap());
    whole_way(&f);
    assert!(f.root().join(".git").is_file());
}

#[test]
fn a_sparse_checkout_stays_sparse_and_loses_nothing() {
    for index in ["--sparse-index", "--no-sparse-index"] {
        let f = Fixture::new();
        f.write("docs/deep/guide.txt", "guide\n");
        f.write("docs/other.txt", "other\n");
        f.commit("docs");
        f.git(&["sparse-checkout", "set", "--cone", index, "src"]);
        let base = f.head();
        let w = f.step("s");
        assert!(
            !w.path.join("docs").exists(),
            "a worktree is as sparse as the checkout"
        );
        // The step writes outside of what is checked out, too.
        write(&w.path, "docs/deep/guide.txt", "changed\n");
        write(&w.path, "src/a.txt", "changed\n");
        let result = f.harvest(&w).commit.unwrap();
        let changed = f.repo.changed_files(&base, &result).unwrap();
        assert_eq!(changed.len(), 2, "{index}: {changed:?}");
        assert_eq!(applied(f.repo.apply("r", &base, &result).unwrap()), 2);
        assert_eq!(on_disk(f.root(), "docs/deep/guide.txt"), "changed\n");
        // What is dirty, and what is not there on purpose.
        let taken = f
            .repo
            .working_tree_commit(&f.who(), "m", &[], UntrackedLimits::default())
            .unwrap();
        assert_eq!(taken.changed, 2);
        assert_eq!(f.show(&taken.commit, "docs/other.txt"), "other");
        f.repo.undo("r").unwrap();
        f.git(&["sparse-checkout", "reapply"]);
        assert_eq!(f.git(&["status", "--porcelain"]), "");
        let who = f.who();
        let landing = Landing {
            run: "r",
            base: &base,
            result: &result,
            only: &[],
            message: "m",
            who: &who,
        };
        assert!(matches!(
            f.repo.apply_commit(&landing).unwrap(),
            LandOutcome::Landed(_)
        ));
        assert_eq!(f.git(&["status", "--porcelain"]), "");
        assert!(!f.root().join("docs/other.txt").exists());
        assert_eq!(f.repo.remove_worktree(&w.path, "s").unwrap().salvaged, None);
    }
}

#[test]
fn names_that_differ_in_case_only() {
    for ignore in ["true", "false"] {
        let f = Fixture::new();
        f.write("Notes.txt", "upper\n");
        f.write("notes.txt", "lower\n");
        let base = f.commit("two names");
        f.git(&["config", "core.ignoreCase", ignore]);
        let w = f.step("s");
        assert_eq!(f.harvest(&w).commit, None, "core.ignoreCase={ignore}");
        write(&w.path, "Notes.txt", "UPPER\n");
        let result = f.harvest(&w).commit.unwrap();
        assert_eq!(f.show(&result, "Notes.txt"), "UPPER");
        assert_eq!(f.show(&result, "notes.txt"), "lower");
        assert_eq!(applied(f.repo.apply("r", &base, &result).unwrap()), 1);
        assert_eq!(on_disk(f.root(), "Notes.txt"), "UPPER\n");
        assert_eq!(on_disk(f.root(), "notes.txt"), "lower\n");
    }
}

#[test]
fn a_thousand_branches_are_no_burden() {
    let f = Fixture::new();
    let head = f.head();
    let create: String = (0..1000)
        .map(|n| format!("create refs/heads/topic/b{n} {head}\n"))
        .collect();
    let make = || {
        let call = git::Call::new(&environment(f.folder.path()), f.root());
        call.args(["update-ref", "--stdin"])
            .input(create.clone().into_bytes())
            .run()
            .unwrap();
    };
    make();
    for packed in [false, true] {
        if packed {
            f.git(&["pack-refs", "--all"]);
        }
        let began = std::time::Instant::now();
        let before = f.repo.shared_state().unwrap();
        let w = f.step(if packed { "packed" } else { "loose" });
        write(&w.path, "new.txt", "x");
        let result = f.harvest(&w).commit.unwrap();
        assert!(before.escaped(&f.repo.shared_state().unwrap()).is_empty());
        f.repo.remove_worktree(&w.path, "s").unwrap();
        let took = began.elapsed();
        // Two cores with other work take a tenth of this; a process for each branch would take longer.
        assert!(took < std::time::Duration::from_secs(10), "{took:?}");
        assert!(f.repo.is_ancestor(&head, &result).unwrap());
    }
    let before = f.repo.shared_state().unwrap();
    f.git(&["branch", "-D", "topic/b7"]);
    assert_eq!(before.escaped(&f.repo.shared_state().unwrap()).len(), 1);
}

#[test]
fn line_ends_and_encodings_come_back_as_they_were() {
    let f = Fixture::new();
    f.write(".gitattributes", "*.crlf text eol=crlf\n*.lf text eol=lf\n*.u16 text working-tree-encoding=UTF-16LE eol=lf\n");
    f.write("a.crlf", "one\r\ntwo\r\n");
    f.write("a.lf", "one\n");
    let wide =
        |text: &str| -> String { text.bytes().flat_map(|byte| [byte as char, '\0']).collect() };
    f.write("a.u16", &wide("one\n"));
    f.git(&["config", "core.autocrlf", "true"]);
    let base = f.commit("line ends");
    assert_eq!(f.show(&base, "a.crlf"), "one\ntwo");
    assert_eq!(f.show(&base, "a.u16"), "one");
    let w = f.step("s");
    assert_eq!(on_disk(&w.path, "a.crlf"), "one\r\ntwo\r\n");
    assert_eq!(f.harvest(&w).commit, None);
    write(&w.path, "a.crlf", "one\r\nTWO\r\n");
    write(&w.path, "a.u16", &wide("ONE\n"));
    write(&w.path, "plain.txt", "new\r\n");
    let result = f.harvest(&w).commit.unwrap();
    assert_eq!(f.show(&result, "a.crlf"), "one\nTWO");
    assert_eq!(f.show(&result, "a.u16"), "ONE");
    assert_eq!(f.show(&result, "plain.txt"), "new");
    assert_eq!(applied(f.repo.apply("r", &base, &result).unwrap()), 3);
    for path in ["a.crlf", "a.u16", "plain.txt"] {
        assert_eq!(on_disk(f.root(), path), on_disk(&w.path, path), "{path}");
    }
    let taken = f
        .repo
        .working_tree_commit(&f.who(), "m", &[], UntrackedLimits::default())
        .unwrap();
    assert_eq!(f.repo.changed_files(&taken.commit, &result).unwrap(), []);
}

#[test]
fn filters_of_the_user_run_both_ways() {
    let f = Fixture::new();
    let (clean_by, smudge) = (
        program(&f, "clean", "tr a-z A-Z"),
        program(&f, "smudge", "tr A-Z a-z"),
    );
    f.git(&["config", "filter.shout.clean", &format!("'{clean_by}'")]);
    f.git(&["config", "filter.shout.smudge", &format!("'{smudge}'")]);
    f.git(&["config", "filter.shout.required", "true"]);
    f.write(".gitattributes", "*.shout filter=shout\n");
    f.write("a.shout", "quiet\n");
    let base = f.commit("filtered");
    assert_eq!(f.show(&base, "a.shout"), "QUIET");
    let w = f.step("s");
    assert_eq!(on_disk(&w.path, "a.shout"), "quiet\n");
    write(&w.path, "b.shout", "new\n");
    let result = f.harvest(&w).commit.unwrap();
    assert_eq!(f.show(&result, "b.shout"), "NEW");
    assert_eq!(f.files(&result).len(), 6);
    applied(f.repo.apply("r", &base, &result).unwrap());
    assert_eq!(on_disk(f.root(), "b.shout"), "new\n");
    f.repo.undo("r").unwrap();
    let who = f.who();
    let landing = Landing {
        run: "r",
        base: &base,
        result: &result,
        only: &[],
        message: "m",
        who: &who,
    };
    assert!(matches!(
        f.repo.apply_commit(&landing).unwrap(),
        LandOutcome::Landed(_)
    ));
    assert_eq!(on_disk(f.root(), "b.shout"), "new\n");
    assert_eq!(f.git(&["status", "--porcelain"]), "");
}

#[test]
fn merge_drivers_of_the_user_merge_the_parents() {
    let f = Fixture::new();
    let driver = program(
        &f,
        "driver",
        "{ cat \"$2\"; tail -n +2 \"$3\"; } > \"$2.new\" && mv \"$2.new\" \"$2\"",
    );
    f.git(&[
        "config",
        "merge.append.driver",
        &format!("'{driver}' %O %A %B"),
    ]);
    f.write(
        ".gitattributes",
        "*.log merge=append\n*.union merge=union\n*.pick -merge\n",
    );
    f.write("a.log", "head\n");
    f.write("a.union", "head\n");
    f.write("a.pick", "head\n");
    let base = f.commit("drivers");
    let one = f.result(
        "one",
        &base,
        &[("a.log", "head\none\n"), ("a.union", "head\none\n")],
    );
    let two = f.result(
        "two",
        &base,
        &[("a.log", "head\ntwo\n"), ("a.union", "head\ntwo\n")],
    );
    let merged = clean(f.repo.base_of(&[one.clone(), two], &f.who(), "m").unwrap()).commit;
    assert_eq!(f.show(&merged, "a.log"), "head\none\ntwo");
    assert_eq!(f.show(&merged, "a.union"), "head\none\ntwo");
    // Without a driver that merges, both versions conflict whatever they say.
    let (a, b) = (
        f.result("a", &base, &[("a.pick", "head\na\n")]),
        f.result("b", &base, &[("a.pick", "b\nhead\n")]),
    );
    let refused = conflict(f.repo.base_of(&[a, b], &f.who(), "m").unwrap());
    assert_eq!(refused.files(), [PathBuf::from("a.pick")]);
    // The same driver when a result comes into a checkout that went on.
    f.write("a.log", "head\nmine\n");
    applied(f.repo.apply("r", &base, &one).unwrap());
    assert_eq!(on_disk(f.root(), "a.log"), "head\nmine\none\n");
}

#[test]
fn a_folder_that_one_parent_moved_takes_the_files_of_the_other_along() {
    let f = Fixture::new();
    f.write("old/one.txt", "1\n2\n3\n4\n");
    f.write("old/two.txt", "5\n6\n7\n8\n");
    let base = f.commit("a folder");
    let w = f.step("mover");
    fs::rename(w.path.join("old"), w.path.join("new")).unwrap();
    let moved = f.harvest(&w).commit.unwrap();
    let added = f.result(
        "adder",
        &base,
        &[
            ("old/two.txt", "5\n6\n7\nEIGHT\n"),
            ("old/three.txt", "9\n"),
        ],
    );
    f.git(&["config", "merge.directoryRenames", "true"]);
    let merged = clean(
        f.repo
            .base_of(&[moved.clone(), added.clone()], &f.who(), "m")
            .unwrap(),
    )
    .commit;
    assert_eq!(f.show(&merged, "new/three.txt"), "9");
    assert_eq!(f.show(&merged, "new/two.txt"), "5\n6\n7\nEIGHT");
    assert!(!f.files(&merged).iter().any(|path| path.starts_with("old/")));
    // git's default is to ask.
    f.git(&["config", "--unset", "merge.directoryRenames"]);
    let asked = conflict(f.repo.base_of(&[moved, added], &f.who(), "m").unwrap());
    assert!(
        asked.files().contains(&PathBuf::from("new/three.txt")),
        "{:?}",
        asked.files()
    );
}

/// git-lfs itself where it is installed, else filters that do what it does with files.
fn with_lfs() -> Fixture {
    let f = Fixture::new();
    let real = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .any(|folder| folder.join("git-lfs").is_file());
    if real {
        f.git(&["lfs", "install", "--local", "--skip-repo"]);
    } else {
        let store = f.folder.path().join("lfs store");
        fs::create_dir(&store).unwrap();
        let store = store.display();
        let clean = program(
            &f,
            "lfs-clean",
            &format!(
                "t=$(mktemp); cat > \"$t\"\nif head -c 22 \"$t\" | grep -q '^version https://git-l'; then cat \"$t\"; exit; fi\n[ -s \"$t\" ] || exit 0\n\
             s=$(sha256sum \"$t\" | cut -c1-64); cp \"$t\" '{store}'/$s\n\
             printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %s\\n' $s $(wc -c < \"$t\")"
            ),
        );
        let smudge = program(
            &f,
            "lfs-smudge",
            &format!(
                "t=$(mktemp); cat > \"$t\"\ns=$(sed -n 's/^oid sha256://p' \"$t\")\n\
             if [ \"$GIT_LFS_SKIP_SMUDGE\" = 1 ] || [ -z \"$s\" ]; then cat \"$t\"; else cat '{store}'/$s; fi"
            ),
        );
        f.git(&["config", "filter.lfs.clean", &format!("'{clean}'")]);
        f.git(&["config", "filter.lfs.smudge", &format!("'{smudge}'")]);
        f.git(&["config", "filter.lfs.required", "true"]);
    }
    f.write(
        ".gitattributes",
        "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    );
    f.write("big.bin", "large content\n");
    f.write("other.bin", "other content\n");
    f.commit("large files");
    f
}

#[test]
fn large_files_stay_pointers_and_are_never_committed_whole() {
    let f = with_lfs();
    let base = f.head();
    assert!(
        f.show(&base, "big.bin")
            .starts_with("version https://git-lfs")
    );
    let w = f.step("s");
    let pointer = on_disk(&w.path, "big.bin");
    assert!(pointer.starts_with("version https://git-lfs"), "{pointer}");
    assert_eq!(f.harvest(&w).commit, None, "pointers are no change");
    write(&w.path, "big.bin", "another large content\n");
    write(&w.path, "new.bin", "new large content\n");
    write(&w.path, "empty.bin", "");
    let result = f.harvest(&w).commit.unwrap();
    for path in ["big.bin", "new.bin"] {
        assert!(
            f.show(&result, path).starts_with("version https://git-lfs"),
            "{path}"
        );
    }
    assert_eq!(f.repo.changed_files(&base, &result).unwrap().len(), 3);
    applied(f.repo.apply("r", &base, &result).unwrap());
    assert_eq!(on_disk(f.root(), "big.bin"), "another large content\n");
    assert_eq!(on_disk(f.root(), "other.bin"), "other content\n");
    let taken = f
        .repo
        .working_tree_commit(&f.who(), "m", &[], UntrackedLimits::default())
        .unwrap();
    assert!(
        f.show(&taken.commit, "new.bin")
            .starts_with("version https://git-lfs")
    );
    f.repo.undo("r").unwrap();
    assert_eq!(on_disk(f.root(), "big.bin"), "large content\n");
    assert_eq!(f.git(&["status", "--porcelain"]), "");
}

#[test]
fn without_git_lfs_a_large_file_is_refused_and_stays_where_it_is() {
    let f = with_lfs();
    let w = f.step("s");
    write(&w.path, "big.bin", "raw content\n");
    write(&w.path, "note.txt", "x\n");
    for key in ["clean", "smudge", "process", "required"] {
        let _ = try_run(
            f.folder.path(),
            f.root(),
            &["config", "--unset", &format!("filter.lfs.{key}")],
        );
    }
    let error = f.repo.harvest(&f.job(&w)).unwrap_err();
    assert!(
        matches!(&error, Error::RawLargeFile { paths } if *paths == [PathBuf::from("big.bin")]),
        "{error}"
    );
    assert!(error.to_string().contains("git lfs install"), "{error}");
    assert_eq!(on_disk(&w.path, "big.bin"), "raw content\n");
    f.write("raw.bin", "raw\n");
    let dirty = f
        .repo
        .working_tree_commit(&f.who(), "m", &[], UntrackedLimits::default());
    assert!(matches!(dirty, Err(Error::RawLargeFile { .. })));
}

#[test]
fn large_files_are_brought_on_request() {
    let f = with_lfs();
    let has = try_run(f.folder.path(), f.root(), &["lfs", "version"]).code == Some(0);
    let w = f.step("s");
    let brought = f.repo.bring_large_files(&w, LargeFiles::Local);
    if !has {
        assert!(brought.unwrap_err().to_string().contains("git lfs"));
        return;
    }
    brought.unwrap();
    assert_eq!(on_disk(&w.path, "big.bin"), "large content\n");
    assert_eq!(f.git_in(&w.path, &["status", "--porcelain"]), "");
    assert_eq!(f.harvest(&w).commit, None);
    f.repo.bring_large_files(&w, LargeFiles::Pointers).unwrap();

    // Pulled where the content is on a remote only.
    let hub = f.folder.path().join("hub.git");
    f.git(&["init", "-q", "--bare", hub.to_str().unwrap()]);
    let address = format!("file://{}", hub.display());
    f.git(&["remote", "add", "origin", &address]);
    f.git(&["push", "-q", "origin", "HEAD:main"]);
    f.git(&["lfs", "push", "--all", "origin"]);
    fs::remove_dir_all(f.root().join(".git/lfs/objects")).unwrap();
    let w = f.step("local");
    f.repo.bring_large_files(&w, LargeFiles::Local).unwrap();
    assert!(on_disk(&w.path, "big.bin").starts_with("version https://git-lfs"));
    let w = f.step("pull");
    f.repo.bring_large_files(&w, LargeFiles::Pull).unwrap();
    assert_eq!(on_disk(&w.path, "big.bin"), "large content\n");
    assert_eq!(f.harvest(&w).commit, None, "content is no change");
    write(&w.path, "big.bin", "changed by a step\n");
    let result = f.harvest(&w).commit.unwrap();
    assert!(
        f.show(&result, "big.bin")
            .starts_with("version https://git-lfs")
    );
}
