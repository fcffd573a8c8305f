//! The end of a hand-off: its files leave the worktree, whatever its end was. What the base commit
//! tracks under one of these names gets its content back.

use super::aside;
use super::baseline::{Baseline, Before, Side};
use super::names::{CURSOR_DIR, TEMP_PREFIX};
use super::place::{self, Found, Root};
use super::status;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Folder in the attempt's folder for what was collected.
pub const COLLECTED_DIR: &str = "handoff";

/// What [`collect`] did. Nothing of it fails the step: what stays is not committed anyway.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    /// Places in the worktree that were emptied.
    pub moved: Vec<String>,
    /// Tracked files that are as they were.
    pub restored: Vec<String>,
    /// What could not be done, for the log.
    pub problems: Vec<String>,
}

/// Moves the files of a hand-off into the attempt's folder. May be called again after a crash.
/// Blocking: call it off the event loop.
pub fn collect(baseline: &Baseline) -> Collected {
    let mut done = Collected::default();
    let Ok(root) = Root::open(&baseline.worktree) else {
        return done;
    };
    for place in aside::places(&baseline.file_names()) {
        let tracked = baseline
            .before(Side::Worktree, &place)
            .filter(|before| before.tracked);
        let Some((path, _)) = aside::find(&root, &place) else {
            restore(baseline, &root, tracked, &mut done);
            continue;
        };
        if tracked.is_some_and(|before| is_as_it_was(&path, before)) {
            continue;
        }
        let (folder, name) = place.rsplit_once('/').unwrap_or(("", &place));
        let folder = baseline.attempt_dir.join(COLLECTED_DIR).join(folder);
        match aside::move_into(&path, &folder, name) {
            Ok(_) => done.moved.push(place.clone()),
            Err(error) => done
                .problems
                .push(format!("move {}: {error}", path.display())),
        }
        restore(baseline, &root, tracked, &mut done);
    }
    remove_leftovers(&root);
    done
}

/// Already restored by a collect that was interrupted.
fn is_as_it_was(path: &Path, before: &Before) -> bool {
    match place::read_file(path, status::MAX_BYTES) {
        Found::File(_, stamp) => stamp.sha256 == before.stamp.sha256,
        Found::Absent | Found::Unusable(_) => false,
    }
}

fn restore(baseline: &Baseline, root: &Root, tracked: Option<&Before>, done: &mut Collected) {
    let Some(before) = tracked else { return };
    match put_back(baseline, root, before) {
        Ok(()) => done.restored.push(before.path.clone()),
        Err(error) => done
            .problems
            .push(format!("restore {}: {error}", before.path)),
    }
}

fn put_back(baseline: &Baseline, root: &Root, before: &Before) -> io::Result<()> {
    let kept = before.kept.as_ref().ok_or(io::ErrorKind::NotFound)?;
    let kept = baseline.attempt_dir.join(kept);
    if before.path.starts_with(CURSOR_DIR) && before.path.contains('/') {
        fs::create_dir_all(root.path().join(CURSOR_DIR))?;
    }
    let path = root
        .resolve_folder(&before.path)
        .map_err(|escape| io::Error::other(escape.as_str()))?;
    let meta = fs::symlink_metadata(&kept)?;
    if meta.is_symlink() {
        return symlink(fs::read_link(&kept)?, path);
    }
    place::write_atomic(&path, &fs::read(&kept)?, before.mode).map(drop)
}

/// Files that a writer left half-written when it died.
fn remove_leftovers(root: &Root) {
    let Ok(entries) = fs::read_dir(root.path()) else {
        return;
    };
    for entry in entries.flatten() {
        if entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(TEMP_PREFIX))
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}
