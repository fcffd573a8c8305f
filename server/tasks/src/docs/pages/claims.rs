//! What a command in a page takes for granted about the repository.

use super::manifests::Manifests;
use super::tree::{Tree, folder_of, join};
use crate::docs::place::{Note, Place, Rule};
use serde::{Deserialize, Serialize};

/// Something that a command names.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) place: Place,
    pub(crate) wanted: Wanted,
    /// The folder that `cd` led to before.
    pub(crate) folder: Option<String>,
}

/// What is named.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wanted {
    /// A script, or a file given to an interpreter.
    Script {
        path: String,
        /// The page tells of it elsewhere: it may tell how to make it.
        told: bool,
    },
    /// A folder or file of Go.
    GoPath(String),
    /// A script of `package.json`.
    NpmScript(String),
    /// A target of make.
    MakeTarget(String),
    /// A recipe of just.
    JustRecipe(String),
    /// A package of Cargo.
    CargoPackage(String),
    /// A binary, example, test or benchmark of Cargo.
    CargoTarget { flag: String, name: String },
    /// A module of Python.
    PythonModule(String),
}

/// Ends of scripts.
pub(super) const SCRIPTS: [&str; 14] = [
    ".sh", ".bash", ".zsh", ".py", ".rb", ".pl", ".js", ".mjs", ".cjs", ".ts", ".mts", ".php",
    ".ps1", ".fish",
];
/// Folders that builds make.
const MADE: [&str; 12] = [
    "target",
    "build",
    "dist",
    "out",
    "bin",
    "node_modules",
    ".venv",
    "venv",
    "_build",
    "obj",
    "release",
    "debug",
];

impl Claim {
    /// What is wrong about it in a page, as far as that can be told.
    pub(crate) fn judge(&self, page: &str, tree: &Tree<'_>, manifests: &Manifests) -> Option<Note> {
        let message = match &self.wanted {
            Wanted::Script { path, told } => self.script(page, path, *told, tree)?,
            Wanted::GoPath(path) => {
                let folders = self.folders(page);
                let module = folders
                    .iter()
                    .any(|folder| join(folder, "go.mod").is_some_and(|path| tree.has_file(&path)));
                let there = folders
                    .iter()
                    .filter_map(|folder| join(folder, path))
                    .any(|path| tree.has(&path));
                (module && !there).then(|| format!("there is no `{path}`"))?
            }
            Wanted::NpmScript(name) => {
                manifests
                    .npm
                    .lacks(name, "script", "of any `package.json`")?
            }
            Wanted::MakeTarget(name) => manifests.make.lacks(name, "target", "of any makefile")?,
            Wanted::JustRecipe(name) => manifests.just.lacks(name, "recipe", "of any justfile")?,
            Wanted::CargoPackage(name) => {
                manifests
                    .packages
                    .lacks(name, "package", "of this workspace")?
            }
            Wanted::CargoTarget { flag, name } => {
                let known = match flag.as_str() {
                    "--bin" => &manifests.bins,
                    "--example" => &manifests.examples,
                    "--test" => &manifests.tests,
                    _ => &manifests.benches,
                };
                known.lacks(name, flag.trim_start_matches('-'), "of this workspace")?
            }
            Wanted::PythonModule(name) => self.module(page, name, tree)?,
        };
        Some(Note {
            rule: Rule::UnknownCommand,
            message,
            place: self.place,
        })
    }

    /// Folders in which a reader may be: where `cd` led, that of the page and those above it.
    fn folders(&self, page: &str) -> Vec<String> {
        let mut folders = vec![folder_of(page)];
        while let Some(folder) = folders.last().filter(|folder| !folder.is_empty()) {
            folders.push(folder_of(folder));
        }
        let within = |folder: &str| match &self.folder {
            Some(cd) => join(folder, cd),
            None => Some(folder.to_owned()),
        };
        folders.into_iter().filter_map(within).collect()
    }

    /// A script that is not there is told where its folder is there, or where nothing else can be meant.
    fn script(&self, page: &str, path: &str, told: bool, tree: &Tree<'_>) -> Option<String> {
        let candidates: Vec<String> = self
            .folders(page)
            .iter()
            .filter_map(|folder| join(folder, path))
            .collect();
        if candidates.is_empty() || candidates.iter().any(|path| tree.has(path)) {
            return None;
        }
        let parts: Vec<&str> = path.split('/').filter(|part| *part != ".").collect();
        if parts.iter().any(|part| MADE.contains(part)) {
            return None;
        }
        let beside = parts.len() > 1
            && candidates.iter().any(|path| {
                let folder = folder_of(path);
                !folder.is_empty() && tree.has_folder(folder)
            });
        let alone = parts.len() == 1 && !told && SCRIPTS.iter().any(|end| path.ends_with(end));
        (beside || alone).then(|| format!("there is no `{}`", path.trim_start_matches("./")))
    }

    /// A module is told only where the repository has the package that it would be in.
    fn module(&self, page: &str, name: &str, tree: &Tree<'_>) -> Option<String> {
        let path = name.replace('.', "/");
        let (top, _) = path.split_once('/')?;
        let mut homes = self.folders(page);
        homes.extend(
            homes
                .clone()
                .iter()
                .filter_map(|folder| join(folder, "src")),
        );
        let home = homes.iter().find(|home| {
            let init = join(home, &format!("{top}/__init__.py"));
            init.is_some_and(|init| tree.has_file(&init))
        })?;
        let module = join(home, &path)?;
        let there = tree.has_file(&format!("{module}.py")) || tree.has_folder(&module);
        (!there).then(|| format!("there is no module `{name}`"))
    }
}
