//! What is the user's in the files that a result changes: line ends, permissions, edits git does not see.

use super::*;

#[test]
fn line_ends_and_filters_are_the_users() {
    let f = Fixture::new();
    f.write(".gitattributes", "*.crlf text eol=crlf\n*.up filter=up\n");
    f.git(&["config", "filter.up.clean", "tr A-Z a-z"]);
    f.git(&["config", "filter.up.smudge", "tr a-z A-Z"]);
    f.write("f.crlf", "one\r\ntwo\r\nthree\r\n");
    f.write("f.up", "SHOUT\n");
    let base = f.commit("attributes");
    let result = f.result(
        "s",
        &base,
        &[
            ("f.crlf", "one\r\ntwo\r\nTHREE\r\n"),
            ("f.up", "SHOUT\nMORE\n"),
        ],
    );
    f.write("f.crlf", "ONE\r\ntwo\nthree\r\n");
    let before = f.disk();
    f.applied(&base, &result);
    let read = |path: &str| fs::read_to_string(f.root().join(path)).unwrap();
    assert_eq!(read("f.crlf"), "ONE\r\ntwo\r\nTHREE\r\n");
    assert_eq!(read("f.up"), "SHOUT\nMORE\n");
    f.repo.undo("r").unwrap();
    assert_eq!(f.disk(), before, "also the mixed line ends");
}

#[test]
fn permissions_of_the_owner_are_kept() {
    let f = Fixture::new();
    let base = f.head();
    let result = f.result("s", &base, &[("src/a.txt", "changed\n")]);
    fs::set_permissions(
        f.root().join("src/a.txt"),
        fs::Permissions::from_mode(0o600),
    )
    .unwrap();
    f.applied(&base, &result);
    assert_eq!(
        fs::metadata(f.root().join("src/a.txt"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
}

#[test]
fn a_folder_that_cannot_be_written_leaves_everything_as_it_was() {
    if rustix::process::geteuid().is_root() {
        // Root writes everywhere: a folder cannot be closed to it. The rollback is proved below.
        return;
    }
    let f = Fixture::new();
    let base = f.head();
    let result = f.result("s", &base, &[("aaa.txt", "x"), ("src/a.txt", "changed\n")]);
    let before = f.disk();
    fs::set_permissions(f.root().join("src"), fs::Permissions::from_mode(0o555)).unwrap();
    let error = f.repo.apply("r", &base, &result);
    fs::set_permissions(f.root().join("src"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(error, Err(Error::ReadOnly { .. })), "{error:?}");
    assert_eq!(f.disk(), before);
}

#[test]
fn edits_hidden_from_git_are_kept() {
    for flag in ["--skip-worktree", "--assume-unchanged"] {
        let f = Fixture::new();
        let base = f.head();
        let result = f.result(
            "s",
            &base,
            &[("src/a.txt", "theirs\n"), ("readme.md", "theirs\n")],
        );
        f.git(&["update-index", flag, "src/a.txt"]);
        f.write("src/a.txt", "hidden edit\n");
        let before = f.disk();
        let seen = clashes(f.repo.apply("r", &base, &result).unwrap());
        assert_eq!(
            seen,
            [("src/a.txt".to_owned(), ClashReason::BothChanged)],
            "{flag}"
        );
        assert_eq!(f.disk(), before);
    }
}

#[test]
fn a_file_saved_between_looking_and_writing_is_not_lost() {
    let f = Fixture::new();
    let base = f.head();
    let result = f.result("s", &base, &[("src/a.txt", "theirs\n"), ("zz", "z")]);
    let plan = f.repo.plan(&base, &result).unwrap().unwrap();
    f.write("src/a.txt", "saved by the editor\n");
    let before = f.disk();
    assert!(matches!(
        f.repo.carry_out("r", &plan),
        Err(Error::ChangedSince { .. })
    ));
    assert_eq!(f.disk(), before);
    assert!(!f.repo.can_undo("r").unwrap());
    // The next look sees a clash.
    assert_eq!(
        clashes(f.repo.apply("r", &base, &result).unwrap())[0].0,
        "src/a.txt"
    );
}
