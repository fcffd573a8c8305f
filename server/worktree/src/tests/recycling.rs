//! Warm worktrees: a tree that an agent had becomes exactly what a fresh checkout would be, or is
//! thrown away.
#![expect(
    clippy::disallowed_methods,
    reason = "test files need not be written atomically"
)]

mod mischief;
mod seat;

use std::os::unix::fs::MetadataExt;

use proptest::prelude::*;

use super::*;
use mischief::{Mischief, mischief};
use seat::two_commits;

#[test]
fn an_untouched_tree_is_written_only_where_the_commits_differ() {
    let (f, first, second) = two_commits();
    let seat = f.seat("s", &first);
    let untouched = seat.worktree.path.join("many/7.txt");
    let inode = fs::metadata(&untouched).unwrap().ino();
    f.put_away(&seat);
    assert_eq!(
        f.git(&["worktree", "list"]).lines().count(),
        1,
        "git knows nothing of it"
    );
    let (worktree, _, intact) = f.recycled(&seat, &second).unwrap();
    assert!(intact >= 20, "{intact}");
    assert_eq!(
        fs::metadata(worktree.path.join("many/7.txt"))
            .unwrap()
            .ino(),
        inode
    );
}

#[test]
fn a_tree_can_be_used_again_and_again_in_both_directions() {
    let (f, first, second) = two_commits();
    let mut seat = f.seat("s", &first);
    for base in [&second, &first, &first, &second] {
        write(&seat.worktree.path, "src/a.txt", "work");
        write(&seat.worktree.path, "target/junk/x.o", "junk");
        f.put_away(&seat);
        let (worktree, ..) = f.recycled(&seat, base).unwrap();
        seat.worktree = worktree;
        f.repo
            .put_away(&seat.worktree.path, "r/x", Some(&seat.warm.tree))
            .unwrap();
        f.repo
            .remove_branch("offshoot-step/r/again", "r/b")
            .unwrap();
        let made = f.repo.recycle(&f.wanted("s2", base), &seat.warm).unwrap();
        let Recycled::Made { worktree, .. } = made else {
            panic!("{made:?}");
        };
        seat.worktree = worktree;
        f.repo.remove_branch("offshoot-step/r/s2", "r/b").ok();
    }
}

#[test]
fn a_tree_that_was_tidied_is_what_it_was() {
    let (f, first, second) = two_commits();
    let seat = f.seat("s", &first);
    let root = seat.worktree.path.clone();
    write(&root, "src/a.txt", "work");
    fs::remove_file(root.join("many/7.txt")).unwrap();
    write(&root, "target/junk/x.o", "junk");
    f.put_away(&seat);
    seat.warm.tidy(20, Some(&f.repo)).unwrap();
    let tree = &seat.warm.tree;
    assert_eq!(read(tree, "src/a.txt"), f.show(&first, "src/a.txt") + "\n");
    assert_eq!(read(tree, "many/7.txt"), "number 7\n");
    assert!(!tree.join("target").exists() && !tree.join(".git").exists());
    // Nothing is left to do for a worktree of the same commit; for another one no more than without.
    let inode = |root: &Path| fs::metadata(root.join("src/a.txt")).unwrap().ino();
    let before = inode(tree);
    let (worktree, _, intact) = f.recycled(&seat, &first).unwrap();
    assert_eq!(intact, f.files(&first).len());
    assert_eq!(inode(&worktree.path), before);
    let seat = f.seat("t", &first);
    write(&seat.worktree.path, "many/9.txt", "work");
    f.put_away(&seat);
    seat.warm.tidy(20, Some(&f.repo)).unwrap();
    f.repo.remove_worktree(&worktree.path, "x").unwrap();
    f.repo
        .remove_branch("offshoot-step/r/again", "x/b")
        .unwrap();
    f.recycled(&seat, &second).unwrap();
}

#[test]
fn what_setup_put_there_stays_as_long_as_nobody_touches_it() {
    for (case, expected) in [
        ("nothing", true),
        ("junk beside it", true),
        ("a changed file", false),
        ("a file that is gone", false),
        ("another input", false),
    ] {
        let (f, first, _) = two_commits();
        let mut seat = f.seat("s", &first);
        let root = seat.worktree.path.clone();
        write(&root, "node_modules/a/index.js", "module.exports = 1\n");
        write(&root, "many/.env", "SECRET=1\n");
        fs::create_dir(root.join("node_modules/empty")).unwrap();
        let note = seat.warm.index.with_file_name("set-up");
        f.repo
            .remember_set_up(&root, &seat.warm.index, &note)
            .unwrap();
        seat.warm.set_up = Some(note);
        let mut base = first;
        match case {
            "junk beside it" => write(&root, "node_modules/.cache/x", "junk"),
            "a changed file" => write(&root, "node_modules/a/index.js", "module.exports = 2\n"),
            "a file that is gone" => fs::remove_file(root.join("many/.env")).unwrap(),
            "another input" => {
                f.write("package-lock.json", "{\"a\": 1}\n");
                base = f.commit("lock");
            }
            _ => {}
        }
        f.put_away(&seat);
        let (worktree, kept, _) = f.recycled(&seat, &base).unwrap();
        assert_eq!(kept, expected, "{case}");
        let there = |path: &str| worktree.path.join(path).exists();
        assert!(!there("node_modules/.cache"), "{case}");
        if kept {
            assert!(
                there("node_modules/a/index.js") && there("many/.env"),
                "{case}"
            );
            assert!(there("node_modules/empty"), "{case}");
        }
    }
}

#[test]
fn doubts_throw_the_tree_away() {
    let (f, first, _) = two_commits();
    // Attributes say how files are written that did not change themselves.
    let seat = f.seat("a", &first);
    f.write(".gitattributes", "*.txt text eol=crlf\n");
    let crlf = f.commit("attributes");
    f.put_away(&seat);
    assert_eq!(
        f.recycled(&seat, &crlf).unwrap_err(),
        ".gitattributes changed"
    );

    // Somebody stands in it.
    let seat = f.seat("b", &first);
    f.put_away(&seat);
    let mut sleeper = mischief::sleeper(&seat.warm.tree);
    let why = f.recycled(&seat, &first).unwrap_err();
    assert!(why.contains("stands in it"), "{why}");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();

    // What is remembered is damaged, or gone.
    let seat = f.seat("c", &first);
    f.put_away(&seat);
    fs::write(&seat.warm.index, "DIRC").unwrap();
    assert!(f.recycled(&seat, &first).unwrap_err().contains("its index"));
    fs::remove_file(&seat.warm.index).unwrap();
    assert!(f.recycled(&seat, &first).unwrap_err().contains("its index"));

    // The tree itself is gone.
    let seat = f.seat("d", &first);
    f.put_away(&seat);
    fs::remove_dir_all(&seat.warm.tree).unwrap();
    assert!(matches!(
        f.repo
            .recycle(&f.wanted("again", &first), &seat.warm)
            .unwrap(),
        Recycled::Doubt(_, None)
    ));
}

#[test]
fn a_commit_with_a_name_that_git_refuses_is_left_to_git() {
    let (f, first, _) = two_commits();
    let tree_of = |entry: String| {
        f.repo
            .git("mktree")
            .input(entry.into_bytes())
            .oid()
            .unwrap()
    };
    let blob = f.git(&["rev-parse", "HEAD:src/a.txt"]);
    let hooks = tree_of(format!("100755 blob {blob}\tpost-checkout\n"));
    for (n, evil) in [".git", "..", "GIT~1", ".git "].into_iter().enumerate() {
        let seat = f.seat(&format!("s{n}"), &first);
        f.put_away(&seat);
        let tree = tree_of(format!("040000 tree {hooks}\t{evil}\n"));
        let commit = f.git(&["commit-tree", "-m", "evil", tree.as_str()]);
        let commit = Oid::parse(&commit).unwrap();
        let made = f.repo.recycle(&f.wanted("again", &commit), &seat.warm);
        let Recycled::Doubt(why, None) = made.unwrap() else {
            panic!("{evil} was taken");
        };
        assert!(why.contains("a name to check"), "{why}");
        assert!(!f.trees().join("again").exists(), "{evil}");
    }
}

#[test]
fn a_sparse_checkout_is_not_kept() {
    let (f, first, _) = two_commits();
    f.git(&["sparse-checkout", "set", "src"]);
    let worktree = f.repo.add_worktree(&f.wanted("s", &first)).unwrap();
    let index = f.trees().join("index");
    assert_eq!(f.repo.remember(&worktree, &index).unwrap(), None);
}

#[test]
fn settings_of_the_checkout_have_a_print() {
    let f = Fixture::new();
    let before = f.repo.checkout_settings().unwrap();
    assert_eq!(f.repo.checkout_settings().unwrap(), before);
    f.git(&["config", "user.name", "Somebody Else"]);
    assert_eq!(f.repo.checkout_settings().unwrap(), before, "no matter");
    f.git(&["config", "core.autocrlf", "true"]);
    let crlf = f.repo.checkout_settings().unwrap();
    assert_ne!(crlf, before);
    // Written anew as it was, and then as it was before.
    let config = f.read(".git/config");
    write(f.root(), ".git/config", &config);
    assert_eq!(f.repo.checkout_settings().unwrap(), crlf);
    f.git(&["config", "--unset", "core.autocrlf"]);
    assert_eq!(f.repo.checkout_settings().unwrap(), before);
    f.git(&["config", "core.autocrlf", "true"]);
    write(f.root(), ".git/info/attributes", "*.txt eol=crlf\n");
    let print = f.repo.checkout_settings().unwrap();
    assert_ne!(print, crlf);
    // Attributes of the user, whatever their file is called; what is no file is not waited for.
    f.git(&["config", "core.attributesFile", "~/.my-attrs"]);
    let named = f.repo.checkout_settings().unwrap();
    assert_ne!(named, print);
    write(f.folder.path(), "home/.my-attrs", "*.md eol=crlf\n");
    assert_ne!(f.repo.checkout_settings().unwrap(), named);
    f.git(&["config", "core.attributesFile", "/dev/zero"]);
    f.repo.checkout_settings().unwrap();
}

#[test]
fn a_name_that_is_taken_is_not_forced() {
    let (f, first, _) = two_commits();
    let seat = f.seat("s", &first);
    f.put_away(&seat);
    f.git(&["branch", "offshoot-step/r/again"]);
    fs::create_dir(f.trees().join("again")).unwrap();
    let made = f
        .repo
        .recycle(&f.wanted("again", &first), &seat.warm)
        .unwrap();
    let Recycled::Made { worktree, .. } = made else {
        panic!("{made:?}");
    };
    assert!(worktree.path.ends_with("again-2"));
    assert_eq!(worktree.branch, "offshoot-step/r/again-2");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn after_any_mischief_it_is_what_a_fresh_checkout_is(
        tricks in proptest::collection::vec(mischief(), 0..8),
        forward in any::<bool>(),
        tidied in any::<bool>(),
    ) {
        let (f, first, second) = two_commits();
        let (from, to) = if forward { (&first, &second) } else { (&second, &first) };
        let seat = f.seat("s", from);
        for trick in &tricks {
            trick.play(&f, &seat.worktree);
        }
        let away = f.repo.put_away(&seat.worktree.path, "r/away", Some(&seat.warm.tree));
        if away.is_ok() {
            if tidied {
                // A doubt shows again.
                let _ = seat.warm.tidy(20, Some(&f.repo));
            }
            match f.recycled(&seat, to) {
                Ok(_) => {}
                // The only things that are doubts and not repaired.
                Err(why) => prop_assert!(
                    tricks.contains(&Mischief::Marked) && why.contains("extended attributes"),
                    "{why}"
                ),
            }
        }
    }
}
