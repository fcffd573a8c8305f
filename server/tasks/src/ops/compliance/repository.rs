//! What rules are told of a repository: its files, the size of the large ones, and the texts that rules read.

use super::super::check::Place;
use crate::ground::{Ground, Halt, go_on};
use crate::input::{Input, is_own_output, read};
use std::collections::{BTreeMap, BTreeSet};

/// Files from this size on are large.
pub(super) const LARGE: u64 = 5 << 20;
/// Folders with files of others, or samples.
const NOT_OURS: &[&str] = &[
    "node_modules",
    "vendor",
    "third_party",
    "testdata",
    "fixtures",
    "__fixtures__",
    "examples",
];

/// A repository.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repository {
    /// All files that are committed, or would be.
    pub(super) files: BTreeSet<String>,
    /// Bytes of the large ones.
    pub(super) large: BTreeMap<String, u64>,
    /// Of files that rules read.
    pub(super) texts: BTreeMap<String, String>,
}

impl Repository {
    pub(super) fn read(ground: &dyn Ground, wants: &dyn Fn(&str) -> bool) -> Result<Self, Halt> {
        let mut repository = Self::default();
        for path in ground.files()? {
            let name = path.to_string_lossy().into_owned();
            if is_own_output(&name) || !wants(&name) {
                continue;
            }
            let file = ground.root().join(&path);
            match file.symlink_metadata() {
                Ok(meta) if meta.is_file() && meta.len() >= LARGE => {
                    repository.large.insert(name.clone(), meta.len());
                }
                Ok(_) => {}
                // It is in git's list, and was removed.
                Err(_) => continue,
            }
            if is_read(&name) {
                go_on(ground)?;
                if let Input::Text(bytes) = read(&file)
                    && let Ok(text) = String::from_utf8(bytes)
                {
                    repository.texts.insert(name.clone(), text);
                }
            }
            repository.files.insert(name);
        }
        Ok(repository)
    }

    /// The first of these that is there.
    pub(super) fn first<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names
            .iter()
            .find(|name| self.files.contains(**name))
            .copied()
    }

    /// Files with this name, in any folder that is ours.
    pub(super) fn named<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        let ours = self
            .files
            .iter()
            .map(String::as_str)
            .filter(|path| is_ours(path));
        ours.filter(move |path| base(path) == name)
    }

    /// Files of the root whose name begins so, whatever its letters.
    pub(super) fn root_files<'r>(&'r self, starts: &'r [&str]) -> impl Iterator<Item = &'r str> {
        let root = self
            .files
            .iter()
            .map(String::as_str)
            .filter(|path| !path.contains('/'));
        root.filter(move |path| {
            let lower = path.to_ascii_lowercase();
            starts.iter().any(|start| lower.starts_with(start))
        })
    }

    pub(super) fn text(&self, path: &str) -> &str {
        self.texts.get(path).map_or("", String::as_str)
    }
}

/// Whether a file's text is wanted by a rule.
fn is_read(path: &str) -> bool {
    let name = base(path).to_ascii_lowercase();
    let start = ["licen", "copying", "unlicense", "security", "codeowners"]
        .iter()
        .any(|start| name.starts_with(start));
    let exact = [
        "cargo.toml",
        "package.json",
        "pyproject.toml",
        "composer.json",
        "go.mod",
        ".gitignore",
        ".gitmodules",
    ];
    let end = [".pem", ".key"].iter().any(|end| name.ends_with(end));
    start || end || exact.contains(&name.as_str()) || is_workflow(path)
}

pub(super) fn is_workflow(path: &str) -> bool {
    path.strip_prefix(".github/workflows/").is_some_and(|name| {
        !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml"))
    })
}

pub(super) fn is_ours(path: &str) -> bool {
    !path.split('/').any(|part| NOT_OURS.contains(&part))
}

/// The name of a file.
pub(super) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a file, with a `/` at its end; empty for the root.
pub(super) fn folder(path: &str) -> &str {
    path.rfind('/')
        .and_then(|at| path.get(..=at))
        .unwrap_or_default()
}

/// The place of a piece of one line; the piece is a part of it.
pub(super) fn place(number: usize, line: &str, piece: &str) -> Place {
    let offset = (piece.as_ptr() as usize).checked_sub(line.as_ptr() as usize);
    let before = offset.and_then(|at| line.get(..at)).unwrap_or_default();
    let start = before.chars().count() + 1;
    Place::new(number, start, Some(start + piece.chars().count().max(1)))
}
