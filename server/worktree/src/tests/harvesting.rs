//! Taking the result out of a worktree, whatever the agent did to it.

mod agents_git;
mod promised;

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
