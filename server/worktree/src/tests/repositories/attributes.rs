//! Line ends, encodings, filters and merge drivers that the user has set, and folders that move.

use super::*;

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
    assert_eq!(read(&w.path, "a.crlf"), "one\r\ntwo\r\n");
    assert_eq!(f.harvest(&w).commit, None);
    write(&w.path, "a.crlf", "one\r\nTWO\r\n");
    write(&w.path, "a.u16", &wide("ONE\n"));
    write(&w.path, "plain.txt", "new\r\n");
    let result = f.harvest(&w).commit.unwrap();
    assert_eq!(f.show(&result, "a.crlf"), "one\nTWO");
    assert_eq!(f.show(&result, "a.u16"), "ONE");
    assert_eq!(f.show(&result, "plain.txt"), "new");
    assert_eq!(f.applied(&base, &result).len(), 3);
    for path in ["a.crlf", "a.u16", "plain.txt"] {
        assert_eq!(f.read(path), read(&w.path, path), "{path}");
    }
    let taken = f.taken().unwrap();
    assert_eq!(f.repo.changed_files(&taken.commit, &result).unwrap(), []);
}

#[test]
fn filters_of_the_user_run_both_ways() {
    let f = Fixture::new();
    let (clean_by, smudge) = (
        f.program("clean", "tr a-z A-Z"),
        f.program("smudge", "tr A-Z a-z"),
    );
    f.git(&["config", "filter.shout.clean", &format!("'{clean_by}'")]);
    f.git(&["config", "filter.shout.smudge", &format!("'{smudge}'")]);
    f.git(&["config", "filter.shout.required", "true"]);
    f.write(".gitattributes", "*.shout filter=shout\n");
    f.write("a.shout", "quiet\n");
    let base = f.commit("filtered");
    assert_eq!(f.show(&base, "a.shout"), "QUIET");
    let w = f.step("s");
    assert_eq!(read(&w.path, "a.shout"), "quiet\n");
    write(&w.path, "b.shout", "new\n");
    let result = f.harvest(&w).commit.unwrap();
    assert_eq!(f.show(&result, "b.shout"), "NEW");
    assert_eq!(f.files(&result).len(), 6);
    f.applied(&base, &result);
    assert_eq!(f.read("b.shout"), "new\n");
    f.repo.undo("r").unwrap();
    f.landed(&base, &result);
    assert_eq!(f.read("b.shout"), "new\n");
    assert_eq!(f.git(&["status", "--porcelain"]), "");
}

#[test]
fn merge_drivers_of_the_user_merge_the_parents() {
    let f = Fixture::new();
    let driver = f.program(
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
    f.applied(&base, &one);
    assert_eq!(f.read("a.log"), "head\nmine\none\n");
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
