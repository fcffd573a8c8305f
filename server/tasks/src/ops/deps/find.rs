//! The lockfiles of a folder, and what is in them.

use super::lock::{Beside, Kind};
use super::package::{Package, Parsed};
use crate::ground::{Ground, Halt, go_on};
use crate::input::{Input, is_own_output, read_up_to};
use globset::GlobSet;
use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};

/// Lockfiles of a folder.
const MOST: usize = 2000;
/// Packages of all of them, before another is read.
const MOST_PACKAGES_IN_ALL: usize = 200_000;
/// Bytes of one.
const LARGEST: u64 = 64 << 20;
/// Folders of packages that were installed: their lockfiles are not this project's.
const INSTALLED: [&str; 4] = ["node_modules", ".venv", "venv", "site-packages"];

/// A lockfile.
#[derive(Debug)]
pub(crate) struct Lock {
    pub(crate) path: String,
    pub(crate) kind: Kind,
    /// What it holds, or why it cannot be read.
    pub(crate) content: Result<Parsed, String>,
}

impl Lock {
    pub(crate) fn packages(&self) -> &[Package] {
        self.content.as_ref().map_or(&[], |parsed| &parsed.packages)
    }
}

/// All of them, by path, and how many there was no room for. Nothing but a stop and a folder that cannot be listed
/// ends it. `maven` is the repository of Maven on this machine.
pub(crate) fn all(
    ground: &dyn Ground,
    left_out: &GlobSet,
    maven: Option<&Path>,
    into: &mut Vec<Lock>,
) -> Result<usize, Halt> {
    let files = ground.files()?;
    let found = lockfiles(&files, left_out);
    for (index, (path, kind)) in found.iter().enumerate() {
        go_on(ground)?;
        if index == MOST {
            return Ok(found.len() - MOST);
        }
        let so_far: usize = into.iter().map(|lock| lock.packages().len()).sum();
        let content = if so_far < MOST_PACKAGES_IN_ALL {
            read(ground.root(), path, *kind, &found, maven)
        } else {
            Err(format!(
                "the lockfiles before it hold {so_far} packages: too many"
            ))
        };
        into.push(Lock {
            path: path.clone(),
            kind: *kind,
            content,
        });
    }
    Ok(0)
}

fn lockfiles(files: &[PathBuf], left_out: &GlobSet) -> BTreeMap<String, Kind> {
    let is_installed = |path: &Path| {
        let mut parts = path.components();
        parts.any(|part| INSTALLED.iter().any(|name| part.as_os_str() == *name))
    };
    let mut found = BTreeMap::new();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
        let Some(kind) = Kind::of(&folder.to_string_lossy(), &name) else {
            continue;
        };
        let text = path.to_string_lossy().into_owned();
        if !is_own_output(&text) && !is_installed(path) && !left_out.is_match(path) {
            found.insert(text, kind);
        }
    }
    // go.mod tells more; it asks go.sum itself.
    let modules: HashSet<String> = found
        .iter()
        .filter(|(_, kind)| **kind == Kind::GoMod)
        .filter_map(|(path, _)| Some(format!("{}go.sum", path.strip_suffix("go.mod")?)))
        .collect();
    found.retain(|path, _| !modules.contains(path));
    found
}

fn read(
    root: &Path,
    path: &str,
    kind: Kind,
    all: &BTreeMap<String, Kind>,
    maven: Option<&Path>,
) -> Result<Parsed, String> {
    let text = text(&root.join(path))?;
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let around = Around {
        root,
        folder,
        maven,
    };
    let mut parsed = kind.parse(&text, &around)?;
    for package in &mut parsed.packages {
        package.path = match package.path.as_str() {
            "" => path.to_owned(),
            included => inside(folder, included).unwrap_or_else(|| path.to_owned()),
        };
    }
    // A file that is included and found by itself is looked at once. Such packages have no graph.
    let own = |package: &Package| package.path == path || !all.contains_key(&package.path);
    if !parsed.packages.iter().all(own) {
        parsed.packages.retain(own);
    }
    Ok(parsed)
}

/// What lies around a lockfile: the project, and Maven's repository on this machine.
struct Around<'a> {
    root: &'a Path,
    folder: &'a Path,
    maven: Option<&'a Path>,
}

impl Beside for Around<'_> {
    fn file(&self, path: &str) -> Option<String> {
        let path = inside(self.folder, path)?;
        text(&self.root.join(path)).ok()
    }

    fn pom(&self, group: &str, artifact: &str, version: &str) -> Option<String> {
        let path = pom_in_repository(group, artifact, version)?;
        text(&self.maven?.join(path)).ok()
    }
}

/// Where Maven keeps the `pom.xml` of a package, relative to its repository.
pub(crate) fn pom_in_repository(group: &str, artifact: &str, version: &str) -> Option<PathBuf> {
    let plain = |text: &str| {
        let usable = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
        !text.is_empty() && !text.starts_with('.') && text.chars().all(usable)
    };
    if ![group, artifact, version].into_iter().all(plain) {
        return None;
    }
    let mut path: PathBuf = group.split('.').filter(|part| !part.is_empty()).collect();
    path.extend([artifact, version]);
    path.push(format!("{artifact}-{version}.pom"));
    Some(path)
}

fn text(path: &Path) -> Result<String, String> {
    match read_up_to(path, LARGEST) {
        Input::Text(bytes) => {
            let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
            Ok(match text.strip_prefix('\u{feff}') {
                Some(rest) => rest.to_owned(),
                None => text,
            })
        }
        Input::Binary => Err("it is no text, or a link".to_owned()),
        Input::TooLarge(bytes) => Err(format!("it has {bytes} bytes: too large")),
        Input::Unreadable(why) => Err(why),
    }
}

/// A path relative to a folder, as one that stays in the project.
fn inside(folder: &Path, name: &str) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in folder.components().chain(Path::new(name).components()) {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?.to_owned()),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}
