//! What an agent did with git itself: commits, branches, half-done operations, repositories of its own.

use super::*;

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
