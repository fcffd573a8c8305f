//! The files of a step as they lie in its worktree.

use super::text;
use model::finding::Finding;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};
use worktree::FileAt;

/// Files of a tree that are looked at to find one by the end of its path.
const FILES: usize = 100_000;
/// Folders of what others made: no compiler means them by half a path.
const NOT_OURS: &[&str] = &[".git", "node_modules", "target", ".venv", "__pycache__"];

/// The files of a step.
#[derive(Debug)]
pub(in crate::ports) struct Tree {
    root: PathBuf,
    /// The user's checkout: a tool may name its files by where they lie there.
    repo: PathBuf,
    /// Paths by their last name; looked up once, where it is needed.
    names: OnceCell<HashMap<String, Vec<String>>>,
}

impl Tree {
    pub(in crate::ports) fn new(root: &Path, repo: &Path) -> Self {
        Self {
            root: root.to_owned(),
            repo: repo.to_owned(),
            names: OnceCell::new(),
        }
    }

    /// Where a program may say that a file of the step lies.
    pub(super) fn roots(&self) -> [&Path; 2] {
        [&self.root, &self.repo]
    }

    pub(super) fn is_folder(&self, path: &str) -> bool {
        let path = self.root.join(path.trim_end_matches('/'));
        std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir())
    }

    /// A file. A link is none, and one that cannot be read is missing.
    pub(super) fn read(&self, path: &str, most: u64) -> FileAt {
        let meta = std::fs::symlink_metadata(self.root.join(path));
        if !meta.is_ok_and(|meta| meta.is_file()) {
            return FileAt::Missing;
        }
        worktree::file_below(&self.root, Path::new(path), most).unwrap_or(FileAt::Missing)
    }

    /// Files below a folder that are named like artifacts, in the order of their names.
    pub(super) fn artifacts_below(&self, folder: &str, most: usize) -> Vec<String> {
        let folder = self.root.join(folder);
        let files = self.walk(&folder);
        files
            .filter(|path| artifact::looks_like_one(path))
            .take(most)
            .collect()
    }

    /// The file of the repository that a program means by a path: as it says, or the only one whose path ends so, because a
    /// program may have run in a folder below the root.
    pub(super) fn resolve(&self, path: &str) -> Option<String> {
        let inside = artifact::inside(path, &self.roots()).ok()?;
        let is_file = |path: &str| {
            let meta = std::fs::symlink_metadata(self.root.join(path));
            meta.is_ok_and(|meta| meta.is_file())
        };
        if is_file(&inside) {
            return Some(inside);
        }
        if Path::new(path).is_absolute() {
            return None;
        }
        let name = inside.rsplit('/').next()?;
        let end = format!("/{inside}");
        let named = self.names().get(name)?.iter();
        let mut ending = named.filter(|path| path.ends_with(&end));
        let only = ending.next()?;
        ending.next().is_none().then(|| only.clone())
    }

    fn names(&self) -> &HashMap<String, Vec<String>> {
        self.names.get_or_init(|| {
            let mut names: HashMap<String, Vec<String>> = HashMap::new();
            for path in self.walk(&self.root).take(FILES) {
                let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
                names.entry(name).or_default().push(path);
            }
            names
        })
    }

    /// Files below a folder of the tree, relative to the tree.
    fn walk(&self, folder: &Path) -> impl Iterator<Item = String> {
        let ours = |entry: &DirEntry| {
            !entry.file_type().is_dir()
                || entry.depth() == 0
                || !NOT_OURS.iter().any(|name| entry.file_name() == *name)
        };
        let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
        let entries = entries.filter_entry(ours).filter_map(Result::ok);
        let files = entries.filter(|entry| entry.file_type().is_file());
        files.filter_map(|entry| {
            let path = entry.path().strip_prefix(&self.root).ok()?;
            path.to_str().map(str::to_owned)
        })
    }

    /// Gives findings the lines they are about.
    pub(in crate::ports) fn lay_text(&self, findings: &mut [Finding]) {
        text::lay(findings, self);
    }
}
