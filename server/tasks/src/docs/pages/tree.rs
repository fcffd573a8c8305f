//! The files and folders of a repository, to look up what a page names.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The files and folders.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    root: &'a Path,
    files: HashSet<String>,
    folders: HashSet<String>,
    /// By name in lower case: the file, if it is the only one.
    names: OnceLock<HashMap<String, Option<String>>>,
}

impl<'a> Tree<'a> {
    pub(crate) fn of(root: &'a Path, paths: &[PathBuf]) -> Self {
        let mut tree = Self {
            root,
            files: HashSet::new(),
            folders: HashSet::from([String::new()]),
            names: OnceLock::new(),
        };
        for path in paths {
            let path = path.to_string_lossy().into_owned();
            let mut folder = folder_of(&path);
            while tree.folders.insert(folder.to_owned()) {
                folder = folder_of(folder);
            }
            tree.files.insert(path);
        }
        tree
    }

    pub(crate) fn has_file(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    pub(crate) fn has_folder(&self, path: &str) -> bool {
        self.folders.contains(path)
    }

    /// Whether something is there, also what git does not track.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.has_file(path)
            || self.has_folder(path)
            || self.root.join(path).symlink_metadata().is_ok()
    }

    /// The only file with this name, whatever its folder.
    pub(crate) fn named(&self, name: &str) -> Option<&str> {
        let names = self.names.get_or_init(|| {
            let mut names = HashMap::new();
            for path in &self.files {
                let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
                let only = names.entry(name).or_insert_with(|| Some(path.clone()));
                if only.as_ref() != Some(path) {
                    *only = None;
                }
            }
            names
        });
        names.get(&name.to_lowercase())?.as_deref()
    }
}

/// The folder that a path lies in; the root is the empty one.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path as seen from a folder, without `.` and `..`; none where it leads out.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
