//! Warm worktrees: a tree that an agent had becomes exactly what a fresh checkout would be, or is
//! thrown away.
#![expect(
    clippy::disallowed_methods,
    reason = "test files need not be written atomically"
)]

mod mischief;

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use proptest::prelude::*;

use super::*;
use mischief::{Mischief, mischief};

/// A worktree and what is remembered of it.
struct Seat {
    worktree: Worktree,
    warm: WarmTree,
}

/// Everything in a folder but `.git`: permissions with the kind, and content.
fn everything(root: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let walk = walkdir::WalkDir::new(root).into_iter();
    let walk = walk.filter_entry(|entry| entry.depth() != 1 || entry.file_name() != ".git");
    let look = |entry: walkdir::DirEntry| {
        let meta = entry.path().symlink_metadata().unwrap();
        let content = if meta.is_symlink() {
            bytes_of(&fs::read_link(entry.path()).unwrap())
        } else if meta.is_file() {
            fs::read(entry.path()).unwrap()
        } else {
            Vec::new()
        };
        let path = entry.path().strip_prefix(root).unwrap().to_owned();
        (path, (meta.mode(), content))
    };
    walk.map(|entry| look(entry.unwrap())).collect()
}

fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

impl Fixture {
    fn seat(&self, name: &str, base: &Oid) -> Seat {
        let worktree = self.repo.add_worktree(&self.wanted(name, base)).unwrap();
        self.tick();
        let folder = self.trees().join(format!(".seat-{name}"));
        fs::create_dir_all(&folder).unwrap();
        let index = folder.join("index");
        let remembered = self.repo.remember(&worktree, &index).unwrap();
        let warm = WarmTree {
            tree: folder.join("tree"),
            index,
            set_up: None,
            inputs: vec!["package-lock.json".into()],
            folder_mode: remembered.map_or(0, |remembered| remembered.folder_mode),
        };
        Seat { worktree, warm }
    }

    fn wanted(&self, name: &str, base: &Oid) -> AddWorktree {
        AddWorktree {
            path: self.trees().join(name),
            branch: format!("offshoot-step/r/{name}"),
            base: base.clone(),
        }
    }

    /// Waits until the clock of the file system has gone on: files of this moment are not trusted.
    fn tick(&self) {
        let now = || {
            let file = tempfile::NamedTempFile::new_in(self.folder.path()).unwrap();
            file.as_file().metadata().unwrap().modified().unwrap()
        };
        let began = now();
        while now() <= began {
            std::thread::yield_now();
        }
    }

    fn put_away(&self, seat: &Seat) {
        let to = Some(seat.warm.tree.as_path());
        let away = self.repo.put_away(&seat.worktree.path, "r/away", to);
        assert_eq!(away.unwrap().folder.as_deref(), to);
    }

    /// The tree that a worktree's index makes, as it is and with one more file.
    fn trees_of(&self, worktree: &Worktree) -> [Oid; 2] {
        let index = self.folder.path().join("index-to-try");
        fs::copy(worktree.git_dir.join("index"), &index).unwrap();
        let git = |command| {
            let git = self.repo.git_at(&worktree.git_dir, &worktree.path, command);
            git.index(&index)
        };
        let before = git("write-tree").oid().unwrap();
        let file = worktree.path.join("many/added.txt");
        fs::write(&file, "added\n").unwrap();
        git("add").arg("many/added.txt").run().unwrap();
        fs::remove_file(&file).unwrap();
        [before, git("write-tree").oid().unwrap()]
    }

    /// Uses the tree for a worktree of `base`, and compares with a fresh one. Says how many files stayed.
    fn recycled(
        &self,
        seat: &Seat,
        base: &Oid,
    ) -> std::result::Result<(Worktree, bool, usize), String> {
        let fresh = self.repo.add_worktree(&self.wanted("fresh", base)).unwrap();
        let made = self.repo.recycle(&self.wanted("again", base), &seat.warm);
        let (worktree, set_up, intact) = match made.unwrap() {
            Recycled::Doubt(why, folder) => {
                assert!(
                    !self.trees().join("again").exists(),
                    "{why}: a half-made worktree"
                );
                assert_eq!(folder.is_some(), !seat.warm.tree.exists(), "{why}");
                return Err(why);
            }
            Recycled::Made {
                worktree,
                set_up,
                intact,
            } => (worktree, set_up, intact),
        };
        worktree.verify_registered().unwrap();
        let said = |folder: &Path| {
            let status = [
                "status",
                "--porcelain",
                "--ignored",
                "--untracked-files=all",
            ];
            let staged = ["ls-files", "--stage", "-v"];
            (self.git_in(folder, &status), self.git_in(folder, &staged))
        };
        if !set_up {
            assert_eq!(everything(&worktree.path), everything(&fresh.path));
            assert_eq!(said(&worktree.path), said(&fresh.path));
        }
        let head = self.git_in(&worktree.path, &["symbolic-ref", "HEAD"]);
        assert_eq!(head.trim(), "refs/heads/offshoot-step/r/again");
        assert_eq!(worktree.base, *base);
        // It looks at the checksum of the index too.
        self.git_in(&worktree.path, &["fsck", "--no-dangling"]);
        // What the index says of the trees of folders is true, also once something is added.
        let trees = [&worktree, &fresh].map(|of| self.trees_of(of));
        assert_eq!(trees[0], trees[1]);
        self.repo.remove_worktree(&fresh.path, "x/fresh").unwrap();
        self.repo.remove_branch(&fresh.branch, "x/branch").unwrap();
        Ok((worktree, set_up, intact))
    }
}

/// A repository with two commits that differ in a few files of every kind.
fn two_commits() -> (Fixture, Oid, Oid) {
    let f = Fixture::new();
    f.write(".gitignore", "target/\n*.log\n.env\n");
    f.write("deep/er/and/deeper.txt", "deep\n");
    f.write("deep/er/other.txt", "other\n");
    f.write("bin/tool", "#!/bin/sh\n");
    f.write("package-lock.json", "{}\n");
    for n in 0..20 {
        f.write(&format!("many/{n}.txt"), &format!("number {n}\n"));
    }
    fs::set_permissions(f.root().join("bin/tool"), fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::symlink("src/a.txt", f.root().join("link")).unwrap();
    let first = f.commit("first");
    f.write("src/a.txt", "another text\n");
    f.write("new/folder/file.txt", "new\n");
    fs::remove_dir_all(f.root().join("deep/er/and")).unwrap();
    fs::remove_file(f.root().join("link")).unwrap();
    f.write("link", "a file now\n");
    fs::remove_file(f.root().join("many/3.txt")).unwrap();
    f.write("many/3.txt/inside", "a folder now\n");
    let second = f.commit("second");
    (f, first, second)
}

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
        f.repo
            .remember(&worktree, &seat.warm.index)
            .unwrap()
            .unwrap();
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
        f.repo
            .remember(&worktree, &seat.warm.index)
            .unwrap()
            .unwrap();
        seat.worktree = worktree;
        f.repo.remove_branch("offshoot-step/r/s2", "r/b").ok();
    }
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
    write(f.root(), ".git/info/attributes", "*.txt eol=crlf\n");
    assert_ne!(f.repo.checkout_settings().unwrap(), crlf);
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
    ) {
        let (f, first, second) = two_commits();
        let (from, to) = if forward { (&first, &second) } else { (&second, &first) };
        let seat = f.seat("s", from);
        for trick in &tricks {
            trick.play(&f, &seat.worktree);
        }
        let away = f.repo.put_away(&seat.worktree.path, "r/away", Some(&seat.warm.tree));
        if away.is_ok() {
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
