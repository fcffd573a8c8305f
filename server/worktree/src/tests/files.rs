//! One file of a commit or a folder, and results narrowed to some of their files.

use std::os::unix::fs::symlink;

use super::*;

const MOST: u64 = 100;

fn content(text: &str) -> FileAt {
    FileAt::Content(text.as_bytes().to_vec())
}

#[test]
fn a_file_of_a_commit() {
    let f = Fixture::new();
    symlink("/etc/passwd", f.root().join("link")).unwrap();
    f.write("large", &"x".repeat(101));
    let commit = f.commit("more");
    let check = |path: &str, expected: FileAt| {
        let found = f.repo.file_at(&commit, Path::new(path), MOST).unwrap();
        assert_eq!(found, expected, "{path}");
        // As a repository is read that libgit2 cannot open.
        let tree = f.repo.tree_of(&commit).unwrap();
        if let Some(entry) = f.repo.entry_at(&tree, Path::new(path)).unwrap_or(None) {
            assert_eq!(f.repo.blob_with_git(&entry, MOST).unwrap(), expected);
        }
    };
    check("src/b c.txt", content("bee\n"));
    check("./readme.md", content("hello\n"));
    check("link", content("/etc/passwd"));
    check("large", FileAt::TooLarge(101));
    for path in [
        "src",
        "none",
        "readme.md/x",
        "../x",
        "/etc/passwd",
        "",
        ".git/config",
    ] {
        check(path, FileAt::Missing);
    }
}

#[test]
fn a_file_below_a_folder() {
    let f = Fixture::new();
    f.write("large", &"x".repeat(101));
    symlink("/etc", f.root().join("folder")).unwrap();
    symlink("/etc/passwd", f.root().join("link")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        f.root().join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    let check = |path: &str, expected: FileAt| {
        let found = file_below(f.root(), Path::new(path), MOST).unwrap();
        assert_eq!(found, expected, "{path}");
    };
    check("src/b c.txt", content("bee\n"));
    check("./src/./b c.txt", content("bee\n"));
    check("link", content("/etc/passwd"));
    check("large", FileAt::TooLarge(101));
    for path in [
        "folder/passwd",
        "link/x",
        "src",
        "none",
        "pipe",
        "readme.md/x",
        "../x",
        "/etc/passwd",
        "",
        ".git/config",
        "a\0b",
    ] {
        check(path, FileAt::Missing);
    }
}

#[test]
fn a_result_is_narrowed_to_files_and_folders() {
    let f = Fixture::new();
    f.write("docs/a.md", "a\n");
    f.write("docs/b.md", "b\n");
    let base = f.commit("more");
    let step = f.step("s");
    write(&step.path, "docs/a.md", "new a\n");
    write(&step.path, "docs/c.md", "c\n");
    write(&step.path, "readme.md", "new\n");
    fs::remove_file(step.path.join("docs/b.md")).unwrap();
    fs::rename(step.path.join("src/a.txt"), step.path.join("moved.txt")).unwrap();
    let result = f.harvest(&step).commit.unwrap();

    let check = |paths: &[&str], expected: &[&str]| {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let tree = f.repo.narrowed(&base, &result, &paths).unwrap();
        let changes = f.repo.changed_files(&base, &tree).unwrap();
        let mut found: Vec<String> = changes
            .iter()
            .map(|change| change.path.display().to_string())
            .collect();
        found.sort();
        assert_eq!(found, expected, "{paths:?}");
    };
    check(&["readme.md"], &["readme.md"]);
    check(&["docs"], &["docs/a.md", "docs/b.md", "docs/c.md"]);
    check(&["docs/b.md", "readme.md"], &["docs/b.md", "readme.md"]);
    // Both ends of a move, whichever is named.
    check(&["moved.txt"], &["moved.txt"]);
    check(&["src/a.txt"], &["moved.txt"]);
    let tree = f
        .repo
        .narrowed(&base, &result, &["moved.txt".into()])
        .unwrap();
    assert!(!f.files(&tree).contains(&"src/a.txt".to_owned()));

    let nothing = f
        .repo
        .narrowed(&base, &result, &["readme.md".into(), "src/b c.txt".into()]);
    let said = nothing.unwrap_err().to_string();
    assert!(said.contains("does not change src/b c.txt"), "{said}");
}

#[test]
fn a_file_takes_the_place_of_a_folder_and_the_other_way_round() {
    let f = Fixture::new();
    let base = f.head();
    let step = f.step("s");
    fs::remove_dir_all(step.path.join("src")).unwrap();
    write(&step.path, "src", "a file\n");
    fs::remove_file(step.path.join("readme.md")).unwrap();
    write(&step.path, "readme.md/x", "a folder\n");
    let result = f.harvest(&step).commit.unwrap();
    for (path, expected) in [
        ("src", &["readme.md", "src"][..]),
        ("readme.md", &["readme.md/x", "src/a.txt", "src/b c.txt"]),
    ] {
        let tree = f.repo.narrowed(&base, &result, &[path.into()]).unwrap();
        assert_eq!(f.files(&tree), expected);
    }
}

#[test]
fn part_of_a_result_is_applied_and_taken_back() {
    let f = Fixture::new();
    let base = f.head();
    let result = f.result(
        "s",
        &base,
        &[("readme.md", "new\n"), ("src/b c.txt", "new\n")],
    );
    let part = f
        .repo
        .narrowed(&base, &result, &["readme.md".into()])
        .unwrap();
    let ApplyOutcome::Applied(changes) = f.repo.apply("run", &base, &part).unwrap() else {
        panic!("it clashes");
    };
    assert_eq!(changes.len(), 1);
    let read = |path: &str| fs::read_to_string(f.root().join(path)).unwrap();
    assert_eq!(
        (read("readme.md").as_str(), read("src/b c.txt").as_str()),
        ("new\n", "bee\n")
    );
    f.repo.undo("run").unwrap();
    assert_eq!(read("readme.md"), "hello\n");
}
