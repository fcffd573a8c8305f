//! Bringing a result into the user's working tree, and taking it back.

mod the_users;
mod undoing;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use super::*;

fn index_and_head(f: &Fixture) -> (Vec<u8>, Oid, String) {
    let index = fs::read(f.root().join(".git/index")).unwrap();
    (index, f.head(), f.git(&["stash", "list"]))
}

fn clashes(outcome: ApplyOutcome) -> Vec<(String, ClashReason)> {
    match outcome {
        ApplyOutcome::Clashes(clashes) => clashes
            .into_iter()
            .map(|c| (c.path.to_string_lossy().into_owned(), c.reason))
            .collect(),
        ApplyOutcome::Applied(changes) => panic!("applied {changes:?}"),
    }
}

/// A result with every kind of change.
fn rich_result(f: &Fixture) -> (Oid, Oid) {
    f.write("gone.txt", "gone\n");
    f.write("tool.sh", "#!/bin/sh\n");
    f.write("link me", "text\n");
    f.write("folder/inner", "inner\n");
    f.write("flat", "flat\n");
    let base = f.commit("more");
    let w = f.step("rich");
    let at = |path: &str| w.path.join(path);
    write(&w.path, "src/a.txt", "ONE\ntwo\nthree\nfour\nfive\n");
    write(&w.path, "new dir/ünïcode.txt", "new\n");
    write(&w.path, "binary", "\0\u{1}\0");
    fs::remove_file(at("gone.txt")).unwrap();
    fs::rename(
        at("readme.md"),
        w.path.join(OsStr::from_bytes(b"re\xff\nme.md")),
    )
    .unwrap();
    fs::set_permissions(at("tool.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::remove_file(at("link me")).unwrap();
    symlink("src/a.txt", at("link me")).unwrap();
    fs::remove_dir_all(at("folder")).unwrap();
    write(&w.path, "folder", "now a file\n");
    fs::remove_file(at("flat")).unwrap();
    write(&w.path, "flat/now/deep", "now a folder\n");
    (base, f.harvest(&w).commit.unwrap())
}

#[test]
fn every_kind_of_change_is_applied_and_undone_to_the_byte() {
    let f = Fixture::new();
    let (base, result) = rich_result(&f);
    f.write("src/a.txt", "one\ntwo\nthree\nfour\nFIVE mine\n");
    f.write("untracked.txt", "mine\n");
    f.write("src/b c.txt", "staged\n");
    f.git(&["add", "src/b c.txt"]);
    let (before, git_before) = (f.disk(), index_and_head(&f));
    applied(f.repo.apply_check(&base, &result).unwrap());
    assert_eq!(f.disk(), before, "a check changes nothing");
    applied(f.repo.apply("run", &base, &result).unwrap());
    let read = |path: &str| fs::read_to_string(f.root().join(path)).unwrap();
    assert_eq!(read("src/a.txt"), "ONE\ntwo\nthree\nfour\nFIVE mine\n");
    assert_eq!(read("src/b c.txt"), "staged\n");
    assert_eq!(read("new dir/ünïcode.txt"), "new\n");
    assert_eq!(read("folder"), "now a file\n");
    assert_eq!(read("flat/now/deep"), "now a folder\n");
    assert_eq!(
        fs::read_link(f.root().join("link me")).unwrap(),
        Path::new("src/a.txt")
    );
    assert!(
        fs::metadata(f.root().join("tool.sh"))
            .unwrap()
            .permissions()
            .mode()
            & 0o111
            == 0o111
    );
    assert!(f.root().join(OsStr::from_bytes(b"re\xff\nme.md")).exists());
    assert!(!f.root().join("gone.txt").exists() && !f.root().join("readme.md").exists());
    assert_eq!(index_and_head(&f), git_before);
    assert_eq!(
        fs::read_dir(f.repo.git_dir())
            .unwrap()
            .filter(|e| e
                .as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .starts_with("offshoot"))
            .count(),
        0
    );

    assert_eq!(
        applied(f.repo.apply("run", &base, &result).unwrap()),
        [""; 0],
        "the second time there is nothing to do"
    );
    f.repo.undo("run").unwrap();
    assert_eq!(f.disk(), before);
    assert_eq!(index_and_head(&f), git_before);
    assert!(!f.root().join("new dir").exists(), "no empty folder stays");
    assert!(matches!(f.repo.undo("run"), Err(Error::NotApplied { .. })));
}

#[test]
fn clashes_are_listed_and_nothing_is_done() {
    let f = Fixture::new();
    let base = f.head();
    let result = f.result(
        "s",
        &base,
        &[
            ("src/a.txt", "ONE\ntwo\nthree\nfour\nfive\n"),
            ("new.txt", "theirs\n"),
            ("fine.txt", "x\n"),
        ],
    );
    f.write("src/a.txt", "MINE\ntwo\nthree\nfour\nfive\n");
    f.write("new.txt", "untracked, mine\n");
    let before = f.disk();
    for outcome in [
        f.repo.apply_check(&base, &result).unwrap(),
        f.repo.apply("r", &base, &result).unwrap(),
    ] {
        let expected = [
            ("new.txt".to_owned(), ClashReason::BothChanged),
            ("src/a.txt".to_owned(), ClashReason::BothChanged),
        ];
        assert_eq!(clashes(outcome), expected);
    }
    assert_eq!(f.disk(), before);
    assert!(!f.repo.can_undo("r").unwrap());
}

#[test]
fn ignored_files_and_folders_in_the_way_are_kept() {
    let f = Fixture::new();
    f.write(".gitignore", "*.log\n/out/\n");
    let base = f.commit("ignores");
    let w = f.step("s");
    write(&w.path, "a.log", "theirs");
    write(&w.path, "out", "a file");
    write(&w.path, "file/below", "x");
    f.git_in(&w.path, &["add", "-f", "a.log", "out", "file/below"]);
    f.git_in(&w.path, &["commit", "-q", "-m", "forced"]);
    let result = f.harvest(&w).commit.unwrap();
    f.write("out/precious", "mine");
    assert_eq!(
        clashes(f.repo.apply("r", &base, &result).unwrap()),
        [("out".to_owned(), ClashReason::FolderInTheWay)]
    );
    fs::remove_dir_all(f.root().join("out")).unwrap();
    f.write("a.log", "mine");
    f.write("file", "untracked file where a folder goes");
    let before = f.disk();
    let names: Vec<_> = clashes(f.repo.apply("r", &base, &result).unwrap())
        .into_iter()
        .map(|c| c.0)
        .collect();
    assert_eq!(names, ["a.log", "file"]);
    assert_eq!(f.disk(), before);
}

#[test]
fn commits_and_edits_made_since_the_base_are_kept() {
    let f = Fixture::new();
    let base = f.head();
    let result = f.result(
        "s",
        &base,
        &[("src/a.txt", "ONE\ntwo\nthree\nfour\nfive\n")],
    );
    f.write("src/a.txt", "one\ntwo\nthree\nfour\nFIVE\n");
    f.commit("the user went on");
    f.write("src/a.txt", "zero\none\ntwo\nthree\nfour\nFIVE\n");
    assert!(
        matches!(
            f.repo.apply("r", &base, &result).unwrap(),
            ApplyOutcome::Clashes(_)
        ),
        "lines side by side clash"
    );
    f.git(&["checkout", "-q", "src/a.txt"]);
    assert_eq!(f.applied(&base, &result), ["src/a.txt"]);
    assert_eq!(
        fs::read_to_string(f.root().join("src/a.txt")).unwrap(),
        "ONE\ntwo\nthree\nfour\nFIVE\n"
    );
}

#[test]
fn a_patch_can_be_read_by_git_apply() {
    let f = Fixture::new();
    f.git(&["config", "diff.noprefix", "true"]);
    f.git(&["config", "color.ui", "always"]);
    f.git(&["config", "diff.external", "false"]);
    let (base, result) = rich_result(&f);
    let patch = f.repo.diff(&base, &result, &[]).unwrap();
    write(
        f.folder.path(),
        "patch",
        std::str::from_utf8(&patch).unwrap(),
    );
    f.git(&["config", "--unset", "diff.noprefix"]);
    f.git(&[
        "apply",
        "--index",
        f.folder.path().join("patch").to_str().unwrap(),
    ]);
    assert_eq!(
        f.git(&["write-tree"]),
        f.git(&["rev-parse", &format!("{result}^{{tree}}")])
    );
    let one = f.repo.diff(&base, &result, &["src/a.txt".into()]).unwrap();
    assert_eq!(
        String::from_utf8(one)
            .unwrap()
            .matches("diff --git")
            .count(),
        1
    );
    let stats = f.repo.diff_stat(&base, &result).unwrap();
    let a = stats
        .iter()
        .find(|s| s.path == Path::new("src/a.txt"))
        .unwrap();
    assert_eq!((a.added, a.removed), (Some(1), Some(1)));
    assert!(
        f.repo
            .changed_files(&base, &result)
            .unwrap()
            .iter()
            .any(|c| c.kind == ChangeKind::Renamed)
    );
}

#[test]
fn a_submodule_is_left_to_the_user() {
    let f = Fixture::new();
    let base = f.head();
    let w = f.step("s");
    let entry = format!("160000,{base},module");
    write(
        &w.path,
        ".gitmodules",
        "[submodule \"module\"]\n\tpath = module\n\turl = ../x\n",
    );
    fs::create_dir(w.path.join("module")).unwrap();
    f.git_in(&w.path, &["add", ".gitmodules"]);
    f.git_in(&w.path, &["update-index", "--add", "--cacheinfo", &entry]);
    f.git_in(&w.path, &["commit", "-q", "-m", "a submodule"]);
    let harvest = f.harvest(&w);
    assert_eq!(harvest.notes, []);
    let result = harvest.commit.unwrap();
    assert!(f.files(&result).contains(&"module".to_owned()));
    let seen = clashes(f.repo.apply("r", &base, &result).unwrap());
    assert_eq!(seen, [("module".to_owned(), ClashReason::Submodule)]);
    let next = f.step_at("next", &result);
    assert_eq!(
        f.harvest(&next).commit,
        None,
        "an empty submodule folder is no change"
    );
}
