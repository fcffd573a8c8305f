//! Submodules: filled from the user's own repositories, committed with the step, gone with the worktree.

use super::*;

/// A repository with the submodule `lib` (name `the lib`), which has the submodule `deep`.
fn fixture() -> Fixture {
    let f = Fixture::new();
    let source = |name: &str| {
        let folder = f.folder.path().join(name);
        fs::create_dir(&folder).unwrap();
        f.git_in(&folder, &["init", "-q", "-b", "main"]);
        write(&folder, "lib.txt", "one\n");
        commit_all(f.folder.path(), &folder, "library");
        folder
    };
    let (deep, lib) = (source("deep source"), source("lib source"));
    let add = |at: &Path, args: &[&str]| {
        let mut all = vec!["-c", "protocol.file.allow=always", "submodule", "--quiet"];
        all.extend(args);
        f.git_in(at, &all)
    };
    add(&lib, &["add", deep.to_str().unwrap(), "deep"]);
    commit_all(f.folder.path(), &lib, "with a library of its own");
    add(
        f.root(),
        &["add", "--name", "the lib", lib.to_str().unwrap(), "lib"],
    );
    add(f.root(), &["update", "--init", "--recursive"]);
    f.commit("with a library");
    f
}

fn filled(f: &Fixture, name: &str) -> Worktree {
    filled_at(f, name, &f.head())
}

fn filled_at(f: &Fixture, name: &str, base: &Oid) -> Worktree {
    let w = f.step_at(name, base);
    assert_eq!(f.repo.fill_submodules(&w).unwrap(), []);
    w
}

fn link(f: &Fixture, commit: &Oid) -> Oid {
    Oid::parse(&f.git(&["rev-parse", &format!("{commit}:lib")])).unwrap()
}

fn entries(f: &Fixture) -> usize {
    let module = f.root().join(".git/modules/the lib");
    let count = |folder: PathBuf| fs::read_dir(folder.join("worktrees")).map_or(0, Iterator::count);
    count(module.join("modules/deep")) + count(module)
}

#[test]
fn a_worktree_has_the_submodules_of_its_base_without_any_address() {
    let f = fixture();
    // No protocol is spoken: the sources may be gone.
    fs::remove_dir_all(f.folder.path().join("lib source")).unwrap();
    fs::remove_dir_all(f.folder.path().join("deep source")).unwrap();
    let before = f.git(&["status", "--porcelain", "--ignore-submodules=none"]);
    let w = filled(&f, "s");
    assert_eq!(
        fs::read_to_string(w.path.join("lib/lib.txt")).unwrap(),
        "one\n"
    );
    assert_eq!(
        fs::read_to_string(w.path.join("lib/deep/lib.txt")).unwrap(),
        "one\n"
    );
    assert_eq!(f.git_in(&w.path, &["status", "--porcelain"]), "");
    let said = f.git_in(&w.path, &["submodule", "status", "--recursive"]);
    assert!(said.lines().all(|line| line.starts_with(' ')), "{said}");
    assert_eq!(f.harvest(&w).commit, None);
    assert_eq!(f.repo.remove_worktree(&w.path, "s").unwrap().salvaged, None);
    assert_eq!(
        entries(&f),
        0,
        "the submodule knows of no worktree any more"
    );
    assert_eq!(
        f.git(&["status", "--porcelain", "--ignore-submodules=none"]),
        before
    );
    assert_eq!(
        f.git(&["submodule", "status", "--recursive"])
            .lines()
            .count(),
        2
    );
}

#[test]
fn what_a_step_does_in_a_submodule_is_in_its_result() {
    let f = fixture();
    let base = f.head();
    // Left uncommitted, in the submodule and in that one's own.
    let w = filled(&f, "a");
    write(&w.path, "lib/lib.txt", "changed\n");
    write(&w.path, "lib/deep/new.txt", "new\n");
    let harvest = f.harvest(&w);
    assert_eq!(harvest.notes, []);
    let a = harvest.commit.unwrap();
    assert_ne!(link(&f, &a), link(&f, &base));
    assert_eq!(f.harvest(&w).tree, harvest.tree);
    assert_eq!(f.repo.remove_worktree(&w.path, "a").unwrap().salvaged, None);
    // Its commit survives the worktree and a gc, and the next step starts from it.
    let lib = f.root().join("lib");
    f.git_in(&lib, &["reflog", "expire", "--expire=now", "--all"]);
    f.git_in(&lib, &["gc", "-q", "--prune=now"]);
    let w = filled_at(&f, "b", &a);
    assert_eq!(
        fs::read_to_string(w.path.join("lib/lib.txt")).unwrap(),
        "changed\n"
    );
    assert_eq!(
        fs::read_to_string(w.path.join("lib/deep/new.txt")).unwrap(),
        "new\n"
    );
    // Committed by the agent itself, on a branch of its own.
    f.git_in(&w.path.join("lib"), &["checkout", "-q", "-b", "agents"]);
    write(&w.path, "lib/lib.txt", "again\n");
    let own = commit_all(f.folder.path(), &w.path.join("lib"), "by the agent");
    let b = f.harvest(&w).commit.unwrap();
    assert_eq!(link(&f, &b), own);
    // The user's submodule is where it was.
    assert_eq!(fs::read_to_string(lib.join("lib.txt")).unwrap(), "one\n");
    assert_eq!(f.git_in(&lib, &["status", "--porcelain"]), "");
    // Given up, nothing keeps it.
    f.repo.remove_worktree(&w.path, "b").unwrap();
    f.repo.discard("run", None).unwrap();
    assert_eq!(f.git_in(&lib, &["for-each-ref", "refs/offshoot"]), "");
}

/// What lies in a submodule is its own repository's affair, which a sweep does not look into.
#[test]
fn a_tree_with_submodules_is_not_used_again() {
    let f = fixture();
    let index = f.folder.path().join("index");
    let w = filled(&f, "s");
    assert_eq!(f.repo.remember(&w, &index).unwrap(), None);
    // Also one whose submodules were left empty.
    let empty = f.step("t");
    assert_eq!(f.repo.remember(&empty, &index).unwrap(), None);
    assert!(!index.exists());
    // A tree from before there were any does not become a worktree with them.
    f.git(&["rm", "-q", "-f", "--cached", "lib", ".gitmodules"]);
    f.git(&["commit", "-q", "-m", "without the library"]);
    let without = f.step("u");
    let remembered = f.repo.remember(&without, &index).unwrap().unwrap();
    let warm = WarmTree {
        tree: f.trees().join("warm"),
        index,
        set_up: None,
        inputs: Vec::new(),
        folder_mode: remembered.folder_mode,
    };
    let to = Some(warm.tree.as_path());
    f.repo.put_away(&without.path, "u", to).unwrap();
    let job = AddWorktree {
        path: f.trees().join("v"),
        branch: "offshoot-step/run/v".into(),
        base: w.base.clone(),
    };
    // It names submodules, about which git decides itself.
    let made = f.repo.recycle(&job, &warm).unwrap();
    let Recycled::Doubt(why, None) = made else {
        panic!("{made:?}");
    };
    assert!(why.contains(".gitmodules"), "{why}");
    assert!(!job.path.exists() && warm.tree.exists());
}

#[test]
fn unsaved_work_in_a_submodule_is_saved_with_its_worktree() {
    let f = fixture();
    let w = filled(&f, "s");
    write(&w.path, "lib/lib.txt", "unsaved\n");
    let saved = f
        .repo
        .remove_worktree(&w.path, "s")
        .unwrap()
        .salvaged
        .unwrap();
    assert_eq!(f.show(&saved.commit, "lib/lib.txt"), "unsaved");
    assert_eq!(entries(&f), 0);
}

#[test]
fn a_submodule_that_cannot_be_filled_is_told_or_left_empty() {
    let f = fixture();
    // Its commit is not here.
    let nowhere = "1".repeat(40);
    f.git(&[
        "update-index",
        "--cacheinfo",
        &format!("160000,{nowhere},lib"),
    ]);
    f.git(&["commit", "-q", "-m", "a commit that was never fetched"]);
    let w = f.step("s");
    let unfilled = f.repo.fill_submodules(&w).unwrap();
    assert_eq!(unfilled.len(), 1);
    assert_eq!(unfilled[0].path, Path::new("lib"));
    assert!(unfilled[0].reason.contains("git submodule update --init"));
    assert_eq!(f.harvest(&w).commit, None);
    // Its repository is not below `.git/modules`: there are worktrees of their own in it.
    let module = f.root().join(".git/modules/the lib");
    fs::remove_file(f.root().join("lib/.git")).unwrap();
    fs::rename(&module, f.root().join("lib/.git")).unwrap();
    let unfilled = f.repo.fill_submodules(&f.step("own")).unwrap();
    assert_eq!(unfilled.len(), 1);
    assert!(unfilled[0].reason.contains("absorbgitdirs lib"));
    fs::remove_dir_all(f.root().join("lib/.git")).unwrap();
    // The user never initialised it.
    fs::remove_dir_all(f.root().join(".git/modules")).unwrap();
    assert_eq!(f.repo.fill_submodules(&f.step("t")).unwrap(), []);
}

#[test]
fn names_and_links_that_lead_elsewhere_are_not_followed() {
    let f = fixture();
    let outside = f.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    let w = f.step("s");
    fs::remove_dir(w.path.join("lib")).unwrap();
    std::os::unix::fs::symlink(&outside, w.path.join("lib")).unwrap();
    assert_eq!(f.repo.fill_submodules(&w).unwrap(), []);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    let w = f.step("t");
    write(
        &w.path,
        ".gitmodules",
        "[submodule \"../../x\"]\n\tpath = lib\n\turl = x\n",
    );
    assert_eq!(f.repo.fill_submodules(&w).unwrap(), []);
    assert_eq!(fs::read_dir(w.path.join("lib")).unwrap().count(), 0);
}

#[test]
fn a_moved_submodule_is_taken_as_a_commit_and_not_into_the_working_tree() {
    let f = fixture();
    let base = f.head();
    let w = filled(&f, "s");
    write(&w.path, "lib/lib.txt", "changed\n");
    let result = f.harvest(&w).commit.unwrap();
    assert!(matches!(
        f.repo.apply("run", &base, &result).unwrap(),
        ApplyOutcome::Clashes(clashes) if clashes[0].reason == ClashReason::Submodule
    ));
    f.landed(&base, &result);
    f.git(&["submodule", "--quiet", "update"]);
    assert_eq!(
        fs::read_to_string(f.root().join("lib/lib.txt")).unwrap(),
        "changed\n"
    );
}

#[test]
fn removing_and_adding_a_submodule_are_changes_like_any_other() {
    let f = fixture();
    let w = filled(&f, "s");
    f.git_in(&w.path, &["rm", "-q", "-f", "lib"]);
    let removed = f.harvest(&w).commit.unwrap();
    assert!(!f.files(&removed).contains(&"lib".to_owned()));
    f.repo.remove_worktree(&w.path, "s").unwrap();
    assert_eq!(entries(&f), 0);
    let w = filled_at(&f, "back", &removed);
    f.git_in(&w.path, &["revert", "--no-edit", "HEAD"]);
    let back = f.harvest(&w).commit.unwrap();
    assert_eq!(link(&f, &back), link(&f, &f.head()));
}

#[test]
fn what_is_uncommitted_in_a_submodule_is_told() {
    let f = fixture();
    write(f.root(), "lib/lib.txt", "moved\n");
    let moved = commit_all(f.folder.path(), &f.root().join("lib"), "moved by the user");
    write(f.root(), "lib/lib.txt", "uncommitted\n");
    let taken = f.taken().unwrap();
    assert_eq!(taken.notes, [DirtyNote::DirtySubmodule("lib".into())]);
    assert_eq!(link(&f, &taken.commit), moved);
    let w = filled_at(&f, "s", &taken.commit);
    assert_eq!(
        fs::read_to_string(w.path.join("lib/lib.txt")).unwrap(),
        "moved\n"
    );
}

#[test]
fn a_submodule_that_both_moved_is_resolved_in_it() {
    let f = fixture();
    let change = |name: &str, text: &str| {
        let w = filled(&f, name);
        write(&w.path, &format!("lib/{name}.txt"), text);
        f.harvest(&w).commit.unwrap()
    };
    let parents = [change("a", "a\n"), change("b", "b\n")];
    let theirs = link(&f, &parents[1]);
    let conflict = conflict(f.repo.base_of(&parents, &f.who(), "m").unwrap());
    assert_eq!(conflict.files(), [PathBuf::from("lib")]);
    let path = f.trees().join("conflict");
    let at = f
        .repo
        .add_conflict_worktree(&path, "offshoot-step/run/c--conflict", &conflict, &f.who())
        .unwrap();
    assert_eq!(read(&at.path, "lib/a.txt"), "a\n", "it is filled");
    assert!(conflicts::resolve(&f, &conflict, &at).is_err());
    f.git_in(
        &at.path.join("lib"),
        &["merge", "-q", "-m", "both", theirs.as_str()],
    );
    // Not committed in the superproject: what is checked out counts.
    let merged = conflicts::resolve(&f, &conflict, &at).unwrap().merge;
    f.repo.remove_worktree(&at.path, "c").unwrap();
    let w = filled_at(&f, "c", &merged);
    assert_eq!(read(&w.path, "lib/a.txt"), "a\n");
    assert_eq!(read(&w.path, "lib/b.txt"), "b\n");
}
