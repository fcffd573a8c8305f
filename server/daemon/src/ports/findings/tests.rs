//! Artifacts and output against files of a real folder.

use super::*;
use std::os::unix::fs::symlink;

struct Bed {
    folder: tempfile::TempDir,
    tree: Tree,
}

#[expect(
    clippy::disallowed_methods,
    reason = "test files need not be written atomically"
)]
fn bed(files: &[(&str, &str)]) -> Bed {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join("tree").join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    let tree = Tree::new(&folder.path().join("tree"), Path::new("/home/u/repo"));
    Bed { folder, tree }
}

fn codes(findings: &[Finding]) -> Vec<String> {
    let one = |found: &Finding| format!("{} {}", found.code, found.message);
    findings.iter().map(one).collect()
}

#[test]
fn a_path_is_resolved_as_it_says_or_by_its_end() {
    let bed = bed(&[
        ("src/a.c", ""),
        ("web/src/b.ts", ""),
        ("one/same.c", ""),
        ("two/same.c", ""),
        ("node_modules/x/only.js", ""),
        ("web/only.js", ""),
    ]);
    symlink("/etc/passwd", bed.folder.path().join("tree/link")).expect("a link");
    let check = |path: &str, expected: Option<&str>| {
        assert_eq!(bed.tree.resolve(path).as_deref(), expected, "{path}");
    };
    check("src/a.c", Some("src/a.c"));
    check("./src/a.c", Some("src/a.c"));
    let below = bed.folder.path().join("tree/src/a.c");
    check(&below.display().to_string(), Some("src/a.c"));
    check("/home/u/repo/src/a.c", Some("src/a.c"));
    check("src/b.ts", Some("web/src/b.ts"));
    check("b.ts", Some("web/src/b.ts"));
    check("only.js", Some("web/only.js"));
    check("same.c", None);
    check("one/same.c", Some("one/same.c"));
    for path in ["rc/a.c", "/src/a.c", "src", "link", "../a.c", "none.c", ""] {
        check(path, None);
    }
}

#[test]
fn artifacts_are_looked_into() {
    let bed = bed(&[
        (
            "ok.json",
            r#"{"kind":"k","schema_version":"1.0","status":"not_run","error":"off","findings":[]}"#,
        ),
        ("bad.json", "{"),
        ("notes.md", "{"),
        ("out/a.json", r#"{"findings":["one"]}"#),
        ("out/b.json", "not JSON"),
        ("out/c.txt", r#"{"findings":["two"]}"#),
    ]);
    symlink("notes.md", bed.folder.path().join("tree/link.json")).expect("a link");
    let ok = of_artifact(&bed.tree, "ok.json");
    assert_eq!(
        (ok.kind.as_deref(), ok.schema_version.as_deref()),
        (Some("k"), Some("1.0"))
    );
    assert_eq!(
        codes(&ok.findings),
        ["artifact-not-run it was not run: off"]
    );
    assert!(of_artifact(&bed.tree, "bad.json").invalid.is_some());
    for path in ["notes.md", "none.json", "link.json"] {
        let none = of_artifact(&bed.tree, path);
        assert_eq!((none.kind, none.invalid), (None, None), "{path}");
    }
    let folder = of_artifact(&bed.tree, "out/");
    assert_eq!((folder.kind, folder.invalid), (None, None));
    assert_eq!(codes(&folder.findings), [" one"]);
}

#[test]
fn an_artifact_that_is_too_large_is_said() {
    let bed = bed(&[("large.json", "")]);
    let file = std::fs::File::options();
    let path = bed.folder.path().join("tree/large.json");
    let file = file.clone().write(true).open(path).expect("a file");
    file.set_len(artifact::LARGEST + 1).expect("a size");
    let large = of_artifact(&bed.tree, "large.json");
    assert_eq!(large.findings[0].code, "artifact-too-large");
    assert_eq!(large.invalid, None);
}

#[test]
fn units_of_utf16_become_characters_and_text_is_laid() {
    let sarif = r#"{"version": "2.1.0", "runs": [{"results": [{"message": {"text": "m"}, "locations": [{"physicalLocation":
        {"artifactLocation": {"uri": "a"}, "region": {"startLine": 2, "startColumn": 3, "endColumn": 4}}}]}]}]}"#;
    let bed = bed(&[("r.sarif", sarif), ("a", "one\n🧪x\n")]);
    let mut found = of_artifact(&bed.tree, "r.sarif").findings;
    bed.tree.lay_text(&mut found);
    let span = found[0]
        .place
        .as_ref()
        .and_then(|place| place.span)
        .expect("a span");
    assert_eq!((span.column, span.end_column), (Some(2), Some(3)));
    assert_eq!(found[0].text.as_deref(), Some("🧪x"));
}
