//! What is laid into worktrees beside their commit.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn paths(paths: &[&str]) -> Vec<PathBuf> {
    paths.iter().map(PathBuf::from).collect()
}

fn included(f: &Fixture, patterns: &[&str]) -> Vec<String> {
    let patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
    let found = f.repo.included(&patterns).unwrap();
    let mut found: Vec<String> = found
        .iter()
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    found.sort();
    found
}

#[test]
fn patterns_are_those_of_gitignore_and_only_what_is_ignored_counts() {
    let f = Fixture::new();
    f.write(".gitignore", "*.local\n/cache/\n.env*\n");
    f.write("tracked.local", "t\n");
    f.git(&["add", "-f", "tracked.local"]);
    f.commit("ignore");
    for path in [
        ".env",
        ".env.test",
        "conf/a.local",
        "conf/deep/b.local",
        "conf/größe x.local",
        "cache/one",
        "cache/two/three",
        "cache/keep.me",
        "plain.txt",
    ] {
        f.write(path, "x\n");
    }
    let check = |patterns: &[&str], expected: &[&str]| {
        assert_eq!(included(&f, patterns), expected, "{patterns:?}");
    };
    check(&[], &[]);
    check(&[".env*", "!.env.test"], &[".env"]);
    check(
        &["# no", "", "*.local"],
        &["conf/a.local", "conf/deep/b.local", "conf/größe x.local"],
    );
    check(&["/conf/*.local"], &["conf/a.local", "conf/größe x.local"]);
    check(&["conf/**/b.local"], &["conf/deep/b.local"]);
    check(
        &["cache/"],
        &["cache/keep.me", "cache/one", "cache/two/three"],
    );
    check(
        &["cache/*", "!cache/keep.me"],
        &["cache/one", "cache/two/three"],
    );
    // Not ignored, or tracked.
    check(&["plain.txt", "tracked.local", "readme.md"], &[]);
    f.write(".worktreeinclude", "# private\n.env\n!.env.test\n");
    check(&[], &[".env"]);
    check(&["cache/one"], &[".env", "cache/one"]);
}

#[test]
fn copies_links_and_clones_are_laid_and_never_over_anything() {
    let f = Fixture::new();
    f.write(".gitignore", "/own/\n/cache\n/heavy\n*.link\n");
    f.commit("ignore");
    let step = f.step("a");
    f.write("own/x", "x\n");
    f.write("own/deep/y", "y\n");
    f.write("cache/one", "1\n");
    f.write("heavy/big", "big\n");
    f.write("../beside", "beside\n");
    symlink("../beside", f.root().join("out.link")).unwrap();
    symlink("../../beside", f.root().join("own/out.link")).unwrap();
    symlink("deep/y", f.root().join("own/in.link")).unwrap();
    symlink("/etc/hostname", f.root().join("own/absolute.link")).unwrap();
    // The agent's commit has a file where a copy is to go, and a link where a folder is.
    write(&step.path, "own/x", "of the commit\n");
    let include = Include {
        copy: paths(&[
            "own/x",
            "own/deep/y",
            "out.link",
            "own/out.link",
            "own/in.link",
            "own/absolute.link",
            "gone",
        ]),
        link: paths(&["cache", "missing"]),
        reflink: paths(&["heavy", "absent"]),
    };
    let laid = f.repo.lay_included(&step.path, &include, &|| true).unwrap();
    let read = |path: &str| fs::read_to_string(step.path.join(path)).unwrap();
    assert_eq!(read("own/x"), "of the commit\n");
    assert_eq!(read("own/deep/y"), "y\n");
    // A link that leads out of the checkout leads to the same place.
    assert_eq!(
        (read("out.link"), read("own/out.link")),
        ("beside\n".into(), "beside\n".into())
    );
    let target = |path: &str| fs::read_link(step.path.join(path)).unwrap();
    assert_eq!(target("own/in.link"), Path::new("deep/y"));
    assert_eq!(target("own/absolute.link"), Path::new("/etc/hostname"));
    assert_eq!(target("cache"), f.root().join("cache"));
    let mut left = laid.left_out.iter().map(|(path, _)| path.to_str().unwrap());
    assert!(left.any(|path| path == "missing"));
    let cloned = step.path.join("heavy/big").exists();
    assert_eq!(
        cloned,
        !laid
            .left_out
            .iter()
            .any(|(path, _)| path == Path::new("heavy"))
    );
    assert_eq!(
        step.path.join("heavy").exists(),
        cloned,
        "all of it or nothing"
    );
    assert!(laid.not_ignored.is_empty(), "{laid:?}");
    assert!(laid.tops.contains(&PathBuf::from("own/deep")), "{laid:?}");
    assert_eq!(f.git_in(&step.path, &["status", "--porcelain"]), "");
}

#[test]
fn a_folder_counts_once_and_what_lies_scattered_is_bounded() {
    let f = Fixture::new();
    f.write(".gitignore", "/deps/\n*.gen\n");
    f.commit("ignore");
    let step = f.step("a");
    let lay = |copy: Vec<PathBuf>| {
        let include = Include {
            copy,
            ..Include::default()
        };
        f.repo.lay_included(&step.path, &include, &|| true)
    };
    let many = |path: &str| {
        let names = (0..1001).map(|number| format!("{path}{number}.gen"));
        names.map(PathBuf::from).collect::<Vec<_>>()
    };
    for path in many("deps/deep/").iter().chain(&many("src/")) {
        f.write(path.to_str().unwrap(), "x\n");
    }
    // All of it lies in one folder that was not there: one thing to keep out of commits.
    let laid = lay(many("deps/deep/")).unwrap();
    assert_eq!(laid.tops, paths(&["deps"]));
    assert!(step.path.join("deps/deep/1000.gen").exists());
    let told = lay(many("src/")).unwrap_err();
    assert!(matches!(told, Error::TooManyLaid { most: 1000 }), "{told}");
}

#[test]
fn it_may_be_ended_before_any_file_and_within_a_large_one() {
    let f = Fixture::new();
    f.write(".gitignore", "/own/\n");
    f.commit("ignore");
    for path in ["own/a", "own/b", "own/c"] {
        f.write(path, "x\n");
    }
    let large = fs::File::create(f.root().join("own/large")).unwrap();
    large.set_len(40 << 20).unwrap();
    let step = f.step("a");
    let lay = |copy: &[&str], times: usize| {
        let include = Include {
            copy: paths(copy),
            ..Include::default()
        };
        let asked = std::cell::Cell::new(0);
        let may_go_on = || asked.replace(asked.get() + 1) < times;
        f.repo.lay_included(&step.path, &include, &may_go_on)
    };
    let told = lay(&["own/a", "own/b", "own/c"], 2).unwrap_err();
    assert!(matches!(told, Error::LaidInPart { .. }), "{told}");
    let there = |path: &str| fs::metadata(step.path.join(path)).map(|meta| meta.len());
    assert!(there("own/b").is_ok() && there("own/c").is_err());
    match lay(&["own/large"], 2) {
        Err(Error::LaidInPart { bytes }) => {
            assert_eq!(bytes, 32 << 20);
            assert_eq!(there("own/large").unwrap(), 32 << 20);
        }
        // The file system shares blocks, which is done at once.
        done => assert_eq!(done.unwrap().tops, paths(&["own/large"])),
    }
}

#[test]
fn copies_are_open_to_as_many_as_the_original() {
    let f = Fixture::new();
    f.write(".gitignore", "/own/\n");
    f.commit("ignore");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let step = f.step("a");
    for (name, wanted) in [("secret", 0o600), ("read", 0o444), ("run", 0o755)] {
        let path = format!("own/{name}");
        f.write(&path, "x\n");
        let original = f.root().join(&path);
        fs::set_permissions(&original, fs::Permissions::from_mode(wanted)).unwrap();
        let include = Include {
            copy: paths(&[&path]),
            ..Include::default()
        };
        let laid = f.repo.lay_included(&step.path, &include, &|| true);
        laid.unwrap();
        assert_eq!(mode(&step.path.join(&path)), wanted, "{name}");
    }
}

#[test]
fn nothing_is_laid_through_a_link_that_leads_out_of_the_worktree() {
    let f = Fixture::new();
    f.write(".gitignore", "/own/\n");
    f.commit("ignore");
    let outside = f.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let step = f.step("a");
    symlink(&outside, step.path.join("own")).unwrap();
    f.write("own/x", "x\n");
    f.write("own/sub/y", "y\n");
    let include = Include {
        copy: paths(&["own/x", "own/sub/y"]),
        link: paths(&["own/sub"]),
        reflink: paths(&["own/sub"]),
    };
    let laid = f.repo.lay_included(&step.path, &include, &|| true).unwrap();
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0, "{laid:?}");
}
