//! Repositories as people have them: filters and attributes, clones that lack something, names that
//! differ in case, merge drivers.

mod attributes;
mod large_files;

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
        assert_eq!(f.applied(&base, &result).len(), 2);
        assert_eq!(f.read("docs/deep/guide.txt"), "changed\n");
        // What is dirty, and what is not there on purpose.
        let taken = f.taken().unwrap();
        assert_eq!(taken.changed, 2);
        assert_eq!(f.show(&taken.commit, "docs/other.txt"), "other");
        f.repo.undo("r").unwrap();
        f.git(&["sparse-checkout", "reapply"]);
        assert_eq!(f.git(&["status", "--porcelain"]), "");
        f.landed(&base, &result);
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
        assert_eq!(f.applied(&base, &result).len(), 1);
        assert_eq!(f.read("Notes.txt"), "UPPER\n");
        assert_eq!(f.read("notes.txt"), "lower\n");
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
