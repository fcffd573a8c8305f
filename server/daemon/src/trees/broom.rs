//! A thread for what nobody waits for: deleting what was renamed away, tidying trees that are to be
//! used again, and measuring how much disk worktrees take.

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};
use walkdir::WalkDir;
use worktree::Repo;

/// Entries that are counted for the size of one worktree.
const COUNTED: usize = 2_000_000;
/// Behind whatever somebody waits for.
const NICE: i32 = 10;

/// Something to do.
#[derive(Debug)]
pub(super) enum Chore {
    Delete(PathBuf),
    /// With the repository that it is of, where that is open.
    Tidy(String, Option<Box<Repo>>),
    Measure(PathBuf),
}

/// Where chores go in.
#[derive(Debug, Clone)]
pub(super) struct Broom(Sender<Chore>);

impl Broom {
    /// A broom whose thread waits for [`start`].
    pub(super) fn new() -> (Self, Receiver<Chore>) {
        let (sender, receiver) = channel();
        (Self(sender), receiver)
    }

    pub(super) fn give(&self, chore: Chore) {
        // After the end nobody sweeps: the next start finds what is left.
        let _ = self.0.send(chore);
    }
}

/// Does chores until nobody can give any more.
pub(super) fn start(trees: &Arc<super::Trees>, chores: Receiver<Chore>) {
    let trees = Arc::downgrade(trees);
    let named = std::thread::Builder::new().name("broom".to_owned());
    let started = named.spawn(move || sweep(&trees, &chores));
    if let Err(error) = started {
        tracing::error!(%error, "nothing is tidied up in the background");
    }
}

fn sweep(trees: &Weak<super::Trees>, chores: &Receiver<Chore>) {
    // Of this thread alone, on Linux.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
    #[cfg(not(target_os = "linux"))]
    let _ = NICE;
    while let Ok(chore) = chores.recv() {
        let Some(trees) = trees.upgrade() else { return };
        match chore {
            Chore::Delete(path) => {
                if let Err(error) = worktree::remove_folder(&path) {
                    tracing::warn!(%error, "something that is not needed any more stays");
                }
                // What waits for room need not wait longer.
                trees.look_now();
            }
            Chore::Tidy(id, repo) => trees.tidy(&id, repo.as_deref()),
            Chore::Measure(path) => trees.measured(&path, size(&path)),
        }
    }
}

/// Bytes on disk; a file with several names counts once.
pub(super) fn size(path: &Path) -> u64 {
    let mut seen = HashSet::new();
    let entries = WalkDir::new(path).follow_links(false).into_iter();
    let entries = entries.filter_map(Result::ok).take(COUNTED);
    let sizes = entries.filter_map(|entry| {
        let meta = entry.metadata().ok()?;
        let first = meta.nlink() < 2 || meta.is_dir() || seen.insert((meta.dev(), meta.ino()));
        first.then_some(meta.blocks() * 512)
    });
    sizes.sum()
}
