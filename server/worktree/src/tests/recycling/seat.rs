//! A tree that is put away and used again, and what it is compared with.
#![expect(
    clippy::disallowed_methods,
    reason = "test files need not be written atomically"
)]

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::*;

/// A worktree and what is remembered of it.
pub(super) struct Seat {
    pub(super) worktree: Worktree,
    pub(super) warm: WarmTree,
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
    pub(super) fn seat(&self, name: &str, base: &Oid) -> Seat {
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

    pub(super) fn wanted(&self, name: &str, base: &Oid) -> AddWorktree {
        AddWorktree {
            path: self.trees().join(name),
            branch: format!("offshoot-step/r/{name}"),
            base: base.clone(),
        }
    }

    /// Waits until the clock of the file system has gone on: files of this moment are not trusted.
    pub(super) fn tick(&self) {
        let now = || {
            let file = tempfile::NamedTempFile::new_in(self.folder.path()).unwrap();
            file.as_file().metadata().unwrap().modified().unwrap()
        };
        let began = now();
        while now() <= began {
            std::thread::yield_now();
        }
    }

    pub(super) fn put_away(&self, seat: &Seat) {
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
    pub(super) fn recycled(
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
                remembered,
            } => {
                let noted = fs::read(&seat.warm.index).unwrap();
                assert_eq!(noted, fs::read(worktree.git_dir.join("index")).unwrap());
                let again = self.repo.remember(&worktree, &seat.warm.index).unwrap();
                assert_eq!(remembered, again);
                (worktree, set_up, intact)
            }
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
pub(super) fn two_commits() -> (Fixture, Oid, Oid) {
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
