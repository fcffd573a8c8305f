//! Files that a step declared to create.

use super::*;

#[test]
fn declared_files_have_a_status() {
    let f = Fixture::new();
    f.write(".gitignore", "*.log\n/build/\n");
    f.commit("ignores");
    let w = f.step("s");
    write(&w.path, "docs/new.md", "new");
    write(&w.path, "src/a.txt", "changed");
    write(&w.path, "out.log", "log");
    write(&w.path, "build/x/y.bin", "bin");
    symlink("y.bin", w.path.join("build/x/inside")).unwrap();
    symlink("/etc/passwd", w.path.join("build/x/outside")).unwrap();
    symlink("/etc", w.path.join("etc")).unwrap();
    fs::create_dir(w.path.join("hollow")).unwrap();
    use CreatedStatus::*;
    let expected = [
        ("docs/new.md", New),
        ("./docs/", New),
        ("src/a.txt", Changed),
        ("src", Changed),
        ("readme.md", Unchanged),
        ("absent.md", Missing),
        ("hollow", Missing),
        ("out.log", Ignored),
        ("build", Ignored),
        ("../x", Outside),
        ("/etc/passwd", Outside),
        ("etc/passwd", Outside),
        (".git/config", Outside),
    ];
    let creates = expected
        .iter()
        .map(|(path, _)| (*path).to_owned())
        .collect();
    let harvest = f
        .repo
        .harvest(&HarvestJob {
            creates,
            ..f.job(&w)
        })
        .unwrap();
    let seen: Vec<_> = harvest
        .created
        .iter()
        .map(|c| (c.path.as_str(), c.status))
        .collect();
    assert_eq!(seen, expected);
    assert!(harvest.created.iter().all(|c| c.modified.is_some()
        == !matches!(c.status, Missing | Outside)
        || c.path == "hollow"));
    let stored: Vec<_> = harvest
        .artifacts
        .iter()
        .map(|a| a.path.to_str().unwrap())
        .collect();
    assert_eq!(stored, ["out.log", "build"]);
    assert!(!harvest.artifacts[1].stored.join("x/outside").exists());

    let next = f.step_at("next", &harvest.commit.unwrap());
    f.repo
        .lay_artifacts(&next.path, &harvest.artifacts)
        .unwrap();
    assert_eq!(
        fs::read_to_string(next.path.join("build/x/y.bin")).unwrap(),
        "bin"
    );
    assert_eq!(
        fs::read_to_string(next.path.join("build/x/inside")).unwrap(),
        "bin"
    );
    assert_eq!(
        fs::read_to_string(next.path.join("out.log")).unwrap(),
        "log"
    );
}

#[test]
fn an_artifact_over_the_bound_is_not_stored() {
    let f = Fixture::new();
    f.write(".gitignore", "*.log\n");
    f.commit("ignores");
    let w = f.step("s");
    write(&w.path, "big.log", &"x".repeat(100));
    let limits = ArtifactLimits {
        bytes: 99,
        entries: 10,
    };
    let harvest = f
        .repo
        .harvest(&HarvestJob {
            creates: vec!["big.log".into()],
            limits,
            ..f.job(&w)
        })
        .unwrap();
    assert_eq!(harvest.created[0].status, CreatedStatus::NotTaken);
    assert!(matches!(harvest.notes[..], [Note::NotStored(..)]));
}
