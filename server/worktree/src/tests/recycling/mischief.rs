//! What agents do to a worktree, on purpose or not.
#![expect(
    clippy::disallowed_methods,
    reason = "test files need not be written atomically, and somebody has to stand in a folder"
)]

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Child, Command};

use proptest::prelude::*;

use super::super::*;

/// One thing, done to a file or folder of [`PATHS`] where it needs one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mischief {
    Written(usize),
    /// Of the same length, and with the old time.
    Sneaked(usize),
    Deleted(usize),
    Mode(usize, u32),
    Swapped(usize, usize),
    LinkedOut(usize),
    HardLinked(usize),
    MadeFolder(usize),
    FolderMode(u32),
    FolderReplaced,
    Junk,
    ReadOnly,
    Nested,
    EmptyFolders,
    Marked,
    IndexLocked,
    IndexLies,
    IndexGarbage,
    Sparse,
    Detached,
    DotGitDeleted,
    DotGitElsewhere,
    DotGitFolder,
    Committed,
}

const PATHS: [&str; 8] = [
    "src/a.txt",
    "src/b c.txt",
    "readme.md",
    "bin/tool",
    "many/3.txt",
    "many/7.txt",
    "deep/er/other.txt",
    "link",
];

pub(super) fn mischief() -> impl Strategy<Value = Mischief> {
    let at = || 0..PATHS.len();
    let mode = || prop_oneof![Just(0o600), Just(0o777), Just(0o444), Just(0o4755)];
    prop_oneof![
        at().prop_map(Mischief::Written),
        at().prop_map(Mischief::Sneaked),
        at().prop_map(Mischief::Deleted),
        (at(), mode()).prop_map(|(at, mode)| Mischief::Mode(at, mode)),
        (at(), at()).prop_map(|(a, b)| Mischief::Swapped(a, b)),
        at().prop_map(Mischief::LinkedOut),
        at().prop_map(Mischief::HardLinked),
        at().prop_map(Mischief::MadeFolder),
        prop_oneof![Just(0o700), Just(0o555), Just(0o1777)].prop_map(Mischief::FolderMode),
        proptest::sample::select(vec![
            Mischief::FolderReplaced,
            Mischief::Junk,
            Mischief::ReadOnly,
            Mischief::Nested,
            Mischief::EmptyFolders,
            Mischief::Marked,
            Mischief::IndexLocked,
            Mischief::IndexLies,
            Mischief::IndexGarbage,
            Mischief::Sparse,
            Mischief::Detached,
            Mischief::DotGitDeleted,
            Mischief::DotGitElsewhere,
            Mischief::DotGitFolder,
            Mischief::Committed,
        ]),
    ]
}

impl Mischief {
    /// Does it; what earlier mischief made impossible is left.
    pub(super) fn play(&self, f: &Fixture, worktree: &Worktree) {
        let root = &worktree.path;
        let file = |at: &usize| root.join(PATHS[*at]);
        let mode = |path: &Path, mode| {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
        };
        match self {
            Self::Written(at) => drop(fs::write(file(at), "written")),
            Self::Sneaked(at) => sneak(&file(at)),
            Self::Deleted(at) => drop(fs::remove_file(file(at))),
            Self::Mode(at, to) => {
                if !file(at).is_symlink() {
                    mode(&file(at), *to);
                }
            }
            Self::Swapped(a, b) => {
                let between = root.join("between");
                let _ = fs::rename(file(a), &between);
                let _ = fs::rename(file(b), file(a));
                let _ = fs::rename(&between, file(b));
            }
            Self::LinkedOut(at) => {
                let _ = fs::remove_file(file(at));
                let _ = symlink("/etc/passwd", file(at));
            }
            Self::HardLinked(at) => {
                let outside = f.trees().join(format!("outside-{at}"));
                let _ = fs::hard_link(file(at), &outside);
                if fs::symlink_metadata(&outside).is_ok_and(|meta| meta.is_file()) {
                    let _ = fs::write(&outside, "through the back door");
                }
            }
            Self::MadeFolder(at) => {
                let _ = fs::remove_file(file(at));
                let _ = fs::create_dir_all(file(at).join("in/side"));
            }
            Self::FolderMode(to) => mode(&root.join("many"), *to),
            Self::FolderReplaced => {
                let _ = fs::remove_dir_all(root.join("src"));
                let _ = symlink(f.root().join("src"), root.join("src"));
            }
            Self::Junk => {
                for path in ["target/debug/x.o", "a.log", ".env", "many/.hidden"] {
                    let _ = fs::create_dir_all(root.join(path).parent().unwrap());
                    let _ = fs::write(root.join(path), "junk");
                }
            }
            Self::ReadOnly => {
                let _ = fs::create_dir_all(root.join("target/closed/inner"));
                let _ = fs::write(root.join("target/closed/inner/x"), "x");
                mode(&root.join("target/closed/inner"), 0o500);
                mode(&root.join("target/closed"), 0o000);
            }
            Self::Nested => {
                let inner = root.join("vendor/inner");
                let _ = fs::create_dir_all(&inner);
                let _ = fs::write(inner.join("x"), "x");
                run(f.folder.path(), &inner, &["init", "-q"]);
            }
            Self::EmptyFolders => drop(fs::create_dir_all(root.join("many/empty/inside"))),
            Self::Marked => {
                let flags = rustix::fs::XattrFlags::empty();
                // Some file systems have none.
                let _ = rustix::fs::setxattr(root.join("many"), "user.note", b"x", flags);
            }
            Self::IndexLocked => drop(fs::write(worktree.git_dir.join("index.lock"), "")),
            Self::IndexGarbage => {
                for name in ["index", "offshoot-index"] {
                    let _ = fs::write(worktree.git_dir.join(name), "garbage");
                }
            }
            Self::IndexLies => {
                let lie = ["update-index", "--assume-unchanged", "readme.md"];
                attempt(f, worktree, &lie);
                let _ = fs::write(root.join("readme.md"), "changed behind its back");
            }
            Self::Sparse => {
                let _ = fs::create_dir_all(worktree.git_dir.join("info"));
                let _ = fs::write(worktree.git_dir.join("info/sparse-checkout"), "/src/\n");
            }
            Self::Detached => attempt(f, worktree, &["checkout", "-q", "--detach"]),
            Self::DotGitDeleted => drop(fs::remove_file(root.join(".git"))),
            Self::DotGitElsewhere => {
                let _ = fs::write(root.join(".git"), "gitdir: /nowhere\n");
            }
            Self::DotGitFolder => {
                let _ = fs::remove_file(root.join(".git"));
                run(f.folder.path(), root, &["init", "-q"]);
            }
            Self::Committed => {
                let _ = fs::write(root.join("more.txt"), "more");
                attempt(f, worktree, &["add", "-A"]);
                attempt(f, worktree, &["commit", "-q", "-m", "mine"]);
            }
        }
    }
}

/// git in a worktree where it may fail; not while the index is locked, because our git is patient.
fn attempt(f: &Fixture, worktree: &Worktree, args: &[&str]) {
    if !worktree.git_dir.join("index.lock").exists() {
        drop(try_run(f.folder.path(), &worktree.path, args));
    }
}

/// Another text of the same length, and the time of before.
fn sneak(path: &Path) {
    let Ok(meta) = fs::symlink_metadata(path) else {
        return;
    };
    if !meta.is_file() {
        return;
    }
    let text = vec![b'?'; usize::try_from(meta.len()).unwrap()];
    if fs::write(path, text).is_ok()
        && let Ok(file) = fs::File::options().write(true).open(path)
    {
        file.set_modified(meta.modified().unwrap()).unwrap();
    }
}

/// A process that stands in a folder.
pub(super) fn sleeper(folder: &Path) -> Child {
    let child = Command::new("sleep")
        .arg("60")
        .current_dir(folder)
        .spawn()
        .unwrap();
    let cwd = format!("/proc/{}/cwd", child.id());
    let folder = fs::canonicalize(folder).unwrap();
    while fs::read_link(&cwd).is_ok_and(|cwd| cwd != folder) {
        std::thread::yield_now();
    }
    child
}
