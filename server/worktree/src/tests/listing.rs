//! Files of a working tree, and lines that commits added.

use super::*;

#[test]
fn files_are_those_that_git_would_take() {
    let f = Fixture::new();
    f.write(".gitignore", "*.log\n");
    f.write("x.log", "ignored\n");
    f.write("new é.txt", "new\n");
    let files = f.repo.working_files().unwrap();
    let names: Vec<String> = files
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    assert_eq!(
        names,
        [
            ".gitignore",
            "new é.txt",
            "readme.md",
            "src/a.txt",
            "src/b c.txt"
        ]
    );
}

#[test]
fn added_lines_have_commit_file_and_number() {
    let f = Fixture::new();
    let start = f.head();
    f.write("src/a.txt", "one\nTWO\nthree\nfour\nfive\nsix\n");
    f.write("odd é name.txt", "+++ b/other\n@@ -1 +1 @@\n");
    let second = f.commit("second");
    fs::remove_file(f.root().join("src/a.txt")).unwrap();
    f.write("data.bin", "\0\u{1}\u{2}");
    f.commit("third");
    let added = f.repo.added_lines(&format!("{start}..")).unwrap();
    let told: Vec<(String, u32, String)> = added
        .iter()
        .map(|one| {
            assert_eq!(one.commit, second.to_string());
            let text = String::from_utf8(one.text.clone()).unwrap();
            (one.path.display().to_string(), one.line, text)
        })
        .collect();
    let expected = [
        ("odd é name.txt", 1, "+++ b/other\n@@ -1 +1 @@\n"),
        ("src/a.txt", 2, "TWO\n"),
        ("src/a.txt", 6, "six\n"),
    ];
    assert_eq!(
        told,
        expected.map(|(path, line, text)| (path.to_owned(), line, text.to_owned()))
    );
    assert!(f.repo.added_lines("no-such-branch..").is_err());
}
