//! Taking the result out of a worktree, whatever the agent did to it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn kinds(harvest: &Harvest) -> Vec<(ChangeKind, String)> {
    harvest
        .changed
        .iter()
        .map(|c| (c.kind, c.path.to_string_lossy().into_owned()))
        .collect()
}

fn branch_at(f: &Fixture, w: &Worktree) -> String {
    f.git(&["rev-parse", &format!("refs/heads/{}", w.branch)])
}

#[test]
fn nothing_changed_is_no_commit() {
    let f = Fixture::new();
    let w = f.step("s");
    let harvest = f.harvest(&w);
    assert_eq!(harvest.commit, None);
    assert!(harvest.changed.is_empty() && harvest.notes.is_empty());
    assert_eq!(branch_at(&f, &w), f.head().as_str());
}

#[test]
fn every_kind_of_change_is_taken() {
    let f = Fixture::new();
    f.write("gone.txt", "gone\n");
    f.write("tool.sh", "#!/bin/sh\n");
    f.write("becomes link", "text\n");
    f.commit("more");
    let w = f.step("s");
    let at = |path: &str| w.path.join(path);
    write(&w.path, "src/b c.txt", "changed\n");
    write(&w.path, "new dir/ünïcode.txt", "new\n");
    write(&w.path, "binary", "\0\u{1}\0");
    fs::remove_file(at("gone.txt")).unwrap();
    fs::rename(at("src/a.txt"), at("src/renamed.txt")).unwrap();
    fs::set_permissions(at("tool.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::remove_file(at("becomes link")).unwrap();
    symlink("readme.md", at("becomes link")).unwrap();
    symlink("/nowhere", at("dangling")).unwrap();
    fs::rename(
        at("readme.md"),
        w.path.join(OsStr::from_bytes(b"bytes \xff.md")),
    )
    .unwrap();
    let harvest = f.harvest(&w);
    use ChangeKind::*;
    let mut seen = kinds(&harvest);
    seen.sort_by(|a, b| a.1.cmp(&b.1));
    let expected = [
        (TypeChanged, "becomes link"),
        (Added, "binary"),
        (Renamed, "bytes \u{fffd}.md"),
        (Added, "dangling"),
        (Deleted, "gone.txt"),
        (Added, "new dir/ünïcode.txt"),
        (Modified, "src/b c.txt"),
        (Renamed, "src/renamed.txt"),
        (Modified, "tool.sh"),
    ];
    assert_eq!(seen, expected.map(|(kind, path)| (kind, path.to_owned())));
    let moved = harvest
        .changed
        .iter()
        .find(|c| c.path.as_os_str().as_bytes() == b"bytes \xff.md")
        .unwrap();
    assert_eq!(moved.from.as_deref(), Some(Path::new("readme.md")));
    let commit = harvest.commit.unwrap();
    assert_eq!(branch_at(&f, &w), commit.as_str());
    assert_eq!(
        f.git_in(&w.path, &["status", "--porcelain"]),
        "",
        "the worktree shows the result"
    );
    let message = f.git(&["log", "-1", "--format=%B%an%P", commit.as_str()]);
    assert_eq!(
        message,
        format!("Do the step\n\nOffshoot-Run: run\nAda L{}", w.base)
    );
}

#[test]
fn a_change_within_the_same_moment_is_seen() {
    let f = Fixture::new();
    for n in 0..20 {
        let w = f.step(&format!("s{n}"));
        // The same size, perhaps within the same tick of the file system's clock.
        write(&w.path, "src/b c.txt", "BEE\n");
        assert!(f.harvest(&w).commit.is_some(), "round {n}");
    }
}

#[test]
fn emptying_the_worktree_is_a_change_like_any_other() {
    let f = Fixture::new();
    let w = f.step("s");
    fs::remove_dir_all(w.path.join("src")).unwrap();
    fs::remove_file(w.path.join("readme.md")).unwrap();
    let harvest = f.harvest(&w);
    assert_eq!(harvest.changed.len(), 3);
    assert!(f.files(&harvest.commit.unwrap()).is_empty());
}

#[test]
fn hand_off_files_never_enter_a_commit() {
    let f = Fixture::new();
    f.write(".cursor-skill-command.txt", "tracked\n");
    f.write(".cursor-skill-metadata.json", "{}");
    f.commit("tracked hand-off files");
    let w = f.step("s");
    write(&w.path, ".cursor-skill-command.txt", "rewritten\n");
    fs::remove_file(w.path.join(".cursor-skill-metadata.json")).unwrap();
    write(&w.path, ".cursor-skill-status.json", "{}");
    write(&w.path, ".skill-completed.txt", "");
    assert_eq!(f.harvest(&w).commit, None);
    write(&w.path, "real", "x");
    let harvest = f.harvest(&w);
    assert_eq!(kinds(&harvest), [(ChangeKind::Added, "real".to_owned())]);
    assert_eq!(
        f.show(&harvest.commit.unwrap(), ".cursor-skill-command.txt"),
        "tracked"
    );
}

#[test]
fn commits_of_the_agent_are_kept_with_the_rest_on_top() {
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, "one", "1");
    let first = commit_all(f.folder.path(), &w.path, "agent one");
    let harvest = f.harvest(&w);
    assert_eq!(
        (harvest.commit, harvest.agent_commits),
        (Some(first.clone()), 1)
    );
    write(&w.path, "two", "2");
    let harvest = f.harvest(&w);
    let commit = harvest.commit.unwrap();
    assert_eq!(f.git(&["rev-parse", &format!("{commit}^")]), first.as_str());
    assert_eq!(harvest.changed.len(), 2);
    assert!(harvest.notes.is_empty());
}

#[test]
fn an_ignored_file_that_the_agent_committed_stays() {
    let f = Fixture::new();
    f.write(".gitignore", "*.log\n");
    f.commit("ignores");
    let w = f.step("s");
    write(&w.path, "forced.log", "x");
    f.git_in(&w.path, &["add", "-f", "forced.log"]);
    f.git_in(&w.path, &["commit", "-q", "-m", "forced"]);
    write(&w.path, "more", "x");
    let harvest = f.harvest(&w);
    assert_eq!(harvest.agent_commits, 1);
    let expected = [
        (ChangeKind::Added, "forced.log".to_owned()),
        (ChangeKind::Added, "more".to_owned()),
    ];
    assert_eq!(kinds(&harvest), expected);
}

#[test]
fn commits_that_hold_hand_off_files_are_squashed() {
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, ".cursor-skill-status.json", "{}");
    write(&w.path, "one", "1");
    let theirs = commit_all(f.folder.path(), &w.path, "agent");
    let harvest = f.harvest(&w);
    let commit = harvest.commit.unwrap();
    assert_eq!(
        f.git(&["rev-parse", &format!("{commit}^")]),
        w.base.as_str()
    );
    assert_eq!(
        f.files(&commit),
        ["one", "readme.md", "src/a.txt", "src/b c.txt"]
    );
    let kept = format!("refs/offshoot/salvage/{}/{}", w.branch, theirs.short());
    assert!(
        harvest.notes.contains(&Note::KeptAside(kept)),
        "{:?}",
        harvest.notes
    );
}

#[test]
fn a_history_of_its_own_is_squashed_and_kept_aside() {
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, "one", "1");
    f.git_in(&w.path, &["checkout", "-q", "--orphan", "fresh"]);
    let theirs = commit_all(f.folder.path(), &w.path, "rootless");
    let harvest = f.harvest(&w);
    assert_eq!(
        f.git(&[
            "rev-parse",
            &format!("{}^", harvest.commit.clone().unwrap())
        ]),
        w.base.as_str()
    );
    assert!(harvest.notes.iter().any(|n| matches!(n, Note::Squashed(_))));
    assert!(
        harvest
            .notes
            .contains(&Note::OffBranch(Some("fresh".into())))
    );
    let saved = f.repo.list_salvage().unwrap();
    assert_eq!(
        saved.iter().map(|s| &s.commit).collect::<Vec<_>>(),
        [&theirs]
    );
    assert_eq!(
        f.git_in(&w.path, &["symbolic-ref", "--short", "HEAD"]),
        w.branch
    );
}

#[test]
fn switched_detached_and_deleted_branches() {
    let f = Fixture::new();
    for (name, commands, expected) in [
        (
            "switch",
            &[&["switch", "-q", "-c", "mine"][..]][..],
            Note::OffBranch(Some("mine".into())),
        ),
        (
            "detach",
            &[&["checkout", "-q", "--detach"]],
            Note::OffBranch(None),
        ),
        (
            "delete",
            &[&["update-ref", "-d", "refs/heads/offshoot-step/run/delete"]],
            Note::BranchDeleted,
        ),
    ] {
        let w = f.step(name);
        write(&w.path, "one", "1");
        let first = commit_all(f.folder.path(), &w.path, "agent");
        for command in commands {
            f.git_in(&w.path, command);
        }
        write(&w.path, "two", "2");
        let harvest = f.harvest(&w);
        let commit = harvest.commit.clone().unwrap();
        assert!(
            harvest.notes.contains(&expected),
            "{name}: {:?}",
            harvest.notes
        );
        assert_eq!(branch_at(&f, &w), commit.as_str(), "{name}");
        assert_eq!(
            f.git(&["rev-parse", &format!("{commit}^")]),
            first.as_str(),
            "{name}"
        );
        assert!(f.files(&commit).contains(&"two".to_owned()), "{name}");
        assert_eq!(
            f.git_in(&w.path, &["status", "--porcelain=v1", "-b"]),
            format!("## {}", w.branch)
        );
    }
}

#[test]
fn going_back_to_the_base_keeps_the_commits_aside() {
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, "one", "1");
    let lost = commit_all(f.folder.path(), &w.path, "agent");
    f.git_in(&w.path, &["checkout", "-q", "--detach", w.base.as_str()]);
    let harvest = f.harvest(&w);
    assert_eq!(harvest.commit, None);
    assert_eq!(branch_at(&f, &w), w.base.as_str());
    assert_eq!(f.repo.list_salvage().unwrap()[0].commit, lost);
}

#[test]
fn a_merge_or_rebase_in_progress_and_a_stale_lock() {
    let f = Fixture::new();
    let start = f.head();
    let other = f.result("other", &start, &[("src/b c.txt", "theirs\n")]);
    for (name, command, operation) in [
        ("merge", "merge", "merge"),
        ("rebase", "rebase", "rebase"),
        ("pick", "cherry-pick", "cherry-pick"),
    ] {
        let w = f.step_at(name, &start);
        write(&w.path, "src/b c.txt", "ours\n");
        commit_all(f.folder.path(), &w.path, "agent");
        assert_ne!(
            try_run(f.folder.path(), &w.path, &[command, other.as_str()]).code,
            Some(0)
        );
        write(&w.git_dir, "index.lock", "");
        write(&w.path, "later", "x");
        let harvest = f.harvest(&w);
        assert!(
            harvest.notes.contains(&Note::LeftInProgress(operation)),
            "{name}: {:?}",
            harvest.notes
        );
        let commit = harvest.commit.unwrap();
        assert!(f.files(&commit).contains(&"later".to_owned()));
        let status = f.git_in(&w.path, &["status"]);
        assert!(
            status.contains("nothing to commit") && !status.contains("progress"),
            "{status}"
        );
        assert_eq!(branch_at(&f, &w), commit.as_str());
    }
}

#[test]
fn nested_repositories_are_reported_and_not_committed() {
    let f = Fixture::new();
    let w = f.step("s");
    for name in ["empty one", "full"] {
        fs::create_dir(w.path.join(name)).unwrap();
        f.git_in(&w.path.join(name), &["init", "-q"]);
        write(&w.path, &format!("{name}/inner.txt"), "inner");
    }
    commit_all(f.folder.path(), &w.path.join("full"), "inner");
    write(&w.path, "outer.txt", "outer");
    let harvest = f.harvest(&w);
    assert_eq!(
        kinds(&harvest),
        [(ChangeKind::Added, "outer.txt".to_owned())]
    );
    let mut nested = harvest.notes;
    nested.sort_by_key(|n| format!("{n:?}"));
    assert_eq!(
        nested,
        [
            Note::NestedRepository("empty one".into()),
            Note::NestedRepository("full".into())
        ]
    );
    let removed = f.repo.remove_worktree(&w.path, "n").unwrap();
    assert!(
        f.files(&removed.salvaged.unwrap().commit)
            .contains(&"full/inner.txt".to_owned()),
        "their files are saved"
    );
}

#[test]
fn a_repository_made_inside_a_tracked_folder() {
    let f = Fixture::new();
    let w = f.step("s");
    f.git_in(&w.path.join("src"), &["init", "-q"]);
    write(&w.path, "src/b c.txt", "changed\n");
    write(&w.path, "new", "x");
    let harvest = f.harvest(&w);
    assert!(
        kinds(&harvest).contains(&(ChangeKind::Added, "new".to_owned())),
        "{harvest:?}"
    );
}

#[test]
fn a_worktree_that_was_pruned_is_still_harvested() {
    let f = Fixture::new();
    let w = f.step("s");
    write(&w.path, "new", "x");
    fs::remove_dir_all(&w.git_dir).unwrap();
    let harvest = f.harvest(&w);
    assert!(matches!(harvest.notes[..], [Note::Unregistered(_)]));
    assert_eq!(kinds(&harvest), [(ChangeKind::Added, "new".to_owned())]);
    assert_eq!(branch_at(&f, &w), harvest.commit.unwrap().as_str());
}

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

#[test]
fn line_end_settings_do_not_stop_the_harvest() {
    let f = Fixture::new();
    f.git(&["config", "core.safecrlf", "true"]);
    f.git(&["config", "core.autocrlf", "true"]);
    let w = f.step("s");
    write(&w.path, "lf.txt", "a\nb\n");
    write(&w.path, "crlf.txt", "a\r\nb\r\n");
    let commit = f.harvest(&w).commit.unwrap();
    assert_eq!(f.show(&commit, "crlf.txt"), "a\nb");
}

#[test]
fn a_sparse_checkout_loses_no_files() {
    let f = Fixture::new();
    f.write("big/file", "x");
    f.commit("big");
    f.git(&["sparse-checkout", "set", "src"]);
    let w = f.step("s");
    assert!(!w.path.join("big").exists());
    write(&w.path, "src/new", "x");
    write(&w.path, "elsewhere/new", "x");
    let harvest = f.harvest(&w);
    let expected = [
        (ChangeKind::Added, "elsewhere/new".to_owned()),
        (ChangeKind::Added, "src/new".to_owned()),
    ];
    assert_eq!(kinds(&harvest), expected);
}
