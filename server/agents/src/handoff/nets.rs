//! Which folders one hand-off watches. The folder of a file that is waited for may not exist yet:
//! then the deepest folder on the way to it is watched for the next name.

use super::hub::{self, Names, Refused, Subscription};
use super::place::Root;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Notify;

/// More artifacts than these are left to the poll.
const MAX_TARGETS: usize = 48;

/// A file that is waited for.
#[derive(Debug, Clone)]
struct Target {
    root: Arc<Path>,
    /// From the root; a trailing `/` is a folder of which everything matters.
    way: String,
}

type Wanted = BTreeMap<PathBuf, Names>;

/// The watched folders of one hand-off.
#[derive(Debug)]
pub(super) struct Nets {
    targets: Vec<Target>,
    held: BTreeMap<PathBuf, (Arc<Names>, Subscription)>,
    wake: Arc<Notify>,
}

impl Nets {
    pub(super) fn new(wake: Arc<Notify>) -> Self {
        Self {
            targets: Vec::new(),
            held: BTreeMap::new(),
            wake,
        }
    }

    /// Waits for a file; a path with a trailing `/` is a folder of which everything matters.
    pub(super) fn add(&mut self, root: &Root, relative: &str) {
        if self.targets.len() < MAX_TARGETS {
            let known = self.targets.iter().map(|target| &target.root);
            let same = known.rev().find(|known| ***known == *root.path());
            self.targets.push(Target {
                root: same.map_or_else(|| Arc::from(root.path()), Arc::clone),
                way: relative.to_owned(),
            });
        }
    }

    /// Makes the watches fit what exists now. Called before each look, so that nothing that comes
    /// between watching and looking is missed. Gives why a folder cannot be watched.
    pub(super) fn fit(&mut self) -> Option<String> {
        let mut problem = None;
        // A folder may appear between being missed and its parent being watched: look again.
        for _ in 0..8 {
            let wanted = self.wanted();
            let (changed, failed) = self.hold(wanted);
            problem = failed.or(problem);
            if !changed {
                break;
            }
        }
        problem
    }

    fn wanted(&self) -> Wanted {
        let mut wanted = Wanted::new();
        for target in &self.targets {
            let mut folder = target.root.to_path_buf();
            let names = target.way.split('/');
            for name in names.filter(|name| !name.is_empty() && *name != ".") {
                if !want(&mut wanted, &folder, name) {
                    break;
                }
                folder.push(name);
            }
            if target.way.ends_with('/') && is_folder(&folder) {
                wanted.insert(folder, Names::Any);
            }
        }
        wanted
    }

    fn hold(&mut self, wanted: Wanted) -> (bool, Option<String>) {
        let before = self.held.len();
        self.held.retain(|folder, (names, held)| {
            wanted.get(folder).is_some_and(|wanted| *wanted == **names) && held.is_live()
        });
        let mut changed = self.held.len() != before;
        let mut problem = None;
        for (folder, names) in wanted {
            if self.held.contains_key(&folder) {
                continue;
            }
            let names = Arc::new(names);
            match hub::subscribe(&folder, &names, &self.wake) {
                Ok(subscription) => {
                    changed = true;
                    self.held.insert(folder, (names, subscription));
                }
                // It went away in between, and may be back by now.
                Err(Refused::Absent) => changed = true,
                Err(Refused::Unwatchable(reason)) => problem = Some(reason),
            }
        }
        (changed, problem)
    }
}

/// Wants a name in a folder, where the folder is there.
fn want(wanted: &mut Wanted, folder: &Path, name: &str) -> bool {
    if !wanted.contains_key(folder) && !is_folder(folder) {
        return false;
    }
    let names = wanted.entry(folder.to_owned()).or_default();
    if let Names::These(names) = names
        && !names.iter().any(|known| known == name)
    {
        names.push(OsString::from(name));
    }
    true
}

/// Not through a symlink: what is beyond has another real path, and the poll sees it.
fn is_folder(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir())
}
