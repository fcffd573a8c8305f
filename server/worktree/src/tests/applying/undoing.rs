//! Taking an applied result back.

use super::*;

fn undone(f: &Fixture) -> Vec<String> {
    let changes = f.repo.undo("r").unwrap().changes;
    let paths = changes.iter().map(|c| c.path.display().to_string());
    paths.collect()
}

#[test]
fn an_undo_that_would_lose_edits_is_refused() {
    let f = Fixture::new();
    let base = f.head();
    let result = f.result(
        "s",
        &base,
        &[("src/a.txt", "changed\n"), ("new.txt", "new\n")],
    );
    f.applied(&base, &result);
    f.write("new.txt", "edited since\n");
    let after = f.disk();
    match f.repo.undo("r") {
        Err(Error::ChangedSince { paths }) => assert_eq!(paths, [PathBuf::from("new.txt")]),
        other => panic!("{other:?}"),
    }
    assert_eq!(f.disk(), after);
    f.write("new.txt", "new\n");
    f.write("src/b c.txt", "another file does not matter\n");
    f.repo.undo("r").unwrap();
    assert_eq!(
        fs::read_to_string(f.root().join("src/b c.txt")).unwrap(),
        "another file does not matter\n"
    );
    assert!(!f.root().join("new.txt").exists());
}

#[test]
fn two_applies_are_undone_one_by_one() {
    let f = Fixture::new();
    let base = f.head();
    let first = f.result("a", &base, &[("one", "1")]);
    let second = f.result("b", &first, &[("two", "2")]);
    applied(f.repo.apply("r", &base, &first).unwrap());
    applied(f.repo.apply("r", &base, &second).unwrap());
    assert_eq!(undone(&f), ["two"]);
    assert_eq!(undone(&f), ["one"]);
    assert!(!f.repo.is_dirty().unwrap());
}

#[test]
fn an_apply_that_was_killed_can_be_undone() {
    let f = Fixture::new();
    let base = f.head();
    let result = f.result(
        "s",
        &base,
        &[
            ("src/a.txt", "changed\n"),
            ("src/b c.txt", "changed\n"),
            ("new.txt", "new\n"),
        ],
    );
    let before = f.disk();
    f.applied(&base, &result);
    // As if killed: one file still the old one, one on its way, and the copies not cleared away.
    f.write("src/a.txt", "one\ntwo\nthree\nfour\nfive\n");
    fs::remove_file(f.root().join("src/b c.txt")).unwrap();
    f.write(".git/offshoot-apply-x/aside/src/b c.txt", "bee\n");
    f.repo.undo("r").unwrap();
    assert_eq!(f.disk(), before);
    assert!(!f.root().join(".git/offshoot-apply-x").exists());
}
