//! The libraries that a project uses: the direct dependencies of its manifests, most important first.

mod cargo;
mod go;
mod maven;
mod npm;
mod python;
mod ruby;
mod standard;

use crate::ground::{Ground, Halt, go_on};
use crate::input::{Input, is_own_output, read};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Manifests that are read; those nearest to the root.
const MOST: usize = 300;
/// Folders whose manifests are not the project's own.
const FOREIGN: [&str; 9] = [
    "node_modules",
    "vendor",
    "third_party",
    "testdata",
    "fixtures",
    "golden",
    "target",
    ".venv",
    "site-packages",
];

/// A library that the project uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Used {
    /// As it is asked for.
    pub(crate) name: String,
    /// The manifest that names it first.
    pub(crate) manifest: String,
    /// Its line there, from 1.
    pub(crate) line: Option<u32>,
    /// Only for tests and tools.
    pub(crate) tool: bool,
    /// Manifests that name it.
    pub(crate) manifests: usize,
}

/// What a manifest says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    /// Names of what it makes: no library of others.
    own: Vec<String>,
    /// What it uses, and whether only for tests and tools.
    uses: Vec<(String, bool)>,
}

type Reader = fn(&str) -> Option<Said>;

/// Who reads a file, by its name.
fn reader(path: &Path) -> Option<Reader> {
    let name = path.file_name()?.to_str()?;
    let requirements = name.starts_with("requirements") && name.ends_with(".txt");
    Some(match name {
        "Cargo.toml" => cargo::read,
        "package.json" => npm::read,
        "pyproject.toml" => python::project,
        "go.mod" => go::read,
        "pom.xml" => maven::read,
        "Gemfile" => ruby::read,
        _ if requirements => python::requirements,
        _ => return None,
    })
}

/// The libraries of a project. Every manifest that cannot be read is told.
pub(crate) fn used(ground: &dyn Ground) -> Result<(Vec<Used>, Vec<String>), Halt> {
    let files = ground.files()?;
    go_on(ground)?;
    Ok(of_files(ground.root(), files))
}

/// The same for a folder of which only the upper levels are looked at: cheap, for those who cannot wait.
pub(crate) fn used_near(root: &Path) -> Vec<Used> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    for _ in 0..3 {
        let mut below = Vec::new();
        for folder in &folders {
            let entries = std::fs::read_dir(root.join(folder))
                .into_iter()
                .flatten()
                .flatten();
            for entry in entries.take(1000) {
                let path = folder.join(entry.file_name());
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && is_own(&path) && below.len() < 200 => {
                        below.push(path)
                    }
                    Ok(kind) if kind.is_file() => files.push(path),
                    _ => {}
                }
            }
        }
        folders = below;
    }
    of_files(root, files).0
}

fn is_own(path: &Path) -> bool {
    let foreign = |part: std::path::Component<'_>| {
        part.as_os_str()
            .to_str()
            .is_none_or(|part| FOREIGN.contains(&part) || (part.starts_with('.') && part.len() > 1))
    };
    !path.components().any(foreign)
}

fn of_files(root: &Path, files: Vec<PathBuf>) -> (Vec<Used>, Vec<String>) {
    let mut manifests: Vec<(PathBuf, Reader)> = files
        .into_iter()
        .filter(|path| is_own(path) && path.to_str().is_some_and(|path| !is_own_output(path)))
        .filter_map(|path| Some((path.clone(), reader(&path)?)))
        .collect();
    manifests
        .sort_by(|(a, _), (b, _)| (a.components().count(), a).cmp(&(b.components().count(), b)));
    manifests.truncate(MOST);
    let mut own = BTreeSet::new();
    let mut unread = Vec::new();
    let mut found: BTreeMap<String, (usize, Used)> = BTreeMap::new();
    for (path, reader) in manifests {
        let name = path.to_string_lossy().into_owned();
        let text = match read(&root.join(&path)) {
            Input::Text(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            _ => {
                unread.push(name);
                continue;
            }
        };
        let Some(said) = reader(&text) else {
            unread.push(name);
            continue;
        };
        own.extend(said.own.iter().map(|name| key(name)));
        for (library, tool) in said.uses {
            let place = found.len();
            let (_, used) = found.entry(key(&library)).or_insert_with(|| {
                let line = line_of(&text, &library);
                let first = Used {
                    name: library,
                    manifest: name.clone(),
                    line,
                    tool,
                    manifests: 0,
                };
                (place, first)
            });
            used.manifests += 1;
            used.tool &= tool;
        }
    }
    let mut used: Vec<(usize, Used)> = found
        .into_iter()
        .filter(|(key, _)| !own.contains(key))
        .map(|(_, used)| used)
        .collect();
    used.sort_by(|(at, a), (bt, b)| {
        let rank = |used: &Used| (used.tool, std::cmp::Reverse(used.manifests));
        rank(a).cmp(&rank(b)).then(at.cmp(bt))
    });
    (used.into_iter().map(|(_, used)| used).collect(), unread)
}

/// One library is one, in whatever case and with whatever joint it is written.
fn key(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

/// The first line where a name stands on its own.
fn line_of(text: &str, name: &str) -> Option<u32> {
    let joint = |c: char| c.is_alphanumeric() || "-_@/.".contains(c);
    let alone = |line: &str| {
        line.match_indices(name).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + name.len()..].chars().next();
            !before.is_some_and(joint) && !after.is_some_and(|c| joint(c) && c != '.')
        })
    };
    let line = text
        .lines()
        .position(alone)
        .or_else(|| text.lines().position(|line| line.contains(name)))?;
    u32::try_from(line + 1).ok()
}

#[cfg(test)]
mod tests;
